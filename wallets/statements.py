"""How money's transactions talk to PostgreSQL: prepared statements, several in one round trip.

Django's cursors write the values into the text of each statement, which the server then parses and
plans anew; docs/decisions/0007 has the figures. Lists travel as PostgreSQL array literals;
converting them item by item in the driver was half of a batch's time.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from wallets.errors import LedgerBroken

M = TypeVar("M", bound=models.Model)


class Answer:
    """What a statement gave. Within `together` it is there when the block has ended."""

    __slots__ = ("_cursor", "_rows_written", "_statement")

    def __init__(self, cursor: psycopg.Cursor, statement: str, rows_written: int | None) -> None:
        self._cursor = cursor
        self._statement = statement
        self._rows_written = rows_written

    def check(self) -> None:
        if self._rows_written not in (None, self._cursor.rowcount):
            found = f"{self._cursor.rowcount} rows instead of {self._rows_written}"
            raise LedgerBroken(f"{found} by {' '.join(self._statement.split())}")

    def rows(self) -> list[tuple]:
        return self._cursor.fetchall()

    def row(self) -> tuple:
        """The only row, of a statement that always gives one."""
        [row] = self._cursor.fetchall()
        return row


def _database() -> Any:
    """This thread's connection, open. Looking it up costs a tenth of a statement: once each."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    return database


# The answers of the block of `together` that this thread is in.
_underway: ContextVar[list[Answer] | None] = ContextVar("_underway", default=None)


def run(
    statement: str, *values: Any, rows_written: int | None = None, prepare: bool = True
) -> Answer:
    """Run a statement of this project's own text.

    A list is an `array(…)`, and `%s` says its type: `%s::bigint[]`. Outside of the writer's
    transaction (`locks.begin`) a prepared plan may scan what was a small table when it was made:
    `prepare=False` plans anew. Raises Django's database errors, and LedgerBroken where it does not
    write as many rows as it must.
    """
    database = _database()
    cursor = psycopg.Cursor(database.connection)
    with database.wrap_database_errors:
        cursor.execute(statement, values, prepare=prepare)
    answer = Answer(cursor, statement, rows_written)
    if (underway := _underway.get()) is None:
        answer.check()
    else:
        underway.append(answer)
    return answer


@contextmanager
def together() -> Iterator[None]:
    """Send the statements of this block in one round trip. Their answers are there after it, and
    what `run` raises of them is raised then."""
    database = _database()
    answers: list[Answer] = []
    outside = _underway.set(answers)
    try:
        with database.wrap_database_errors, database.connection.pipeline():
            yield
    finally:
        _underway.reset(outside)
    for answer in answers:
        answer.check()


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


def array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal of numbers, ids, times or texts."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) is int or type(value) is UUID:
        return str(value)
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows by binary COPY, in a fraction of the time of INSERT.

    Not within `together`. Raises Django's database errors, and LedgerBroken where not all were
    written.
    """
    table = model._meta.db_table
    database = _database()
    cursor = psycopg.Cursor(database.connection)
    with database.wrap_database_errors:
        into = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
        with cursor.copy(into) as copy:
            copy.set_types(_types(model, tuple(columns)))
            for row in rows:
                copy.write_row(row)
    if cursor.rowcount != len(rows):
        raise LedgerBroken(f"{cursor.rowcount} rows of {table} written instead of {len(rows)}")


@cache
def _types(model: type[models.Model], columns: Sequence[str]) -> list[str]:
    """PostgreSQL's types of these columns, without their lengths."""
    by_column = {field.column: field for field in model._meta.concrete_fields}
    types = [by_column[column].rel_db_type(connection) or "" for column in columns]
    return [kind.split("(")[0] for kind in types]
