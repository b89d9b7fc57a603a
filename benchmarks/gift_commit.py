"""`python -m benchmarks.gift_commit`: durable gifts a second through the gift desk.

Every row of a gift is written: operation, transfers, lots, counters, sent gift, earning. Beside it
on the same server: pgbench's TPC-B (`-s 50 -c 32 -j 2`), and as the ceiling a bare set-based insert
of gift, two transfers and balances at the batch sizes that the desk had.
"""

import asyncio
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from uuid_utils.compat import uuid7

from benchmarks.report import Figure, arguments, figure, show
from benchmarks.servers import servers

SENDERS = 64
COINS = 50_000_000
SCALE, CLIENTS, JOBS = 50, 32, 2
WARM_SECONDS = 2.0
BASELINE = "pgbench TPC-B"


@dataclass(frozen=True, slots=True)
class World:
    """Who sends and where; the first room is the hot one."""

    senders: list[int]
    rooms: list[int]
    gift: str
    price: int
    rate_card: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a process sends: its senders, `flight` gifts each at once, each to a room."""

    name: str
    flight: int
    many_rooms: bool = False
    processes: int = 1


LOADS = (
    Load("one room, 8 in flight", 8),
    Load("one room, 1 in flight", 1),
    Load("many rooms, 8 in flight", 8, many_rooms=True),
    Load("one room, 8 in flight, two processes", 8, processes=2),
)


def main() -> int:
    chosen = arguments("Durable gifts a second.", seconds=10).parse_args()
    with servers() as programs:
        if programs is None:
            print("gift_commit needs servers of its own: unset DATABASE_URL.")
            return 2
        world = make_world()
        figures = measure(programs, world, chosen.seconds, chosen.runs)
        show("gift_commit", figures, chosen)
        differences = check()
    print(f"ledger_check: {len(differences)} differences")
    for difference in differences[:5]:
        print(f"  {difference}")
    return 1 if differences else 0


def measure(programs: Path, world: World, seconds: float, runs: int) -> list[Figure]:
    """Everything once per run, in turn, so that a slow minute of the machine is everybody's."""
    pgbench(programs, "-i", "-q", "-s", str(SCALE))
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for run in range(runs):
        tps = tpc_b(programs, seconds)
        note(BASELINE, tps)
        hot: Sent | None = None
        for load in LOADS:
            sent = send(world, load, seconds)
            hot = hot or sent
            print(f"  run {run + 1}: {load.name}: {sent.rate:,.0f} gifts/s", flush=True)
            note(load.name, sent.rate)
            note(f"{load.name}: of TPC-B", 100 * sent.rate / tps)
            note(f"{load.name}: of one room", 100 * sent.rate / hot.rate)
            note(f"{load.name}: batch", sent.batch)
            note(f"{load.name}: receipt p50", sent.p50)
        assert hot is not None
        ceiling = bare(seconds, batch=max(1, round(hot.batch)))
        note("bare insert", ceiling)
        note(f"{LOADS[0].name}: of the bare insert", 100 * hot.rate / ceiling)
    return [figure(name, values, unit_of(name)) for name, values in found.items()]


def unit_of(metric: str) -> str:
    if metric == BASELINE:
        return "tps"
    if ": of " in metric:
        return "%"
    return {"batch": "gifts", "p50": "ms"}.get(metric.split()[-1], "gifts/s")


