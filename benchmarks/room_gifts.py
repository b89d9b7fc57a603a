"""`python -m benchmarks.room_gifts`: acknowledged gifts a second through the socket.

64 senders in one room, one gift in flight each, and one sender alone. Beside it, on the same
PostgreSQL and Valkey, the tutorial's app of `benchmarks/naive` with the same senders.
"""

import sys
from collections import defaultdict

from benchmarks.crowd import Load
from benchmarks.report import Figure, arguments, figure, show
from benchmarks.rooms import Result, world
from benchmarks.sites import DAPHNE, NAIVE, ON_UVICORN

MANY = Load(viewers=0, senders=64, in_flight=1)
ALONE = Load(viewers=0, senders=1, in_flight=1)
KINDS = (NAIVE, DAPHNE, ON_UVICORN)


def main() -> int:
    chosen = arguments("Acknowledged gifts a second by socket.", seconds=6).parse_args()
    found: dict[tuple[str, Load], list[Result]] = defaultdict(list)
    with world() as here:
        for run in range(chosen.runs):
            for kind in KINDS:
                for load in (MANY, ALONE):
                    result = here.measure(kind, load.lasting(chosen.seconds))
                    found[kind.name, load].append(result)
                    print(
                        f"  run {run + 1}: {kind.name}, {load.senders} senders:"
                        f" {rate(result):,.0f} gifts/s, {result.burdens}",
                        flush=True,
                    )
        differences = here.check()
    show("room_gifts", table(found), chosen)
    print(f"ledger_check: {differences} differences")
    return 1 if differences else 0


def rate(result: Result) -> float:
    return result.seen["receipts"] / result.seen["seconds"]


def table(found: dict[tuple[str, Load], list[Result]]) -> list[Figure]:
    figures: list[Figure] = []
    bases: dict[str, Figure] = {}
    for (name, load), results in found.items():
        what = f"{name}, {load.senders} sender{'s' if load.senders > 1 else ''}"
        for metric, unit, values in (
            (f"{what}: acknowledged", "gifts/s", [rate(one) for one in results]),
            (f"{what}: receipt p50", "ms", [one.seen["receipt_p50"] for one in results]),
            (f"{what}: receipt p99", "ms", [one.seen["receipt_p99"] for one in results]),
        ):
            base = bases.get(metric.removeprefix(name))
            figures.append(figure(metric, values, unit, baseline=base))
            if base and load is ALONE and "p50" in metric:
                share = [100 * value / base.value for value in values]
                figures.append(figure(f"{metric}, of {NAIVE.name}", share, "%"))
            if name == NAIVE.name:
                bases[metric.removeprefix(name)] = figures[-1]
    return figures


if __name__ == "__main__":
    sys.exit(main())
