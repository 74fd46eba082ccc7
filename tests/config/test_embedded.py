"""The embedded servers and the two roles of the database, on the real ones."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction

from config import embedded
from config.database import as_owner, grant

pytestmark = pytest.mark.skipif(
    not settings.EMBEDDED_REDIS, reason="this run has servers of its own"
)


def test_a_second_start_does_nothing():
    embedded.ensure_postgres()
    embedded.ensure_valkey()

    assert embedded.ensure_postgres() is False
    assert embedded.ensure_valkey() is False


def test_processes_that_ask_at_once_all_get_an_answer():
    code = "from config import embedded; embedded.ensure_postgres(); embedded.ensure_valkey()"

    asking = [
        subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR) for _ in range(4)
    ]

    assert [process.wait(timeout=60) for process in asking] == [0, 0, 0, 0]


def test_socket_paths_stay_within_what_the_system_allows():
    sockets = embedded.socket_directory()

    assert len(str(sockets / ".s.PGSQL.5432")) < 100
    assert len(str(embedded.valkey_socket())) < 100


def test_nobody_else_can_enter_the_socket_directory():
    embedded.ensure_postgres()

    assert embedded.socket_directory().stat().st_mode & 0o077 == 0


def test_a_database_is_made_once_and_dropped_without_asking():
    name = f"{connection.settings_dict['NAME']}_made"

    embedded.create_database(name)
    embedded.create_database(name)
    embedded.drop_database(name)
    embedded.drop_database(name)


def test_the_cache_answers():
    cache.set("a", "۱")

    assert cache.get("a") == "۱"


@pytest.mark.django_db
def test_tests_run_as_the_portal_s_own_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")

        assert cursor.fetchone() == ("portal_app", False)


@pytest.mark.django_db
@pytest.mark.parametrize("table", settings.APPEND_ONLY_TABLES)
@pytest.mark.parametrize("statement", ("DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {}"))
def test_the_portal_s_role_cannot_unwrite_what_is_append_only(table, statement):
    assert table in connection.introspection.table_names()

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE agencies_user ADD COLUMN mine int",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "TRUNCATE agencies_user",
    ),
)
def test_the_portal_s_role_cannot_do_what_is_the_owner_s(statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_granting_again_changes_nothing():
    rights = (
        "SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges "
        "ORDER BY 1, 2, 3"
    )

    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute(rights)
        before = cursor.fetchall()
        grant(owned)
        cursor.execute(rights)

        assert cursor.fetchall() == before


@pytest.mark.django_db(transaction=True)
def test_as_owner_ends_as_the_portal_s_role():
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (embedded.OWNER,)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_app",)
