"""The writer: one transaction, many operations. Every movement of the economy comes through here.

1. share the open day and lock all accounts that will be written, by id, in one statement;
2. lock the rows of the kinds (streams, campaigns);
3. only then read: day, switches, earlier outcomes, lots, and what the kinds need;
4. judge in order of arrival, in memory (`books`);
5. write set-based and compare row counts; the server writes some while the next ones are judged.
"""

import hashlib
import logging
import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from msgspec import Struct
from uuid_utils.compat import uuid7

from users.errors import Refusal
from wallets import hooks, inserts, limits, locks, rows
from wallets.books import Books, Draft, Policy
from wallets.errors import AccountsChanged, RepeatDiffers, Stopped
from wallets.models import NOBODY
from wallets.statements import json_of, together
from wallets.states import AccountState, LotState

log = logging.getLogger(__name__)

TRIES = 6
# Operations that are judged, and their rows sent, while the server writes those before.
AT_ONCE = 32
RETRY_STATES = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock timeout


class Kind:
    """A kind of operation: what it locks and reads, how it judges, what rows it adds.

    `by_person` kinds obey freezes; `switch` names what staff can stop. Hooks run inside the
    writer's transaction; `judge` must be pure and either refuses or fills the draft.
    """

    name: ClassVar[str]
    switch: ClassVar[str | None] = None
    by_person: ClassVar[bool] = False

    def lock(self, asks: Sequence["Ask"]) -> None:
        """Lock rows of this kind, in one order, after the accounts; by `statements.run` only."""

    def read(self, asks: Sequence["Ask"], books: Books) -> None:
        """Read what judging needs, in new statements; lots go into the books."""

    def judge(self, ask: "Ask", draft: Draft) -> dict[str, Any]:
        """Refuse, or draft the movements and return the details of the outcome."""
        raise NotImplementedError

    def insert(self, done: Sequence["Done"]) -> None:
        """Insert this kind's own rows of operations that were done; by `statements.run` only."""

    def write(self, done: Sequence["Done"]) -> None:
        """Write what else follows from all operations that were done, set-based."""


class Ask(Struct, kw_only=True):
    """One operation asked for. `content` is what the request says: a repeat must say the same."""

    kind: Kind
    actor: int = NOBODY
    key: str
    accounts: Sequence[int]
    content: Sequence[Any]
    data: Any = None
    reason: str = ""
    request_hash: bytes = b""

    def __post_init__(self) -> None:
        said = json_of([self.kind.name, *self.content])
        self.request_hash = hashlib.sha256(said.encode()).digest()


class Done(Struct, kw_only=True):
    """An accepted operation and what it writes."""

    ask: Ask
    draft: Draft
    details: dict[str, Any]


class Outcome(Struct, kw_only=True):
    """What became of an ask. `repeated`: an earlier request with the same key had this outcome."""

    operation: UUID | None
    done: bool
    code: str = ""
    details: dict[str, Any] = {}
    repeated: bool = False
    refusal: Refusal | None = None

    def or_raise(self) -> "Outcome":
        if not self.done:
            raise self.refusal or refusal_of(self.code, self.details)
        return self


