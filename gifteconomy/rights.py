"""What the app's role may do with the owner's tables.

The site runs as a role that owns nothing. It reads and writes rows, except where a model says
`append_only = True`: there it only adds them. Triggers guard those tables as well; a role that is
not the owner cannot switch the triggers off.
"""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

# Written by `migrate` alone.
READ_ONLY = frozenset({"django_migrations"})


def append_only_tables() -> set[str]:
    models: list[type[Model]] = list(apps.get_models(include_auto_created=True))
    return {model._meta.db_table for model in models if getattr(model, "append_only", False)}


def grant_rights(role: str) -> None:
    """Give `role` its rights on every table, in one transaction; run as the owner."""
    app = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {app}"),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}"),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(app=app))
        present = set(connection.introspection.table_names(cursor))
        for tables, taken in (
            (append_only_tables(), "UPDATE, DELETE, TRUNCATE"),
            (READ_ONLY, "INSERT, UPDATE, DELETE, TRUNCATE"),
        ):
            for table in sorted(tables & present):
                cursor.execute(
                    sql.SQL("REVOKE {taken} ON {table} FROM {app}").format(
                        taken=sql.SQL(taken), table=sql.Identifier(table), app=app
                    )
                )


def analyze() -> None:
    """Fresh statistics: plans that fitted empty tables make the first batches slow."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
