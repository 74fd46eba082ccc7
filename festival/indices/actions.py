"""Every act on the register of international indices (Article 83): what is followed, published,
said of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Agency, User
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.spreadsheets.csv_tables import read_rows
from cycles.workflow import Refused
from festival.countries import DATA, HOME, countries
from festival.indices.merging import EditionFacts, merge
from festival.indices.published_values import PublishedValue
from festival.models import Index, IndexEdition, IndexReport, IndexValue, Recommendation, Region
from festival.workflow import INDEX_REPORTS, INDICES, IndexReportState

YEARS = range(1300, 1500)
"""The Jalali years of which reports and recommendations may be."""


# --- What is followed ---------------------------------------------------------------------------


@transaction.atomic
def load_register(*, by: User, at: datetime) -> list[Index]:
    """Begin an empty register with the table of `festival/data/`: indices, one region, the
    country's own values.
    """
    if Index.objects.exists():
        raise Refused(_("The register is not empty; the initial table begins an empty one."))
    regions = {
        row["code"]: Region.objects.create(**row | {"countries": row["countries"].split()})
        for row in read_rows(DATA / "regions.csv")
    }
    agencies = {a.code: a for a in Agency.objects.filter(province=None)}
    begun = [
        _begin(row, position, regions, agencies)
        for position, row in enumerate(read_rows(DATA / "indices.csv"), start=1)
    ]
    known, made = {index.code: index for index in begun}, {"entered_by": by, "entered_at": at}
    typed = read_rows(DATA / "index_values.csv")
    editions = IndexEdition.objects.bulk_create(
        IndexEdition(
            index=known[row["index"]],
            label=row["edition"],
            year=int(row["year"]),
            country_count=_number_or_none(row["countries"]),
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
            rank=_number_or_none(row["rank"]),
            state=row["state"],
        )
        for edition, row in zip(editions, typed, strict=True)
    )
    counted = Counter(edition.index_id for edition in editions)
    counts = {index.pk: {"editions": counted[index.pk]} for index in begun}
    perform(INDICES, begun, "load_register", by=by, at=at, params_by_pk=counts)
    return begun


def _number_or_none(text: str) -> int | None:
    return int(text) if text else None


def _begin(
    row: Mapping[str, str],
    position: int,
    regions: Mapping[str, Region],
    agencies: Mapping[str, Agency],
) -> Index:
    texts = {
        name: text for name, text in row.items() if not name.startswith(("agencies", "vision"))
    }
    index = Index.objects.create(
        **texts,
        vision_rank=_number_or_none(row["vision_rank"]),
        vision_year=_number_or_none(row["vision_year"]),
        vision_region=regions.get(row["vision_region"]),
        position=position,
    )
    index.agencies.set([agencies[code] for code in row["agencies"].split() if code in agencies])
    return index


@transaction.atomic
def save_index(
    index: Index | None,
    *,
    fields: Mapping[str, object],
    agencies: Iterable[Agency],
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Index:
    """Enter an index, or change what is known of one; its code never changes."""
    if index is None:
        code = str(fields["code"])
        if Index.objects.filter(code=code).exists():
            raise Refused(_("There already is an index with this code."))
        index = Index(code=code)
    else:
        index = locked(Index.objects.all(), with_keys=True).get(pk=index.pk)
    if seen is not None:
        seen.check()
    values = {name: value for name, value in fields.items() if name != "code"}
    changed = sorted(name for name, value in values.items() if getattr(index, name) != value)
    for name, value in values.items():
        setattr(index, name, value)
    index.save()
    index.agencies.set(agencies)
    codes = sorted(a.code for a in agencies)
    perform(INDICES, [index], "save_index", by=by, at=at, changed=changed, agencies=codes)
    return index


@transaction.atomic
def save_region(
    region: Region | None,
    *,
    fields: Mapping[str, Any],
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Region:
    """Name a region, or change which countries belong to it; every comparison with it follows at
    once.
    """
    if unknown := sorted(set(fields["countries"]) - set(countries())):
        raise Refused(_("No country has these letters: %(codes)s.") % {"codes": ", ".join(unknown)})
    if region is None:
        if Region.objects.filter(code=fields["code"]).exists():
            raise Refused(_("There already is a region with this code."))
        region = Region(code=fields["code"])
    else:
        region = locked(Region.objects.all(), with_keys=True).get(pk=region.pk)
    if seen is not None:
        seen.check()
    was = list(region.countries or [])
    for name, value in fields.items():
        if name != "code":
            setattr(region, name, value)
    region.save()
    added, removed = (
        sorted(set(region.countries) - set(was)),
        sorted(set(was) - set(region.countries)),
    )
    perform(INDICES, [region], "save_region", by=by, at=at, added=added, removed=removed)
    return region


# --- What was published -------------------------------------------------------------------------


@transaction.atomic
def enter_edition(
    index: Index,
    *,
    year: int,
    facts: EditionFacts,
    score: Decimal | None,
    rank: int | None,
    by: User,
    at: datetime,
) -> IndexEdition:
    """Enter what a publisher says of the country in one year; neither score nor rank: it is not
    covered this year.
    """
    if rank is not None and facts.country_count is not None and rank > facts.country_count:
        raise Refused(_("The rank is beyond the number of countries."))
    index = locked(Index.objects.all()).get(pk=index.pk)
    value = PublishedValue(row=0, country=HOME, year=year, score=score, rank=rank)
    result = merge(index, [value], facts, by=by, at=at)
    perform(
        INDICES,
        [index],
        "enter_edition",
        by=by,
        at=at,
        year=year,
        score=score,
        rank=rank,
        params_by_pk={index.pk: result.params},
    )
    return IndexEdition.objects.current().get(index=index, year=year)


@transaction.atomic
def import_values(
    index: Index,
    lines: Callable[[], Sequence[PublishedValue]],
    *,
    facts: EditionFacts,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[IndexValue]:
    """Take over a publisher's file; what is held already stays, what it contradicts is superseded.

    `lines` answers with what the file says; it comes from `import_check`, which compares and
    stands above. `left_out` of its rows were wrong and knowingly not taken.
    """
    index = locked(Index.objects.all()).get(pk=index.pk)
    result = merge(index, lines(), facts, by=by, at=at)
    params: dict[str, object] = {"file": file_name, "sha256": sha256, **result.params}
    if left_out:
        params["left_out"] = left_out
    perform(INDICES, [index], "import_values", by=by, at=at, params_by_pk={index.pk: params})
    return result.values


# --- What is said of it -------------------------------------------------------------------------


@transaction.atomic
def write_report(
    index: Index,
    agency: Agency,
    *,
    year: int,
    done: str,
    asked: str = "",
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> IndexReport:
    """Save the draft of a responsible agency's report on an index; one that was sent stays, and a
    new draft begins.
    """
    if not index.agencies.filter(pk=agency.pk).exists():
        raise Refused(_("%(agency)s does not answer for this index.") % {"agency": agency})
    _refuse_year(year)
    locked(Index.objects.all()).get(pk=index.pk)  # two colleagues begin one draft
    if not done.strip():
        raise Refused(_("Say what was done; that is the report."))
    if seen is not None:
        seen.check()
    texts = {"done": done, "asked": asked, "written_by": by, "written_at": at}
    drafts = IndexReport.objects.filter(
        index=index, agency=agency, year=year, state=IndexReportState.DRAFT
    )
    report = locked(drafts, with_keys=True).first()
    report = report or IndexReport.objects.create(index=index, agency=agency, year=year, **texts)
    perform(INDEX_REPORTS, [report], "write", by=by, at=at)
    IndexReport.objects.filter(pk=report.pk).update(**texts)
    return IndexReport.objects.select_related("index", "agency").get(pk=report.pk)


@transaction.atomic
def send_report(
    report: IndexReport, *, by: User, at: datetime, note: str = "", seen: Seen | None = None
) -> IndexReport:
    """Sign an agency's report and send it; from then on everybody may read it."""
    if not report.index.agencies.filter(pk=report.agency_id).exists():
        raise Refused(_("%(agency)s does not answer for this index.") % {"agency": report.agency})
    [report] = perform(
        INDEX_REPORTS,
        [report],
        "send",
        by=by,
        at=at,
        note=note,
        seen=seen,
        signer=by,
        year=report.year,
    )
    return report


