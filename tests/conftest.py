"""Databases for tests, on a real PostgreSQL and as the role that the site uses.

`db` rolls back. `committed_db` is for what commits, uses threads or other processes: a database as
it was made and an empty Valkey. `owner` is a connection of the tables' owner, to plant damage.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from psycopg import sql

from tests.environment import run_prefix, with_path, worker_database

CHECKOUT = Path(__file__).resolve().parent.parent
VALKEY_MARK = "gifteconomy:tests"


def owner_url(database: str) -> str:
    return with_path(os.environ["DATABASE_OWNER_URL"], database)


def as_maintainer() -> psycopg.Connection:
    """The owner, beside the databases that come and go."""
    return psycopg.connect(owner_url("postgres"), autocommit=True)


def pytest_sessionstart(session: pytest.Session) -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as valkey:
        if valkey.dbsize() and not valkey.exists(VALKEY_MARK):
            pytest.exit("This database of REDIS_URL holds data that tests would delete.", 1)
        valkey.set(VALKEY_MARK, 1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    for owner in _owners.values():
        owner.close()
    if hasattr(session.config, "workerinput"):
        return
    connections.close_all()
    with as_maintainer() as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [run_prefix()]
        ).fetchall()
        for (name,) in names:
            drop_database(connection, name)


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Drop it when those who leave have left; whoever stays is disconnected."""
    if kept := _owners.pop(name, None):
        kept.close()
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        connection.execute(drop)
    except psycopg.errors.ObjectInUse:
        connection.execute(drop + sql.SQL(" WITH (FORCE)"))


def create_database(connection: psycopg.Connection, name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def migrate(database: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": owner_url(database)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.exit(f"migrate failed:\n{done.stdout}{done.stderr}", 1)


@pytest.fixture(scope="session")
def template_database() -> str:
    """The migrated and otherwise empty database of this run; the first worker makes it."""
    name = f"{run_prefix()}_template"
    with as_maintainer() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not found.fetchone():
            create_database(connection, name, "template0")
            migrate(name)
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, template_database: str) -> Iterator[None]:
    """pytest-django's hook: `default` is this worker's copy of the template, as the app's role."""
    with as_maintainer() as connection:
        create_database(connection, worker_database(), template_database)
    yield
    connections.close_all()
    with as_maintainer() as connection:
        drop_database(connection, worker_database())


def use_database(name: str) -> None:
    """Point this process, its other threads and the processes that it starts at a database."""
    close_connections()
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = with_path(os.environ[variable], name)


def close_connections() -> None:
    """Those of this thread, and those of the thread in which async code runs the ORM."""
    connections.close_all()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


def empty_valkey() -> None:
    for cache in caches.all(initialized_only=True):
        cache.close()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as valkey:
        valkey.flushdb()
        valkey.set(VALKEY_MARK, 1)


@pytest.fixture
def copied_database(template_database: str) -> str:
    """What `committed_db` starts as; a module that wants another one overrides it."""
    return template_database


@pytest.fixture
def committed_db(
    django_db_setup, template_database, copied_database, django_db_blocker, request
) -> Iterator[str]:
    """A database whose changes are real, and an empty Valkey; yields the database's name.

    `settings`, every thread and `os.environ` (for child processes) name it while the test runs.
    """
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("Use db or committed_db, not both: db rolls back.")
    keeper = (
        request.getfixturevalue("site_keeper") if "site_keeper" in request.fixturenames else None
    )
    # What is not the template cannot be put back to it.
    once = copied_database != template_database
    name = f"{worker_database()}_{'once' if once else 'live' if keeper else 'committed'}"
    if once:
        with as_maintainer() as connection:
            drop_database(connection, name)
            create_database(connection, name, copied_database)
    else:
        put_back(name, template_database, alone=keeper is None)
    empty_valkey()
    use_database(name)
    with django_db_blocker.unblock():
        yield name
    use_database(worker_database())
    empty_valkey()
    # The owner can change more than rows.
    if once or ("owner" in request.fixturenames and shape(name) != _made[name]):
        if keeper:
            keeper.end()
        _made.pop(name, None)
        _versions.pop(name, None)
        with as_maintainer() as connection:
            drop_database(connection, name)


# What the template holds, by table, in COPY's binary format.
_first_rows: dict[str, bytes] = {}
# The databases that are kept, with their shape.
_made: dict[str, str] = {}


def put_back(name: str, template: str, *, alone: bool) -> None:
    """Make a database, or give it back its first rows; `alone` ends who is still connected to it.

    Much faster than a new database. Numbers go on from where they are, so that what a site that
    stays connected remembers of a row is of no later one.
    """
    if name not in _made:
        with as_maintainer() as connection:
            create_database(connection, name, template)
        _made[name] = shape(name)
        if not _first_rows:
            _read_first_rows(name)
        return
    owner = kept_owner(name)
    with owner.transaction():
        if alone:
            owner.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'",
                [name],
            )
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))
            for table, content in _first_rows.items()
            if not content
        )
        filled = [table for (table,) in owner.execute(asked, prepare=True)]
        changed = {table for table in _first_rows if _first_rows[table]} - unchanged(owner, name)
        for table in [*filled, *changed]:
            owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table in changed:
            copy = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
            with owner.cursor().copy(copy) as rows:
                rows.write(_first_rows[table])
        _versions[name] = versions(owner)


