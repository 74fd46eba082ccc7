"""What holds of an index, and how what is said of it is taken in: added, filled in, or a revision
that supersedes.

A year once held is never overwritten (docs/indices.md). Called by the acts, within their
transaction and lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from agencies.models import User
from cycles.workflow import Refused
from festival.indices.publishers import Given
from festival.models import Index, IndexEdition, IndexValue

State = IndexValue.State


@dataclass(frozen=True)
class Facts:
    """What is said of an edition. No label: the year itself.

    A `country_count` that differs from the one held is a contradiction; `counted`, by year, only
    fills a gap.
    """

    label: str
    source: str
    published_on: date | None = None
    country_count: int | None = None
    counted: Mapping[int, int] = field(default_factory=dict)
    sha256: str = ""

    def of(self, year: int) -> dict[str, Any]:
        """The fields of the edition of a year."""
        return {
            "label": self.label or str(year),
            "source": self.source,
            "published_on": self.published_on,
            "country_count": self.country_count or self.counted.get(year),
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class Weighed:
    """What something said does to what is held of a country and year, and what then holds."""

    kind: Literal["new", "same", "filled", "revised"]
    score: Decimal | None
    rank: int | None

    @property
    def state(self) -> str:
        return State.NOT_COVERED if self.score is None and self.rank is None else State.PUBLISHED


def weigh(held: IndexValue | None, given: Given) -> Weighed:
    """Something new, the same, what was not known before, or a contradiction, which is a revision.

    A source that is silent about the rank, or about the score, takes nothing away.
    """
    if held is None:
        return Weighed("new", given.score, given.rank)
    if held.state == State.NOT_COVERED or not given.is_covered:
        same = held.state == State.NOT_COVERED and not given.is_covered
        return Weighed("same" if same else "revised", given.score, given.rank)
    score = held.score if given.score is None else given.score
    rank = held.rank if given.rank is None else given.rank
    if (score, rank) == (held.score, held.rank):
        return Weighed("same", score, rank)
    kept = held.score in (None, score) and held.rank in (None, rank)
    return Weighed("filled" if kept else "revised", score, rank)


def held_values(index: Index) -> dict[tuple[int, str], IndexValue]:
    """What holds of an index now, by year and country; one query."""
    found = IndexValue.objects.current().filter(edition__index=index).select_related("edition")
    return {(value.edition.year, value.country): value for value in found}


@dataclass
class Taken:
    """What was written: values, and the years whose editions are new, completed or revised."""

    values: list[IndexValue] = field(default_factory=list)
    years: dict[str, list[int]] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        """As it stands in the record."""
        return {"values": len(self.values), **self.years}


News = list[tuple[Given, Weighed]]


def take(index: Index, given: Iterable[Given], facts: Facts, *, by: User, at: datetime) -> Taken:
    """Take in what is said, year by year; refuses when nothing of it is news."""
    held = held_values(index)
    editions = {e.year: e for e in IndexEdition.objects.current().filter(index=index)}
    by_year: dict[int, News] = {}
    for one in given:
        by_year.setdefault(one.year, []).append(
            (one, weigh(held.get((one.year, one.country)), one))
        )
    taken, made = Taken(), {"entered_by": by, "entered_at": at}
    fresh: list[IndexValue] = []
    for year, weighed in sorted(by_year.items()):
        edition, news = editions.get(year), [(one, w) for one, w in weighed if w.kind != "same"]
        recounted = edition is not None and _contradicts(edition.country_count, facts.country_count)
        if not news and not recounted:
            continue
        if edition is None:
            kind, edition = (
                "new",
                IndexEdition.objects.create(index=index, year=year, **facts.of(year), **made),
            )
        elif recounted or any(w.kind == "revised" for _one, w in news):
            kind, edition = "revised", _revise(edition, facts.of(year), made, news)
        else:
            kind = "completed"
            _complete(edition, facts)
            taken.values += _fill(held, news)
            news = [(one, w) for one, w in news if w.kind == "new"]
        taken.years.setdefault(kind, []).append(year)
        fresh += _values(edition, news)
    if not taken.years:
        raise Refused(_("The register already holds exactly this."))
    taken.values += IndexValue.objects.bulk_create(fresh, batch_size=1000)
    return taken


def _contradicts(held: int | None, said: int | None) -> bool:
    return None not in (held, said) and held != said


def _values(edition: IndexEdition, news: News) -> list[IndexValue]:
    return [
        IndexValue(edition=edition, country=one.country, score=w.score, rank=w.rank, state=w.state)
        for one, w in news
    ]


def _revise(
    edition: IndexEdition, said: Mapping[str, Any], made: Mapping[str, Any], news: News
) -> IndexEdition:
    """A new row in place of the one held, with all of its values that nothing new is said of."""
    IndexEdition.objects.filter(pk=edition.pk).update(is_current=False)
    said = {**said, "country_count": said["country_count"] or edition.country_count}
    revised = IndexEdition.objects.create(
        index=edition.index, year=edition.year, supersedes=edition, **said, **made
    )
    kept = IndexValue.objects.filter(edition=edition).exclude(
        country__in={one.country for one, _w in news}
    )
    IndexValue.objects.bulk_create(
        [
            IndexValue(
                edition=revised, country=v.country, score=v.score, rank=v.rank, state=v.state
            )
            for v in kept
        ],
        batch_size=1000,
    )
    return revised


def _complete(edition: IndexEdition, facts: Facts) -> None:
    """Fill what was not known of an edition; when it came out is said only by a source of the same
    label.
    """
    said = facts.of(edition.year)
    names = ["sha256", "country_count", *(["published_on"] if facts.label == edition.label else [])]
    empty = [name for name in names if said[name] and not getattr(edition, name)]
    for name in empty:
        setattr(edition, name, said[name])
    if empty:
        edition.save(update_fields=empty)


def _fill(held: Mapping[tuple[int, str], IndexValue], news: News) -> list[IndexValue]:
    """Write the score or the rank that was not known of values held."""
    filled = []
    for one, weighed in news:
        if weighed.kind == "filled":
            value = held[one.year, one.country]
            value.score, value.rank = weighed.score, weighed.rank
            filled.append(value)
    IndexValue.objects.bulk_update(filled, ["score", "rank"], batch_size=1000)
    return filled
