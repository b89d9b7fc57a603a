"""Both servers together: started for a command, or found where `make run` keeps them."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gifteconomy.embedded.places import prepared_home, temporary_folder, write_private
from gifteconomy.embedded.postgres import PostgresServer
from gifteconomy.embedded.processes import Mark, StartError, mark
from gifteconomy.embedded.valkey import ValkeyServer

Server = PostgresServer | ValkeyServer
RUNNING = "running.json"


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


def environment_of(servers: list[Server]) -> dict[str, str]:
    return {name: value for server in servers for name, value in server.environment().items()}


@contextmanager
def temporary_servers() -> Iterator[dict[str, str]]:
    """Servers that live as long as the block; yields their environment variables."""
    with temporary_folder() as folder, started_servers(folder, durable=False) as servers:
        yield environment_of(servers)


@contextmanager
def kept_servers() -> Iterator[dict[str, str]]:
    """The servers of this checkout with their kept data: those that run, else started here."""
    folder = prepared_home()
    if found := running(folder):
        yield found[1]
        return
    with (
        started_servers(folder, durable=True) as servers,
        announced(folder, environment_of(servers)) as environment,
    ):
        yield environment


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
    own = mark(os.getpid())
    if own is None:
        raise StartError("This process cannot be found in the system's list of processes.")
    path = folder / RUNNING
    content = {"keeper": [own.pid, own.started], "environment": environment}
    write_private(path, json.dumps(content))
    try:
        yield environment
    finally:
        path.unlink(missing_ok=True)
