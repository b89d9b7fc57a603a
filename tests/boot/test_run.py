"""What `make run` says when it cannot, and how it looks after its children."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gifteconomy.embedded.processes import Mark, mark, started
from gifteconomy.run.children import RUN_VARIABLE, Child, Record
from tests.conftest import owner_url

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# A child with a child of its own, as Celery has them; it writes down the other's pid.
PARENT = (
    "import pathlib, subprocess, sys, time; p = subprocess.Popen(sys.argv[2:]);"
    " pathlib.Path(sys.argv[1]).write_text(f'{p.pid}.'); time.sleep(600)"
)


@pytest.fixture
def home(monkeypatch) -> Iterator[Path]:
    """A data folder of its own, which the servers' user can reach."""
    with tempfile.TemporaryDirectory(prefix="gifteconomy-", dir="/tmp") as name:  # noqa: S108
        Path(name).chmod(0o755)
        monkeypatch.setenv("GIFTECONOMY_HOME", name)
        yield Path(name)


def refused(changes: dict[str, str], *arguments: str) -> str:
    """Run the runner, which must refuse; returns the one sentence that it says."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "gifteconomy.run", *arguments],
        env=os.environ | changes,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_taken_port_is_one_sentence(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refused({"PORT": str(port)})
    assert sentence == (
        f"Port {port} cannot be used (Address already in use): PORT={port + 1} make run"
        " takes another."
    )


@pytest.mark.parametrize("port", ["web", "-1", "70000"])
def test_what_is_no_port_is_one_sentence(home, port):
    assert refused({"PORT": port}).startswith(f"PORT={port} is not a port")


def test_a_server_that_does_not_answer_is_one_sentence(home):
    given = {"PORT": str(free_port()), "DATABASE_OWNER_URL": owner_url("postgres")}
    given["DATABASE_URL"] = given["DATABASE_OWNER_URL"]
    sentence = refused(given | {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"})
    assert sentence.startswith("The database of DATABASE_URL does not answer: ")
    sentence = refused(given | {"REDIS_URL": "redis://127.0.0.1:1/0"})
    assert sentence == "The server of REDIS_URL does not answer: Connection refused"


def test_only_a_database_that_make_started_is_dropped(home):
    assert "only a database that make started" in refused({"YES": "1"}, "reset")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def running_child(command: list[str], record: Record) -> Child:
    child = Child("child", command, os.environ | {RUN_VARIABLE: record.run})
    child.start()
    record.write([child])
    return child


def test_a_child_that_dies_is_started_again_after_a_pause(tmp_path, capsys):
    child = running_child([sys.executable, "-c", "raise SystemExit(3)"], Record(tmp_path))
    first = child.process
    assert first
    first.wait()
    assert child.watch() is False
    assert "child ended (exit code 3); it starts again in 2 s" in capsys.readouterr().out
    wait_for(child.watch)
    assert child.process is not None
    assert child.process.pid != first.pid
    child.end(5)


def running_parent(folder: Path, record: Record) -> tuple[Child, int]:
    """A running child, and the pid of its own child."""
    note = folder / "pid"
    child = running_child([sys.executable, "-c", PARENT, str(note), *SLEEPER], record)
    wait_for(lambda: note.exists() and note.read_text().endswith("."))
    return child, int(note.read_text().rstrip("."))


def test_ending_a_child_ends_what_it_started(tmp_path):
    child, grandchild = running_parent(tmp_path, Record(tmp_path))
    assert started(grandchild)
    child.ask_to_end()
    child.end(5)
    wait_for(lambda: started(grandchild) is None)


def test_the_next_run_ends_what_a_killed_one_left_and_nothing_else(tmp_path):
    child, grandchild = running_parent(tmp_path, Record(tmp_path))
    assert child.process
    # The leader dies too: only its own child is left, in its session and with its variables.
    child.process.kill()
    child.process.wait()
    with subprocess.Popen(SLEEPER, start_new_session=True) as stranger:  # noqa: S603
        own = mark(stranger.pid)
        assert own
        Record(tmp_path).end_leftovers()
        wait_for(lambda: started(grandchild) is None)
        assert own.alive()
        stranger.kill()


def test_a_pid_that_somebody_else_has_now_is_left_alone(tmp_path):
    with subprocess.Popen(SLEEPER, start_new_session=True) as stranger:  # noqa: S603
        record = Record(tmp_path)
        listed = f'{{"run": "{record.run}", "processes": [[{stranger.pid}, "another time"]]}}'
        record.path.write_text(listed)
        record.end_leftovers()
        assert stranger.poll() is None
        stranger.send_signal(signal.SIGKILL)
    assert not Mark(stranger.pid, "another time").alive()
