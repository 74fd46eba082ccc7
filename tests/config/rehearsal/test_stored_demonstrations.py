"""A demonstration that is built is kept, and served again as it was built."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from config.database import as_owner, fresh_database
from config.rehearsal import stored_demonstrations
from config.rehearsal.stored_demonstrations import Demonstration, lay_out, name_for, store

BUILT = Demonstration(datetime(2026, 6, 15, 10, tzinfo=UTC), "administrator, head-maj")


@pytest.fixture
def served(transactional_db, settings, tmp_path, monkeypatch):
    """An empty database in place of the demonstration's, and names that are no developer's."""
    own = connection.settings_dict["NAME"]
    settings.VAR = tmp_path
    monkeypatch.setattr(stored_demonstrations, "SERVED", f"{own}_served")
    monkeypatch.setattr(stored_demonstrations, "PREFIX", f"{own}_built_")
    fresh_database(stored_demonstrations.SERVED, like="template1")
    write("CREATE TABLE visit (number int)")
    yield
    drop(stored_demonstrations.SERVED, *stored_demonstrations._databases())
    connection.settings_dict["NAME"] = own


def drop(*names):
    with as_owner() as owned:
        owned.settings_dict["NAME"] = "postgres"
        with owned.cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def write(statement):
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute(statement)


def visits():
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM visit")
        return cursor.fetchone()[0]


def test_what_was_not_built_cannot_be_laid_out(served):
    assert lay_out(name_for("scoring", 8)) is None


def test_it_comes_back_as_it_was_built_whatever_was_done_meanwhile(served):
    name = name_for("scoring", 8)
    write("INSERT INTO visit VALUES (1)")
    store(name, BUILT)
    write("INSERT INTO visit VALUES (2)")

    found = lay_out(name)

    assert found == BUILT
    assert visits() == 1


def test_another_choice_or_other_code_is_another_demonstration(settings, tmp_path):
    names = {name_for("scoring", 8), name_for("scoring", 9), name_for("appeal", 8)}
    settings.BASE_DIR = tmp_path
    (tmp_path / "cycles").mkdir()
    (tmp_path / "cycles" / "rules.py").write_text("LIMIT = 1")
    first = name_for("scoring", 8)
    (tmp_path / "cycles" / "rules.py").write_text("LIMIT = 2")

    assert len(names | {first, name_for("scoring", 8)}) == 5


def test_those_of_older_code_make_room(served):
    old, new = name_for("older"), name_for("newer")
    store(old, BUILT)

    store(new, BUILT)

    assert lay_out(old) is None
    assert lay_out(new) == BUILT


def test_one_whose_database_was_dropped_is_built_again(served):
    name = name_for("scoring", 8)
    store(name, BUILT)
    drop(name)

    assert lay_out(name) is None
