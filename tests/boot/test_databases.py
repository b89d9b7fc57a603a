"""The tests' own ground: real servers, two roles, rights, and fresh databases."""

import asyncio
import os
import subprocess
import sys
import threading

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, connections

User = get_user_model()


def count_in_a_thread() -> int:
    counted: list[int] = []

    def count() -> None:
        counted.append(User.objects.count())
        connections.close_all()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    return counted[0]


def test_the_site_role_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FROM pg_class WHERE relowner = to_regrole(current_user)"
        )
        role, owned = cursor.fetchone()
    assert role == os.environ["DATABASE_APP_ROLE"]
    assert owned == 0


def test_the_site_role_cannot_empty_or_change_tables(db):
    for statement in ("TRUNCATE users_user", "DROP TABLE users_user", "CREATE TABLE t ()"):
        with (
            psycopg.connect(os.environ["DATABASE_URL"]) as own,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            own.execute(statement)


@pytest.mark.parametrize("attempt", [1, 2])
def test_db_rolls_back(db, attempt):
    assert User.objects.count() == 0
    User.objects.create_user("a@example.org", handle="alice")


@pytest.mark.parametrize("attempt", [1, 2])
def test_committed_db_is_fresh_and_seen_by_threads_and_processes(committed_db, attempt):
    assert User.objects.count() == 0
    assert cache.get("seen") is None
    User.objects.create_user("a@example.org", handle="alice")
    cache.set("seen", attempt)
    assert count_in_a_thread() == 1
    code = "from users.models import User; print('rows', User.objects.count())"
    other = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "shell", "-c", code], capture_output=True, text=True
    )
    assert "rows 1" in other.stdout, other.stderr


@pytest.mark.parametrize("attempt", [1, 2])
def test_committed_db_is_seen_by_async_code(committed_db, attempt):
    async def count() -> int:
        await User.objects.acreate(email="b@example.org", handle="berta")
        return await User.objects.acount()

    assert asyncio.run(count()) == 1


def test_the_owner_sees_what_was_committed_and_can_pass_triggers(committed_db, owner):
    User.objects.create_user("a@example.org", handle="alice")
    owner.execute("SET session_replication_role = replica")
    assert owner.execute("SELECT handle FROM users_user").fetchall() == [("alice",)]
    assert owner.info.dbname == committed_db


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("change", ["UPDATE {} SET name = 'x' || id", "DELETE FROM {}", ""])
def test_rows_of_the_template_are_put_back(committed_db, owner, change, attempt):
    names = owner.execute("SELECT name FROM auth_group ORDER BY id").fetchall()
    assert len(names) == Group.objects.count() > 3
    assert not [name for (name,) in names if name.startswith("x")]
    owner.execute("SET session_replication_role = replica")
    if change:
        owner.execute(change.format("auth_group"))
    else:
        owner.execute("INSERT INTO auth_group (name) VALUES ('xenon')")


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_database_is_put_back_also_after_every_connection_was_ended(committed_db, owner, attempt):
    assert User.objects.count() == 0
    User.objects.create_user("a@example.org", handle="alice")
    owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        [committed_db],
    )
