"""What the writer and the kinds read: a few statements per batch, whatever its size.

`CROSS JOIN LATERAL (… LIMIT 1)` is a join that the planner can run in one way only: a look-up by
key for each row asked for. A plain join was planned while a table was small, and walked all of it
when it was large.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from wallets.errors import AlreadyResolved, LedgerBroken
from wallets.locks import ACCOUNT_COLUMNS
from wallets.statements import Answer, array, run
from wallets.states import DraftHold, LotState

if TYPE_CHECKING:
    from wallets.writer import Ask

LOT_COLUMNS = """id, wallet_id, recharge_id, coins, remaining, price, tax, tax_country, reserved,
    currency, method, risk, refunded_coins, refunded_money, refunded_tax, refunded_reserve,
    disputed_coins, disputed_money, disputed_tax"""


class Earlier(Struct):
    """The stored outcome of an earlier operation with the same key."""

    id: UUID
    request_hash: bytes
    done: bool
    code: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """The database's time, the open day, and what staff stopped, with why."""

    now: datetime
    day: date
    stopped: dict[str, str]


def ask_derived(ids: Iterable[int]) -> Answer:
    """Those of these accounts that every gift writes and nobody locks."""
    return run(
        f"""SELECT {ACCOUNT_COLUMNS} FROM wallets_account
            WHERE id = ANY(%s::bigint[]) AND kind IN ('spent', 'earned')""",  # noqa: S608
        array(ids),
    )


def ask_clock() -> Answer:
    return run(
        """SELECT clock_timestamp(), (SELECT day FROM wallets_ledgerday),
            (SELECT json_object_agg(name, message) FROM wallets_switch WHERE stopped)"""
    )


def clock(answer: Answer) -> Clock:
    now, day, stopped = answer.row()
    if day is None:
        raise LedgerBroken("the ledger has no open day")
    return Clock(now=now, day=day, stopped=_json(stopped) or {})


def ask_earlier(asks: Sequence["Ask"]) -> Answer:
    """The stored outcomes of earlier operations with the keys of these."""
    return run(
        """SELECT o.actor, o.key, o.id, o.request_hash, o.outcome, o.reason, o.details
           FROM unnest(%s::bigint[], %s::text[]) AS asked (actor, key)
           CROSS JOIN LATERAL (
               SELECT * FROM wallets_operation
               WHERE actor = asked.actor AND key = asked.key LIMIT 1) o""",
        array(ask.actor for ask in asks),
        array(ask.key for ask in asks),
    )


def earlier(answer: Answer) -> dict[tuple[int, str], Earlier]:
    return {
        (actor, key): Earlier(
            id=id,
            request_hash=bytes(said),
            done=outcome == "done",
            code="" if outcome == "done" else reason,
            details=_json(details),
        )
        for actor, key, id, said, outcome, reason, details in answer.rows()
    }


def _json(value: Any) -> Any:
    """Django's connections return JSON as text."""
    return json.loads(value) if isinstance(value, str) else value


def ask_open_lots(wallets: Iterable[int]) -> Answer:
    """The lots with coins left of these wallets; their accounts are locked."""
    return _ask_lots("wallet_id = ANY(%s::bigint[]) AND open", wallets)


def read_lots(ids: Iterable[int]) -> list[LotState]:
    """Lots by id, whether coins are left or not; their wallets' accounts are locked."""
    return lots(_ask_lots("id = ANY(%s::bigint[])", ids))


def lots(answer: Answer) -> list[LotState]:
    return [LotState(*row) for row in answer.rows()]


def _ask_lots(condition: str, values: Iterable[int]) -> Answer:
    return run(
        f"SELECT {LOT_COLUMNS} FROM wallets_lot WHERE {condition}",  # noqa: S608
        array(values),
    )


def reserve_lot_ids(count: int) -> list[int]:
    """Ids for lots to come, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT nextval(pg_get_serial_sequence('wallets_lot', 'id'))
               FROM generate_series(1, %s)""",
            [count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def read_hold(id: UUID) -> DraftHold:
    """A pending hold whose accounts are locked; refuses one that was resolved before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, debit_account_id, credit_account_id, amount, code, state
               FROM wallets_hold WHERE id = %s""",
            [id],
        )
        *found, state = cursor.fetchone()
    if state != "pending":
        raise AlreadyResolved(state=state)
    return DraftHold(*found)


@dataclass(frozen=True, slots=True)
class Written:
    """A transfer as it stands in the ledger, with the spans that came back of it."""

    id: UUID
    operation: UUID
    debit: int
    credit: int
    amount: int
    code: str
    parts: tuple[tuple[int, int], ...]
    clears_at: datetime | None
    created: datetime
    taken: tuple[tuple[int, int], ...]


def read_transfers(condition: str, values: Sequence[Any]) -> list[Written]:
    """Transfers by a condition of this project's own text, oldest first, after their locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT t.id, t.operation_id, t.debit_account_id, t.credit_account_id, t.amount,
                       t.code, t.lots, t.lot_coins, t.clears_at, t.created,
                       (SELECT array_agg(ARRAY[lower(b.span), upper(b.span)] ORDER BY b.span)
                        FROM wallets_takenback b
                        WHERE b.transfer_id = t.id AND b.state <> 'released')
                FROM wallets_transfer t WHERE {condition} ORDER BY t.created, t.id""",  # noqa: S608
            values,
        )
        return [
            Written(
                id=id,
                operation=operation,
                debit=debit,
                credit=credit,
                amount=amount,
                code=code,
                parts=tuple(zip(lots or (), coins or (), strict=True)),
                clears_at=clears_at,
                created=created,
                taken=tuple((first, end) for first, end in taken or ()),
            )
            for (
                id,
                operation,
                debit,
                credit,
                amount,
                code,
                lots,
                coins,
                clears_at,
                created,
                taken,
            ) in cursor.fetchall()
        ]


def read_gift(operation: UUID) -> tuple[Written, Written]:
    """The coin and the diamond transfer of a gift's operation."""
    first, second = read_transfers("t.operation_id = %s AND t.code = 'gift'", [operation])
    return (first, second) if first.parts else (second, first)
