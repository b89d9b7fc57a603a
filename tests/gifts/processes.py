"""Work that several processes begin at the same moment, each with Django of its own."""

import multiprocessing
import pickle
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

PATIENCE_SECONDS = 60
_start: Barrier | None = None


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """`work` with each of these, each in a process of its own, all of them at once.

    The processes use the database that this one uses now. Work and results are pickled.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(arguments))
    with context.Pool(len(arguments), initializer=set_up, initargs=(barrier,)) as pool:
        asked = [(work, one) for one in arguments]
        # Nobody gets a second piece: whoever has one waits for the others.
        return pool.starmap_async(begin, asked, chunksize=1).get(PATIENCE_SECONDS)


def in_a_process(work: Callable[..., Any], *arguments: Any) -> int | None:
    """`work` in a process of its own, which may die of it; how it ended, as a signal below 0."""
    asked = pickle.dumps((work, arguments))
    process = multiprocessing.get_context("spawn").Process(target=alone, args=(asked,))
    process.start()
    process.join(PATIENCE_SECONDS)
    return process.exitcode


def alone(asked: bytes) -> None:
    import django  # noqa: PLC0415 - this process has none yet

    django.setup()
    work, arguments = pickle.loads(asked)  # noqa: S301 - what this test wrote
    work(*arguments)


def set_up(barrier: Barrier) -> None:
    import django  # noqa: PLC0415 - this process has none yet

    global _start
    _start = barrier
    django.setup()


def begin(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    from django.db import connection  # noqa: PLC0415 - after the set-up

    connection.ensure_connection()
    all_begin()
    try:
        return work(*arguments)
    finally:
        connection.close()


def all_begin() -> None:
    """Wait until every process of this work is here; works may meet again in the middle."""
    assert _start is not None
    _start.wait(PATIENCE_SECONDS)
