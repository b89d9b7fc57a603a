"""Which processes are ours: a pid is proof only together with the time at which it started."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil


class StartError(Exception):
    """Something could not be started; the text is one clear sentence for a person."""


@dataclass(frozen=True)
class Mark:
    """One process of one boot of this machine. Pids are used again, marks are not."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether this very process still runs. A zombie does not: it only waits to be reaped."""
        return started(self.pid) == self.started


def started(pid: int) -> str | None:
    """When a running process started, as text that differs between boots; None without one."""
    if sys.platform == "linux":
        # Not psutil's create_time: it moves when the clock of the machine is set.
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"
    try:
        process = psutil.Process(pid)
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return None if zombie else str(process.create_time())
    except psutil.Error:
        return None


def mark(pid: int) -> Mark | None:
    when = started(pid)
    return Mark(pid, when) if when else None


def own_mark() -> Mark:
    own = mark(os.getpid())
    if own is None:
        raise StartError("This process cannot be found in the system's list of processes.")
    return own


def in_session(leader: int) -> Iterator[int]:
    """The running processes of a session, its leader included. Each child of ours leads one."""
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if os.getsid(pid) == leader and started(pid):
                yield pid


def using(path: Path, program: str) -> Iterator[Mark]:
    """The running programs of that name whose command line names `path`, which is ours alone."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if line and Path(line[0]).name.startswith(program) and str(path) in " ".join(line):
                found = mark(process.pid)
                if found:
                    yield found


def wait_gone(marks: list[Mark], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(one.alive() for one in marks):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(one: Mark, *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn and wait that many seconds for the process to go; then SIGKILL."""
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if not one.alive():
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, number)
        if wait_gone([one], seconds):
            return
