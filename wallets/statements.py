"""How money's transactions talk to PostgreSQL: prepared statements, several in one round trip.

Django's cursors write the values into the text of each statement, which the server then parses and
plans anew; docs/decisions/0007 has the figures. Lists travel as PostgreSQL array literals;
converting them item by item in the driver was half of a batch's time. A list as JSON is a literal
but for its brackets, and msgspec writes JSON thirty times faster than Python joins texts.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg.pq.abc import PGresult

from wallets import wire
from wallets.errors import LedgerBroken

M = TypeVar("M", bound=models.Model)


class Answer:
    """What a statement gave. Within `together` it is there when the block has ended."""

    __slots__ = ("_connection", "_result", "_rows_written", "_statement")

    def __init__(self, statement: str, rows_written: int | None) -> None:
        self._statement = statement
        self._rows_written = rows_written

    def take(self, connection: psycopg.Connection, result: PGresult) -> None:
        self._connection, self._result = connection, result
        if self._rows_written not in (None, result.command_tuples):
            found = f"{result.command_tuples} rows instead of {self._rows_written}"
            raise LedgerBroken(f"{found} by {' '.join(self._statement.split())}")

    def rows(self) -> list[tuple]:
        return wire.rows_of(self._connection, self._result)

    def row(self) -> tuple:
        """The only row, of a statement that always gives one."""
        [row] = self.rows()
        return row


class _Block:
    """The statements of one round trip."""

    def __init__(self) -> None:
        self._database = connections[DEFAULT_DB_ALIAS]
        self._database.ensure_connection()
        self._pipeline = wire.Pipeline(self._database.connection)
        self._answers: list[Answer] = []

    def run(self, statement: str, values: Sequence[Any], answer: Answer, *, prepare: bool) -> None:
        with self._database.wrap_database_errors:
            self._pipeline.send(statement, values, prepare=prepare)
        self._answers.append(answer)

    def end(self) -> None:
        with self._database.wrap_database_errors:
            results = self._pipeline.answers()
        for answer, result in zip(self._answers, results, strict=True):
            answer.take(self._database.connection, result)

    def abandon(self) -> None:
        self._pipeline.abandon()


# The block of `together` that this thread is in.
_underway: ContextVar[_Block | None] = ContextVar("_underway", default=None)


def run(
    statement: str, *values: Any, rows_written: int | None = None, prepare: bool = True
) -> Answer:
    """Run a statement of this project's own text.

    A list is an `array(…)`, and `%s` says its type: `%s::bigint[]`. Outside of the writer's
    transaction (`locks.begin`) a prepared plan may scan what was a small table when it was made:
    `prepare=False` plans anew. Raises Django's database errors, and LedgerBroken where it does not
    write as many rows as it must.
    """
    answer = Answer(statement, rows_written)
    if block := _underway.get():
        block.run(statement, values, answer, prepare=prepare)
    else:
        block = _Block()
        block.run(statement, values, answer, prepare=prepare)
        block.end()
    return answer


@contextmanager
def together() -> Iterator[None]:
    """Send the statements of this block in one round trip; no others may run meanwhile. The answers
    are there after it, and what `run` raises of them is raised then."""
    block = _Block()
    outside = _underway.set(block)
    try:
        yield
    except BaseException:
        block.abandon()
        raise
    finally:
        _underway.reset(outside)
    block.end()


@cache
def names_of(model: type[models.Model], *but_only: str) -> Sequence[str]:
    """The fields that `instances` takes, all or some, in the model's order."""
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if not but_only or name in but_only]


def columns_of(model: type[models.Model], *but_only: str) -> str:
    """The same as the columns of a statement."""
    return ", ".join(f'"{name}"' for name in names_of(model, *but_only))


def instances(model: type[M], answer: Answer, *but_only: str) -> list[M]:
    """Rows of `columns_of` as objects of the model; a field that was left out is read when it is
    asked for. The fields must need no conversion, and be named like their columns."""
    names = names_of(model, *but_only)
    return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in answer.rows()]


_encode = msgspec.json.Encoder(enc_hook=str).encode


def json_of(value: Any) -> str:
    """Compact JSON; what JSON has no type for is written as text."""
    return _encode(value).decode()


def array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal of numbers, ids, times or texts."""
    values = values if isinstance(values, list) else list(values)
    literal = json_of(values)
    if "\\" in literal:  # JSON's escapes are not PostgreSQL's
        literal = "[" + ",".join([_element(value) for value in values]) + "]"
    return "{" + literal[1:-1] + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) is int or type(value) is UUID:
        return str(value)
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    **same: Any,
) -> None:
    """Insert rows in one statement: the values of `columns`, and those that are the `same` for all.

    Values travel as they are, but for bytes as their hexadecimal text and an array as its literal.
    Raises Django's database errors, and LedgerBroken where not all were written.
    """
    statement, kinds = _insert(model, tuple(columns), tuple(same))
    values = [
        json_of(column) if kind == "jsonb" else array(column)
        for kind, column in zip(kinds, map(list, zip(*rows, strict=True)), strict=True)
    ]
    run(statement, *same.values(), *values, rows_written=len(rows))


@cache
def _insert(
    model: type[models.Model], columns: Sequence[str], same: Sequence[str]
) -> tuple[str, Sequence[str]]:
    """The statement that inserts such rows, and PostgreSQL's types of `columns`."""
    kinds = _types(model, columns)
    lists = ", ".join(_list_of(kind) for kind in kinds)
    statement = f"""
        INSERT INTO {model._meta.db_table} ({", ".join([*same, *columns])})
        SELECT {", ".join(f"%s::{kind}" for kind in _types(model, same))}{", " if same else ""}
               {", ".join(_read(name, kind) for name, kind in zip(columns, kinds, strict=True))}
        FROM ROWS FROM ({lists}) AS new ({", ".join(columns)})"""  # noqa: S608
    return statement, kinds


def _list_of(kind: str) -> str:
    if kind == "jsonb":
        return "jsonb_array_elements(%s::jsonb)"
    return f"unnest(%s::{'text' if kind == 'bytea' or kind.endswith('[]') else kind}[])"


def _read(name: str, kind: str) -> str:
    if kind == "bytea":
        return f"decode({name}, 'hex')"
    return f"{name}::{kind}" if kind.endswith("[]") else name


@cache
def _types(model: type[models.Model], columns: Sequence[str]) -> Sequence[str]:
    """PostgreSQL's types of these columns, without their lengths."""
    by_column = {field.column: field for field in model._meta.concrete_fields}
    types = [by_column[column].rel_db_type(connection) or "" for column in columns]
    return [kind.split("(")[0] for kind in types]
