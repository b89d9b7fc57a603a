"""A stranger's first hour: a fresh clone, `make test`, `make run`, again, and after kill -9.

As root in a home that is closed to everybody else, and as a normal user. It prints how long a
person waits from the command to the first page.
"""

import functools
import math
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
FIRST_SECONDS, AGAIN_SECONDS = 300, 60
ONE_TEST = "tests/boot/test_databases.py::test_db_rolls_back"
CREATE = (
    "from users.models import User; User.objects.create_user('kept@example.org', handle='kept')"
)
COUNT = "from users.models import User; print('kept:', User.objects.filter(handle='kept').count())"
# How this machine reaches its package registries; everything else of the person is left out.
PASSED_ON = re.compile(r"^(PIP_|UV_|SSL_|REQUESTS_|NODE_|npm_config_|HTTPS?_|https?_|NO_|no_)")

pytestmark = pytest.mark.slow


@dataclass
class Person:
    """Somebody with a fresh clone in a closed home."""

    home: Path
    who: dict[str, Any]
    search: str
    runs: list["Running"] = field(default_factory=list)

    @property
    def clone(self) -> Path:
        return self.home / "clone"

    def environment(self) -> dict[str, str]:
        passed = {k: v for k, v in os.environ.items() if PASSED_ON.match(k)}
        if trusted := trusted_by_npm():
            passed["npm_config_cafile"] = trusted
        return passed | {"HOME": str(self.home), "PATH": self.search, "LANG": "C.UTF-8"}

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            ["make", *arguments],  # noqa: S607
            cwd=self.clone,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            **self.who,
        )

    def run(self) -> "Running":
        self.runs.append(Running(self))
        self.runs[-1].wait_until_served()
        return self.runs[-1]

    def stop_all(self) -> None:
        for one in self.runs:
            if one.make.poll() is None:
                os.killpg(one.make.pid, signal.SIGTERM)
                one.make.wait(60)


class Running:
    """`make run`, started and served."""

    def __init__(self, person: Person) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = person.home / f"run-{self.port}.log"
        with self.log.open("w") as log:
            self.make = subprocess.Popen(  # noqa: S603
                ["make", "run", f"PORT={self.port}"],  # noqa: S607
                cwd=person.clone,
                env=person.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **person.who,
            )

    def wait_until_served(self) -> None:
        deadline = time.monotonic() + FIRST_SECONDS
        while "The site runs at" not in self.printed():
            assert self.make.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.1)
        page = f"http://127.0.0.1:{self.port}/"
        assert urllib.request.urlopen(page).status == 200  # noqa: S310
        found = re.search(r"first page after ([\d.]+) s", self.printed())
        assert found
        self.seconds = float(found[1])
        self.wait_for_children()

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def runner(self) -> psutil.Process:
        [runner] = psutil.Process(self.make.pid).children()
        return runner

    def started(self) -> list[psutil.Process]:
        """Everything that this run started, the servers' and Celery's own children too."""
        return psutil.Process(self.make.pid).children(recursive=True)

    def wait_for_children(self) -> None:
        """Until the site, the worker and beat run: the runner's children beside the servers."""
        deadline = time.monotonic() + 60
        wanted = ("manage.py", "worker", "beat", "postgres", "valkey")
        while True:
            lines = [" ".join(child.cmdline()) for child in self.runner().children()]
            if all(any(name in line for line in lines) for name in wanted):
                return
            assert time.monotonic() < deadline, lines
            time.sleep(0.1)

    def interrupt(self) -> None:
        """Ctrl-C: the terminal signals make and the runner; nothing of theirs stays."""
        started = self.started()
        os.killpg(self.make.pid, signal.SIGINT)
        self.make.wait(60)
        psutil.wait_procs(started, timeout=10)
        assert [one for one in started if running(one)] == []

    def kill(self, processes: list[psutil.Process]) -> None:
        for process in processes:
            process.kill()
        if not self.make_lives():
            self.make.wait(10)

    def make_lives(self) -> bool:
        return running(psutil.Process(self.make.pid))


@functools.cache
def trusted_by_npm() -> str:
    """The file of certificates that this person's own npm is told of, which lies in their home."""
    if not (npm := shutil.which("npm")):
        return ""
    asked = [npm, "config", "get", "cafile"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    return said if Path(said).is_file() else ""


def running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(params=["root", "user"])
def person(request: pytest.FixtureRequest) -> Iterator[Person]:
    who: dict[str, Any] = {}
    search = os.environ["PATH"]
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("only root can be root")
    if request.param == "user" and os.geteuid() == 0:
        # An account of every system, without rights; root's own Python may be closed to it.
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        search = "/usr/local/bin:/usr/bin:/bin"
        works = [
            "python3",
            "-c",
            "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))",
        ]
        able = subprocess.run(works, env={"PATH": search}, capture_output=True, **who)  # noqa: S603
        if able.returncode:
            pytest.skip("a normal user has no Python 3.11 with venv here")
    home = Path(tempfile.mkdtemp(prefix="gifteconomy-home-", dir="/tmp"))  # noqa: S108
    try:
        home.chmod(0o700)
        one = Person(home, who, search)
        subprocess.run(["git", "clone", "--quiet", CHECKOUT, one.clone], check=True)  # noqa: S603, S607
        if who:
            subprocess.run(["chown", "-R", f"{who['user']}:{who['group']}", home], check=True)  # noqa: S603, S607
        yield one
        one.stop_all()
        cleaned = one.make("clean-data", "YES=1")
        assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(home, ignore_errors=True)


def manage(person: Person, code: str) -> str:
    done = person.make("manage", f'C=shell -c "{code}"')
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_two_commands_from_a_fresh_clone(person, capsys, record_property):
    tested = person.make("test", f"T={ONE_TEST}")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "2 passed" in tested.stdout

    first = person.run()
    manage(person, CREATE)
    first.interrupt()

    second = person.run()
    everything = [*second.started(), psutil.Process(second.make.pid)]
    second.kill(everything)

    third = person.run()
    assert "kept: 1" in manage(person, COUNT)
    # The runner and make die; what they started lives on until the next run ends it.
    orphans = [one for one in third.started() if one != third.runner()]
    third.kill([psutil.Process(third.make.pid), third.runner()])
    assert any(running(one) for one in orphans)

    fourth = person.run()
    assert [one for one in orphans if running(one)] == []
    assert "kept: 1" in manage(person, COUNT)
    tested = person.make("test", f"T={ONE_TEST}")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    fourth.interrupt()

    record_property("first_page_seconds", math.ceil(first.seconds))
    record_property("second_page_seconds", math.ceil(second.seconds))
    runs = {"first": first, "second": second, "after kill -9 of all": third, "of make": fourth}
    with capsys.disabled():
        times = ", ".join(f"{name} {one.seconds:.1f} s" for name, one in runs.items())
        print(f"\n  from the command to the first page: {times}")
    assert first.seconds <= FIRST_SECONDS
    assert max(one.seconds for one in (second, third, fourth)) <= AGAIN_SECONDS
