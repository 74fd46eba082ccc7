"""The texts of the report's chapters: the draft that the system writes, and what people write in
its place.

Figures stand in a text by their names in braces (`figures.FIGURES`), so that a text that was edited
tells the same figures as the tables beside it, in either language's digits. No figure is kept with
a text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from festival.models import Chapter, Language, ReportText
from festival.report.contents import Facts
from festival.report.figures import FIGURES

NAME = re.compile(r"\{([^{}]*)\}")
TYPED = re.compile(r"[0-9۰-۹٠-٩]+(?:[.,٫٬/][0-9۰-۹٠-٩]+)*")


@dataclass(frozen=True)
class ChapterText:
    """A chapter's text as the report sets it, and the facts on which the chapter rests, by name."""

    paragraphs: tuple[str, ...]
    rests_on: tuple[str, ...]


# --- What the system writes ---------------------------------------------------------------------


def _lead(facts: Facts) -> str:
    return _(
        "In {year} the performance of {participants} executive agencies was due to be assessed "
        "under Articles 81 and "
        "82 of the Civil Service Management Act. {submitted} of them submitted a self-assessment, "
        "which assessors "
        "marked and which could be appealed against. On average they attained {mean} percent of "
        "the points that apply "
        "to them."
    )


def _method(facts: Facts) -> str:
    said = _(
        "Each agency is assessed on general indicators, out of 1000 points, and on specific "
        "indicators of its own, out "
        "of 1000 points, both approved before the assessed year. Every measure has a published "
        "method that turns the "
        "actual value into points; every node of the tree is rounded half-up to 10 places; places "
        "within a group rest "
        "on the percent of applicable points, rounded once to 2 places."
    )
    if facts.edition.cycle.spreads_points:
        void = _(
            "Points of measures that do not apply are spread within their axis; an axis that does "
            "not apply at all "
            "leaves the ceiling."
        )
    else:
        void = _("Points of measures that do not apply leave the ceiling.")
    return f"{said} {void}"


def _coverage(facts: Facts) -> str:
    return _(
        "{lines} lines were assessed: {scored} scored, {not_answered} not answered, "
        "{not_applicable} not applicable. "
        "{specific_sets} agencies had specific indicators of their own."
    )


def _levels(facts: Facts) -> str:
    if not facts.declared.count:
        return _("No agency declared how it assesses itself under Article 81.")
    return _(
        "{declared} of the {submitted} agencies that submitted declared how they assess "
        "themselves under Article 81. "
        "Assessors confirmed {confirmed} of the declarations and rejected {rejected}; {unjudged} "
        "were not judged."
    )


def _growth(facts: Facts) -> str:
    if facts.mean_growth is None:
        return _("Not collected: last year's results are not in the portal.")
    return _(
        "Agencies assessed in both years moved by {mean_growth} percentage points on average; "
        "{grown} rose and "
        "{fallen} fell."
    )


def _appeals(facts: Facts) -> str:
    if not facts.appeals.filed:
        return _("No agency appealed against a score.")
    return _(
        "{appeals} lines were appealed against: {upheld} upheld, {partly} upheld in part, "
        "{dismissed} dismissed, "
        "{inadmissible} inadmissible. The decisions moved {points_moved} points in all."
    )


def _behind(facts: Facts) -> str:
    if not facts.behind.lines:
        return _("No specific indicator was scored.")
    return _(
        "Of {specific_lines} lines of specific indicators {behind} did not reach their target, "
        "{behind_percent} "
        "percent; {behind_empty} of these were not answered."
    )


def _execution(facts: Facts) -> str:
    return _(
        "How far the agencies carried out each chapter of the Civil Service Management Act: the "
        "share of the points of "
        "the measures that rest on its articles."
    )


def _provinces(facts: Facts) -> str:
    return "" if facts.provinces else _("No unit of a province took part.")


def _validity(facts: Facts) -> str:
    said = _(
        "Whether agencies that are found good from outside score high on everything else: the "
        "correlation, over "
        "agencies, of the percent on a measure that an outside survey supplies with the percent "
        "of all other points. 1 "
        "is full agreement, 0 none; of fewer than ten agencies nothing is said."
    )
    return (
        said
        if facts.validity
        else f"{said}\n\n{_('No measure of this year rests on an outside survey.')}"
    )


def _no_draft(facts: Facts) -> str:
    return ""


CHAPTER_DRAFTS: dict[Chapter, tuple[Callable[[Facts], str], tuple[str, ...]]] = {
    Chapter.LEAD: (_lead, ("participants", "submitted", "mean", "mean_growth", "bands", "groups")),
    Chapter.ATTENTION: (
        _no_draft,
        ("not_submitted", "bands", "axes", "weakest", "year", "appeals"),
    ),
    Chapter.METHOD: (_method, ("year",)),
    Chapter.COVERAGE: (_coverage, ("lines", "specific_sets", "not_submitted")),
    Chapter.LEVELS: (_levels, ("declared",)),
    Chapter.GROUPS: (_no_draft, ("groups", "bands")),
    Chapter.AXES: (_no_draft, ("axes", "strongest", "weakest")),
    Chapter.GROWTH: (_growth, ("mean_growth", "grown", "fallen")),
    Chapter.APPEALS: (_appeals, ("appeals", "corrected")),
    Chapter.SOUNDNESS: (_no_draft, ("soundness",)),
    Chapter.BEHIND: (_behind, ("behind",)),
    Chapter.EXECUTION: (_execution, ("execution",)),
    Chapter.PROVINCES: (_provinces, ("provinces",)),
    Chapter.VALIDITY: (_validity, ("validity",)),
    Chapter.CLOSING: (_no_draft, ("closing",)),
    Chapter.INDICES: (_no_draft, ("indices",)),
}
"""For each chapter the draft, a text with figures by name, and the facts on which the chapter
rests.
"""


def draft(chapter: Chapter, facts: Facts) -> str:
    """Write the draft of a chapter in the active language; "" where the tables speak alone."""
    return CHAPTER_DRAFTS[chapter][0](facts)


# --- What people write --------------------------------------------------------------------------


def unknown_names(text: str) -> list[str]:
    """List the names in braces that no figure has."""
    return [name for name in dict.fromkeys(NAME.findall(text)) if name not in FIGURES]


def typed_figures(text: str) -> list[str]:
    """List the figures that were typed out: they are no longer those of the tables when these
    change.
    """
    return list(dict.fromkeys(TYPED.findall(NAME.sub("", text))))


def last_versions(cycle_id: int, language: str) -> dict[str, str]:
    """Read the last version of each chapter that people wrote in a language, by chapter; one
    query.
    """
    rows = ReportText.objects.newest().filter(cycle=cycle_id, language=Language(language))
    return {row.chapter: row.text for row in rows if row.text}


def fill_figures(text: str, facts: Facts) -> str:
    """Replace each name in braces by its figure in the active language."""

    def figure_of(match: re.Match[str]) -> str:
        figure = FIGURES.get(match[1])
        return figure.in_words(facts) if figure else match[0]

    return NAME.sub(figure_of, text)


def chapter_texts(facts: Facts, texts: Mapping[str, str]) -> dict[str, ChapterText]:
    """Return every chapter's text for the report in the active language; `texts` holds what people
    wrote, by chapter.
    """
    found = {}
    for chapter, (_draft, rests_on) in CHAPTER_DRAFTS.items():
        text = fill_figures(texts.get(chapter) or draft(chapter, facts), facts)
        paragraphs = tuple(p.strip() for p in text.split("\n\n") if p.strip())
        found[chapter.value] = ChapterText(paragraphs, rests_on)
    return found
