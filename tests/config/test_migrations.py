"""Migrating: a database of the version before comes over with its data, one that is older is refused."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clusters import another_server, connected, manage

DUMP = Path(__file__).with_name("data") / "before_one_migration_an_app.sql.gz"
"""Of revision eb754b5: three agencies in an open year, a signed self-assessment, and a record that is sealed."""

STATE = """
    SELECT (SELECT array_agg(app || '.' || name ORDER BY id) FROM django_migrations),
        (SELECT array_agg(table_name || '.' || column_name ORDER BY table_name, column_name)
         FROM information_schema.columns WHERE table_schema = 'public')
"""


@contextmanager
def server_of_the_version_before() -> Iterator[dict[str, str]]:
    """A server with a database that the dump was restored into; yields the environment of a portal beside it."""
    with another_server() as there:
        owner = there["DATABASE_OWNER_URL"]
        with connected(owner, "postgres") as cursor:
            cursor.execute("CREATE DATABASE portal")
        with connected(owner) as cursor:
            cursor.execute(gzip.decompress(DUMP.read_bytes()).decode())
        yield there


def test_a_database_of_the_version_before_migrates_with_its_data():
    with server_of_the_version_before() as there:
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(STATE)
            before = cursor.fetchone()

        manage("migrate", "-v0", env=there)
        manage("migrate", "--check", env=there)
        manage("makemigrations", "--check", "--dry-run", env=there)
        record = manage("verify_ledger", env=there)
        with connected(there["DATABASE_URL"]) as cursor:
            cursor.execute(
                "SELECT a.code, v.number, u.username, v.sha256 = encode(sha256(convert_to(v.content, 'UTF8')), 'hex') "
                "FROM submissions_version v JOIN submissions_submission s ON s.id = v.submission_id "
                "JOIN agencies_agency a ON a.id = s.agency_id JOIN agencies_user u ON u.id = v.made_by_id "
                "WHERE v.kind = 'signed'"
            )
            versions = cursor.fetchall()
            cursor.execute("SELECT count(*) FROM agencies_agency")
            agencies = cursor.fetchone()
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(STATE)
            after = cursor.fetchone()

    assert "16 rows and 1 seals hold; 0 rows wait" in record
    assert versions == [("MOE", 1, "head", True)]
    assert agencies == (3,)
    # by which the release before goes on working with it: nothing that it knows is gone
    assert set(before[0]) <= set(after[0])
    assert set(before[1]) <= set(after[1])
    assert set(after[0]) - set(before[0]) == {"cycles.0002_papers"}
    new = set(after[1]) - set(before[1])
    assert {column.partition(".")[0] for column in new} == {"cycles_paper"}


def test_an_older_database_is_refused_by_name_and_stays_as_it_is():
    with server_of_the_version_before() as there:
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(
                "DELETE FROM django_migrations WHERE (app, name) = ('cycles', '0018_register_changes')"
            )
            cursor.execute(STATE)
            before = cursor.fetchone()

        refusal = manage("migrate", env=there, ok=False)

        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(STATE)
            after = cursor.fetchone()

    assert (
        "This database lacks cycles.0018_register_changes. Migrate it with revision eb754b5"
        in refusal
    )
    assert after == before
