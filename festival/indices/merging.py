"""Merging published values into the register: added, filled in, or a revision that supersedes.

A stored year is never overwritten (docs/indices.md). Called by the acts, within their transaction
and lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from agencies.models import User
from cycles.workflow import Refused
from festival.indices.published_values import PublishedValue
from festival.models import Index, IndexEdition, IndexValue

State = IndexValue.State


@dataclass(frozen=True)
class EditionFacts:
    """What a source says of an edition. No label: the year itself.

    A `country_count` that differs from the stored one is a contradiction; `counted`, by year, only
    fills a gap.
    """

    label: str
    source: str
    published_on: date | None = None
    country_count: int | None = None
    counted: Mapping[int, int] = field(default_factory=dict)
    sha256: str = ""

    def edition_fields(self, year: int) -> dict[str, object]:
        """Return the fields of the edition of a year."""
        return {
            "label": self.label or str(year),
            "source": self.source,
            "published_on": self.published_on,
            "country_count": self.country_count or self.counted.get(year),
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class Comparison:
    """What a published value does to the stored one of its country and year, and the outcome."""

    kind: Literal["new", "same", "filled", "revised"]
    score: Decimal | None
    rank: int | None

    @property
    def state(self) -> str:
        return State.NOT_COVERED if self.score is None and self.rank is None else State.PUBLISHED


def compare_with_stored(stored: IndexValue | None, line: PublishedValue) -> Comparison:
    """Say whether a published value is new, the same, fills a gap, or revises the stored one.

    A source that is silent about the rank, or about the score, takes nothing away.
    """
    if stored is None:
        return Comparison("new", line.score, line.rank)
    if stored.state == State.NOT_COVERED or not line.is_covered:
        is_same = stored.state == State.NOT_COVERED and not line.is_covered
        return Comparison("same" if is_same else "revised", line.score, line.rank)
    score = stored.score if line.score is None else line.score
    rank = stored.rank if line.rank is None else line.rank
    if (score, rank) == (stored.score, stored.rank):
        return Comparison("same", score, rank)
    fills = stored.score in (None, score) and stored.rank in (None, rank)
    return Comparison("filled" if fills else "revised", score, rank)


def stored_values(index: Index) -> dict[tuple[int, str], IndexValue]:
    """Return the values in force of an index, by year and country; one query."""
    found = IndexValue.objects.current().filter(edition__index=index).select_related("edition")
    return {(value.edition.year, value.country): value for value in found}


@dataclass
class MergeResult:
    """What was written: values, and the years whose editions are new, completed or revised."""

    values: list[IndexValue] = field(default_factory=list)
    years: dict[str, list[int]] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, object]:
        """Return the result as the record keeps it."""
        return {"values": len(self.values), **self.years}


News = list[tuple[PublishedValue, Comparison]]


def merge(
    index: Index, lines: Iterable[PublishedValue], facts: EditionFacts, *, by: User, at: datetime
) -> MergeResult:
    """Merge a publisher's values into the register, year by year; refused when none is news."""
    stored = stored_values(index)
    editions = {e.year: e for e in IndexEdition.objects.current().filter(index=index)}
    entered = {"entered_by": by, "entered_at": at}
    result = MergeResult()
    new_values: list[IndexValue] = []
    for year, compared in sorted(_compared_by_year(stored, lines).items()):
        edition = editions.get(year)
        news = [(line, comparison) for line, comparison in compared if comparison.kind != "same"]
        if edition is None:
            if not news:
                continue
            kind = "new"
            edition = IndexEdition.objects.create(
                index=index, year=year, **facts.edition_fields(year), **entered
            )
        elif _is_revision(edition, facts, news):
            kind = "revised"
            edition = _revise(edition, facts.edition_fields(year), entered, news)
        elif news:
            kind = "completed"
            _complete(edition, facts)
            result.values += _fill(stored, news)
            news = [(line, comparison) for line, comparison in news if comparison.kind == "new"]
        else:
            continue
        result.years.setdefault(kind, []).append(year)
        new_values += _values(edition, news)

    if not result.years:
        raise Refused(_("The register already holds exactly this."))
    result.values += IndexValue.objects.bulk_create(new_values, batch_size=1000)
    return result


def _compared_by_year(
    stored: Mapping[tuple[int, str], IndexValue], lines: Iterable[PublishedValue]
) -> dict[int, News]:
    by_year: dict[int, News] = {}
    for line in lines:
        comparison = compare_with_stored(stored.get((line.year, line.country)), line)
        by_year.setdefault(line.year, []).append((line, comparison))
    return by_year


def _is_revision(edition: IndexEdition, facts: EditionFacts, news: News) -> bool:
    """Say whether the number of countries or any value contradicts the stored edition."""
    counts = edition.country_count, facts.country_count
    if None not in counts and counts[0] != counts[1]:
        return True
    return any(comparison.kind == "revised" for _line, comparison in news)


def _values(edition: IndexEdition, news: News) -> list[IndexValue]:
    return [
        IndexValue(
            edition=edition,
            country=line.country,
            score=comparison.score,
            rank=comparison.rank,
            state=comparison.state,
        )
        for line, comparison in news
    ]


def _revise(
    edition: IndexEdition, fields: Mapping[str, object], entered: Mapping[str, object], news: News
) -> IndexEdition:
    """Supersede the stored edition by a new one that takes over its unchanged values."""
    IndexEdition.objects.filter(pk=edition.pk).update(is_current=False)
    count = fields["country_count"] or edition.country_count
    revised = IndexEdition.objects.create(
        index=edition.index,
        year=edition.year,
        supersedes=edition,
        **{**fields, "country_count": count},
        **entered,
    )
    unchanged = IndexValue.objects.filter(edition=edition).exclude(
        country__in={line.country for line, _comparison in news}
    )
    copies = [
        IndexValue(edition=revised, country=v.country, score=v.score, rank=v.rank, state=v.state)
        for v in unchanged
    ]
    IndexValue.objects.bulk_create(copies, batch_size=1000)
    return revised


def _complete(edition: IndexEdition, facts: EditionFacts) -> None:
    """Fill an edition's empty fields; its day only from a source of the same label."""
    fields = facts.edition_fields(edition.year)
    names = ["sha256", "country_count"]
    if facts.label == edition.label:
        names.append("published_on")
    empty = [name for name in names if fields[name] and not getattr(edition, name)]
    for name in empty:
        setattr(edition, name, fields[name])
    if empty:
        edition.save(update_fields=empty)


def _fill(stored: Mapping[tuple[int, str], IndexValue], news: News) -> list[IndexValue]:
    """Write the score or the rank that stored values lacked."""
    filled = []
    for line, comparison in news:
        if comparison.kind == "filled":
            value = stored[line.year, line.country]
            value.score, value.rank = comparison.score, comparison.rank
            filled.append(value)
    IndexValue.objects.bulk_update(filled, ["score", "rank"], batch_size=1000)
    return filled
