"""What the guards need of the register of international indices, made without a door."""

from typing import Any

from festival.models import Index, IndexEdition, IndexReport, IndexValue, Recommendation, Region
from tests.factories import World


def region(w: World) -> Region:
    """Iran with two neighbours."""
    named = {"name_fa": "منطقه", "name_en": "Region", "countries": ["IRN", "IRQ", "TUR"]}
    return Region.objects.get_or_create(code="near", defaults=named)[0]


def index(w: World) -> Index:
    """An index for which the power ministry answers, with two editions of several countries."""
    if found := Index.objects.filter(code="EGDI").first():
        return found
    named = {"name_fa": "دولت الکترونیک", "name_en": "E-government", "publisher": "Publisher"}
    target = {"vision_rank": 1, "vision_region": region(w), "vision_year": 2030}
    made = Index.objects.create(code="EGDI", **named, **target)
    made.agencies.add(w.power)
    entered: dict[str, Any] = {
        "entered_by": w.administrator,
        "entered_at": w.at,
        "country_count": 4,
    }
    for year, scores in ((2018, "0.5 0.4 0.6 0.7"), (2024, "0.6 0.3 0.9 0.8")):
        edition = IndexEdition.objects.create(
            index=made, label=str(year), year=year, source="Survey", **entered
        )
        rows = zip(("IRN", "IRQ", "TUR", "FRA"), scores.split(), strict=True)
        IndexValue.objects.bulk_create(
            IndexValue(edition=edition, country=c, score=score) for c, score in rows
        )
    return made


def index_report(w: World) -> IndexReport:
    """The power ministry's draft."""
    written = {"done": "سامانه", "asked": "بودجه", "written_by": w.staff, "written_at": w.at}
    of = {"index": index(w), "agency": w.power, "year": 1405, "state": "draft"}
    found = IndexReport.objects.filter(**of).first()
    return found or IndexReport.objects.create(
        **{k: v for k, v in of.items() if k != "state"}, **written
    )


def recommendation(w: World) -> Recommendation:
    """A version that waits for its approval."""
    said = {"text": "بازنگری", "written_by": w.administrator, "written_at": w.at}
    return Recommendation.objects.get_or_create(index=index(w), year=1405, number=1, defaults=said)[
        0
    ]
