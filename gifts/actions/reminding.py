"""People hear that the half or the whole of an own limit is spent, and no receipt waits for it."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

from django.db import connection
from django.urls import reverse

from users.actions.notifying import notify
from wallets.limits import first_day
from wallets.notices import LIMIT_REACHED
from wallets.writer import Done

log = logging.getLogger(__name__)

_thread: ThreadPoolExecutor | None = None


def start_reminding() -> None:
    """From now on a thread of this process tells people, with a connection of its own."""
    global _thread
    if _thread is None:
        _thread = ThreadPoolExecutor(1, "reminders")


def stop_reminding() -> None:
    """Tell what waits; from now on people are told at once, by whoever sends."""
    global _thread
    if _thread is not None:
        thread, _thread = _thread, None
        thread.shutdown()


def remind(reached: Sequence[Done], day: date) -> None:
    """Tell the senders of these gifts, once for each period of a limit. Call after commit."""
    if thread := _thread:
        try:
            thread.submit(partial(_tell_alone, reached, day))
            return
        except RuntimeError:
            log.info("the thread of reminders has ended; whoever sends tells them")
    _tell(reached, day)


def _tell_alone(reached: Sequence[Done], day: date) -> None:
    try:
        _tell(reached, day)
    except Exception:
        log.exception("%d people were not told of their own limits", len(reached))
    finally:
        # It is seldom needed: nothing is kept open for it.
        connection.close()


def _tell(reached: Sequence[Done], day: date) -> None:
    for item in reached:
        reminder = item.details["reminder"]
        since = first_day(reminder["limit"].removeprefix("own_"), day)
        notify(
            people=[item.ask.actor],
            kind=LIMIT_REACHED.code,
            ref=f"{reminder['limit']} {since} {reminder['reached']}",
            path=reverse("own_limits"),
            data=reminder,
            at=item.draft.now,
        )
