"""Statements on the wire: PostgreSQL's pipeline, without a cursor for each statement.

Ten small statements through psycopg's cursors in a pipeline cost the client 0.73 ms, and 0.09 ms
through its libpq: docs/decisions/0007. The protocol is "Pipeline Mode" of PostgreSQL's manual, in
its chapter on libpq, which `psycopg.pq` wraps.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

# Names are never used again: a statement whose preparing failed gets another one.
_numbers = count(1)
_prepared: WeakKeyDictionary[psycopg.Connection, dict[str, bytes]] = WeakKeyDictionary()


class Pipeline:
    """Statements on their way, of one connection that nothing else uses meanwhile.

    `send` hands a statement over, and the server begins with it; `answers` waits for all of them.
    A transaction is begun where none is.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._names = _prepared.setdefault(connection, {})
        self._asked: list[bool] = []  # of each answer to come: whether `send` asked for it
        self._preparing: dict[str, bytes] = {}
        idle = self._libpq.transaction_status == TransactionStatus.IDLE
        self._libpq.enter_pipeline_mode()
        if idle and not connection.autocommit:
            self._libpq.send_query_params(b"BEGIN", None)
            self._asked.append(False)

    def send(self, statement: str, values: Sequence[Any], *, prepare: bool) -> None:
        """Hand over a statement with a `%s` for each of its values, which travel as text."""
        texts = [None if value is None else str(value).encode() for value in values]
        if prepare:
            self._libpq.send_query_prepared(self._name_of(statement), texts)
        else:
            self._libpq.send_query_params(_numbered(statement), texts)
        self._asked.append(True)
        self._libpq.flush()

    def answers(self) -> list[PGresult]:
        """The answer to each statement. Raises the first one's psycopg.Error that failed; those
        after it were not run."""
        self._libpq.pipeline_sync()
        results = self._connection.wait(self._results())
        self._libpq.exit_pipeline_mode()
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result, self._encoding)
        self._names.update(self._preparing)
        return [result for asked, result in zip(self._asked, results, strict=True) if asked]

    def abandon(self) -> None:
        """Let what is on its way end, and throw its answers away."""
        if self._libpq.status == ConnStatus.OK:
            with suppress(psycopg.Error):
                self.answers()

    def _name_of(self, statement: str) -> bytes:
        if name := self._names.get(statement) or self._preparing.get(statement):
            return name
        name = b"gifteconomy_%d" % next(_numbers)
        self._libpq.send_prepare(name, _numbered(statement))
        self._asked.append(False)
        self._preparing[statement] = name
        return name

    def _results(self) -> PQGen[list[PGresult]]:
        yield from generators.send(self._libpq)
        results: list[PGresult] = []
        while True:
            result = yield from generators.fetch(self._libpq)
            if result is None:
                continue  # the end of one statement's answer
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    @property
    def _encoding(self) -> str:
        return self._connection.info.encoding


@cache
def _numbered(statement: str) -> bytes:
    """The statement with PostgreSQL's $1, $2 for `%s`."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement).encode()


def rows_of(connection: psycopg.Connection, result: PGresult) -> list[tuple]:
    """The rows of an answer as Python's values."""
    loader = Transformer(connection)
    loader.set_pgresult(result)
    return loader.load_rows(0, result.ntuples, tuple)
