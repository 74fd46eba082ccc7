"""Every mark of a year as a file."""

from collections.abc import Iterator, Sequence

from django.db.models import OuterRef, Subquery

from cycles.models import Cycle
from submissions.models import Mark, Score

MARKS_AT_ONCE = 2000


_OF_MARK = (
    "block__agency__code",
    "block__agency__name_fa",
    "block__agency__name_en",
    "block__axis__code",
    "answer__measure__code",
    "answer__measure__title_fa",
    "answer__measure__title_en",
    "answer__value",
    "answer__measure__points",
    "block__is_second",
    "block__assessor__username",
    "points",
    "is_not_applicable",
    "reason",
    "marked_at",
    "block__state",
    "agreed_basis",
    "agreed_state",
    "agreed_points",
)


MARK_COLUMNS = (
    "agency",
    "name_fa",
    "name_en",
    "axis",
    "measure",
    "title_fa",
    "title_en",
    "value",
    "ceiling",
    "reading",
    "assessor",
    "points",
    "not_applicable",
    "reason",
    "marked_at",
    "block_state",
    "score_basis",
    "score_state",
    "score_points",
)
"""The columns of the file; the same in both languages, so that a program finds them."""


def marks(cycle: Cycle) -> Iterator[Sequence[object]]:
    """Give the heading, then every mark of a cycle with the score that holds; one query, a few
    thousand rows at a time.
    """
    current = Score.objects.filter(answer=OuterRef("answer"), is_current=True).exclude(
        basis=Score.Basis.SELF
    )
    rows = Mark.objects.filter(block__cycle=cycle).annotate(
        **{
            f"agreed_{name}": Subquery(current.values(name)[:1])
            for name in ("basis", "state", "points")
        }
    )
    yield MARK_COLUMNS
    ordered = rows.order_by(
        "block__agency__code", "block__axis", "answer", "block__is_second", "pk"
    )
    for row in ordered.values_list(*_OF_MARK).iterator(chunk_size=MARKS_AT_ONCE):
        mark = dict(zip(MARK_COLUMNS, row, strict=True))
        mark["reading"] = 2 if mark["reading"] else 1
        mark["not_applicable"] = int(mark["not_applicable"])
        mark["marked_at"] = mark["marked_at"].isoformat()
        yield list(mark.values())
