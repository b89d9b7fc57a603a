"""The databases that production refuses to serve."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import django.db
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured


def database_problems() -> Iterator[str]:
    """The sentences about a production's database. Called with a connection to it."""
    tables = get_user_model()._meta.db_table
    with django.db.connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE relname = %s),"
            " count(*) FILTER (WHERE pg_has_role(current_user, relowner, 'USAGE'))"
            " FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
            [tables],
        )
        migrated, owned = cursor.fetchone()
    if not migrated:
        yield "The database has no tables: run migrate with DATABASE_OWNER_URL in DATABASE_URL."
        return
    if owned:
        yield (
            "The site connects as the owner of the tables and could change what is append-only:"
            " DATABASE_URL must name a role that owns nothing (DATABASE_APP_ROLE)."
        )
    if get_user_model().objects.filter(is_demo=True).exists():
        yield "The database holds demo accounts, which sign in without a password."


def check_database() -> None:
    """Called when the site is loaded. Does nothing outside production."""
    if not settings.PRODUCTION:
        return

    def ask() -> list[str]:
        try:
            return list(database_problems())
        except django.db.OperationalError as error:
            return [f"The database does not answer: {str(error).splitlines()[0]}"]
        finally:
            django.db.connection.close()

    # In a thread of its own: some servers load the site inside their event loop.
    with ThreadPoolExecutor(max_workers=1) as executor:
        problems = executor.submit(ask).result()
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
