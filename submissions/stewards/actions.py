"""Stewards' acts: a measure is put in one person's hands, who gives its figure for every agency,
and supplies it.

A figure belongs to a line, whatever the state of its self-assessment, for the agency has no part in
it. An agency that has not signed yet, because a decree gave it more time, is scored like all
others. One that did not submit in time keeps "not answered" on every line: a figure is not asked of
it, may be given, and counts once a decree opens its self-assessment again (`actions.reopen`). Where
scores have been communicated the figure stands: what is wrong with it is for an appeal.

Nobody gives the figure of an agency to which they are tied, and that of the authority itself is for
outsiders (`is_figure_giver`); where that is so of the steward, an administrator without a tie
enters the figure, and the steward, who signs for the whole, does not read it before it is
communicated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency, User, with_roles
from cycles import clashes
from cycles.engine.perform import perform
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from indicators.models import Measure
from indicators.scoring.methods import SHOWN_PLACES, half_up
from submissions.evidence import file_types, quotas, scanner
from submissions.models import (
    Answer,
    Score,
    StewardFigure,
    Stewardship,
    token_of,
)
from submissions.permissions import is_figure_giver
from submissions.workflow import STEWARDSHIPS, SubmissionState

SAID = ("percent", "is_not_applicable", "note")
"""What a figure says."""

MOST_BYTES = 25 * 2**20
"""Of a source document."""

Given = Mapping[int, Mapping[str, Any]]
Seen = Mapping[int, str]


# --- Who gives which figure ---------------------------------------------------------------------


class OfAgency(NamedTuple):
    """One agency's figure, as the predicate asks of it."""

    agency: Agency
    steward: User

    @property
    def agency_id(self) -> int:
        return self.agency.pk


def ties(steward: User, at: datetime) -> dict[int, str]:
    """The agencies whose figures the steward may not give, each with why; two queries at most."""
    near = Agency.objects.filter(pk__in=steward.tied_to) | Agency.objects.filter(is_authority=True)
    return {a.pk: why for a in near if (why := _why_tied(steward, a, at))}


def _why_tied(steward: User, agency: Agency, at: datetime) -> str:
    if is_figure_giver(steward, OfAgency(agency, steward), at):
        return ""
    if agency.pk in steward.declared_interests:
        return _("The steward has declared an interest in this agency.")
    if steward.is_conflicted(agency.pk):
        return _("The steward belongs to this agency, or did.")
    return _("The authority's own figure is for outsiders, and the steward is none.")


def why_not_given(answer: Answer, steward: User, *, by: User, at: datetime) -> str:
    """Why `by` may not enter the figure of a line now, in a sentence, or ""; makes no query where
    agencies are read.
    """
    agency = answer.submission.agency
    if answer.submission.state == SubmissionState.COMMUNICATED:
        return _(
            "The scores of this agency have been communicated; what is wrong with the figure is "
            "for an appeal."
        )
    if is_figure_giver(by, OfAgency(agency, steward), at):
        return ""
    tied = _why_tied(steward, agency, at)
    if by.pk == steward.pk:
        return " ".join((tied, _("An administrator without an interest enters the figure.")))
    if not tied:
        return _("The steward gives this figure.")
    return _(
        "The figure of this agency is for an administrator in scope without an interest in it."
    )


# --- Figures ------------------------------------------------------------------------------------


