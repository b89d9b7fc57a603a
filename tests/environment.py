"""A pytest plugin, loaded before Django's settings: each worker gets its part of the servers.

`make test` starts the servers. Every worker works in a database of its own, made from one template
that is migrated once per run, and in a numbered Valkey database of its own.
"""

import os
import secrets
import sys
from urllib.parse import urlsplit, urlunsplit

NEEDED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
RUN = "GIFTECONOMY_TEST_RUN"


def with_path(url: str, path: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def run_prefix() -> str:
    """Starts the names of all databases of this run."""
    return f"test_{os.environ[RUN]}"


def worker_database() -> str:
    return f"{run_prefix()}_gw{worker_number()}"


def prepare() -> None:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        sys.exit(f"{', '.join(missing)} not set: make test starts the servers and sets them.")
    os.environ.setdefault(RUN, secrets.token_hex(4))
    # What a developer keeps in .env is not what is tested.
    os.environ["ENV_FILE"] = os.devnull
    os.environ["DEVELOPMENT"] = "1"
    os.environ["DATABASE_URL"] = with_path(os.environ["DATABASE_URL"], worker_database())
    os.environ["DATABASE_OWNER_URL"] = with_path(
        os.environ["DATABASE_OWNER_URL"], worker_database()
    )
    os.environ["REDIS_URL"] = with_path(os.environ["REDIS_URL"], str(worker_number() + 1))
    if role := urlsplit(os.environ["DATABASE_URL"]).username:
        os.environ.setdefault("DATABASE_APP_ROLE", role)


prepare()
