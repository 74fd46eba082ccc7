"""Every act on the register of international indices (Article 83): what is followed, what was published, what is said.

A year once held is never overwritten: what another source adds is added, what it contradicts makes a revision that
supersedes the edition held (docs/indices.md).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from cycles.actions import perform
from cycles.workflow import Refused
from festival.countries import HOME, countries, rows
from festival.models import Index, IndexEdition, IndexReport, IndexValue, Recommendation, Region
from festival.publishers import Given
from festival.workflow import INDEX_REPORTS, INDICES, IndexReportState

State = IndexValue.State
YEARS = range(1300, 1500)
"""The Jalali years of which reports and recommendations may be."""


# --- What is followed -------------------------------------------------------------------------------------------------


@transaction.atomic
def load_register(*, by: User, at: datetime) -> list[Index]:
    """Begin an empty register with the table of `festival/data/`: indices, one region, the country's own values."""
    if Index.objects.exists():
        raise Refused(_("The register is not empty; the initial table begins an empty one."))
    regions = {
        row["code"]: Region.objects.create(**row | {"countries": row["countries"].split()})
        for row in rows("regions.csv")
    }
    agencies = {a.code: a for a in Agency.objects.filter(province=None)}
    begun = [_begin(row, position, regions, agencies) for position, row in enumerate(rows("indices.csv"), start=1)]
    known, made = {index.code: index for index in begun}, {"entered_by": by, "entered_at": at}
    typed = rows("index_values.csv")
    editions = IndexEdition.objects.bulk_create(
        IndexEdition(
            index=known[row["index"]],
            label=row["edition"],
            year=int(row["year"]),
            country_count=_whole(row["countries"]),
            source=row["source"],
            **made,
        )
        for row in typed
    )
    IndexValue.objects.bulk_create(
        IndexValue(
            edition=edition,
            country=HOME,
            score=Decimal(row["score"]) if row["score"] else None,
            rank=_whole(row["rank"]),
            state=row["state"],
        )
        for edition, row in zip(editions, typed, strict=True)
    )
    counted = Counter(edition.index_id for edition in editions)
    counts = {index.pk: {"editions": counted[index.pk]} for index in begun}
    perform(INDICES, begun, "load_register", by=by, at=at, each=counts)
    return begun


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _begin(
    row: Mapping[str, str], position: int, regions: Mapping[str, Region], agencies: Mapping[str, Agency]
) -> Index:
    said: dict[str, Any] = {name: text for name, text in row.items() if not name.startswith(("agencies", "vision"))}
    said |= {name: _whole(row[name]) for name in ("vision_rank", "vision_year")}
    index = Index.objects.create(**said, vision_region=regions.get(row["vision_region"]), position=position)
    index.agencies.set([agencies[code] for code in row["agencies"].split() if code in agencies])
    return index


@transaction.atomic
def save_index(
    index: Index | None, *, fields: Mapping[str, Any], agencies: Iterable[Agency], by: User, at: datetime
) -> Index:
    """Enter an index, or change what is known of one; its code never changes."""
    if index is None:
        if Index.objects.filter(code=fields["code"]).exists():
            raise Refused(_("There already is an index with this code."))
        index = Index(code=fields["code"])
    else:
        index = Index.objects.select_for_update(of=("self",)).get(pk=index.pk)
    said = {name: value for name, value in fields.items() if name != "code"}
    changed = sorted(name for name, value in said.items() if getattr(index, name) != value)
    for name, value in said.items():
        setattr(index, name, value)
    index.save()
    index.agencies.set(agencies)
    codes = sorted(a.code for a in agencies)
    perform(INDICES, [index], "save_index", by=by, at=at, changed=changed, agencies=codes)
    return index


@transaction.atomic
def save_region(region: Region | None, *, fields: Mapping[str, Any], by: User, at: datetime) -> Region:
    """Name a region, or change which countries belong to it; every comparison with it follows at once."""
    if unknown := sorted(set(fields["countries"]) - set(countries())):
        raise Refused(_("No country has these letters: %(codes)s.") % {"codes": ", ".join(unknown)})
    if region is None:
        if Region.objects.filter(code=fields["code"]).exists():
            raise Refused(_("There already is a region with this code."))
        region = Region(code=fields["code"])
    else:
        region = Region.objects.select_for_update().get(pk=region.pk)
    was = list(region.countries or [])
    for name, value in fields.items():
        if name != "code":
            setattr(region, name, value)
    region.save()
    added, removed = sorted(set(region.countries) - set(was)), sorted(set(was) - set(region.countries))
    perform(INDICES, [region], "save_region", by=by, at=at, added=added, removed=removed)
    return region


