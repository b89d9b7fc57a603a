"""Coins come in: the crediting of a recharge, grants by staff and their taking back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from wallets import movements, rows
from wallets.actions.accounts import account_ids, system, wallet_of
from wallets.books import Books, Draft
from wallets.models import COIN, Account
from wallets.movements.recharges import RechargeAccounts
from wallets.writer import Ask, Kind, Outcome, post_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A paid recharge, in minor units of `currency`; `price` includes the tax."""

    recharge: int
    user: int
    coins: int
    price: int
    tax: int
    tax_country: str
    currency: str
    method: str
    risk: str


class CreditRecharge(Kind):
    """Books the cash, the coins and the lot of a recharge, once for its row."""

    name = "recharge"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.new_lot_ids.extend(rows.reserve_lot_ids(len(asks)))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        accounts, purchase = ask.data
        lot = movements.recharge(
            draft,
            accounts,
            recharge=purchase.recharge,
            coins=purchase.coins,
            price=purchase.price,
            tax=purchase.tax,
            tax_country=purchase.tax_country,
            currency=purchase.currency,
            reserve_basis_points=settings.RESERVE_BASIS_POINTS,
            method=purchase.method,
            risk=purchase.risk,
        )
        return {"lot": lot.id, "coins": purchase.coins}


def recharge_ask(purchase: Purchase, *, kind: CreditRecharge) -> Ask:
    """The ask that credits a purchase; its key is the recharge's row, so it happens once."""
    asset = purchase.currency
    wallet = wallet_of(purchase.user)
    specs = {
        "wallet": wallet,
        "sold": system(Account.Kind.SOLD, COIN),
        "provider": system(Account.Kind.PROVIDER, asset, purchase.method),
        "sales": system(Account.Kind.SALES, asset),
        "tax": system(Account.Kind.TAX, asset, purchase.tax_country),
        "reserve": system(Account.Kind.RESERVE, asset),
    }
    ids = account_ids(list(specs.values()))
    accounts = RechargeAccounts(**{name: ids[spec] for name, spec in specs.items()})
    return Ask(
        kind=kind,
        key=f"recharge:{purchase.recharge}",
        accounts=list(ids.values()),
        content=[purchase.user, purchase.coins, purchase.price, purchase.tax, asset],
        data=(accounts, purchase),
    )


class GrantCoins(Kind):
    """Coins given by staff, as a lot of price 0."""

    name = "grant"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.new_lot_ids.extend(rows.reserve_lot_ids(len(asks)))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        granted, wallet, coins = ask.data
        lot = movements.grant(
            draft,
            granted=granted,
            wallet=wallet,
            coins=coins,
            currency=settings.BASE_CURRENCY,
        )
        return {"lot": lot.id, "coins": coins}


GRANT = GrantCoins()


def grant_coins(
    *,
    user_id: int,
    coins: int,
    staff_id: int,
    reason: str,
    key: str,
    now: datetime | None = None,
    kind: GrantCoins = GRANT,
) -> Outcome:
    """Give a user `coins`. Locks the wallet and the account of grants."""
    wallet, granted = wallet_of(user_id), system(Account.Kind.GRANTED, COIN)
    ids = account_ids([wallet, granted])
    return post_one(
        Ask(
            kind=kind,
            actor=staff_id,
            key=key,
            accounts=list(ids.values()),
            content=[user_id, coins],
            data=(ids[granted], ids[wallet], coins),
            reason=reason,
        ),
        now=now,
    )


class TakeBackGrant(Kind):
    """What is unspent of a granted lot goes back."""

    name = "grant_back"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.add_lots(rows.read_lots([ask.data[0] for ask in asks]))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        lot, granted, wallet = ask.data
        coins = movements.grant_taken_back(draft, lot=lot, granted=granted, wallet=wallet)
        return {"coins": coins}


TAKE_BACK_GRANT = TakeBackGrant()


def take_back_grant(*, user_id: int, lot_id: int, staff_id: int, reason: str, key: str) -> Outcome:
    """Take back the unspent coins of a granted lot; refused when none are left."""
    wallet, granted = wallet_of(user_id), system(Account.Kind.GRANTED, COIN)
    ids = account_ids([wallet, granted])
    return post_one(
        Ask(
            kind=TAKE_BACK_GRANT,
            actor=staff_id,
            key=key,
            accounts=list(ids.values()),
            content=[lot_id],
            data=(lot_id, ids[granted], ids[wallet]),
            reason=reason,
        )
    )
