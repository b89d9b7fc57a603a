"""A payout batch from its preparing to its sending: a machine whose stages can be run again.

Each stage is a transaction of its own and asks the rows where the batch stands, so whatever dies
in between, running the batch again goes on from there. Only `send_batch` calls the rail, outside
of every transaction, with the same frozen payload at every try.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from creators import locks
from creators.actions.settling import settle_batch
from creators.actions.steps import State, move_withdrawals
from creators.errors import BatchDamaged, StateChanged
from creators.models import PayoutBatch, PayoutItem, Withdrawal
from creators.rails import RAILS, FrozenBatch
from creators.selectors.batches import accounts_of_withdrawals, frozen_batch
from wallets.check import ledger_check
from wallets.errors import LedgerBroken, Stopped
from wallets.selectors.prices import stopped_message

BatchState = PayoutBatch.State


def prepare_batch(*, rail: str, now: datetime | None = None) -> PayoutBatch | None:
    """Freeze approved withdrawals of one rail and currency into a batch; None when there are none.

    Locks the builder, then the withdrawals; those of frozen accounts stay where they are. Raises
    Stopped while sending is stopped and LedgerBroken when the books of these creators do not
    add up; then nothing is frozen.
    """
    _require_sending()
    with transaction.atomic():
        waiting = locks.lock_withdrawals_to_batch(rail=rail, most=settings.PAYOUT_BATCH_ITEMS)
        chosen = [one for one in waiting if one.currency == waiting[0].currency]
        if not chosen:
            return None
        _check_books(chosen)
        return _freeze(chosen, rail=rail, at=now or timezone.now())


def _require_sending() -> None:
    if message := stopped_message("sending"):
        raise Stopped(message=message)


def _check_books(withdrawals: list[Withdrawal]) -> None:
    if differences := ledger_check(accounts=accounts_of_withdrawals(withdrawals)):
        raise LedgerBroken("; ".join(str(difference) for difference in differences))


def _freeze(withdrawals: list[Withdrawal], *, rail: str, at: datetime) -> PayoutBatch:
    batch = PayoutBatch(
        rail=rail,
        currency=withdrawals[0].currency,
        item_count=len(withdrawals),
        total_minor=sum(one.paid_minor for one in withdrawals),
        created=at,
    )
    items = [
        PayoutItem(
            batch=batch,
            withdrawal=one,
            amount_minor=one.paid_minor,
            currency=one.currency,
            payee_name=one.method.payee_name,
            instructions=one.method.instructions,
            changed=at,
        )
        for one in withdrawals
    ]
    batch.payload_hash = frozen_batch(batch, items).payload_hash
    batch.save()
    PayoutItem.objects.bulk_create(items)
    move_withdrawals([one.pk for one in withdrawals], to=State.IN_BATCH, at=at)
    return batch


def approve_batch(
    batch_id: int, *, staff_id: int | None = None, now: datetime | None = None
) -> None:
    """Let a prepared batch be sent. Locks the batch; raises StateChanged. `now`: histories."""
    with transaction.atomic():
        batch = locks.lock_batch(batch_id)
        _require_state(batch, BatchState.PREPARED)
        batch.state, batch.approved_at = BatchState.APPROVED, now or timezone.now()
        batch.approved_by_id = staff_id
        batch.save(update_fields=["state", "approved_at", "approved_by"])


def discard_batch(batch_id: int, *, staff_id: int) -> None:
    """Give up a prepared batch; its withdrawals wait for the next one. Locks batch and rows."""
    with transaction.atomic():
        batch = locks.lock_batch(batch_id)
        _require_state(batch, BatchState.PREPARED)
        at = timezone.now()
        ids = list(batch.items.order_by("withdrawal").values_list("withdrawal", flat=True))
        locks.lock_withdrawals(ids)
        batch.items.update(state=PayoutItem.State.DISCARDED, changed=at)
        move_withdrawals(ids, to=State.APPROVED, at=at, by_id=staff_id)
        batch.state = BatchState.DISCARDED
        batch.save(update_fields=["state"])


def send_batch(batch_id: int, *, now: datetime | None = None) -> None:
    """Hand an approved batch to its rail, or hand it over again after a crash.

    Locks the batch, then its withdrawals. Raises Stopped, StateChanged or BatchDamaged, or what
    the rail raises; then the batch stays in `sending` and is sent again with the same payload.
    `now` is for histories.
    """
    frozen = begin_sending(batch_id)
    RAILS[frozen.rail].send(frozen)
    finish_sending(batch_id, now=now)


def begin_sending(batch_id: int) -> FrozenBatch:
    """Commit that this batch is being sent, before anything leaves; what is to be sent."""
    _require_sending()
    with transaction.atomic():
        batch = locks.lock_batch(batch_id)
        _require_state(batch, BatchState.APPROVED, BatchState.SENDING)
        frozen = frozen_batch(batch, list(batch.items.select_related("withdrawal").order_by("pk")))
        if frozen.payload_hash != bytes(batch.payload_hash):
            raise BatchDamaged(f"payout batch {batch_id} is not what was frozen")
        if batch.state == BatchState.APPROVED:
            batch.state = BatchState.SENDING
            batch.save(update_fields=["state"])
    return frozen


def finish_sending(batch_id: int, *, now: datetime | None = None) -> None:
    """The rail has the batch. Does nothing when another process has said so before."""
    with transaction.atomic():
        batch = locks.lock_batch(batch_id)
        if batch.state != BatchState.SENDING:
            return
        at = now or timezone.now()
        ids = list(batch.items.order_by("withdrawal").values_list("withdrawal", flat=True))
        locks.lock_withdrawals(ids)
        batch.items.filter(state=PayoutItem.State.FROZEN).update(
            state=PayoutItem.State.SENT, changed=at
        )
        move_withdrawals(ids, to=State.SENT, at=at)
        batch.state, batch.sent_at = BatchState.SENT, at
        batch.save(update_fields=["state", "sent_at"])


def advance_batch(batch_id: int) -> None:
    """Take a batch as far as it goes now: approved (where no staff must), sent, settled."""
    state = PayoutBatch.objects.values_list("state", flat=True).get(pk=batch_id)
    if state == BatchState.PREPARED and settings.PAYOUT_AUTO_APPROVE:
        approve_batch(batch_id)
        state = BatchState.APPROVED
    if state in (BatchState.APPROVED, BatchState.SENDING):
        send_batch(batch_id)
        state = BatchState.SENT
    if state == BatchState.SENT:
        settle_batch(batch_id)


def _require_state(batch: PayoutBatch, *states: str) -> None:
    if batch.state not in states:
        raise StateChanged(state=batch.state)
