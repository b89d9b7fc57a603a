"""A creator asks for money, and what becomes of that before a batch: approved, refused, cancelled.

Every movement of diamonds is an operation of the ledger; its key is made from the withdrawal's
row, except for the request, whose key is the creator's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from creators import locks
from creators.actions.steps import CAME_FROM, State, mail_steps, move_withdrawals
from creators.errors import (
    NoPayoutMethod,
    NotCreator,
    PayoutMethodWaits,
    StateChanged,
    SumChanged,
    WithdrawalDayLimit,
    WithdrawalTooSmall,
)
from creators.models import (
    Creator,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalPart,
)
from creators.payout_sums import Part, Plan, plan_withdrawal
from creators.selectors.payouts import (
    payout_method,
    payout_method_to_come,
    withdrawn_on_day_minor,
)
from users.actions import require_money_age
from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids, system
from wallets.books import Books, Draft
from wallets.models import Account, diamond
from wallets.selectors.balances import diamonds_of
from wallets.writer import Ask, Done, Kind, Outcome, post_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of a creator's diamonds: its value and the accounts of its withdrawals."""

    series: int
    value_millionths: int
    available: int
    redeemed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRequest:
    creator_id: int
    diamonds: int
    shown_minor: int
    series: tuple[Series, ...]


class RequestWithdrawal(Kind):
    """Judges a request by what stands after the creator's accounts are locked, and holds it."""

    name = "withdrawal_ask"
    switch = "withdrawals"
    by_person = True

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.facts[self.name] = {
            ask.data.creator_id: (
                payout_method(ask.data.creator_id, at=books.now),
                payout_method_to_come(ask.data.creator_id, at=books.now),
                withdrawn_on_day_minor(ask.data.creator_id, at=books.now),
            )
            for ask in asks
        }

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        request: WithdrawalRequest = ask.data
        method, to_come, withdrawn = draft.books.facts[self.name][request.creator_id]
        if method is None and to_come is not None:
            raise PayoutMethodWaits(until=to_come.takes_effect.isoformat())
        if method is None:
            raise NoPayoutMethod()
        plan = plan_withdrawal(
            [
                Part(
                    series=one.series,
                    value_millionths=one.value_millionths,
                    diamonds=draft.account(one.available).spendable,
                )
                for one in request.series
            ],
            diamonds=request.diamonds,
            fee_minor=settings.WITHDRAWAL_FEE_MINOR,
            currency=settings.BASE_CURRENCY,
        )
        _check_limits(plan, withdrawn_minor=withdrawn)
        if plan.paid_minor != request.shown_minor:
            raise SumChanged(shown_minor=request.shown_minor, paid_minor=plan.paid_minor)
        accounts = {one.series: one for one in request.series}
        holds = movements.withdrawal_asked(
            draft,
            [
                (accounts[p.series].available, accounts[p.series].redeemed, p.diamonds)
                for p in plan.parts
            ],
        )
        return {
            "withdrawal": str(uuid7()),
            "method": method.pk,
            "base_minor": plan.base_minor,
            "fee_minor": plan.fee_minor,
            "currency": plan.currency,
            "parts": [
                [part.series, part.value_millionths, part.diamonds, str(hold.id)]
                for part, hold in zip(plan.parts, holds, strict=True)
            ],
        }

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            _insert_withdrawal(item)


def _check_limits(plan: Plan, *, withdrawn_minor: int) -> None:
    limit = settings.WITHDRAWAL_MAXIMUM_DAY_MINOR
    if plan.base_minor < settings.WITHDRAWAL_MINIMUM_MINOR or plan.paid_minor <= 0:
        raise WithdrawalTooSmall(
            minimum_minor=max(settings.WITHDRAWAL_MINIMUM_MINOR, plan.fee_minor + 1),
            currency=plan.currency,
        )
    if withdrawn_minor + plan.base_minor > limit:
        raise WithdrawalDayLimit(
            limit_minor=limit, left_minor=max(0, limit - withdrawn_minor), currency=plan.currency
        )


def _insert_withdrawal(item: Done) -> None:
    """The row, its parts and first events; below the review limit it is approved at once."""
    at, said = item.draft.now, item.details
    withdrawal = Withdrawal.objects.create(
        public_id=said["withdrawal"],
        creator_id=item.ask.data.creator_id,
        method_id=said["method"],
        operation_id=item.draft.operation,
        diamonds=item.ask.data.diamonds,
        base_minor=said["base_minor"],
        currency=said["currency"],
        paid_minor=said["base_minor"] - said["fee_minor"],
        fee_minor=said["fee_minor"],
        created=at,
        changed=at,
    )
    WithdrawalPart.objects.bulk_create(
        WithdrawalPart(
            withdrawal=withdrawal,
            series=series,
            value_millionths=value_millionths,
            diamonds=diamonds,
            hold_id=hold_id,
        )
        for series, value_millionths, diamonds, hold_id in said["parts"]
    )
    asked = WithdrawalEvent.objects.create(
        withdrawal=withdrawal, state=State.REQUESTED, created=at, by_id=item.ask.actor
    )
    mail_steps([asked])
    if withdrawal.base_minor <= settings.WITHDRAWAL_REVIEW_MINOR:
        move_withdrawals([withdrawal.pk], to=State.APPROVED, at=at)


REQUEST = RequestWithdrawal()


