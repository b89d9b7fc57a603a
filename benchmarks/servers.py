"""Servers for a benchmark: as durable as those of a site, with data that goes afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from gifteconomy.embedded.places import temporary_folder
from gifteconomy.embedded.postgres import PostgresServer
from gifteconomy.embedded.servers import environment_of, started_servers

CHECKOUT = Path(__file__).resolve().parent.parent


@contextmanager
def servers() -> Iterator[Path | None]:
    """Both servers, migrated and named in `os.environ`; yields the folder of PostgreSQL's programs,
    None when DATABASE_URL names a server of the person's own."""
    os.environ.setdefault("DEVELOPMENT", "1")
    os.environ["DJANGO_SETTINGS_MODULE"] = "gifteconomy.settings"
    with temporary_folder() as folder, started_servers(folder, durable=True) as started:
        os.environ.update(environment_of(started))
        if role := urlsplit(os.environ["DATABASE_URL"]).username:
            os.environ.setdefault("DATABASE_APP_ROLE", role)
        migrate()
        programs = [one.programs for one in started if isinstance(one, PostgresServer)]
        yield programs[0] if programs else None


def migrate() -> None:
    owner = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": owner},
        check=True,
    )