def post(asks: Sequence[Ask], *, now: datetime | None = None) -> list[Outcome]:
    """Carry out operations in one transaction, in order; their outcomes in the same order.

    Refusals are outcomes, not errors: they move nothing and do not touch the others. A deadlock,
    a lost connection or an unknown COMMIT runs the whole batch again under the same keys; any
    other database error runs it one by one, so that only the guilty request fails. Within a
    transaction of the caller there is one try. `now` is for histories; else the database's clock.
    Raises AccountsChanged, LedgerBroken or a database error, with nothing written.
    """
    if connection.in_atomic_block:
        return _attempt(asks, now)
    for attempt in range(TRIES):
        try:
            with transaction.atomic(durable=True):
                return _attempt(asks, now)
        except (OperationalError, InterfaceError) as error:
            if not _may_retry(error) or attempt == TRIES - 1:
                raise
            log.warning("ledger batch of %d tried again: %s", len(asks), error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter
        except AccountsChanged:
            raise
        except Exception:
            if len(asks) == 1:
                raise
            log.exception("ledger batch of %d runs one by one", len(asks))
            return [_alone(ask, now) for ask in asks]
    raise AssertionError("unreachable")


def post_one(ask: Ask, *, now: datetime | None = None) -> Outcome:
    """Carry out one operation; its refusal is raised."""
    return post([ask], now=now)[0].or_raise()


def _alone(ask: Ask, now: datetime | None) -> Outcome:
    try:
        return post([ask], now=now)[0]
    except Exception as error:
        log.exception("ledger operation %s failed", ask.kind.name)
        return Outcome(operation=None, done=False, code="error", details={"error": str(error)})


def _may_retry(error: Exception) -> bool:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    return state in RETRY_STATES or state is None or state.startswith(("08", "57P"))


def _attempt(asks: Sequence[Ask], now: datetime | None) -> list[Outcome]:
    by_kind: dict[Kind, list[Ask]] = {}
    for ask in asks:
        by_kind.setdefault(ask.kind, []).append(ask)

    books, stopped = _lock(asks, by_kind, now)
    earlier = _read(asks, books)
    for kind, kinds_asks in by_kind.items():
        kind.read(kinds_asks, books)
    before = dict(books.accounts)

    outcomes: list[Outcome] = []
    done: list[Done] = []
    with together():
        for start in range(0, len(asks), AT_ONCE):
            part = asks[start : start + AT_ONCE]
            judged, accepted = _judge(part, books, earlier, stopped)
            _insert(part, judged, accepted, books)
            outcomes += judged
            done += accepted
        inserts.update_accounts(books, before)
        inserts.write_lots({id for item in done for id in item.draft.lots}, books)
        limits.write_spent(books.spent)
    if done:
        _write(done, books, before)
    return outcomes


def _lock(
    asks: Sequence[Ask], by_kind: Mapping[Kind, Sequence[Ask]], now: datetime | None
) -> tuple[Books, dict[str, str]]:
    """Lock everything, and only then look at the clock; books with the accounts, and what is
    stopped."""
    wanted = sorted({id for ask in asks for id in ask.accounts})
    with together():
        began = locks.begin()
        locked = locks.lock_accounts(wanted)
        derived = rows.ask_derived(wanted)
        for kind, kinds_asks in by_kind.items():
            kind.lock(kinds_asks)
        clock_answer = rows.ask_clock()
    locks.check_began(began)
    clock = rows.clock(clock_answer)
    accounts = {row[0]: AccountState(*row) for row in locked.rows()}
    books = Books(
        now=now or clock.now,
        day=clock.day,
        policy=policy(),
        locked=frozenset(accounts),
        accounts=accounts | {row[0]: AccountState(*row) for row in derived.rows()},
    )
    if len(books.accounts) != len(wanted):
        raise AccountsChanged("an account to be locked is gone")
    return books, clock.stopped


def _read(asks: Sequence[Ask], books: Books) -> dict[tuple[int, str], "rows.Earlier"]:
    """Earlier outcomes under the same keys; lots and limits go into the books."""
    wallets = [account for account in books.accounts.values() if account.kind == "wallet"]
    with together():
        earlier = rows.ask_earlier(asks)
        lots = rows.ask_open_lots(wallet.id for wallet in wallets)
        spending = limits.ask_limits(wallets, today=books.local_day(books.now))
        pauses = limits.ask_pauses(wallets)
    books.add_lots(rows.lots(lots))
    books.limits = limits.limits(spending, wallets)
    books.pauses = limits.pauses(pauses, wallets, now=books.now)
    return rows.earlier(earlier)


def policy() -> Policy:
    """The ledger's settings as judging needs them."""
    return Policy(
        clearing_days=settings.CLEARING_DAYS,
        clearing_step_seconds=settings.CLEARING_STEP_SECONDS,
        undo_seconds=settings.UNDO_SECONDS,
        time_zone=ZoneInfo(settings.TIME_ZONE),
    )


def _judge(
    asks: Sequence[Ask],
    books: Books,
    earlier: dict[tuple[int, str], "rows.Earlier"],
    stopped: dict[str, str],
) -> tuple[list[Outcome], list[Done]]:
    """In order of arrival; `earlier` gets the outcomes that later asks of the batch may repeat."""
    outcomes: list[Outcome] = []
    done: list[Done] = []
    for ask in asks:
        seen = earlier.get((ask.actor, ask.key))
        if seen is not None:
            outcomes.append(_repeat(ask, seen))
            continue
        draft = Draft(books, operation=uuid7(), by_person=ask.kind.by_person)
        try:
            _check_switches(ask.kind, stopped)
            details = ask.kind.judge(ask, draft)
        except Refusal as refusal:
            outcome = Outcome(
                operation=draft.operation,
                done=False,
                code=refusal.code,
                details=refusal.details,
                refusal=refusal,
            )
        else:
            books.accept(draft)
            done.append(Done(ask=ask, draft=draft, details=details))
            outcome = Outcome(operation=draft.operation, done=True, details=details)
        if outcome.done or _is_final(ask, outcome):
            earlier[ask.actor, ask.key] = rows.Earlier(
                id=draft.operation,
                request_hash=ask.request_hash,
                done=outcome.done,
                code=outcome.code,
                details=outcome.details,
            )
        outcomes.append(outcome)
    return outcomes, done


def _repeat(ask: Ask, earlier: "rows.Earlier") -> Outcome:
    if earlier.request_hash != ask.request_hash:
        refusal = RepeatDiffers()
        return Outcome(operation=None, done=False, code=refusal.code, refusal=refusal)
    return Outcome(
        operation=earlier.id,
        done=earlier.done,
        code=earlier.code,
        details=earlier.details,
        repeated=True,
    )


def _is_final(ask: Ask, outcome: Outcome) -> bool:
    """Refusals of people are stored for their key; what the system does is tried again."""
    return ask.actor != NOBODY and outcome.refusal is not None and outcome.refusal.stored


def _check_switches(kind: Kind, stopped: dict[str, str]) -> None:
    if "posting" in stopped:
        raise Stopped(message=stopped["posting"])
    if kind.switch in stopped:
        raise Stopped(message=stopped[kind.switch])


def _insert(
    asks: Sequence[Ask], outcomes: Sequence[Outcome], done: Sequence[Done], books: Books
) -> None:
    """Add the rows that are only added."""
    to_store = [
        (ask, outcome)
        for ask, outcome in zip(asks, outcomes, strict=True)
        if outcome.operation is not None
        and not outcome.repeated
        and (outcome.done or _is_final(ask, outcome))
    ]
    inserts.insert_operations(to_store, books)
    inserts.insert_transfers([item.draft for item in done], books)
    for kind, items in _by_kind(done).items():
        kind.insert(items)


def _write(done: Sequence[Done], books: Books, before: dict[int, AccountState]) -> None:
    drafts = [item.draft for item in done]
    inserts.write_holds(drafts, books)
    released = inserts.write_taken_back(drafts)
    for kind, items in _by_kind(done).items():
        kind.write(items)
    hooks.tell_of_taken_back([back for draft in drafts for back in draft.taken_back])
    hooks.tell_of_released(released)
    hooks.tell_of_wallets(books, before)


def _by_kind(done: Sequence[Done]) -> dict[Kind, list[Done]]:
    by_kind: dict[Kind, list[Done]] = {}
    for item in done:
        by_kind.setdefault(item.ask.kind, []).append(item)
    return by_kind


def refusal_of(code: str, details: dict[str, Any]) -> Refusal:
    """The refusal that a stored outcome stands for."""
    known = {cls.code: cls for cls in _subclasses(Refusal)}
    cls = known.get(code, Refusal)
    refusal = cls(**details)
    refusal.code = code
    return refusal


def _subclasses(cls: type[Refusal]) -> list[type[Refusal]]:
    return [cls, *(sub for child in cls.__subclasses__() for sub in _subclasses(child))]


__all__ = [
    "Ask",
    "Done",
    "Kind",
    "LotState",
    "Outcome",
    "post",
    "post_one",
    "refusal_of",
]