# Connections of the tables' owner, kept from test to test: most of the time went into what a new
# one has to learn of a hundred tables.
_owners: dict[str, psycopg.Connection] = {}
# Of each kept database: how many rows the template's tables have, and who wrote them.
_versions: dict[str, dict[str, tuple[int, int]]] = {}


def kept_owner(name: str) -> psycopg.Connection:
    """Another one when the last was ended, as by a test that kills the server's processes."""
    if name in _owners:
        with suppress(psycopg.OperationalError):
            _owners[name].execute("SELECT 1")
            return _owners[name]
        _owners.pop(name).close()
    owner = _owners[name] = psycopg.connect(owner_url(name), autocommit=True)
    owner.execute("SET session_replication_role = replica")
    return owner


def versions(owner: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """By table: a number that every row that is written, changed or removed changes."""
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, count(*), sum(xmin::text::bigint)::bigint FROM {}").format(
            table, sql.Identifier(table)
        )
        for table, content in _first_rows.items()
        if content
    )
    return {table: (rows, written) for table, rows, written in owner.execute(asked, prepare=True)}


def unchanged(owner: psycopg.Connection, name: str) -> set[str]:
    """The template's tables that are as they were left here the last time."""
    before = _versions.get(name, {})
    return {table for table, version in versions(owner).items() if before.get(table) == version}


def shape(name: str) -> str:
    """Another one as soon as a table, column, index, constraint, trigger or function is."""
    catalogs = {"pg_class": "oid", "pg_attribute": "attrelid", "pg_index": "indexrelid"}
    catalogs |= dict.fromkeys(("pg_constraint", "pg_trigger", "pg_proc"), "oid")
    # Numbers below 16384 are PostgreSQL's own.
    rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {key}, xmin::text AS made FROM {catalog} WHERE {key} >= 16384").format(
            catalog=sql.Identifier(catalog), key=sql.Identifier(key)
        )
        for catalog, key in catalogs.items()
    )
    asked = sql.SQL("SELECT md5(string_agg(oid || made, ' ' ORDER BY oid, made)) FROM ({}) AS _")
    with psycopg.connect(owner_url(name)) as owner:
        return owner.execute(asked.format(rows)).fetchone()[0]


def _read_first_rows(name: str) -> None:
    with psycopg.connect(owner_url(name)) as owner:
        tables = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        for (table,) in tables:
            named = sql.Identifier(table)
            some = owner.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(named))
            _first_rows[table] = b""
            if some.fetchone()[0]:
                copy = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(named)
                with owner.cursor().copy(copy) as rows:
                    _first_rows[table] = b"".join(rows)


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """The tables' owner in the test's database. It sees what is committed: use committed_db.

    `SET session_replication_role = replica` lets it change what triggers protect.
    """
    if "committed_db" in request.fixturenames:
        request.getfixturevalue("committed_db")
    else:
        request.getfixturevalue("django_db_setup")
    name = connections.settings["default"]["NAME"]
    with psycopg.connect(owner_url(name), autocommit=True) as connection:
        yield connection