@transaction.atomic
def recommend(
    index: Index, *, year: int, text: str, by: User, at: datetime, seen: Seen | None = None
) -> Recommendation:
    """Add a version of what is recommended for the next plan; nothing is public before it is
    approved.
    """
    _refuse_year(year)
    index = locked(Index.objects.all()).get(pk=index.pk)
    if seen is not None:
        seen.check()
    last = Recommendation.objects.filter(index=index, year=year).order_by("-number").first()
    if not text.strip():
        raise Refused(_("Write the recommendation."))
    if last is not None and last.text == text:
        raise Refused(_("This is the text of the last version."))
    number = last.number + 1 if last else 1
    version = Recommendation.objects.create(
        index=index, year=year, number=number, text=text, written_by=by, written_at=at
    )
    perform(
        INDICES, [version], "recommend", by=by, at=at, index=index.code, year=year, version=number
    )
    return version


@transaction.atomic
def approve_recommendation(
    version: Recommendation, *, by: User, at: datetime, note: str = ""
) -> Recommendation:
    """Approve the last version of a recommendation, which everybody may read from then on."""
    version = locked(Recommendation.objects.select_related("index"), with_keys=True).get(
        pk=version.pk
    )
    if version.approved_at is not None:
        raise Refused(_("This version is approved already."))
    versions = Recommendation.objects.filter(index=version.index, year=version.year)
    if versions.aggregate(last=Max("number"))["last"] != version.number:
        raise Refused(_("There is a later version; approve that one."))
    perform(
        INDICES,
        [version],
        "approve_recommendation",
        by=by,
        at=at,
        note=note,
        index=version.index.code,
        year=version.year,
        version=version.number,
    )
    version.approved_by, version.approved_at = by, at
    version.save(update_fields=["approved_by", "approved_at"])
    return version


def _refuse_year(year: int) -> None:
    if year not in YEARS:
        raise Refused(_("Enter a Jalali year between 1300 and 1499."))
