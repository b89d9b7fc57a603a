"""The one place that moves withdrawals from state to state, each step with its event row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from creators.errors import StateChanged
from creators.models import CreatorMail, Withdrawal, WithdrawalEvent
from creators.notices import WITHDRAWAL_STEP
from users.actions.notifying import notify

State = Withdrawal.State

# From which states each state is reached; the database's trigger says the same.
CAME_FROM: Mapping[str, tuple[str, ...]] = {
    State.APPROVED: (State.REQUESTED, State.IN_BATCH),
    State.IN_BATCH: (State.APPROVED,),
    State.SENT: (State.IN_BATCH,),
    State.PAID: (State.SENT,),
    State.FAILED: (State.SENT,),
    State.RETURNED: (State.SENT, State.PAID),
    State.CANCELLED: (State.REQUESTED, State.APPROVED),
    State.REFUSED: (State.REQUESTED, State.APPROVED),
}
MAILED = {
    State.REQUESTED,
    State.SENT,
    State.PAID,
    State.FAILED,
    State.RETURNED,
    State.CANCELLED,
    State.REFUSED,
}
# What creators do themselves they know.
OWN = {State.REQUESTED, State.CANCELLED}


def move_withdrawals(
    ids: Iterable[int], *, to: str, at: datetime, by_id: int | None = None, note: str = ""
) -> None:
    """Compare and set the state of all of these, in the caller's transaction.

    `by_id` is the person who did it, None for the system. Raises StateChanged, and then the
    caller's transaction must not be committed.
    """
    wanted = sorted(set(ids))
    moved = Withdrawal.objects.filter(pk__in=wanted, state__in=CAME_FROM[to]).update(
        state=to, changed=at
    )
    if moved != len(wanted):
        raise StateChanged(wanted=str(to))
    events = WithdrawalEvent.objects.bulk_create(
        WithdrawalEvent(withdrawal_id=id, state=to, created=at, by_id=by_id, note=note)
        for id in wanted
    )
    mail_steps(events)
    tell_steps(events)


def mail_steps(events: Iterable[WithdrawalEvent]) -> None:
    """Queue the mails about these steps: of all that the creator waits for, by whomever, and of
    an approval that staff gave."""
    CreatorMail.objects.bulk_create(
        CreatorMail(kind=CreatorMail.Kind.WITHDRAWAL, ref=event.pk, created=event.created)
        for event in events
        if event.state in MAILED or (event.state == State.APPROVED and event.by_id)
    )


def tell_steps(events: Sequence[WithdrawalEvent]) -> None:
    """Tell creators of the steps that others took for them, on their pages."""
    told = {event.withdrawal_id: event for event in events if event.state in MAILED - OWN}
    for one in Withdrawal.objects.filter(pk__in=told):
        event = told[one.pk]
        notify(
            people=[one.creator_id],
            kind=WITHDRAWAL_STEP.code,
            ref=str(event.pk),
            path=reverse("withdrawal", args=[one.public_id]),
            data={"minor": one.paid_minor, "currency": one.currency, "state": event.state},
            at=event.created,
        )
