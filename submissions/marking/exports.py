"""Every mark of a year as a file."""

from collections.abc import Iterator, Sequence

from django.db.models import Case, FilteredRelation, IntegerField, Q, When

from cycles.models import Cycle
from submissions.models import Mark, Score

MARKS_AT_ONCE = 2000

COLUMNS = {
    "agency": "block__agency__code",
    "name_fa": "block__agency__name_fa",
    "name_en": "block__agency__name_en",
    "axis": "block__axis__code",
    "measure": "answer__measure__code",
    "title_fa": "answer__measure__title_fa",
    "title_en": "answer__measure__title_en",
    "value": "answer__value",
    "ceiling": "answer__measure__points",
    "reading": "reading",
    "assessor": "block__assessor__username",
    "points": "points",
    "not_applicable": "not_applicable",
    "reason": "reason",
    "marked_at": "marked_at",
    "block_state": "block__state",
    "score_basis": "agreed__basis",
    "score_state": "agreed__state",
    "score_points": "agreed__points",
}
"""The columns of the file, the same in both languages, so that a program finds them; and what
stands in each.
"""


def marks(cycle: Cycle) -> Iterator[Sequence[object]]:
    """Give the heading, then every mark of a cycle with the score that holds; one query, a few
    thousand rows at a time.
    """
    holding = Q(
        answer__scores__is_current=True,
        answer__scores__basis__in=[b for b in Score.Basis if b != Score.Basis.SELF],
    )
    rows = Mark.objects.filter(block__cycle=cycle).annotate(
        agreed=FilteredRelation("answer__scores", condition=holding),
        reading=_number(2, 1, block__is_second=True),
        not_applicable=_number(1, 0, is_not_applicable=True),
    )
    ordered = rows.order_by(
        "block__agency__code", "block__axis", "answer", "block__is_second", "pk"
    )
    yield tuple(COLUMNS)
    yield from ordered.values_list(*COLUMNS.values()).iterator(chunk_size=MARKS_AT_ONCE)


def _number(if_true: int, if_false: int, **condition: bool) -> Case:
    return Case(When(**condition, then=if_true), default=if_false, output_field=IntegerField())
