"""The gift desk: all gifts of a process go through one thread with one database connection.

While one transaction runs, what arrives waits; then all of it is the next batch. Under light load
a gift waits for nothing; a desk with too many waiting refuses (`busy`). Where no desk is open (in
commands, tasks and tests) gifts are sent at once, by whoever asks.
"""

import asyncio
import concurrent.futures
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from gifts.actions.reminding import start_reminding, stop_reminding
from gifts.actions.sending import send_gifts
from gifts.actions.undoing import undo_gifts
from gifts.orders import GiftOrder, UndoOrder
from users.errors import Refusal, Unavailable
from wallets.errors import Busy
from wallets.writer import Outcome

log = logging.getLogger(__name__)

Order = GiftOrder | UndoOrder
# The desk's thread comes back from the database some thirty times a batch; with Python's own 5 ms
# it would wait that long for the interpreter each time that the event loop is busy.
SWITCH_SECONDS = 0.0005
ANSWER_SECONDS = 60  # a request thread waits no longer; the same key asks again


class Slip:
    """An order that waits, and where its outcome goes."""

    __slots__ = ("future", "loop", "order")

    def __init__(self, order: Order, loop: asyncio.AbstractEventLoop | None) -> None:
        self.order = order
        self.loop = loop
        self.future: Any = loop.create_future() if loop else concurrent.futures.Future()


class Desk:
    def __init__(self, *, batch: int, waiting: int) -> None:
        self._batch = batch
        self._most = waiting
        self._slips: deque[Slip] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="gift-desk", daemon=True)
        self._thread.start()

    def take(self, order: Order, loop: asyncio.AbstractEventLoop | None) -> Any:
        """A future of the outcome: of this event loop, or for a thread that waits."""
        slip = Slip(order, loop)
        with self._changed:
            if self._closing or len(self._slips) >= self._most:
                raise Busy()
            self._slips.append(slip)
            self._changed.notify()
        return slip.future

    def close(self) -> None:
        """Serve what waits, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while slips := self._next():
                try:
                    _answer(slips, _serve([slip.order for slip in slips]))
                except Exception:
                    # Nothing that one batch does may end the desk.
                    log.exception("the desk failed a batch of %d", len(slips))
                    _answer(slips, [_unavailable()] * len(slips))
        finally:
            connection.close()

    def _next(self) -> list[Slip]:
        """What waits, at most a batch of it; empty when the desk closes."""
        with self._changed:
            while not self._slips and not self._closing:
                self._changed.wait()
            return [self._slips.popleft() for _ in range(min(self._batch, len(self._slips)))]


def _serve(orders: Sequence[Order]) -> list[Outcome]:
    """Sends in one transaction, undos in another: places are locked once in each."""
    outcomes: dict[int, Outcome] = {}
    for kind, action in _ACTIONS.items():
        asked = {i: order for i, order in enumerate(orders) if isinstance(order, kind)}
        if asked:
            outcomes |= zip(asked, _try(action, list(asked.values())), strict=True)
    return [outcomes[i] for i in range(len(orders))]


_ACTIONS: dict[type, Callable[[Any], list[Outcome]]] = {
    GiftOrder: send_gifts,
    UndoOrder: undo_gifts,
}


def _try(action: Callable[[Any], list[Outcome]], orders: list[Any]) -> list[Outcome]:
    try:
        return [
            outcome if outcome.done or outcome.code != "error" else _unavailable()
            for outcome in action(orders)
        ]
    except Exception:
        # The database is away, or we are wrong: nothing is written, the same key may ask again.
        log.exception("a batch of %d orders failed", len(orders))
        connection.close_if_unusable_or_obsolete()
        return [_unavailable()] * len(orders)


def _unavailable() -> Outcome:
    refusal: Refusal = Unavailable()
    return Outcome(operation=None, done=False, code=refusal.code, refusal=refusal)


def _answer(slips: Sequence[Slip], outcomes: Sequence[Outcome]) -> None:
    """Give each its outcome; every event loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Outcome]]] = {}
    for slip, outcome in zip(slips, outcomes, strict=True):
        if slip.loop is None:
            if not slip.future.done():
                slip.future.set_result(outcome)
        else:
            by_loop.setdefault(slip.loop, []).append((slip.future, outcome))
    for loop, answers in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: Sequence[tuple[Any, Outcome]]) -> None:
    for future, outcome in answers:
        if not future.done():
            future.set_result(outcome)


# --- the desk of this process -------------------------------------------------------------------
_desk: Desk | None = None


def open_desk() -> None:
    """From now on this process sends gifts in batches."""
    global _desk
    if _desk is None:
        sys.setswitchinterval(SWITCH_SECONDS)
        start_reminding()
        _desk = Desk(batch=settings.DESK_BATCH, waiting=settings.DESK_WAITING)


def close_desk() -> None:
    """Serve what waits; from now on gifts are sent at once."""
    global _desk
    if _desk is not None:
        desk, _desk = _desk, None
        desk.close()
        stop_reminding()


def place_order(order: Order) -> Outcome:
    """Carry out an order and wait for its outcome, for threads. Raises Busy."""
    if _desk is None:
        return _serve([order])[0]
    try:
        return _desk.take(order, None).result(ANSWER_SECONDS)
    except concurrent.futures.TimeoutError:
        return _unavailable()


def place_order_soon(order: Order) -> "asyncio.Future[Outcome]":
    """Hand an order in, for the running event loop; the future has its outcome. Raises Busy."""
    loop = asyncio.get_running_loop()
    if _desk is None:
        return loop.run_in_executor(None, lambda: _serve([order])[0])
    return _desk.take(order, loop)
