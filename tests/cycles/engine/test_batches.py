"""Many rows written in one statement: what is kept is what the rows say, of every kind of field."""

from decimal import Decimal

import pytest
from django.utils import timezone

from cycles.engine import batches
from submissions.models import Answer
from tests.factories import build

pytestmark = pytest.mark.django_db

NAMES = (
    "value",
    "note",
    "claims_not_applicable",
    "outliers",
    "lacking",
    "prefilled_from",
    "updated_at",
    "updated_by",
)


def test_rows_keep_what_they_say_and_no_more(django_assert_num_queries):
    world = build("begun")
    first, second, other = Answer.objects.filter(submission=world.submission).order_by("pk")[:3]
    first.value, first.note, first.outliers = (
        Decimal("12.3456"),
        "نیمه‌تمام «\"'\\",
        ["history", "group"],
    )
    first.lacking, first.prefilled_from, first.updated_at, first.updated_by = (
        [],
        4,
        timezone.now(),
        world.staff,
    )
    second.value, second.note, second.claims_not_applicable = None, "مصداق ندارد", True
    first.strengths = other.note = "not written"

    with django_assert_num_queries(1):
        batches.write([first, second], NAMES)

    kept = {a.pk: a for a in Answer.objects.all()}
    for row in (first, second):
        assert [getattr(kept[row.pk], name) for name in NAMES] == [
            getattr(row, name) for name in NAMES
        ]
    assert (kept[first.pk].strengths, kept[other.pk].note) == ("", "")


def test_no_rows_take_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        batches.write([], NAMES)
