"""What `make run` runs, in the order in which it starts."""

import http.client
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from gifteconomy.embedded.places import CHECKOUT
from gifteconomy.embedded.processes import StartError
from gifteconomy.install import run_shown
from gifteconomy.run.children import Child, python

HOST = "127.0.0.1"


def has_command(name: str) -> bool:
    """Whether one of the project's apps has this command."""
    return any(CHECKOUT.glob(f"*/management/commands/{name}.py"))


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StartError(f"PORT={text} is not a port: choose a number from 1 to 65535.")
    return int(text)


def check_port(port: int) -> None:
    """Say at once that the port is taken, not after everything was prepared."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(
                f"Port {port} cannot be used ({error.strerror}):"
                f" PORT={port + 1} make run takes another."
            ) from None


def site_environment(port: int, secret_key: str, *, demo: bool) -> dict[str, str]:
    """What the site is told; a variable that a person has set wins."""
    chosen = {
        "DEVELOPMENT": "1",
        "DEMO": "1" if demo else "0",
        "SECRET_KEY": secret_key,
        "SITE_URL": f"http://{HOST}:{port}",
        "PYTHONUNBUFFERED": "1",
        # Said at every start as root; nothing that Celery reads here is pickled.
        "PYTHONWARNINGS": "ignore:You're running the worker:UserWarning",
    }
    return chosen | {name: value for name, value in os.environ.items() if name not in ("PORT",)}


def as_owner(environment: Mapping[str, str]) -> dict[str, str]:
    """The same, as the owner of the tables."""
    owner = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
    return dict(environment) | {"DATABASE_URL": owner}


def as_site(environment: Mapping[str, str]) -> dict[str, str]:
    """The same without the owner's password, which the site never needs."""
    return {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}


def prepare(environment: Mapping[str, str], *, demo: bool) -> None:
    """Tables, rights and, in an empty database that make started, the demo world."""
    step(
        "preparing the database",
        python("manage.py", "migrate", "--verbosity", "0"),
        as_owner(environment),
    )
    if demo and has_command("load_demo"):
        # As the site; it takes statistics as the owner when it is done.
        step("loading the demo world", python("manage.py", "load_demo"), environment)


def step(what: str, command: list[str], environment: Mapping[str, str]) -> None:
    if not run_shown(what, command, env=environment):
        raise StartError(f"Stopped: {what} failed; the lines above say why.")


def children(environment: Mapping[str, str], port: int, folder: Path) -> list[Child]:
    site = as_site(environment)
    celery = python("-m", "celery", "--quiet", "-A", "gifteconomy")
    schedule = str(folder / "beat-schedule")
    crowd = python("manage.py", "simulate_crowd", "--gentle")
    return [
        Child("web", python("manage.py", "serve", "--host", HOST, "--port", str(port)), site),
        Child("worker", [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"], site),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule], site),
        *([Child("crowd", crowd, site)] if environment["DEMO"] == "1" else []),
    ]


def answers(port: int) -> bool:
    """Whether the start page is served."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