# --- the world ------------------------------------------------------------------------------------
def in_django(work: Callable[..., Any], *values: Any) -> Any:
    """Run a function in a process of its own that has set up Django."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, initializer=set_up) as pool:
        return pool.apply(work, values)


def set_up() -> None:
    import django  # noqa: PLC0415 - the servers' addresses must be in the environment before

    django.setup()


def make_world() -> World:
    return in_django(_make_world)


def _make_world() -> World:
    from gifts.models import Gift  # noqa: PLC0415
    from tests.gifts.make import make_room, make_viewer  # noqa: PLC0415
    from wallets.selectors.prices import rate_card  # noqa: PLC0415

    gift = Gift.objects.filter(active=True, streakable=True).order_by("coins")[0]
    return World(
        senders=[make_viewer(COINS).pk for _ in range(SENDERS)],
        rooms=[make_room().pk for _ in range(SENDERS)],
        gift=gift.slug,
        price=gift.coins,
        rate_card=rate_card().pk,
    )


def check() -> list[Any]:
    return in_django(_check)


def _check() -> list[Any]:
    from wallets.check import ledger_check  # noqa: PLC0415

    return [str(one) for one in ledger_check()]


# --- sending --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sent:
    rate: float
    batch: float
    p50: float


def send(world: World, load: Load, seconds: float) -> Sent:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(load.processes)
    results = context.Queue()
    share = SENDERS // load.processes
    children = [
        context.Process(
            target=sending_process,
            args=(world, load, n * share, share, seconds, barrier, results),
        )
        for n in range(load.processes)
    ]
    for child in children:
        child.start()
    parts = [results.get(timeout=seconds * 4 + 120) for _ in children]
    for child in children:
        child.join()
    return Sent(
        rate=sum(rate for rate, _, _ in parts),
        batch=statistics.mean(batch for _, batch, _ in parts),
        p50=statistics.median(p50 for _, _, p50 in parts),
    )


def sending_process(
    world: World,
    load: Load,
    first: int,
    count: int,
    seconds: float,
    barrier: Barrier,
    results: Any,
) -> None:
    set_up()
    from gifts import desk  # noqa: PLC0415
    from gifts.rooms import bus  # noqa: PLC0415

    bus.start_publisher()
    desk.open_desk()
    try:
        barrier.wait(60)
        results.put(asyncio.run(send_all(world, load, first, count, seconds)))
    finally:
        desk.close_desk()


async def send_all(
    world: World, load: Load, first: int, count: int, seconds: float
) -> tuple[float, float, float]:
    """(acknowledged gifts a second, mean batch, p50 of the receipts in ms) after warming up."""
    from gifts.desk import place_order_soon  # noqa: PLC0415
    from gifts.orders import GiftOrder  # noqa: PLC0415

    began = time.monotonic()
    starts, ends = began + WARM_SECONDS, began + WARM_SECONDS + seconds
    waits: list[float] = []
    moments: set[str] = set()

    async def sender(index: int, lane: int) -> None:
        room = world.rooms[index if load.many_rooms else 0]
        number = 0
        while (now := time.monotonic()) < ends:
            number += 1
            order = GiftOrder(
                sender_id=world.senders[index],
                place_id=room,
                key=f"{began:.6f}-{os.getpid()}-{lane}-{number}",
                gift=world.gift,
                quantity=1,
                price_coins=world.price,
                rate_card=world.rate_card,
            )
            outcome = await place_order_soon(order)
            if not outcome.done:
                raise RuntimeError(f"refused: {outcome.code} {outcome.details}")
            done = time.monotonic()
            if starts <= done < ends:
                waits.append(done - now)
                # One moment of the database is one batch.
                moments.add(outcome.details["undo_until"])

    await asyncio.gather(
        *(sender(i, lane) for i in range(first, first + count) for lane in range(load.flight))
    )
    return (
        len(waits) / seconds,
        len(waits) / max(1, len(moments)),
        1_000 * statistics.median(waits),
    )


# --- baselines ------------------------------------------------------------------------------------
def owner() -> str:
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def pgbench(programs: Path, *options: str) -> str:
    url = urlsplit(owner())
    where = {
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.path.strip("/"),
    }
    done = subprocess.run(  # noqa: S603
        [programs / "pgbench", *options],
        env=os.environ | where,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def tpc_b(programs: Path, seconds: float) -> float:
    said = pgbench(programs, "-c", str(CLIENTS), "-j", str(JOBS), "-T", str(max(1, round(seconds))))
    found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    if not found:
        raise RuntimeError(said)
    return float(found[1])


def bare(seconds: float, *, batch: int) -> float:
    """Gifts a second when a batch is three statements, without idempotency, lots or rules.

    Rows have what says who gave whom what and when, and an id by which they are found.
    """
    with psycopg.connect(owner(), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_gift, bare_transfer, bare_balance")
        connection.execute(
            """CREATE TABLE bare_gift (id uuid PRIMARY KEY, place bigint, seq bigint, sender bigint,
                   creator bigint, gift bigint, coins bigint, created timestamptz)"""
        )
        connection.execute(
            """CREATE TABLE bare_transfer (id uuid PRIMARY KEY, gift uuid, debit bigint,
                   credit bigint, n bigint, code text, created timestamptz)"""
        )
        connection.execute(
            "CREATE TABLE bare_balance (id bigint PRIMARY KEY, n bigint) WITH (fillfactor = 50)"
        )
        connection.execute("INSERT INTO bare_balance SELECT i, 0 FROM generate_series(0, 64) i")
        done, ends = 0, time.monotonic() + seconds
        while time.monotonic() < ends:
            bare_batch(connection, batch)
            done += batch
        return done / seconds


def bare_batch(connection: psycopg.Connection, batch: int) -> None:
    ids = [uuid7() for _ in range(batch)]
    senders = [1 + n % SENDERS for n in range(batch)]
    with connection.transaction():
        connection.execute(
            """INSERT INTO bare_gift
               SELECT id, 1, seq, sender, 0, 1, 1, now()
               FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS g (id, seq, sender)""",
            [literal(ids), literal(range(batch)), literal(senders)],
        )
        connection.execute(
            """INSERT INTO bare_transfer
               SELECT *, 'gift', now()
               FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[])""",
            [
                literal([uuid7() for _ in range(2 * batch)]),
                literal(ids + ids),
                literal(senders + [0] * batch),
                literal([0] * (2 * batch)),
                literal([1] * (2 * batch)),
            ],
        )
        connection.execute(
            """UPDATE bare_balance b SET n = b.n + d.n
               FROM (SELECT id, count(*) n FROM unnest(%s::bigint[]) AS s (id) GROUP BY id) d
               WHERE b.id = d.id""",
            [literal([*senders, *[0] * batch])],
        )


def literal(values: Iterable[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


if __name__ == "__main__":
    sys.exit(main())
