"""Children of the runner: started, watched, started again, and ended with all they started.

Each leads a session of its own, so that Ctrl-C reaches only the runner, which ends them in order.
Their pids are written down with their start times: when the runner was killed, the next one knows
which processes are provably left over from it.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from gifteconomy.embedded.places import CHECKOUT, write_private
from gifteconomy.embedded.processes import Mark, in_session, mark, wait_gone

RUN_VARIABLE = "GIFTECONOMY_RUN"
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
printing = threading.Lock()


def say(line: str) -> None:
    """Print a whole line; a terminal that went away must not end the runner."""
    with printing, contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


class Child:
    """One program that must always run."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.process: subprocess.Popen[str] | None = None
        self.started_at = 0.0
        self.pause = 1.0
        self.due = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        threading.Thread(target=self.show, args=[self.process], daemon=True).start()

    def show(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            if text := line.rstrip():
                say(f"{self.name:<7}| {text}")

    def mark(self) -> Mark | None:
        return mark(self.process.pid) if self.process else None

    def watch(self) -> bool:
        """Look after the child; true when it was started again."""
        if self.process is not None:
            if not exited(self.process):
                return False
            # It is not reaped yet, so its session is certainly still its own.
            kill_session(self.process.pid)
            code = self.process.wait()
            lived = time.monotonic() - self.started_at
            self.pause = 1.0 if lived > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            self.due = time.monotonic() + self.pause
            self.process = None
            say(f"• {self.name} ended ({ending(code)}); it starts again in {self.pause:.0f} s")
        if time.monotonic() < self.due:
            return False
        self.start()
        return True

    def ask_to_end(self) -> None:
        if self.process is not None and not exited(self.process):
            self.process.terminate()

    def end(self, seconds: float) -> None:
        if self.process is None:
            return
        deadline = time.monotonic() + seconds
        while not exited(self.process) and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_session(self.process.pid)
        self.process.wait()


def ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def exited(process: subprocess.Popen[str]) -> bool:
    """Whether a child of ours has ended, without reaping it."""
    if process.returncode is not None:
        return True
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def kill_session(leader: int) -> None:
    """End what a child left behind. Call while the leader is ours and not yet reaped."""
    for pid in list(in_session(leader)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


class Record:
    """The file that tells the next runner which processes are ours."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "processes.json"
        self.run = secrets.token_hex(8)

    def write(self, children: Sequence[Child]) -> None:
        marks = [one for child in children if (one := child.mark())]
        listed = [[one.pid, one.started] for one in marks]
        write_private(self.path, json.dumps({"run": self.run, "processes": listed}))

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End what a killed runner left running, and nothing else."""
        try:
            known = json.loads(self.path.read_text())
            leaders = [Mark(*one) for one in known["processes"]]
            run = known["run"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        left = [leader for leader in leaders if leader.alive()]
        members = [one for leader in leaders for one in session_of(leader, run)]
        if left or members:
            say("• ending what a killed run left behind")
        for one in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGTERM)
        wait_gone(left, 5)
        for one in {*left, *members}:
            if one.alive():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one.pid, signal.SIGKILL)
        wait_gone([*left, *members], 5)
        self.clear()


def session_of(leader: Mark, run: str) -> Iterator[Mark]:
    """What a child started, also when it is dead itself: known by the run in its variables."""
    for pid in in_session(leader.pid):
        with contextlib.suppress(psutil.Error):
            if psutil.Process(pid).environ().get(RUN_VARIABLE) == run and (one := mark(pid)):
                yield one


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