def request_withdrawal(
    *, creator_id: int, diamonds: int, shown_minor: int, key: str, now: datetime | None = None
) -> Outcome:
    """Hold `diamonds`, oldest series first, to be paid as money; `shown_minor` was promised.

    Locks the creator's available accounts and the system's redeemed ones. Refuses with TooYoung,
    NotCreator, NoPayoutMethod, PayoutMethodWaits, InsufficientDiamonds, WithdrawalTooSmall,
    WithdrawalDayLimit, SumChanged, Frozen or Stopped. `now` is for histories.
    """
    creator = Creator.objects.select_related("user").filter(pk=creator_id).first()
    if creator is None:
        raise NotCreator()
    require_money_age(creator.user)
    values = {held.series: held.value_millionths for held in diamonds_of(creator_id)}
    series = series_accounts(creator_id, values)
    return post_one(
        Ask(
            kind=REQUEST,
            actor=creator_id,
            key=key,
            accounts=[id for one in series for id in (one.available, one.redeemed)],
            content=[creator_id, diamonds, shown_minor],
            data=WithdrawalRequest(
                creator_id=creator_id, diamonds=diamonds, shown_minor=shown_minor, series=series
            ),
        ),
        now=now,
    )


def series_accounts(creator_id: int, values: Mapping[int, int]) -> tuple[Series, ...]:
    """A creator's accounts of these series (series → value in millionths), oldest first."""
    available = {n: Spec(creator_id, Account.Kind.AVAILABLE, diamond(n)) for n in values}
    redeemed = {n: system(Account.Kind.REDEEMED, diamond(n)) for n in values}
    ids = account_ids([*available.values(), *redeemed.values()])
    return tuple(
        Series(
            series=n,
            value_millionths=values[n],
            available=ids[available[n]],
            redeemed=ids[redeemed[n]],
        )
        for n in sorted(values)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A withdrawal that ends unpaid: its holds, and who says so why."""

    withdrawal_id: int
    to: str
    hold_ids: tuple[UUID, ...]
    by_id: int | None
    note: str


class EndWithdrawal(Kind):
    """Ends a withdrawal before it was paid: its holds are voided, the diamonds are back."""

    name = "withdrawal_end"

    def lock(self, asks: Sequence[Ask]) -> None:
        self.locked = locks.lock_withdrawals(ask.data.withdrawal_id for ask in asks)

    @property
    def states(self) -> dict[int, str]:
        """The states of the withdrawals as they were locked."""
        return dict(self.locked.rows())

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.facts[self.name] = {
            ask.data.withdrawal_id: [rows.read_hold(id) for id in ask.data.hold_ids]
            for ask in asks
            if self._may(ask.data)
        }

    def _may(self, ending: Ending) -> bool:
        state = self.states[ending.withdrawal_id]
        return state in CAME_FROM[ending.to] and state != State.PAID

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        if not self._may(ask.data):
            raise StateChanged(state=self.states[ask.data.withdrawal_id])
        for hold in draft.books.facts[self.name][ask.data.withdrawal_id]:
            draft.resolve(hold, post=False)
        return {"withdrawal": ask.data.withdrawal_id}

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            ending: Ending = item.ask.data
            move_withdrawals(
                [ending.withdrawal_id],
                to=ending.to,
                at=item.draft.now,
                by_id=ending.by_id,
                note=ending.note,
            )


def end_ask(
    kind: EndWithdrawal, withdrawal: Withdrawal, *, to: str, by_id: int | None, note: str
) -> Ask:
    """The ask that ends a withdrawal before it was paid; once for the row and the state."""
    parts = list(withdrawal.parts.all())
    values = {part.series: part.value_millionths for part in parts}
    series = series_accounts(withdrawal.creator_id, values)
    return Ask(
        kind=kind,
        key=f"withdrawal:{withdrawal.pk}:{to}",
        accounts=[id for one in series for id in (one.available, one.redeemed)],
        content=[withdrawal.pk, to],
        data=Ending(
            withdrawal_id=withdrawal.pk,
            to=to,
            hold_ids=tuple(part.hold_id for part in parts),
            by_id=by_id,
            note=note,
        ),
        reason=note,
    )


def cancel_withdrawal(*, creator_id: int, public_id: UUID, now: datetime | None = None) -> Outcome:
    """The creator takes a request back; possible until a batch has frozen it.

    Locks the creator's accounts, then the withdrawal. Refuses with StateChanged. Raises
    Withdrawal.DoesNotExist for what is not the creator's.
    """
    withdrawal = Withdrawal.objects.get(creator=creator_id, public_id=public_id)
    ask = end_ask(EndWithdrawal(), withdrawal, to=State.CANCELLED, by_id=creator_id, note="")
    return post_one(ask, now=now)


def refuse_withdrawal(
    withdrawal: Withdrawal, *, staff_id: int, reason: str, now: datetime | None = None
) -> Outcome:
    """Staff refuse a request; the creator reads the reason and has the diamonds back."""
    ask = end_ask(EndWithdrawal(), withdrawal, to=State.REFUSED, by_id=staff_id, note=reason)
    return post_one(ask, now=now)


def approve_withdrawal(withdrawal_id: int, *, staff_id: int, now: datetime | None = None) -> None:
    """Staff let a request go on to the next batch. Locks the withdrawal; raises StateChanged.

    `now` is for histories.
    """
    with transaction.atomic():
        [(_, state)] = locks.lock_withdrawals([withdrawal_id]).rows()
        if state != State.REQUESTED:
            raise StateChanged(state=state)
        at = now or timezone.now()
        move_withdrawals([withdrawal_id], to=State.APPROVED, at=at, by_id=staff_id)
