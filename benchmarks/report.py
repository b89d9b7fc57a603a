"""What every benchmark prints and writes: medians of runs, beside their baseline."""

import argparse
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FULL_RUNS = 5
STAT = Path("/proc/stat")  # Linux: proc_stat(5)
STEAL = 7  # of its times, what the host of a virtual machine gave to others


def _ticks() -> tuple[int, int]:
    """Of all processors: the time that the host took, and all of it."""
    if not STAT.exists():
        return 0, 0
    times = [int(text) for text in STAT.read_text().splitlines()[0].split()[1:9]]
    return times[STEAL], sum(times)


_began = _ticks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A median of some runs. `spread` is from the least to the most; `ratio` is to the baseline."""

    metric: str
    value: float
    unit: str
    spread: tuple[float, float]
    baseline: str = ""
    ratio: float | None = None


def figure(
    metric: str, values: Sequence[float], unit: str, *, baseline: Figure | None = None
) -> Figure:
    value = statistics.median(values)
    return Figure(
        metric=metric,
        value=round(value, 3),
        unit=unit,
        spread=(round(min(values), 3), round(max(values), 3)),
        baseline=baseline.metric if baseline else "",
        ratio=round(value / baseline.value, 3) if baseline and baseline.value else None,
    )


def arguments(description: str, *, seconds: float) -> argparse.ArgumentParser:
    """The options of every benchmark; SECONDS= and RUNS= stand for them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument(
        "--seconds", type=float, default=float(os.environ.get("SECONDS") or seconds)
    )
    parser.add_argument("--runs", type=int, default=int(os.environ.get("RUNS") or FULL_RUNS))
    return parser


def show(name: str, figures: Sequence[Figure], chosen: argparse.Namespace) -> None:
    """Print the table, and write it where `--json` says."""
    width = max(len(one.metric) for one in figures)
    print(f"\n{name}: medians of {chosen.runs} runs of {chosen.seconds:g} s (least to most)")
    for one in figures:
        low, high = one.spread
        times = f"  {one.ratio:.2f} × {one.baseline}" if one.ratio is not None else ""
        print(
            f"  {one.metric:<{width}}  {one.value:>12,.1f} {one.unit}"
            f"  ({low:,.1f} to {high:,.1f}){times}"
        )
    print(f"  The host gave {stolen():.0f} % of the processors' time to others meanwhile.")
    if chosen.runs < FULL_RUNS:
        print(f"  Shortened: {FULL_RUNS} runs are a result.")
    if chosen.json:
        content = {"machine": machine(), "runs": chosen.runs, "seconds": chosen.seconds}
        content["figures"] = [asdict(one) for one in figures]
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(content, indent=2) + "\n")


def stolen() -> float:
    """Percent of the processors' time since the start that the host of this machine took: much of
    it, and the figures tell of the host."""
    taken, all_of_it = (now - then for now, then in zip(_ticks(), _began, strict=True))
    return 100 * taken / all_of_it if all_of_it else 0.0


def machine() -> dict[str, Any]:
    """Where and of what the figures are."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
    ).stdout.strip()
    return {
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit,
        "stolen_percent": round(stolen(), 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
