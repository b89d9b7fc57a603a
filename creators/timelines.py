"""The steps of a withdrawal as the page shows them: done, now, still to come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from creators.models import Withdrawal, WithdrawalEvent

State = Withdrawal.State
WAY = (State.REQUESTED, State.APPROVED, State.IN_BATCH, State.SENT, State.PAID)


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    state: Literal["done", "now", "next", "failed"]
    at: datetime | None = None
    note: str = ""


def titles() -> dict[str, Any]:
    return {
        State.REQUESTED: _("Requested"),
        State.APPROVED: _("Approved"),
        State.IN_BATCH: _("In a payout batch"),
        State.SENT: _("Sent"),
        State.PAID: _("Paid"),
        State.FAILED: _("The payment failed"),
        State.RETURNED: _("The money came back"),
        State.CANCELLED: _("Taken back by you"),
        State.REFUSED: _("Refused"),
    }


def timeline_of(withdrawal: Withdrawal) -> list[Step]:
    """What happened, in order, then what is still to come; its events are prefetched."""
    names = titles()
    events = list(withdrawal.events.all())
    steps = [
        Step(names[event.state], _shown(event, last=event is events[-1]), event.created, event.note)
        for event in events
    ]
    if withdrawal.state in WAY:
        to_come = WAY[WAY.index(State(withdrawal.state)) + 1 :]
        steps += [Step(names[state], "next") for state in to_come]
    return steps


def _shown(event: WithdrawalEvent, *, last: bool) -> Literal["done", "now", "failed"]:
    if event.state in (State.FAILED, State.RETURNED, State.REFUSED):
        return "failed"
    if last and event.state not in Withdrawal.FINAL:
        return "now"
    return "done"
