"""Staff place money that fits no order: as the coins that it buys, or back to the payer. Once."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from msgspec.structs import replace

from users.models import User
from wallets import locks, movements
from wallets.actions.accounts import account_ids, system
from wallets.actions.coins import recharge_ask
from wallets.actions.crediting import CreditOrder, purchase_of
from wallets.actions.recharges import move
from wallets.books import Books, Draft
from wallets.errors import AlreadyResolved, AmountRefused
from wallets.models import Account, Recharge, UnappliedPayment
from wallets.money import Money, coins_for, split_inclusive_tax
from wallets.writer import Ask, Done, Kind, post_one

State = Recharge.State


def _read_waiting(asks: Sequence[Ask], books: Books) -> None:
    """Which of these payments still wait, read after the locks."""
    waiting = UnappliedPayment.objects.filter(
        recharge__in=[ask.data[1].recharge for ask in asks],
        state=UnappliedPayment.State.WAITING,
    )
    books.facts["unapplied"] = set(waiting.values_list("recharge_id", flat=True))


def _judge_waiting(ask: Ask, draft: Draft) -> None:
    if ask.data[1].recharge not in draft.books.facts["unapplied"]:
        raise AlreadyResolved()


class CreditUnapplied(CreditOrder):
    """Unapplied money becomes the coins that it buys."""

    before = State.UNAPPLIED

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        super().read(asks, books)
        _read_waiting(asks, books)

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        _judge_waiting(ask, draft)
        return super().judge(ask, draft)

    def write(self, done: Sequence[Done]) -> None:
        super().write(done)
        for item in done:
            _mark_placed(item, UnappliedPayment.State.CREDITED)


class SendBack(Kind):
    """Unapplied money went back to the payer."""

    name = "unapplied_back"

    def lock(self, asks: Sequence[Ask]) -> None:
        locks.lock_recharges(ask.data[1].recharge for ask in asks)

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        _read_waiting(asks, books)

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        _judge_waiting(ask, draft)
        (unapplied, provider), purchase = ask.data
        movements.cash(draft, [(unapplied, provider, purchase.price)], self.name)
        return {"amount": purchase.price, "currency": purchase.currency}

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            if not move(
                item.ask.data[1].recharge,
                before=State.UNAPPLIED,
                to=State.SENT_BACK,
                by="staff",
                details=item.details,
            ):
                raise AlreadyResolved()
            _mark_placed(item, UnappliedPayment.State.SENT_BACK)


SEND_BACK = SendBack()


def _mark_placed(item: Done, state: str) -> None:
    waiting = UnappliedPayment.objects.filter(
        recharge=item.ask.data[1].recharge, state=UnappliedPayment.State.WAITING
    )
    if not waiting.update(state=state, placed=item.draft.now):
        raise AlreadyResolved()


def credit_unapplied(payment: UnappliedPayment, *, staff: User, reason: str) -> None:
    """Give the coins that the money buys, for the price that was paid. Once.

    Refuses with AmountRefused (another currency, or less than a coin) or AlreadyResolved.
    """
    _require_waiting(payment)
    recharge, paid = payment.recharge, Money(payment.amount, payment.currency)
    coins = coins_for(paid) if paid.currency == settings.BASE_CURRENCY else 0
    if coins < 1:
        raise AmountRefused(smallest=1)
    _net, tax = split_inclusive_tax(
        gross_minor=paid.minor, rate_basis_points=recharge.tax_basis_points
    )
    ask = recharge_ask(purchase_of(recharge, coins, paid, tax), kind=CreditUnapplied(by="staff"))
    spec = system(Account.Kind.UNAPPLIED, paid.currency)
    unapplied = account_ids([spec])[spec]
    accounts, purchase = ask.data
    post_one(
        replace(
            ask,
            accounts=[*ask.accounts, unapplied],
            data=(dataclasses.replace(accounts, provider=unapplied), purchase),
            reason=reason,
        )
    )


def send_back_unapplied(payment: UnappliedPayment, *, staff: User, reason: str, key: str) -> None:
    """Book that the money went back to the payer. Refuses with AlreadyResolved."""
    _require_waiting(payment)
    paid = Money(payment.amount, payment.currency)
    unapplied = system(Account.Kind.UNAPPLIED, paid.currency)
    provider = system(Account.Kind.PROVIDER, paid.currency, payment.method)
    ids = account_ids([unapplied, provider])
    post_one(
        Ask(
            kind=SEND_BACK,
            actor=staff.pk,
            key=key,
            accounts=list(ids.values()),
            content=[payment.pk, paid.minor, paid.currency],
            data=(
                (ids[unapplied], ids[provider]),
                purchase_of(payment.recharge, payment.recharge.coins, paid, 0),
            ),
            reason=reason,
        )
    )


def _require_waiting(payment: UnappliedPayment) -> None:
    if payment.state != UnappliedPayment.State.WAITING:
        raise AlreadyResolved(state=payment.state)
