"""A provider took money of a recharge back: what can be held is held, then given back or final.

The order of taking: unspent coins of the lot (its campaigns are stopped before), then coins in
gifts whose diamonds are not clear, latest date first, then the reserve, then a loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wallets.books import Draft
from wallets.rows import Written
from wallets.spans import free_spans, parts_of_spans, span_coins, spans_of_lot

WHY = "dispute"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAccounts:
    """`held` maps a creator's clearing account to the held and available ones beside it."""

    wallet: int
    escrow: int
    sold: int
    provider: int
    disputed: int
    fees: int
    sales: int
    tax: int
    reserve: int
    losses: int
    held: dict[int, int]
    available: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a withdrawal of dispute money touched: coins, and minor units of money."""

    lot: int
    money: int
    covered: int
    tax: int
    coins: int
    from_wallet: int
    from_gifts: int
    fee: int


def dispute_withdrawn(
    draft: Draft,
    accounts: DisputeAccounts,
    *,
    ref: str,
    lot: int,
    money: int,
    fee: int,
    gifts: Sequence[tuple[Written, Written]],
) -> Taken:
    """The provider withdrew `money` (and a fee) over a lot. `gifts` are the (coin, diamond)
    transfers that hold coins of the lot. Moves the coins and diamonds that a dispute can reach."""
    draft.move(accounts.disputed, accounts.provider, money, WHY)
    if fee:
        draft.move(accounts.fees, accounts.provider, fee, "dispute_fee")
    state = draft.change_lot(lot)
    covered = min(money, state.price - state.refunded_money - state.disputed_money)
    back = state.refunded_money + state.disputed_money
    taxed = state.refunded_tax + state.disputed_tax
    tax = min(max(0, _share(state.tax, back + covered, state.price) - taxed), covered)
    stake = _coins_at_stake(state, covered)
    state.disputed_money += covered
    state.disputed_coins += stake
    state.disputed_tax += tax

    from_wallet = min(state.remaining, stake)
    if from_wallet:
        state.remaining -= from_wallet
        parts = [(lot, from_wallet)]
        draft.move(accounts.wallet, accounts.escrow, from_wallet, WHY, parts=parts)
    from_gifts = _hold_gifts(draft, accounts, ref, lot, stake - from_wallet, gifts)
    return Taken(
        lot=lot,
        money=money,
        covered=covered,
        tax=tax,
        coins=stake,
        from_wallet=from_wallet,
        from_gifts=from_gifts,
        fee=fee,
    )


def _share(whole: int, part: int, of: int) -> int:
    return whole * part // of if of else 0


def _coins_at_stake(state, covered: int) -> int:
    if not state.price:
        return 0
    touched = -(-state.coins * (state.disputed_money + covered) // state.price)
    free = state.coins - state.refunded_coins - state.disputed_coins
    return max(0, min(touched - state.disputed_coins, free))


def _hold_gifts(draft, accounts, ref, lot, wanted, gifts) -> int:
    """Freeze the uncleared diamonds of the lot's coins, latest clearing date first."""
    left = wanted
    for coin, diamond in sorted(gifts, key=lambda pair: pair[1].clears_at, reverse=True):
        if not left or draft.is_cleared(diamond.credit, diamond.clears_at):
            continue
        free = free_spans(coin.amount, coin.taken)
        spans = spans_of_lot(coin.parts, lot, free, left)
        coins = span_coins(spans)
        if not coins:
            continue
        draft.move(
            diamond.credit,
            accounts.held[diamond.credit],
            coins * (diamond.amount // coin.amount),
            WHY,
            clears_at=diamond.clears_at,
            reverses=diamond.id,
        )
        draft.take_back(coin.id, spans, why=WHY, ref=ref, state="held", code=coin.code)
        left -= coins
    return wanted - left


@dataclass(frozen=True, slots=True)
class HeldGift:
    """Coins of a gift that this dispute holds: its transfers and the spans held."""

    coin: Written
    diamond: Written
    spans: tuple[tuple[int, int], ...]

    @property
    def coins(self) -> int:
        return span_coins(self.spans)

    @property
    def diamonds(self) -> int:
        return self.coins * (self.diamond.amount // self.coin.amount)


def dispute_won(
    draft: Draft,
    accounts: DisputeAccounts,
    taken: Taken,
    *,
    ref: str,
    held: Sequence[HeldGift],
    fee_back: int = 0,
) -> None:
    """The provider gave the money back: coins to the same lots, diamonds to the same creators."""
    draft.move(accounts.provider, accounts.disputed, taken.money, "dispute_won")
    if fee_back:
        draft.move(accounts.provider, accounts.fees, fee_back, "dispute_won")
    state = draft.change_lot(taken.lot)
    state.disputed_money -= taken.covered
    state.disputed_coins -= taken.coins
    state.disputed_tax -= taken.tax
    if taken.from_wallet:
        state.remaining += taken.from_wallet
        parts = [(taken.lot, taken.from_wallet)]
        draft.move(accounts.escrow, accounts.wallet, taken.from_wallet, "dispute_won", parts=parts)
    for item in held:
        _release(draft, accounts, item)
    draft.settle_taken_back(why=WHY, ref=ref, state="released")


def _release(draft: Draft, accounts: DisputeAccounts, item: HeldGift) -> None:
    clearing = item.diamond.credit
    if draft.is_cleared(clearing, item.diamond.clears_at):
        draft.move(accounts.held[clearing], accounts.available[clearing], item.diamonds, "released")
    else:
        draft.move(
            accounts.held[clearing],
            clearing,
            item.diamonds,
            "released",
            clears_at=item.diamond.clears_at,
        )


def dispute_lost(
    draft: Draft,
    accounts: DisputeAccounts,
    taken: Taken,
    *,
    ref: str,
    held: Sequence[HeldGift],
    spent: int,
) -> None:
    """The money is gone: held coins and diamonds leave, the reserve pays what was not held."""
    if taken.from_wallet:
        parts = [(taken.lot, taken.from_wallet)]
        draft.move(accounts.escrow, accounts.sold, taken.from_wallet, "dispute_lost", parts=parts)
    for item in held:
        parts = parts_of_spans(item.coin.parts, item.spans)
        draft.move(
            spent,
            accounts.sold,
            item.coins,
            "dispute_lost",
            parts=parts,
            reverses=item.coin.id,
        )
        draft.move(
            accounts.held[item.diamond.credit],
            item.diamond.debit,
            item.diamonds,
            "dispute_lost",
            reverses=item.diamond.id,
        )
    draft.settle_taken_back(why=WHY, ref=ref, state="final")
    _settle_money(draft, accounts, taken)


def _settle_money(draft: Draft, accounts: DisputeAccounts, taken: Taken) -> None:
    if taken.tax:
        draft.move(accounts.tax, accounts.disputed, taken.tax, "dispute_lost")
    net = taken.covered - taken.tax
    recovered = _share(net, taken.from_wallet + taken.from_gifts, taken.coins)
    if recovered:
        draft.move(accounts.sales, accounts.disputed, recovered, "dispute_lost")
    rest = taken.money - taken.tax - recovered
    from_reserve = min(rest, max(0, draft.account(accounts.reserve).spendable))
    if from_reserve:
        draft.move(accounts.reserve, accounts.disputed, from_reserve, "dispute_lost")
    if rest > from_reserve:
        draft.move(accounts.losses, accounts.disputed, rest - from_reserve, "dispute_lost")