# --- What was published -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What is said of an edition; `country_count` as typed, `counted` as the file has it, where it names them all."""

    label: str
    source: str
    published_on: date | None = None
    country_count: int | None = None
    counted: Mapping[int, int] = field(default_factory=dict)
    sha256: str = ""


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


@transaction.atomic
def enter_edition(
    index: Index, *, year: int, facts: Facts, score: Decimal | None, rank: int | None, by: User, at: datetime
) -> IndexEdition:
    """Enter what a publisher says of the country in one year; neither score nor rank: it is not covered this year."""
    if rank is not None and facts.country_count is not None and rank > facts.country_count:
        raise Refused(_("The rank is beyond the number of countries."))
    index = Index.objects.select_for_update(of=("self",), no_key=True).get(pk=index.pk)
    taken = _take(index, [Given(0, HOME, year, score, rank)], facts, by=by, at=at)
    perform(INDICES, [index], "enter_edition", by=by, at=at, year=year, score=score, rank=rank, **taken.params)
    return IndexEdition.objects.current().get(index=index, year=year)


@transaction.atomic
def import_values(
    index: Index,
    lines: Callable[[], Sequence[Given]],
    *,
    facts: Facts,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[IndexValue]:
    """Take over a publisher's file; what is held already stays, what it contradicts is superseded.

    `lines` answers with what the file says; it comes from `intake`, which compares and stands above. `left_out` of its
    rows were wrong and knowingly not taken.
    """
    index = Index.objects.select_for_update(of=("self",), no_key=True).get(pk=index.pk)
    taken = _take(index, lines(), facts, by=by, at=at)
    said: dict[str, Any] = {"file": file_name, "sha256": sha256, **taken.params}
    said |= {"left_out": left_out} if left_out else {}
    perform(INDICES, [index], "import_values", by=by, at=at, **said)
    return taken.values


@dataclass
class _Taken:
    """What was written: values, and the years whose editions are new, completed or revised."""

    values: list[IndexValue] = field(default_factory=list)
    years: dict[str, list[int]] = field(default_factory=lambda: {"new": [], "completed": [], "revised": []})

    @property
    def params(self) -> dict[str, Any]:
        return {"values": len(self.values)} | {kind: years for kind, years in self.years.items() if years}


def _take(index: Index, given: Iterable[Given], facts: Facts, *, by: User, at: datetime) -> _Taken:
    held = held_values(index)
    editions = {e.year: e for e in IndexEdition.objects.current().filter(index=index)}
    by_year: dict[int, list[tuple[Given, Weighed]]] = {}
    for one in given:
        by_year.setdefault(one.year, []).append((one, weigh(held.get((one.year, one.country)), one)))
    taken, made = _Taken(), {"entered_by": by, "entered_at": at}
    for year, weighed in sorted(by_year.items()):
        edition, counted = editions.get(year), facts.country_count or facts.counted.get(year)
        recounted = edition is not None and facts.country_count not in (None, edition.country_count)
        recounted = recounted and edition is not None and edition.country_count is not None
        news = [(one, w) for one, w in weighed if w.kind != "same"]
        if not news and not recounted:
            continue
        said: dict[str, Any] = {"label": facts.label, "source": facts.source, "sha256": facts.sha256}
        said |= {"published_on": facts.published_on, "country_count": counted}
        if edition is None:
            taken.years["new"].append(year)
            edition = IndexEdition.objects.create(index=index, year=year, **said, **made)
        elif recounted or any(w.kind == "revised" for _one, w in news):
            taken.years["revised"].append(year)
            edition = _revise(edition, said | {"country_count": counted or edition.country_count}, made, news)
        else:
            taken.years["completed"].append(year)
            _complete(edition, said)
            filled = {one.country: w for one, w in news if w.kind == "filled"}
            for value in (held[year, country] for country in filled):
                value.score, value.rank = filled[value.country].score, filled[value.country].rank
                value.save(update_fields=["score", "rank"])
                taken.values.append(value)
            news = [(one, w) for one, w in news if w.kind == "new"]
        taken.values += _values(edition, news)
    if not any(taken.years.values()):
        raise Refused(_("The register already holds exactly this."))
    taken.values = IndexValue.objects.bulk_create([v for v in taken.values if v.pk is None], batch_size=1000) + [
        v for v in taken.values if v.pk is not None
    ]
    return taken


def _values(edition: IndexEdition, news: Iterable[tuple[Given, Weighed]]) -> list[IndexValue]:
    return [
        IndexValue(edition=edition, country=one.country, score=w.score, rank=w.rank, state=w.state) for one, w in news
    ]


def _revise(
    edition: IndexEdition, said: Mapping[str, Any], made: Mapping[str, Any], news: Iterable[tuple[Given, Weighed]]
) -> IndexEdition:
    """A new row in place of the one held, with all of its values that nothing new is said of."""
    IndexEdition.objects.filter(pk=edition.pk).update(is_current=False)
    revised = IndexEdition.objects.create(index=edition.index, year=edition.year, supersedes=edition, **said, **made)
    anew = {one.country for one, _w in news}
    kept = IndexValue.objects.filter(edition=edition).exclude(country__in=anew)
    IndexValue.objects.bulk_create(
        [IndexValue(edition=revised, country=v.country, score=v.score, rank=v.rank, state=v.state) for v in kept],
        batch_size=1000,
    )
    return revised


def _complete(edition: IndexEdition, said: Mapping[str, Any]) -> None:
    """Fill what was not known of an edition; what was, stays."""
    empty = [name for name in ("sha256", "published_on", "country_count") if said[name] and not getattr(edition, name)]
    for name in empty:
        setattr(edition, name, said[name])
    if empty:
        edition.save(update_fields=empty)


# --- What is said of it -----------------------------------------------------------------------------------------------


@transaction.atomic
def write_report(
    index: Index, agency: Agency, *, year: int, done: str, asked: str = "", by: User, at: datetime
) -> IndexReport:
    """Save the draft of a responsible agency's report on an index; one that was sent stays, and a new draft begins."""
    if not index.agencies.filter(pk=agency.pk).exists():
        raise Refused(_("%(agency)s does not answer for this index.") % {"agency": agency})
    _refuse_year(year)
    if not done.strip():
        raise Refused(_("Say what was done; that is the report."))
    said = {"done": done, "asked": asked, "written_by": by, "written_at": at}
    of: dict[str, Any] = {"index": index, "agency": agency, "year": year, "state": IndexReportState.DRAFT}
    report = IndexReport.objects.select_for_update(of=("self",)).filter(**of).first()
    report = report or IndexReport.objects.create(index=index, agency=agency, year=year, **said)
    perform(INDEX_REPORTS, [report], "write", by=by, at=at)
    IndexReport.objects.filter(pk=report.pk).update(**said)
    return IndexReport.objects.select_related("index", "agency").get(pk=report.pk)


@transaction.atomic
def send_report(report: IndexReport, *, by: User, at: datetime, note: str = "") -> IndexReport:
    """Sign an agency's report and send it; from then on everybody may read it."""
    if not report.index.agencies.filter(pk=report.agency_id).exists():
        raise Refused(_("%(agency)s does not answer for this index.") % {"agency": report.agency})
    facts: dict[str, Any] = {"signer": by, "year": report.year}
    [report] = perform(INDEX_REPORTS, [report], "send", by=by, at=at, note=note, **facts)
    return report


@transaction.atomic
def recommend(index: Index, *, year: int, text: str, by: User, at: datetime) -> Recommendation:
    """Add a version of what is recommended for the next plan; nothing is public before it is approved."""
    _refuse_year(year)
    index = Index.objects.select_for_update(of=("self",), no_key=True).get(pk=index.pk)
    last = Recommendation.objects.filter(index=index, year=year).order_by("-number").first()
    if not text.strip():
        raise Refused(_("Write the recommendation."))
    if last is not None and last.text == text:
        raise Refused(_("This is the text of the last version."))
    number = last.number + 1 if last else 1
    version = Recommendation.objects.create(
        index=index, year=year, number=number, text=text, written_by=by, written_at=at
    )
    perform(INDICES, [version], "recommend", by=by, at=at, index=index.code, year=year, version=number)
    return version


@transaction.atomic
def approve_recommendation(version: Recommendation, *, by: User, at: datetime, note: str = "") -> Recommendation:
    """Approve the last version of a recommendation, which everybody may read from then on."""
    version = Recommendation.objects.select_for_update(of=("self",)).select_related("index").get(pk=version.pk)
    if version.approved_at is not None:
        raise Refused(_("This version is approved already."))
    versions = Recommendation.objects.filter(index=version.index, year=version.year)
    if versions.aggregate(last=Max("number"))["last"] != version.number:
        raise Refused(_("There is a later version; approve that one."))
    facts: dict[str, Any] = {"index": version.index.code, "year": version.year, "version": version.number}
    perform(INDICES, [version], "approve_recommendation", by=by, at=at, note=note, **facts)
    version.approved_by, version.approved_at = by, at
    version.save(update_fields=["approved_by", "approved_at"])
    return version


def _refuse_year(year: int) -> None:
    if year not in YEARS:
        raise Refused(_("Enter a Jalali year between 1300 and 1499."))
