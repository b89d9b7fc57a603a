"""The embedded servers: closed to strangers, kept through kills, not confused by leftovers."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from gifteconomy.embedded import places, processes
from gifteconomy.embedded.places import prepared_home
from gifteconomy.embedded.postgres import APP_ROLE, PostgresServer
from gifteconomy.embedded.processes import StartError
from gifteconomy.embedded.servers import Kept, keeping
from gifteconomy.embedded.valkey import ValkeyServer


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the servers' user can reach, unlike pytest's own under root."""
    made = Path(tempfile.mkdtemp(prefix="gifteconomy-", dir="/tmp"))  # noqa: S108
    made.chmod(0o755)
    yield made
    places.remove_servers_folder(made)


@pytest.fixture
def postgres(folder) -> Iterator[PostgresServer]:
    server = PostgresServer(folder, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(folder) -> Iterator[ValkeyServer]:
    server = ValkeyServer(folder)
    server.start()
    yield server
    server.stop()


def test_postgres_is_closed_and_sorts_alike_everywhere(postgres):
    with psycopg.connect(postgres.url(APP_ROLE)) as connection:
        [(encoding, collation)] = connection.execute(
            "SELECT current_setting('server_encoding'), coalesce(to_jsonb(d)->>'datlocale',"
            " d.datcollate) FROM pg_database d WHERE datname = current_database()"
        ).fetchall()
        rights = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert (encoding, collation) == ("UTF8", "C.UTF-8")
    assert rights == (False, False, False)
    assert postgres.data.stat().st_mode & 0o777 == 0o700
    stranger = postgres.url(APP_ROLE).replace(postgres.passwords[APP_ROLE], "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger)


def test_no_server_runs_as_root(postgres, valkey):
    for server in (postgres, valkey):
        assert server.process
        assert os.stat(f"/proc/{server.process.pid}").st_uid != 0


def test_valkey_wants_its_password_and_keeps_what_it_was_given(valkey):
    assert valkey.ping() == b"+OK\r\n+PONG\r\n"
    with redis.Redis.from_url(valkey.url(), decode_responses=True) as client:
        client.set("kept", "1")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert valkey.process
    time.sleep(1.2)  # The append-only file is written through once a second.
    valkey.process.kill()
    valkey.process.wait()
    valkey.start()
    with redis.Redis.from_url(valkey.url(), decode_responses=True) as client:
        assert client.get("kept") == "1"
    valkey.password = "guessed"
    assert valkey.ping().startswith(b"-WRONGPASS")


def test_postgres_keeps_rows_through_a_kill_and_a_lock_file_of_a_zombie(postgres):
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    os.killpg(postgres.process.pid, signal.SIGKILL)
    # Nobody reaps the killed server, and its lock file names it.
    time.sleep(0.3)
    assert processes.started(postgres.process.pid) is None
    lock = (postgres.data / "postmaster.pid").read_text()
    assert int(lock.split()[0]) == postgres.process.pid
    postgres.start()
    with psycopg.connect(postgres.url("postgres")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_lock_file_of_a_stranger_blocks_nothing_and_the_stranger_lives(postgres):
    postgres.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:  # noqa: S607
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n")
        postgres.start()
        assert stranger.poll() is None
        stranger.terminate()


def test_a_server_that_outlived_its_starter_is_ended(folder, postgres):
    heir = PostgresServer(folder, durable=False)
    heir.start()
    assert postgres.process.wait(10) is not None
    heir.stop()


def test_only_one_command_starts_the_servers(folder):
    code = (
        "import sys, pathlib; from gifteconomy.embedded.servers import keeping\n"
        "with keeping(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Kept), keeping(folder):
            pass
        other.kill()
        other.wait()
        with keeping(folder):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else run the servers")
def test_a_closed_home_is_one_sentence_and_keeps_its_mode(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("GIFTECONOMY_HOME", str(closed / "servers"))
    with pytest.raises(StartError, match="closed to the unprivileged user"):
        prepared_home()
    assert closed.stat().st_mode & 0o777 == 0o700


def test_another_system_is_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(StartError, match="DATABASE_URL and REDIS_URL"):
        prepared_home()


def test_a_mark_is_one_process_and_not_its_number():
    with subprocess.Popen(["sleep", "60"]) as child:  # noqa: S607
        own = processes.mark(child.pid)
        assert own
        assert own.alive()
        assert not processes.Mark(child.pid, "another time").alive()
        child.kill()
        time.sleep(0.2)
        assert not own.alive(), "a zombie does not run"


def test_temporary_data_goes_also_when_its_starter_was_killed(folder, monkeypatch):
    monkeypatch.setenv("GIFTECONOMY_HOME", str(folder / "home"))
    code = "import time; print('up', flush=True); time.sleep(60)"
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "gifteconomy.embedded", "run", "--temporary", "--"]
    with subprocess.Popen(  # noqa: S603
        [*command, sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE
    ) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == b"up\n"
        [left] = (folder / "home" / "temporary").iterdir()
        killed.kill()
    assert list(processes.using(left, "postgres"))
    with places.temporary_folder():
        assert not left.exists()
    assert not list(processes.using(left, "postgres"))
