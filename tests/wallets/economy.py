"""The ledger's events as tests ask for them, through the public actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from tests.make import make_user
from users.models import User
from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.actions.coins import CreditRecharge, Purchase, recharge_ask
from wallets.books import Books, Draft
from wallets.models import COIN, Account, Hold
from wallets.movements.withdrawals import PayoutAccounts, PayoutSum
from wallets.states import DraftHold
from wallets.writer import Ask, Kind, Outcome, post, post_one

DIAMOND = "DIAMOND.1"
numbers = count(1)


class PlainGift(Kind):
    """A gift without a catalogue or a room: what it moves, and nothing else."""

    name = "gift"
    by_person = True

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        movements.gift(draft, **ask.data)
        return {}


class PlainUndo(Kind):
    name = "undo"
    by_person = False

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        gifts = {ask.data: rows.read_gift(ask.data) for ask in asks}
        books.facts[self.name] = gifts
        books.add_lots(rows.read_lots({lot for coin, _ in gifts.values() for lot, _ in coin.parts}))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        coin, diamond = draft.books.facts[self.name][ask.data]
        return {"coins": movements.take_back(draft, coin=coin, diamond=diamond, why="undo")}


class AskWithdrawal(Kind):
    name = "withdrawal"
    by_person = True

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        holds = movements.withdrawal_asked(draft, ask.data)
        return {"holds": [str(hold.id) for hold in holds]}


class EndWithdrawal(Kind):
    name = "withdrawal_end"

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        holds, accounts, payout = ask.data
        if payout is None:
            for hold in holds:
                draft.resolve(hold, post=False)
        else:
            movements.withdrawal_paid(draft, accounts, holds, payout)
        return {}


RECHARGE, GIFT, UNDO = CreditRecharge(), PlainGift(), PlainUndo()
ASK_WITHDRAWAL, END_WITHDRAWAL = AskWithdrawal(), EndWithdrawal()


def new_key() -> str:
    return f"key-{next(numbers)}"


def recharge(
    user: User, coins: int, *, price: int | None = None, tax: int = 0, risk: str = "card"
) -> int:
    """Credit a paid recharge; the id of its lot."""
    purchase = Purchase(
        recharge=next(numbers) + 10_000_000,
        user=user.pk,
        coins=coins,
        price=coins if price is None else price,
        tax=tax,
        tax_country="AT",
        currency="USD",
        method="offline",
        risk=risk,
    )
    return post_one(recharge_ask(purchase, kind=RECHARGE)).details["lot"]


def gift_ask(sender: User, creator: User, coins: int, *, key: str | None = None) -> Ask:
    specs = {
        "wallet": wallet_of(sender.pk),
        "spent": system(Account.Kind.SPENT, COIN),
        "earned": system(Account.Kind.EARNED, DIAMOND),
        "clearing": Spec(creator.pk, Account.Kind.CLEARING, DIAMOND),
    }
    ids = account_ids(list(specs.values()))
    return Ask(
        kind=GIFT,
        actor=sender.pk,
        key=key or new_key(),
        accounts=list(ids.values()),
        content=[creator.pk, coins],
        data={name: ids[spec] for name, spec in specs.items()}
        | {"coins": coins, "diamonds": coins},
    )


def gift(
    sender: User,
    creator: User,
    coins: int,
    *,
    key: str | None = None,
    now: datetime | None = None,
) -> Outcome:
    return post([gift_ask(sender, creator, coins, key=key)], now=now)[0]


def undo(operation: UUID, *, key: str | None = None) -> Outcome:
    coin, diamond = rows.read_gift(operation)
    return post(
        [
            Ask(
                kind=UNDO,
                actor=Account.objects.get(pk=coin.debit).owner_id or 0,
                key=key or new_key(),
                accounts=[coin.debit, coin.credit, diamond.debit, diamond.credit],
                content=[operation],
                data=operation,
            )
        ]
    )[0]


def withdraw(creator: User, diamonds: int, *, key: str | None = None) -> Outcome:
    available = Spec(creator.pk, Account.Kind.AVAILABLE, DIAMOND)
    redeemed = system(Account.Kind.REDEEMED, DIAMOND)
    ids = account_ids([available, redeemed])
    return post(
        [
            Ask(
                kind=ASK_WITHDRAWAL,
                actor=creator.pk,
                key=key or new_key(),
                accounts=list(ids.values()),
                content=[diamonds],
                data=[(ids[available], ids[redeemed], diamonds)],
            )
        ]
    )[0]


def end_withdrawal(hold_id: str, *, paid: bool) -> Outcome:
    """Post or void a hold; 1,000 diamonds are 700 cents, of which 5 are the fee."""
    hold = Hold.objects.get(pk=hold_id)
    draft_hold = DraftHold(
        hold.pk, hold.debit_account_id, hold.credit_account_id, hold.amount, hold.code
    )
    specs = {
        "rewards": system(Account.Kind.REWARDS, "USD"),
        "exchange_base": system(Account.Kind.EXCHANGE, "USD"),
        "exchange": system(Account.Kind.EXCHANGE, "EUR"),
        "payout": system(Account.Kind.PAYOUT, "EUR", "sepa"),
        "payout_income": system(Account.Kind.PAYOUT_INCOME, "EUR"),
    }
    ids = account_ids(list(specs.values()))
    base = hold.amount * 7_000 // 10_000
    sums = PayoutSum(base=base, paid=max(0, base * 92 // 100 - 5), fee=5)
    return post(
        [
            Ask(
                kind=END_WITHDRAWAL,
                key=f"end:{hold_id}",
                accounts=[hold.debit_account_id, hold.credit_account_id, *ids.values()],
                content=[hold_id, paid],
                data=(
                    [draft_hold],
                    PayoutAccounts(**{n: ids[s] for n, s in specs.items()}),
                    sums if paid else None,
                ),
            )
        ]
    )[0]


@dataclass(frozen=True)
class Balances:
    wallet: int
    clearing: int
    available: int
    held: int


def balances(user: User) -> Balances:
    accounts = {
        account.kind: account
        for account in Account.objects.filter(owner=user).exclude(kind=Account.Kind.ESCROW)
    }

    def of(kind: str) -> int:
        return accounts[kind].spendable if kind in accounts else 0

    return Balances(of("wallet"), of("clearing"), of("available"), of("held"))


__all__ = ["make_user"]
