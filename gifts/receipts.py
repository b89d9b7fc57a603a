"""Where the price of a gift goes: paid = tax + payment fee + platform + creator, exactly.

In whole millionths of the currency's main unit, because whole cents cannot say what a creator gets
of a gift of one coin. What was paid is that of the lots which the coins came from, each sum as a
running total over the lot (floor of the total so far, less what was said before), so that the
receipts of a whole lot add up to its price.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from wallets.money import BASIS_POINTS, MILLION, minor_per_unit


class LotPart(Struct, kw_only=True):
    """Coins of one lot in a gift. `gone` were out of the lot before; money in minor units."""

    gone: int
    coins: int
    lot_coins: int
    price: int
    tax: int
    currency: str
    method: str
    fee: int | None = None  # as the provider reported it


class Split(Struct, kw_only=True):
    """Millionths of `currency`. `fee_about`: not yet reported by the provider."""

    currency: str
    paid: int
    tax: int
    fee: int
    fee_about: bool
    platform: int
    creator: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def split(
    parts: Iterable[LotPart],
    *,
    diamonds: int,
    value_millionths: int,
    currency: str,
    fees: Mapping[str, tuple[int, int]],
) -> Split | None:
    """The split of one gift. `fees` has, per method, basis points and fixed millionths of what
    payments are expected to cost. None when coins were paid in another currency."""
    paid = tax = fee = 0
    about = False
    millionths = MILLION // minor_per_unit(currency)
    for part in parts:
        if part.currency != currency:
            return None
        lot_fee, is_about = _lot_fee(part, fees, millionths)
        paid += _share(part.price * millionths, part)
        tax += _share(part.tax * millionths, part)
        fee += _share(lot_fee, part)
        about = about or is_about
    creator = diamonds * value_millionths
    return Split(
        currency=currency,
        paid=paid,
        tax=tax,
        fee=fee,
        fee_about=about,
        platform=paid - tax - fee - creator,
        creator=creator,
    )


def _share(total: int, part: LotPart) -> int:
    """This part's share of a lot's total, on running totals."""
    before = total * part.gone // part.lot_coins
    return total * (part.gone + part.coins) // part.lot_coins - before


def _lot_fee(
    part: LotPart, fees: Mapping[str, tuple[int, int]], millionths: int
) -> tuple[int, bool]:
    """The fee of the lot's whole payment in millionths, and whether it is an estimate."""
    if part.fee is not None:
        return part.fee * millionths, False
    basis_points, fixed = fees.get(part.method, (0, 0))
    if part.price == 0 or (basis_points, fixed) == (0, 0):
        return 0, False
    return part.price * millionths * basis_points // BASIS_POINTS + fixed, True
