"""The servers that rooms are measured on, each in a process of its own, and what they use."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import CHECKOUT

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to serve: its name in the tables, the command, and what is in its environment."""

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    naive: bool = False


UVICORN = (
    *("-m", "uvicorn", "gifteconomy.asgi:application", "--host", "127.0.0.1", "--port", "{port}"),
    *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--lifespan", "off"),
    *("--log-level", "warning", "--no-access-log", "--backlog", "4096"),
)
ENDPOINT = "tcp:port={port}:interface=127.0.0.1:backlog=4096"
DAPHNE = Kind("daphne", ("manage.py", "serve", "--port", "{port}"))
PLAIN = Kind("daphne, adapter off", DAPHNE.command, (("DIRECT_WRITES", "0"),))
ON_UVICORN = Kind("uvicorn", UVICORN)
NAIVE = Kind(
    "naive",
    ("-m", "daphne", "-v", "0", "-e", ENDPOINT, "benchmarks.naive.asgi:application"),
    naive=True,
)
# Everybody comes from one address, and a sender sends as fast as it gets receipts. Gifts become
# final while we measure: moving `counted` is part of what a hot room costs.
RELAXED = {
    "UNDO_SECONDS": "2",
    "TICKET_SECONDS": "3600",
    "SOCKET_MESSAGES_PER_SECOND": "100000",
    "SOCKETS_PER_USER": "100000",
    "SOCKETS_PER_ADDRESS": "100000",
}


@dataclass(slots=True)
class Site:
    port: int
    process: subprocess.Popen[bytes]

    def resident(self) -> int:
        """Bytes in memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def worked(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def delayed(self) -> float:
        """Seconds for which it could have worked and no processor was free, so far."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[1]) for one in threads) / 1e9


@contextmanager
def serving(kind: Kind) -> Iterator[Site]:
    """A site of this kind that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *(part.format(port=port) for part in kind.command)],
        cwd=CHECKOUT,
        env=os.environ
        | RELAXED
        | {"SITE_URL": f"http://127.0.0.1:{port}"}
        | dict(kind.environment),
    )
    try:
        wait_for(port, process)
        yield Site(port, process)
    finally:
        process.kill()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("The site does not answer.")
