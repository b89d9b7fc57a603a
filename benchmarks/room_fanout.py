"""`python -m benchmarks.room_fanout`: viewers × gifts a second in one room of one process.

A gift is visible to a viewer when a frame with its number, and so with totals that contain it, has
come. Latency counts from the moment at which the gift was due. Every viewer must end with the
exact totals of the database. `frames` are physical; `deliveries` are gifts made visible, most of
them many to a frame; `shown` are gifts that came as an event of their own. `generator` says how
busy the load generator was, and `waited` how long the server had work and no processor: much of
either, and the figures tell of the machine.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass

from benchmarks.crowd import Load
from benchmarks.report import Figure, arguments, figure, show
from benchmarks.rooms import Result, world
from benchmarks.sites import DAPHNE, NAIVE, ON_UVICORN, PLAIN, Kind

STOPPED_SECONDS = 60
STUCK_SECONDS = 25
LATER_MS = 30  # more than this, or than a quarter, is too much


@dataclass(frozen=True, slots=True)
class Row:
    kind: Kind
    load: Load
    full: bool = False  # takes all of --seconds; the others a fifth
    runs: int | None = None  # only so many of the runs
    beside: str = ""  # what it is measured beside, where another row is the same room

    @property
    def name(self) -> str:
        stopped = f", {self.load.stopped} stopped" if self.load.stopped else ""
        room = f"{self.load.viewers} × {self.load.rate:g}"
        return f"{self.kind.name}, {room}{stopped}{self.beside}"


ROWS = (
    Row(NAIVE, Load(viewers=300, rate=20)),
    Row(DAPHNE, Load(viewers=300, rate=20)),
    Row(DAPHNE, Load(viewers=1_000, rate=500), full=True),
    Row(PLAIN, Load(viewers=1_000, rate=500)),
    Row(DAPHNE, Load(viewers=3_000, rate=500)),
    Row(DAPHNE, Load(viewers=5_000, rate=1_000)),
    Row(ON_UVICORN, Load(viewers=300, rate=20)),
    Row(ON_UVICORN, Load(viewers=1_000, rate=500)),
    Row(ON_UVICORN, Load(viewers=3_000, rate=500)),
    Row(ON_UVICORN, Load(viewers=5_000, rate=1_000), runs=1),
    # What some who read nothing do to the others, beside as long a run in which all read.
    Row(
        DAPHNE,
        Load(viewers=1_000, rate=500, stopped_seconds=STOPPED_SECONDS),
        runs=3,
        beside=", none stopped",
    ),
    Row(DAPHNE, Load(viewers=1_000, rate=500, stopped=10, stopped_seconds=STOPPED_SECONDS), runs=3),
    # What a viewer who reads nothing costs, beside the same room in which all read. They are let go
    # before the room gives them up.
    Row(DAPHNE, Load(viewers=400, rate=200), full=True, runs=1),
    Row(DAPHNE, Load(viewers=400, rate=200, stopped=200, stopped_seconds=STUCK_SECONDS), runs=1),
)
NONE_STOPPED, SOME_STOPPED, ALL_READ, HALF_STUCK = ROWS[-4:]


def main() -> int:
    parser = arguments("Viewers × gifts a second in one room.", seconds=30)
    parser.add_argument("--only", default="", help="rows whose name contains this")
    chosen = parser.parse_args()
    found: dict[Row, list[Result]] = defaultdict(list)
    with world() as here:
        for run in range(chosen.runs):
            for row in ROWS:
                if chosen.only not in row.name or (row.runs and run >= row.runs):
                    continue
                result = here.measure(row.kind, row.load.lasting(seconds_of(row, chosen.seconds)))
                found[row].append(result)
                print(f"  run {run + 1}: {row.name}: {told(result)}", flush=True)
        differences = here.check()
    show("room_fanout", table(found), chosen)
    exact = all(one.exact for row in found if not row.kind.naive for one in found[row])
    print(f"every viewer ended with the exact totals: {'yes' if exact else 'NO'}")
    print(f"ledger_check: {differences} differences")
    return 0 if exact and not differences else 1


def seconds_of(row: Row, seconds: float) -> float:
    if row.load.stopped_seconds:
        return row.load.stopped_seconds + 5
    return seconds if row.full else max(3.0, seconds / 5)


def told(result: Result) -> str:
    seen = result.seen
    return (
        f"visible p50 {seen['view_p50']:.0f} p99 {seen['view_p99']:.0f} ms, receipts p50"
        f" {seen['receipt_p50']:.0f} ms, exact {seen['exact']} of {seen['viewers']},"
        f" {result.burdens}"
    )


def table(found: dict[Row, list[Result]]) -> list[Figure]:
    figures: list[Figure] = []
    naive: Figure | None = None
    for row, results in found.items():
        seen = [one.seen for one in results]
        gifts = [one["receipts"] * one["viewers"] or 1 for one in seen]
        deliveries = figure(
            f"{row.name}: deliveries", [one.deliveries for one in results], "/s", baseline=naive
        )
        if row.kind.naive:
            naive = deliveries
        figures += [
            figure(f"{row.name}: visible p99", [one["view_p99"] for one in seen], "ms"),
            figure(f"{row.name}: visible p50", [one["view_p50"] for one in seen], "ms"),
            figure(f"{row.name}: receipt p50", [one["receipt_p50"] for one in seen], "ms"),
            deliveries,
            figure(f"{row.name}: frames", [one["frames"] / one["seconds"] for one in seen], "/s"),
            figure(
                f"{row.name}: shown",
                [100 * one["shown"] / most for one, most in zip(seen, gifts, strict=True)],
                "% of gifts",
            ),
            figure(f"{row.name}: exact", [one["exact"] for one in seen], "viewers"),
            figure(f"{row.name}: final", [100 * one.final for one in results], "% of gifts"),
            figure(f"{row.name}: memory", [one.kib_per_viewer_after for one in results], "KiB"),
            figure(f"{row.name}: server", [100 * one.processor for one in results], "% of a CPU"),
            figure(f"{row.name}: waited", [100 * one.delay for one in results], "% of a CPU"),
            figure(f"{row.name}: generator", [100 * one["busy"] for one in seen], "% busy"),
        ]
        if row.load.stopped:
            figures += [
                figure(
                    f"{row.name}: closed", [one["stopped_ended"] for one in seen], "stopped viewers"
                ),
            ]
    return [*figures, *all_exact(found), *later(found), *stuck_memory(found)]


def all_exact(found: dict[Row, list[Result]]) -> list[Figure]:
    """Of the room in which the fewest ended with the exact totals; 0 where the database differs."""
    ours = [one for row, results in found.items() if not row.kind.naive for one in results]
    if not ours:
        return []
    shares = [100 * one.seen["exact"] / one.seen["viewers"] if one.exact else 0 for one in ours]
    return [figure("every room: exact", [min(shares)], "% of viewers")]


def stuck_memory(found: dict[Row, list[Result]]) -> list[Figure]:
    """What the process grew by for each viewer who read nothing, beyond what it grew by anyway."""
    if ALL_READ not in found or HALF_STUCK not in found:
        return []
    [all_read], [half_stuck] = found[ALL_READ], found[HALF_STUCK]
    each = (half_stuck.grown_kib - all_read.grown_kib) / HALF_STUCK.load.stopped
    return [figure("stuck viewer: memory", [max(0.0, each)], "KiB")]


def later(found: dict[Row, list[Result]]) -> list[Figure]:
    """How much later the others see gifts than in the run beside it in which all read; what is at
    most a quarter is counted as the most that it may be."""
    pairs = zip(found.get(NONE_STOPPED, ()), found.get(SOME_STOPPED, ()), strict=False)
    more = []
    for without, beside_them in pairs:
        usual, late = without.seen["view_p99"], beside_them.seen["view_p99"]
        more.append(max(0.0, min(late - usual, late - 1.25 * usual + LATER_MS)))
    return [figure("1 of 100 stopped: others' p99, more", more, "ms")] if more else []


if __name__ == "__main__":
    sys.exit(main())
