"""The dictionary of the open data: its tables, and what each of their columns holds."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Column(NamedTuple):
    """One column: its name in the files, what it holds (text, integer, decimal, boolean, json), and
    its meaning.
    """

    name: str
    type: str
    meaning: str | Promise


class Foreign(NamedTuple):
    """Columns that name a row of another table, by the columns that are its key."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


class Table(NamedTuple):
    """One table of the open data; `rows.ROWS` reads its rows in the order of the columns.

    `key` are the columns that name a row; none of them is ever empty.
    """

    name: str
    title: str | Promise
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    foreign: tuple[Foreign, ...] = ()


ALL = "*"
"""Stands in a key where a sum is of all sets or all axes."""


_AGENCY = Column("agency", "text", _("Code of the agency; it never changes"))
_SET_OF = Column(
    "set", "text", _("The set of indicators: its kind, and for whom it is unless for everybody")
)
_NAMES = (
    Column("name_fa", "text", _("Name in Persian, as in that year")),
    Column("name_en", "text", _("Name in English, where there is one")),
)
_PERCENT = _("Percent of the points that apply")
_OF_AGENCY = Foreign(("agency",), "agencies", ("agency",))

TABLES = (
    Table(
        "groups",
        _("Groups within which agencies are ranked"),
        ("group",),
        (
            Column("group", "text", _("Code of the group")),
            *_NAMES,
            Column("province", "text", _("Code of its province; none: the whole country")),
        ),
    ),
    Table(
        "agencies",
        _("Agencies that took part"),
        ("agency",),
        (
            _AGENCY,
            *_NAMES,
            Column("level", "text", _("Level of the agency")),
            Column("sector", "text", _("Sector of the agency")),
            Column("province", "text", _("Code of the province of a provincial unit")),
            Column("parent", "text", _("Code of the agency above it")),
            Column("groups", "text", _("Codes of its groups, parted by spaces")),
        ),
    ),
    Table(
        "measures",
        _("Sets of indicators with their weights, targets and methods"),
        ("set", "measure"),
        (
            _SET_OF,
            Column("kind", "text", _("general, specific or thematic")),
            Column("axis", "text", _("Code of the axis")),
            Column("axis_fa", "text", _("Title of the axis in Persian")),
            Column("axis_en", "text", _("Title of the axis in English")),
            Column("indicator", "text", _("Code of the indicator")),
            Column("indicator_fa", "text", _("Title of the indicator in Persian")),
            Column("indicator_en", "text", _("Title of the indicator in English")),
            Column("measure", "text", _("Code of the measure within its set")),
            Column("measure_fa", "text", _("Title of the measure in Persian")),
            Column("measure_en", "text", _("Title of the measure in English")),
            Column("lineage", "text", _("The same measure over the years has the same lineage")),
            Column("points", "decimal", _("Ceiling: the most points")),
            Column("unit_fa", "text", _("Unit of the value in Persian")),
            Column("unit_en", "text", _("Unit of the value in English")),
            Column("direction", "text", _("higher: more is better; lower: less is better")),
            Column("method", "text", _("How a value becomes points")),
            Column("params", "json", _("What the method is given besides the value")),
            Column(
                "lowest",
                "decimal",
                _("The lowest value that is possible; none: there is no such bound"),
            ),
            Column(
                "highest",
                "decimal",
                _("The highest value that is possible; none: there is no such bound"),
            ),
            Column("law", "text", _("The law it rests on")),
            Column(
                "article",
                "text",
                _("The article of that law; between numbers with a dash, 8–24, that is no date"),
            ),
            Column("is_pilot", "boolean", _("In its trial year: scored, and part of no total")),
            Column(
                "is_composed",
                "boolean",
                _("Points or parameters are composed for this portal and not official"),
            ),
        ),
    ),
    Table(
        "lines",
        _("Every scored line: what each agency reached on each measure"),
        ("agency", "set", "measure"),
        (
            _AGENCY,
            _SET_OF,
            Column("measure", "text", _("Code of the measure within its set")),
            Column(
                "value",
                "decimal",
                _("What the agency reports; none: not answered, or not the agency's to give"),
            ),
            Column(
                "own",
                "json",
                _("Base, floor and target of this agency, where they differ from the measure's"),
            ),
            Column("computed", "decimal", _("The points that the method gives the value")),
            Column(
                "state",
                "text",
                _("scored, not_applicable, not_answered or under_review: four different things"),
            ),
            Column(
                "basis",
                "text",
                _(
                    "Who gave the points: agreed (assessors), verified, steward, appeal "
                    "or correction"
                ),
            ),
            Column(
                "points", "decimal", _("The points that count; none unless the state is scored")
            ),
        ),
        (_OF_AGENCY, Foreign(("set", "measure"), "measures", ("set", "measure"))),
    ),
    Table(
        "scores",
        _("Sums by axis, by kind, and in total"),
        ("agency", "kind", "set", "axis"),
        (
            _AGENCY,
            Column("kind", "text", _("general, specific, thematic, or total")),
            Column(
                "set", "text", _("The set of indicators; *: the sum of a kind, or of everything")
            ),
            Column("axis", "text", _("Code of the axis; *: the sum of a kind, or of everything")),
            Column("points", "decimal", _("Points")),
            Column("ceiling", "decimal", _("The points that apply")),
            Column("percent", "decimal", _PERCENT),
        ),
        (_OF_AGENCY,),
    ),
    Table(
        "rankings",
        _("Places within the groups"),
        ("group", "agency"),
        (
            Column("group", "text", _("Code of the group")),
            _AGENCY,
            Column(
                "submitted", "boolean", _("Whether it signed a self-assessment that was scored")
            ),
            Column("general", "decimal", _("Points on general indicators")),
            Column("specific", "decimal", _("Points on specific indicators")),
            Column("thematic", "decimal", _("Points on thematic indicators")),
            Column("total", "decimal", _("Points in total")),
            Column("ceiling", "decimal", _("The points that apply")),
            Column("percent", "decimal", _PERCENT),
            Column("general_percent", "decimal", _("The same of general indicators")),
            Column("specific_percent", "decimal", _("The same of specific indicators")),
            Column("thematic_percent", "decimal", _("The same of thematic indicators")),
            Column("last_year", "decimal", _("Its percent of last year, where it was assessed")),
            Column("growth", "decimal", _("Percentage points more than last year")),
            Column("band", "text", _("excellent, good, average or weak")),
            Column("place", "integer", _("Place by the percent of everything")),
            Column("general_place", "integer", _("Place by general indicators")),
            Column("specific_place", "integer", _("Place by specific indicators")),
            Column("thematic_place", "integer", _("Place by thematic indicators")),
            Column("growth_place", "integer", _("Place by growth")),
        ),
        (_OF_AGENCY, Foreign(("group",), "groups", ("group",))),
    ),
)
