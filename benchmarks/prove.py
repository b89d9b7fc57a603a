"""`make prove P=loop`: runs a group of promises, or one, at full size and says which hold.

A promise holds when its tests ran (none skipped), passed, and the figure they recorded reaches
the target. One that was not run does not hold.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.promise import Promise
from benchmarks.promises import GROUPS

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Shown:
    promise: Promise
    holds: bool
    value: int | None
    why: str
    # Of a benchmark: what it was measured beside, and the value as a part of that.
    baseline: str | None = None
    ratio: float | None = None


# What P= names: a group, or one promise.
NAMED: dict[str, tuple[Promise, ...]] = {
    promise.name: (promise,) for group in GROUPS.values() for promise in group
} | GROUPS


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMED)
    if unknown:
        print(f"No promise {', '.join(sorted(unknown))}; there are: {', '.join(NAMED)}.")
        return 2
    held = True
    for name in names or list(GROUPS):
        held &= prove(name)
    return 0 if held else 1


def prove(name: str) -> bool:
    """Run what `name` names, print a line per promise and write the results."""
    start = time.monotonic()
    shown: list[Shown] = []
    for number, promise in enumerate(NAMED[name], 1):
        print(f"[{number}/{len(NAMED[name])}] {promise.text}", flush=True)
        shown.append(show(promise))
        print(f"      {line(shown[-1])}", flush=True)
    minutes, seconds = divmod(int(time.monotonic() - start), 60)
    print(
        f"\n{name}: {sum(s.holds for s in shown)} of {len(shown)} hold, {minutes} min {seconds} s"
    )
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"prove-{name}.json"
    file.write_text(json.dumps([as_row(item) for item in shown], indent=2) + "\n")
    return all(item.holds for item in shown)


def show(promise: Promise) -> Shown:
    """Run a promise's tests in a process of their own, on servers of their own."""
    if promise.bench:
        return judge_figure(promise, figures_of(promise.bench))
    size = {name: os.environ.get("RUNS") or value for name, value in promise.size.items()}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "gifteconomy.embedded", "run", "--temporary", "--"),
            *(sys.executable, "-m", "pytest", "-q", "-m", "slow or not slow"),
            *("--junitxml", str(report), *promise.tests),
        ]
        done = subprocess.run(command, env=os.environ | size, text=True)  # noqa: S603
        return judge(promise, done.returncode, report)


@cache
def figures_of(bench: str) -> dict[str, dict[str, Any]]:
    """What a benchmark measured, by metric; it runs once and shows its own table."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "figures.json"
        command = [sys.executable, "-m", f"benchmarks.{bench}", "--json", str(report)]
        done = subprocess.run(command, text=True)  # noqa: S603
        if not report.exists():
            return {}
        if done.returncode:
            print(f"      benchmarks.{bench} ended with {done.returncode}: none of its holds")
        return {
            one["metric"]: one | {"failed": bool(done.returncode)}
            for one in json.loads(report.read_text())["figures"]
        }


def judge_figure(promise: Promise, figures: dict[str, dict[str, Any]]) -> Shown:
    """As `judge`; a figure is rounded against us."""
    measured = figures.get(promise.figure, {})
    found = measured.get(promise.of)
    if found is None:
        return Shown(promise, False, None, "the benchmark failed or has no such figure")
    value = math.ceil(found) if promise.at_most is not None else math.floor(found)
    shown = against_target(promise, value, f"measured by {promise.bench}")
    if measured.get("failed"):
        shown = Shown(promise, False, value, f"{promise.bench} failed after it had measured this")
    return replace(shown, baseline=measured.get("baseline") or None, ratio=measured.get("ratio"))


def judge(promise: Promise, code: int, report: Path) -> Shown:
    if not report.exists():
        return Shown(promise, False, None, "its tests did not run")
    suites = ElementTree.parse(report).getroot()  # noqa: S314 - our own file
    skipped = sum(int(suite.get("skipped", 0)) for suite in suites)
    ran = sum(int(suite.get("tests", 0)) for suite in suites)
    figures = [
        int(item.get("value", ""))
        for item in suites.iter("property")
        if item.get("name") == promise.figure
    ]
    value = (max if promise.at_most is not None else min)(figures) if figures else None
    if code or not ran:
        return Shown(promise, False, value, "a test failed")
    if skipped:
        return Shown(promise, False, value, f"{skipped} tests were skipped")
    if promise.figure and value is None:
        return Shown(promise, False, None, "no figure was recorded")
    return against_target(promise, value, f"{ran} tests passed")


def against_target(promise: Promise, value: int | None, why: str) -> Shown:
    if promise.at_least is not None and value is not None and value < promise.at_least:
        return Shown(promise, False, value, "below the target")
    if promise.at_most is not None and value is not None and value > promise.at_most:
        return Shown(promise, False, value, "above the target")
    return Shown(promise, True, value, why)


def target(promise: Promise) -> str:
    if promise.at_least is not None:
        return f"at least {promise.at_least}"
    return f"at most {promise.at_most}" if promise.at_most is not None else "passes"


def line(shown: Shown) -> str:
    promise = shown.promise
    figure = (
        f": {shown.value} {promise.unit} ({target(promise)})" if shown.value is not None else ""
    )
    # make hands both on, empty when they are not given.
    shortened = os.environ.get("RUNS") or (promise.bench and os.environ.get("SECONDS"))
    short = " [shortened]" if shortened and (promise.size or promise.bench) else ""
    return (
        f"{'holds' if shown.holds else 'DOES NOT HOLD'}: {promise.name}{figure}; {shown.why}{short}"
    )


def as_row(shown: Shown) -> dict[str, object]:
    return {
        "promise": shown.promise.name,
        "holds": shown.holds,
        "value": shown.value,
        "unit": shown.promise.unit,
        "target": target(shown.promise),
        "baseline": shown.baseline,
        "ratio": shown.ratio,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
