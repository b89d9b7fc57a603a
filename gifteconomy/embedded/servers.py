"""Both servers together: started for a command, or found where `make run` keeps them."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from gifteconomy.embedded.places import prepared_home, temporary_folder, write_private
from gifteconomy.embedded.postgres import PostgresServer
from gifteconomy.embedded.processes import Mark, StartError, own_mark
from gifteconomy.embedded.valkey import ValkeyServer

Server = PostgresServer | ValkeyServer
RUNNING = "running.json"
LOCK = "keeper.lock"
WAIT_SECONDS = 60


def wanted(folder: Path, *, durable: bool) -> list[Server]:
    """The servers that nothing in the environment replaces."""
    servers: list[Server] = []
    if not os.environ.get("DATABASE_URL"):
        servers.append(PostgresServer(folder, durable=durable))
    if not os.environ.get("REDIS_URL"):
        servers.append(ValkeyServer(folder))
    return servers


@contextmanager
def started_servers(folder: Path, *, durable: bool) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        servers = wanted(folder, durable=durable)
        for server in servers:
            stack.callback(server.stop)
            server.start()
        yield servers


def check_reachable(environment: Mapping[str, str]) -> None:
    """Say in one sentence that a server does not answer, before anything is built on it."""
    for variable in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        if url := environment.get(variable):
            try:
                psycopg.connect(url, connect_timeout=10).close()
            except psycopg.Error as error:
                reason = str(error).splitlines()[0]
                raise StartError(f"The database of {variable} does not answer: {reason}") from None
    url = environment["REDIS_URL"]
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 6379), timeout=10).close()
    except OSError as error:
        raise StartError(f"The server of REDIS_URL does not answer: {error.strerror}") from None


def environment_of(servers: list[Server]) -> dict[str, str]:
    return {name: value for server in servers for name, value in server.environment().items()}


@contextmanager
def temporary_servers() -> Iterator[dict[str, str]]:
    """Servers that live as long as the block; yields their environment variables."""
    with temporary_folder() as folder, started_servers(folder, durable=False) as servers:
        yield environment_of(servers)


class Kept(StartError):
    """Another command of this checkout keeps its servers running."""

    def __init__(self, keeper: Mark | None, environment: dict[str, str]) -> None:
        super().__init__(
            f"Another command keeps the servers (pid {keeper.pid if keeper else '?'})."
        )
        self.keeper = keeper
        self.environment = environment


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    """Be the one command that starts this folder's servers, or raise Kept. Ends with the process.

    Without it two commands that start together would end each other's servers as left over.
    """
    with (folder / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Kept(*(running(folder) or (None, {}))) from None
        yield


@contextmanager
def kept_servers() -> Iterator[dict[str, str]]:
    """The servers of this checkout with their kept data: those that run, else started here."""
    folder = prepared_home()
    deadline = time.monotonic() + WAIT_SECONDS
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(keeping(folder))
                break
            except Kept as other:
                if other.environment:
                    yield other.environment
                    return
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        servers = stack.enter_context(started_servers(folder, durable=True))
        yield stack.enter_context(announced(folder, environment_of(servers)))


def running(folder: Path) -> tuple[Mark, dict[str, str]] | None:
    """Who keeps this folder's servers running, and how to reach them."""
    try:
        known = json.loads((folder / RUNNING).read_text())
        keeper = Mark(*known["keeper"])
        return (keeper, known["environment"]) if keeper.alive() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def announced(folder: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Lets other commands of this checkout find the servers while the block lasts."""
    own = own_mark()
    path = folder / RUNNING
    content = {"keeper": [own.pid, own.started], "environment": environment}
    write_private(path, json.dumps(content))
    try:
        yield environment
    finally:
        path.unlink(missing_ok=True)
