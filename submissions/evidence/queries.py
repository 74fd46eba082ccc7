"""What is shown for a line."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from agencies.statements import Statement, keys_slot
from submissions.models import Evidence

SHOWN: Statement[Evidence] = Statement(
    lambda: Evidence.objects.filter(answer__in=keys_slot("answers")).for_page()
)


def _lines_of_documents() -> Any:
    shown = Evidence.objects.filter(document__in=keys_slot("documents"), withdrawn_at=None)
    return shown.order_by().values_list("document").annotate(Count("answer", distinct=True))


LINES_OF_DOCUMENTS: Statement[Evidence] = Statement(_lines_of_documents)


def files_of_lines(keys: Iterable[int]) -> dict[int, list[Evidence]]:
    """Read what is shown for these lines, each file with its earlier versions; one query."""
    by_line: dict[int, list[Evidence]] = {}
    for shown in SHOWN.fetch(answers=list(keys)):
        by_line.setdefault(shown.answer_id, []).append(shown)
    return {key: _with_versions(rows) for key, rows in by_line.items()}


def files_of_line(key: int) -> list[Evidence]:
    """Read what is shown for a line, each file with its earlier versions and the number of its
    other lines; two queries.
    """
    live = files_of_lines([key]).get(key, [])
    if live:
        documents = [e.document_id for e in live]
        lines = dict(LINES_OF_DOCUMENTS.fetch_tuples(documents=documents))
        for e in live:
            e.other_lines = lines[e.document_id] - 1
    return live


def _with_versions(rows: Iterable[Evidence]) -> list[Evidence]:
    """Pick the live ones of rows of `for_page`, each with those it has replaced, newest first."""
    rows = list(rows)
    by_key = {e.pk: e for e in rows}
    live = [e for e in rows if e.withdrawn_at is None]
    for e in live:
        e.versions, earlier = [], by_key.get(e.replaces_id or 0)
        while earlier is not None:
            e.versions.append(earlier)
            earlier = by_key.get(earlier.replaces_id or 0)
    return live
