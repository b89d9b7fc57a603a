"""What a rail or staff report about payouts: paid, failed, returned; each booked once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from creators import locks
from creators.actions.steps import State, move_withdrawals
from creators.actions.withdrawals import EndWithdrawal, Series, end_ask, series_accounts
from creators.errors import StateChanged
from creators.models import PayoutBatch, PayoutItem, Withdrawal, WithdrawalPart
from creators.rails import RAILS, Report
from creators.selectors.batches import frozen_batch
from wallets import movements, rows
from wallets.actions.accounts import account_ids, system
from wallets.books import Books, Draft
from wallets.models import Account
from wallets.movements.withdrawals import PayoutAccounts, PayoutSum
from wallets.writer import Ask, Done, Kind, Outcome, post_one

ItemState = PayoutItem.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """An item with what is booked for it."""

    item: PayoutItem
    withdrawal: Withdrawal
    accounts: PayoutAccounts
    parts: tuple[tuple[Series, WithdrawalPart], ...]
    payout: PayoutSum
    report: Report
    by_id: int | None


class WithdrawalPaid(Kind):
    """The money was paid: the holds are posted and the cash is booked."""

    name = "withdrawal_paid"
    expected = State.SENT

    def lock(self, asks: Sequence[Ask]) -> None:
        self.locked = locks.lock_withdrawals(ask.data.withdrawal.pk for ask in asks)

    @property
    def states(self) -> dict[int, str]:
        """The states of the withdrawals as they were locked."""
        return dict(self.locked.rows())

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.facts[self.name] = {
            ask.data.item.pk: [rows.read_hold(part.hold_id) for _, part in ask.data.parts]
            for ask in asks
            if self.states[ask.data.withdrawal.pk] == self.expected
        }

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        settling: Settling = ask.data
        self._require_state(settling)
        movements.withdrawal_paid(
            draft,
            settling.accounts,
            draft.books.facts[self.name][settling.item.pk],
            settling.payout,
        )
        return {"withdrawal": settling.withdrawal.pk, "reference": settling.report.reference}

    def _require_state(self, settling: Settling) -> None:
        state = self.states[settling.withdrawal.pk]
        if state != self.expected:
            raise StateChanged(state=state)

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            settling: Settling = item.ask.data
            _set_item(settling.item, settling.report, at=item.draft.now, was=self.expected)
            move_withdrawals(
                [settling.withdrawal.pk],
                to=settling.report.state,
                at=item.draft.now,
                by_id=settling.by_id,
                note=settling.report.note or settling.report.reference,
            )


class WithdrawalReturned(WithdrawalPaid):
    """Money that was paid came back: the reverse at the stored sums."""

    name = "withdrawal_returned"
    expected = State.PAID

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        """The parts and sums are the rows' own; nothing else is needed."""

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        settling: Settling = ask.data
        self._require_state(settling)
        movements.withdrawal_returned(
            draft,
            settling.accounts,
            [(one.redeemed, one.available, part.diamonds) for one, part in settling.parts],
            settling.payout,
        )
        return {"withdrawal": settling.withdrawal.pk}


class SentWithdrawalEnds(EndWithdrawal):
    """A payment that was sent failed or came back before it was paid."""

    def __init__(self, item: PayoutItem, report: Report) -> None:
        self.item, self.report = item, report

    def write(self, done: Sequence[Done]) -> None:
        super().write(done)
        for ended in done:
            _set_item(self.item, self.report, at=ended.draft.now, was=ItemState.SENT)


def settle_item(
    item_id: int, report: Report, *, by_id: int | None = None, now: datetime | None = None
) -> Outcome:
    """Book what became of a payment. Repeats give the first outcome.

    Locks the creator's and the rail's accounts, then the withdrawal. Refuses with StateChanged
    what cannot follow on what is known already. `now` is for histories.
    """
    item = PayoutItem.objects.select_related("withdrawal", "batch").get(pk=item_id)
    withdrawal = item.withdrawal
    if report.state == ItemState.PAID:
        return post_one(_money_ask(WithdrawalPaid(), item, report, by_id=by_id), now=now)
    if report.state == ItemState.RETURNED and withdrawal.state == State.PAID:
        return post_one(_money_ask(WithdrawalReturned(), item, report, by_id=by_id), now=now)
    kind = SentWithdrawalEnds(item, report)
    ask = end_ask(kind, withdrawal, to=report.state, by_id=by_id, note=report.note)
    return post_one(ask, now=now)


def _money_ask(kind: WithdrawalPaid, item: PayoutItem, report: Report, *, by_id: int | None) -> Ask:
    withdrawal = item.withdrawal
    parts = list(withdrawal.parts.order_by("series"))
    values = {part.series: part.value_millionths for part in parts}
    series = series_accounts(withdrawal.creator_id, values)
    base, paid = settings.BASE_CURRENCY, withdrawal.currency
    specs = {
        "rewards": system(Account.Kind.REWARDS, base),
        "exchange_base": system(Account.Kind.EXCHANGE, base),
        "exchange": system(Account.Kind.EXCHANGE, paid),
        "payout": system(Account.Kind.PAYOUT, paid, item.batch.rail),
        "payout_income": system(Account.Kind.PAYOUT_INCOME, paid),
    }
    money = account_ids(list(specs.values()))
    return Ask(
        kind=kind,
        key=f"payout_item:{item.pk}:{report.state}",
        accounts=[
            *money.values(),
            *(id for one in series for id in (one.available, one.redeemed)),
        ],
        content=[item.pk, report.state],
        data=Settling(
            item=item,
            withdrawal=withdrawal,
            accounts=PayoutAccounts(**{name: money[spec] for name, spec in specs.items()}),
            parts=tuple(zip(series, parts, strict=True)),
            payout=PayoutSum(
                base=withdrawal.base_minor,
                paid=withdrawal.paid_minor,
                fee=withdrawal.fee_minor,
            ),
            report=report,
            by_id=by_id,
        ),
        reason=report.note,
    )


def _set_item(item: PayoutItem, report: Report, *, at: datetime, was: str) -> None:
    """Compare and set the item's state; its reference stays once it is known."""
    changes: dict[str, Any] = {"state": report.state, "changed": at}
    if report.reference:
        changes["reference"] = report.reference
    if PayoutItem.objects.filter(pk=item.pk, state=was).update(**changes) != 1:
        raise StateChanged(state=item.state)


def settle_batch(batch_id: int) -> None:
    """Ask the rail what became of a sent batch, book each report, close the batch when all are
    known. May be run again at any time."""
    batch = PayoutBatch.objects.get(pk=batch_id)
    waiting = list(
        batch.items.filter(state=ItemState.SENT).select_related("withdrawal").order_by("pk")
    )
    for report in RAILS[batch.rail].ask(frozen_batch(batch, waiting)) if waiting else ():
        settle_item(report.item_id, report)
    close_batch(batch_id)


def close_batch(batch_id: int, *, now: datetime | None = None) -> None:
    """A sent batch none of whose items is open is settled; else nothing. Locks the batch.

    `now` is for histories.
    """
    with transaction.atomic():
        batch = locks.lock_batch(batch_id)
        if batch.state != PayoutBatch.State.SENT:
            return
        if batch.items.filter(state__in=PayoutItem.WAITING).exists():
            return
        batch.state, batch.settled_at = PayoutBatch.State.SETTLED, now or timezone.now()
        batch.save(update_fields=["state", "settled_at"])
