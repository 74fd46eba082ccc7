"""What is asked in a rehearsed year: specific measures, typed and from a file."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from agencies.models import User
from indicators.drafting.actions import MISSION
from indicators.drafting.catalogue import CatalogueRow
from indicators.exchange.actions import Content
from indicators.models import FULL_POINTS

SPECIFIC = (
    (
        "سهم آب بدون درآمد",
        "Share of non-revenue water",
        "percent",
        "درصد",
        "inverse_linear",
        "lower",
        None,
        20,
    ),
    (
        "پروژه‌های مهم به‌موقع پایان‌یافته",
        "Major projects finished on time",
        "percent",
        "درصد",
        "linear",
        "higher",
        None,
        90,
    ),
    (
        "پوشش خدمت در مناطق محروم",
        "Service coverage in deprived areas",
        "percent",
        "درصد",
        "range",
        "higher",
        20,
        85,
    ),
    (
        "میانگین زمان ارائهٔ خدمت",
        "Average time to deliver a service",
        "days",
        "روز",
        "inverse_linear",
        "lower",
        None,
        10,
    ),
    (
        "تحقق برنامهٔ سالانه",
        "Annual programme carried out",
        "percent",
        "درصد",
        "linear",
        "higher",
        None,
        100,
    ),
)
"""Composed specific measures: title fa, en, unit en, fa, method, direction, floor, target (after
domain notes 6).
"""


def specific_fields() -> Iterator[dict[str, object]]:
    points = (250, 200, 200, 150, 200)
    for (fa, en, unit, unit_fa, method, direction, floor, target), share in zip(
        SPECIFIC, points, strict=True
    ):
        yield {
            "title_fa": fa,
            "title_en": en,
            "unit_en": unit,
            "unit_fa": unit_fa,
            "method": method,
            "direction": direction,
            "floor": None if floor is None else Decimal(floor),
            "target": Decimal(target),
            "points": Decimal(share),
            "params": {},
            "source": "statute",
            "is_composed": True,
        }


def specific_contents() -> list[Content]:
    """Write the same measures as a file has them, each an indicator of its own under the mission
    axis.
    """
    contents = []
    for number, fields in enumerate(specific_fields(), 1):
        code, points = f"{MISSION['code']}-{number:02}", fields["points"]
        titles = {
            "code": code,
            "title_fa": fields["title_fa"],
            "title_en": fields["title_en"],
            "points": points,
        }
        axis = {**MISSION, "points": FULL_POINTS}
        contents.append(
            Content(axis, titles, None, {**fields, "code": code}, lineage=None, existing=None)
        )
    return contents


def with_steward(rows: Iterable[CatalogueRow], steward: User) -> list[CatalogueRow]:
    """Name in the catalogue the steward of each measure that is given by one."""
    rows = list(rows)
    for row in rows:
        if row["measure"]["method"] == "steward":
            row["measure"]["steward"] = steward
    return rows
