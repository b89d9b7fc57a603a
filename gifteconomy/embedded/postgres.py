"""The embedded PostgreSQL: initialised once, started as our own child, reaped by us.

`pg_ctl start` is not used: a server that it started belongs to PID 1, and where that does not reap,
a killed server stays a zombie whose lock file blocks the next start.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from gifteconomy.embedded.places import Account, account, make_folder, passwords, write_private
from gifteconomy.embedded.processes import Mark, StartError, end, mark, started, using
from gifteconomy.embedded.programs import postgres_programs

DATABASE = "gifteconomy"
OWNER_ROLE = "gifteconomy_owner"
APP_ROLE = "gifteconomy_app"
START_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresServer:
    """One server and its data folder. `durable=False` is for data that lives as long as a test."""

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.data = folder / "postgres"
        self.log = folder / "postgres.log"
        self.durable = durable
        self.passwords = passwords(folder)
        self.account: Account = account()
        self.programs = postgres_programs()
        self.port = 0
        self.process: subprocess.Popen | None = None

    # --- What others connect with -------------------------------------------------------------
    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url(APP_ROLE),
            "DATABASE_OWNER_URL": self.url(OWNER_ROLE),
            "DATABASE_APP_ROLE": APP_ROLE,
        }

    # --- Life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """Start on the port it had before, else on a free one, and wait until it answers."""
        self.initialise()
        self.remove_leftovers()
        keep_port = self.port
        for _attempt in range(5):
            self.port = keep_port or free_port()
            self.process = self.spawn()
            if self.wait_until_ready():
                self.prepare_roles()
                return
            # The port was taken in between, or a killed server's children still let go.
            self.process.wait()
            time.sleep(1)
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        raise StartError("PostgreSQL does not start; its log ends with:\n  " + "\n  ".join(lines))

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            running = mark(self.process.pid)
            if running:
                # Fast, then immediate: it never waits for clients.
                self.process.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(30)
                if self.process.poll() is None:
                    self.process.send_signal(signal.SIGQUIT)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(10)
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def initialise(self) -> None:
        if self.data.exists():
            return
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.account.own(make_folder(fresh, 0o700))
        secret = self.account.own(
            write_private(self.data.with_name("postgres.pw"), self.passwords["postgres"])
        )
        command = [str(self.programs / "initdb"), "-D", str(fresh), "-U", "postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"]
        command += self.locale_options()
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, env=self.plain_environment(), **self.popen()
        )
        secret.unlink()
        if done.returncode:
            raise StartError(f"PostgreSQL's initdb failed: {done.stderr.strip()}")
        fresh.rename(self.data)

    def locale_options(self) -> list[str]:
        """The same order of text on every system: built in from 17 on, from the system before."""
        version = subprocess.run(  # noqa: S603
            [self.programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"(\d+)", version)
        if found and int(found[1]) >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def popen(self) -> dict:
        return self.account.popen()

    def plain_environment(self) -> dict[str, str]:
        # No PG* variable of the person may reach the server or initdb.
        return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}

    def spawn(self) -> subprocess.Popen:
        if self.log.exists() and self.log.stat().st_size > 20_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
            return subprocess.Popen(  # noqa: S603
                [str(self.programs / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.plain_environment(),
                start_new_session=True,
                **self.popen(),
            )

    def wait_until_ready(self) -> bool:
        """True when it answers, False when it ended. After a crash it may replay for long."""
        assert self.process
        began = said = time.monotonic()
        while self.process.poll() is None:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise StartError(
                        f"{self.data} was made with other passwords than those beside it:"
                        " make clean-data starts anew."
                    ) from error
            else:
                return True
            now = time.monotonic()
            if now - began > START_SECONDS:
                self.stop()
                return False
            if now - said > 4:
                print(f"  … PostgreSQL is starting ({now - began:.0f} s)", flush=True)
                said = now
            time.sleep(0.05)
        return False

    def remove_leftovers(self) -> None:
        """End a server of ours that outlived its starter; drop a lock file that nobody holds."""
        for orphan in using(self.data, "postgres"):
            end(orphan, (signal.SIGINT, 20), (signal.SIGQUIT, 10))
        lock = self.data / "postmaster.pid"
        if lock.exists():
            pid = int(lock.read_text().split("\n")[0] or 0)
            # Whoever has this pid now is a zombie or a stranger: ours were ended above.
            if not self.is_ours(pid):
                lock.unlink()

    def is_ours(self, pid: int) -> bool:
        when = started(pid)
        return bool(when) and Mark(pid, str(when)) in list(using(self.data, "postgres"))

    # --- Inside -------------------------------------------------------------------------------
    def connect(self, database: str) -> psycopg.Connection:
        """As the superuser, whom nothing but this file uses."""
        url = self.url("postgres", database)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def prepare_roles(self) -> None:
        """The owner makes the tables, the app's role uses them; the database is the owner's."""
        with self.connect("postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER_ROLE, APP_ROLE):
                verb = "ALTER" if role in known else "CREATE"
                connection.execute(
                    sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {password}").format(
                        verb=sql.SQL(verb),
                        role=sql.Identifier(role),
                        password=sql.Literal(self.passwords[role]),
                    )
                )
            # To drop and make the demo's database, and one for each test.
            connection.execute(f"ALTER ROLE {OWNER_ROLE} CREATEDB")
            if not self.durable:
                # Tests disconnect what a killed process left, and plant damage past the triggers.
                connection.execute(f"GRANT pg_signal_backend TO {OWNER_ROLE}")
                connection.execute(
                    f"GRANT SET ON PARAMETER session_replication_role TO {OWNER_ROLE}"
                )
            made = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not made:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")

    def attach(self, url: str) -> None:
        """Work on the server that another command of this checkout started."""
        self.port = urlsplit(url).port or 0

    def recreate_database(self) -> None:
        """Drop the database with everything in it, whoever is connected, and make it anew."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