class Changed(clashes.ChangedMeanwhile):
    """Figures on the lines `answers` that somebody has changed since they were seen."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        names = ", ".join(a.submission.agency.name for a in answers[:3])
        super().__init__(
            _(
                "Somebody has changed these figures meanwhile: %(names)s. Look at them and "
                "save again."
            )
            % {"names": names}
        )


@transaction.atomic
def save_figures(
    stewardship: Stewardship, given: Given, *, by: User, at: datetime, seen: Seen | None = None
) -> list[StewardFigure]:
    """Save figures by answer key, all or none: `percent` or `is_not_applicable`, and `note`;
    nothing takes one away.

    `seen` holds the tokens of what the writer had before them: what somebody else has changed since
    raises `Changed`.
    """
    return _enter(stewardship, given, seen or {}, "enter", by=by, at=at)


@transaction.atomic
def import_figures(
    stewardship: Stewardship,
    figures: Callable[[], tuple[Given, Seen]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[StewardFigure]:
    """Save what a checked file says (`figure_lines` reads it), unless somebody has changed what it
    was checked against.

    `left_out` of the file's rows were wrong and knowingly not taken.
    """
    given, seen = figures()
    said: dict[str, Any] = {"file": file_name, "sha256": sha256, "rows": len(given)}
    said |= {"left_out": left_out} if left_out else {}
    return _enter(stewardship, given, seen, "take_in", by=by, at=at, **said)


def why_unsound(said: Mapping[str, Any]) -> tuple[str, str]:
    """The field in which a figure is wrong and why, or twice ""."""
    percent, void, note = said["percent"], said["is_not_applicable"], said["note"].strip()
    if void and percent is not None:
        return "percent", _("Give a percent, or say that the measure does not apply, not both.")
    if void and not note:
        return "note", _("Say why the measure does not apply to this agency.")
    if percent is not None and not 0 <= percent <= 100:
        return "percent", _("A percent lies between 0 and 100.")
    if percent is None and not void and note:
        return "percent", _(
            "A note alone is no figure: give a percent, or say that the measure does not apply."
        )
    return "", ""


def _why_outside(measure: Measure, percent: Decimal | None) -> str:
    """Why a percent lies outside the bounds that the measure says, or ""."""
    return "" if percent is None else measure.why_unfit(percent)


def _enter(
    stewardship: Stewardship,
    given: Given,
    seen: Seen,
    move: str,
    *,
    by: User,
    at: datetime,
    **facts: Any,
) -> list[StewardFigure]:
    [stewardship] = perform(STEWARDSHIPS, [stewardship], move, by=by, at=at, **facts)
    [steward] = with_roles([stewardship.steward])
    lines = list(lines_of(stewardship).select_related("measure").filter(pk__in=given))
    if len(lines) != len(given):
        raise Refused(_("One of the lines does not belong to this measure."))
    reasons = {}
    for line in lines:
        why = (
            why_unsound(given[line.pk])[1]
            or _why_outside(line.measure, given[line.pk]["percent"])
            or why_not_given(line, steward, by=by, at=at)
        )
        if why:
            reasons[line] = f"{line.submission.agency}: {why}"
    if reasons:
        raise Refused(reasons)
    changed = [a for a in lines if _differs(a, given[a.pk], by)]
    if clashing := [a for a in changed if seen.get(a.pk, held_token(a)) != held_token(a)]:
        raise Changed(clashing)
    emptied = {a.pk for a in changed if _is_empty(given[a.pk])}
    StewardFigure.objects.filter(answer__in=emptied).delete()
    figures = [
        StewardFigure(
            stewardship=stewardship,
            answer=line,
            **_plain(given[line.pk]),
            entered_by=by,
            entered_at=at,
        )
        for line in changed
        if line.pk not in emptied
    ]
    return StewardFigure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["answer"],
        update_fields=["percent", "is_not_applicable", "note", "entered_by", "entered_at"],
        batch_size=2000,
    )


def _is_empty(said: Mapping[str, Any]) -> bool:
    return said["percent"] is None and not said["is_not_applicable"]


def _differs(answer: Answer, said: Mapping[str, Any], by: User) -> bool:
    """Whether a figure would say something else, or the same in another's name: whoever saves it
    stands for it.
    """
    figure = figure_of(answer)
    return token_of(**_plain(said)) != held_token(answer) or (
        figure is not None and figure.entered_by_id != by.pk
    )


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in SAID}


def lines_of(stewardship: Stewardship) -> QuerySet[Answer]:
    """The lines of a measure with their agencies and figures, by name of agency."""
    rows = Answer.objects.filter(measure=stewardship.measure_id)
    return rows.select_related("submission__agency", "figure").order_by(
        "submission__agency__sort_key", "pk"
    )


def figure_of(answer: Answer) -> StewardFigure | None:
    """The figure of a line that `lines_of` read."""
    return getattr(answer, "figure", None)


def held_token(answer: Answer) -> str:
    figure = figure_of(answer)
    return figure.token if figure else token_of(None, is_not_applicable=False, note="")


def last_year(
    stewardship: Stewardship, agencies: Iterable[int] | None = None
) -> dict[int, Decimal]:
    """The percent to which the same measure came in the year before, by agency, where scores were
    communicated.
    """
    rows = Score.objects.filter(
        is_current=True,
        points__isnull=False,
        answer__measure__lineage=stewardship.measure.lineage,
        answer__submission__cycle__year=stewardship.cycle.year - 1,
        answer__submission__state=SubmissionState.COMMUNICATED,
    ).exclude(basis=Score.Basis.SELF)
    if agencies is not None:
        rows = rows.filter(answer__submission__agency__in=agencies)
    found = rows.values_list("answer__submission__agency", "points", "answer__measure__points")
    return {
        agency: half_up(points * 100 / ceiling, SHOWN_PLACES)
        for agency, points, ceiling in found
        if points is not None
    }


# --- The source ---------------------------------------------------------------------------------


@transaction.atomic
def cite(
    stewardship: Stewardship,
    *,
    title: str,
    document: File | None,
    by: User,
    at: datetime,
    seen: clashes.Seen | None = None,
) -> Stewardship:
    """Say from which source the figures come: a title, and the document itself where none is there
    yet.
    """
    if not title.strip():
        raise Refused(_("Give the source a title."))
    name = file_types.clean_name(document.name or "") if document else stewardship.source_name
    if document is None and not stewardship.source:
        raise Refused(_("Choose the document from which the figures come."))
    if document is not None:
        _check(document, name, by=by)
    digest = ui_files.sha256(document) if document else stewardship.source_sha256
    [stewardship] = perform(
        STEWARDSHIPS,
        [stewardship],
        "cite",
        by=by,
        at=at,
        seen=seen,
        title=title,
        file=name,
        sha256=digest,
    )
    stewardship.source_title, stewardship.source_name, stewardship.source_sha256 = (
        title,
        name,
        digest,
    )
    if document is not None:
        stewardship.source.save(name, document, save=False)
    stewardship.save(update_fields=["source_title", "source", "source_name", "source_sha256"])
    return stewardship


def _check(document: File, name: str, *, by: User) -> None:
    """Agencies will open it: what it is must be told by its content, and the scanner asked."""
    why = file_types.why_not_named(name, document.size or 0, MOST_BYTES)
    if why := why or quotas.why_not_content(name, document, by=by):
        raise Refused(why)
    document.seek(0)
    content: Any = document
    verdict = scanner.scan(content)
    document.seek(0)
    if verdict is None:
        raise Refused(_("The file cannot be checked for viruses just now. Please try again later."))
    if verdict.outcome in ("infected", "unscannable"):
        raise Refused(_("The virus scanner does not pass this file."))
