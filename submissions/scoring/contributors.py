"""Who had a part in the score of a line: marked it, reconciled its marks, verified it, gave or
signed its figure.

An appeal against the line is for somebody else.
"""

from collections.abc import Iterable

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agencies.models import User
from submissions.models import Mark, Reconciliation, StewardFigure, Verification

LINE, PERSON = "of_line", "of_person"


def _parts() -> list[QuerySet]:
    """Pair lines with people, for each part that can be had in a score."""
    sources = (
        (Mark, "answer_id", ("assessor_id", "block__assessor_id")),
        (Reconciliation, "line_id", ("proposed_by_id", "agreed_by_id")),
        (Verification, "line_id", ("assessor_id",)),
        (
            StewardFigure,
            "answer_id",
            ("entered_by_id", "stewardship__steward_id", "stewardship__supplied_by_id"),
        ),
    )
    found: list[QuerySet] = []
    for model, line, people in sources:
        for person in people:
            rows = model.objects.annotate(**{LINE: F(line), PERSON: F(person)})
            rows = rows.filter(**{f"{PERSON}__isnull": False}).order_by()
            found.append(rows.values_list(LINE, PERSON))
    return found


def of_lines(lines: Iterable[int]) -> dict[int, frozenset[int]]:
    """Find the people (keys) who had a part in each of these lines' scores; one query."""
    wanted = list(lines)
    first, *others = (part.filter(**{f"{LINE}__in": wanted}) for part in _parts())
    found: dict[int, set[int]] = {line: set() for line in wanted}
    for line, person in first.union(*others):
        found[line].add(person)
    return {line: frozenset(people) for line, people in found.items()}


def lines_of(user: User) -> QuerySet:
    """Find the lines (keys) in whose scores this person had a part, for a condition in SQL."""
    first, *others = (part.filter(**{PERSON: user.pk}).values_list(LINE) for part in _parts())
    return first.union(*others)


def giver(line: str) -> Coalesce:
    """Write in SQL who gave a line its score before any appeal and can say why: steward, verifier
    or assessor.
    """
    steward = StewardFigure.objects.filter(answer=OuterRef(line)).values("stewardship__steward")
    verifier = (
        Verification.objects.lowering().filter(line=OuterRef(line)).order_by().values("assessor")
    )
    first = (
        Mark.objects.filter(answer=OuterRef(line))
        .order_by("block__is_second", "pk")
        .values("block__assessor")
    )
    return Coalesce(Subquery(steward[:1]), Subquery(verifier[:1]), Subquery(first[:1]))
