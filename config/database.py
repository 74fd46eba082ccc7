"""Two roles of one database: the owner migrates; the portal's own role works on rows and cannot
unwrite the ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import errors
from psycopg2.sql import SQL, Composable, Identifier, Literal


@contextmanager
def as_owner(alias: str = "default") -> Iterator[BaseDatabaseWrapper]:
    """Make this thread's connection the owner's within a `with` block."""
    if not settings.DATABASE_OWNER:
        raise ImproperlyConfigured(
            "Set DATABASE_OWNER_URL: the portal's own role may not change tables."
        )
    connection = connections[alias]
    own = connection.settings_dict
    connection.close()
    connection.settings_dict = {**own, **settings.DATABASE_OWNER}
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict = own


def fresh_database(name: str, alias: str = "default", *, like: str = "") -> None:
    """Drop the database of this name if there is one, make it anew with its tables, and use it from
    now on.

    `like` names one that nobody is connected to and that is copied with all its rows, in place of
    migrating again.
    """
    with as_owner(alias) as connection:
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            copied = SQL(" TEMPLATE {}").format(Identifier(like)) if like else SQL("")
            cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)) + copied)
    connections[alias].settings_dict["NAME"] = name
    if not like:
        call_command("migrate", database=alias, verbosity=0)


def grant(connection: BaseDatabaseWrapper) -> None:
    """Make the portal's role if it is missing and give it what it needs and no more; `connection`
    is the owner's.
    """
    own = settings.DATABASES[connection.alias]
    role, password = str(own["USER"]), own["PASSWORD"]
    if role == connection.settings_dict["USER"]:
        raise ImproperlyConfigured(
            f"DATABASE_URL and DATABASE_OWNER_URL must name two roles; both say {role}."
        )
    with connection.cursor() as cursor:

        def execute(statement: str, **names: Composable) -> None:
            cursor.execute(SQL(statement).format(role=Identifier(role), **names))

        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            try:
                execute("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
            except Exception as error:
                # roles belong to the whole cluster: another process, on another database of it, was
                # quicker
                if not isinstance(error.__cause__, errors.DuplicateObject | errors.UniqueViolation):
                    raise
        if password:
            execute("ALTER ROLE {role} PASSWORD {password}", password=Literal(password))
        database = Identifier(connection.settings_dict["NAME"])
        execute("GRANT CONNECT ON DATABASE {database} TO {role}", database=database)
        # a transaction left open would hold back the sealing of the ledger
        timeout = SQL("ALTER DATABASE {} SET idle_in_transaction_session_timeout = '5min'")
        cursor.execute(timeout.format(database))
        execute("GRANT USAGE ON SCHEMA public TO {role}")
        execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        tables = connection.introspection.table_names(cursor)
        for table in settings.APPEND_ONLY_TABLES:
            if table in tables:
                execute(
                    "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}",
                    table=Identifier(table),
                )
        if "django_migrations" in tables:
            execute(
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role}",
                table=Identifier("django_migrations"),
            )
