"""A year of any number of agencies, laid by statements over whole tables, in three states."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from agencies.models import Membership, User
from agencies.roles import Role
from config.database import as_owner
from cycles.calendar import Phase
from cycles.models import Window
from submissions.models import Block
from submissions.workflow import BlockState
from tests.bench import publics, record
from tests.worlds.bench import insert, on_desks

AXES, LINES = 10, 6
ACTS = 25
"""Acts of each agency in the record."""

ROWS_OF_SEAL = 1000


@contextmanager
def grown(agencies: int) -> Iterator[dict[str, Any]]:
    """Every line of so many agencies is on a desk and marked, a day into scoring; the record has
    the acts of all of them. Answers with what a process needs in order to work there.
    """
    with on_desks(agencies, AXES, LINES, timezone.now()) as cycle:
        scoring = Window.objects.get(cycle=cycle, phase=Phase.SCORING).opens_at
        record.fill(scoring - timedelta(days=90), agencies * ACTS, agencies * ACTS // ROWS_OF_SEAL)
        _appoint_heads()
        _analyze()
        yield {
            "database": connection.settings_dict["NAME"],
            "agencies": agencies,
            "cycle": cycle.pk,
            "at": (scoring + timedelta(days=1)).isoformat(),
        }


def _appoint_heads() -> None:
    """Give each agency a head, so that there is somebody to tell."""
    names = {"username": "'h' || a.id", "email": "'h' || a.id || '@example.org'"}
    insert(User, "agencies_agency a", {}, date_joined="now()", **names)
    insert(
        Membership, "agencies_agency a JOIN agencies_user u ON u.username = 'h' || a.id",
        {"role": Role.HEAD}, user_id="u.id", agency_id="a.id", role="%(role)s",
        valid_from="'2020-01-01T00:00Z'",
    )  # fmt: skip


def hand_in() -> None:
    """Hand every block in, so that nothing stands in the way of communicating."""
    Block.objects.update(state=BlockState.HANDED_IN)
    _analyze()


def publish(facts: dict[str, Any]) -> int:
    """Publish the year; answers with the edition."""
    at = datetime.fromisoformat(facts["at"])
    cycle = Window.objects.filter(cycle=facts["cycle"]).select_related("cycle")[0].cycle
    edition = publics.publish(cycle, at)
    _analyze()
    return int(edition.pk)


def _analyze() -> None:
    """Vacuum as the database does by itself in a year that is walked, not laid; and let backends do
    all their work themselves, so that their time can be read.
    """
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0")
