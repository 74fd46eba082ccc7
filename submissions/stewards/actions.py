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
from typing import TypedDict

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import User, with_roles
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
from submissions.stewards import figure_givers
from submissions.workflow import STEWARDSHIPS, SubmissionState

FIELDS = ("percent", "is_not_applicable", "note")
"""What a figure says."""

MOST_BYTES = 25 * 2**20
"""Of a source document."""


class FigureValues(TypedDict):
    """Hold what a figure says: a percent of the ceiling or "not applicable", and a note."""

    percent: Decimal | None
    is_not_applicable: bool
    note: str


FiguresByLine = Mapping[int, FigureValues]
TokensByLine = Mapping[int, str]


# --- Figures ------------------------------------------------------------------------------------


class FiguresChanged(clashes.ChangedMeanwhile):
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
    stewardship: Stewardship,
    figures: FiguresByLine,
    *,
    by: User,
    at: datetime,
    seen: TokensByLine | None = None,
) -> list[StewardFigure]:
    """Save figures by answer key, all or none: `percent` or `is_not_applicable`, and `note`;
    nothing takes one away.

    `seen` holds the tokens of what the writer had before them: what somebody else has changed since
    raises `FiguresChanged`.
    """
    return _enter(stewardship, figures, seen or {}, "enter", by=by, at=at)


@transaction.atomic
def import_figures(
    stewardship: Stewardship,
    read: Callable[[], tuple[FiguresByLine, TokensByLine]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[StewardFigure]:
    """Save what a checked file says (`sheets` reads it), unless somebody has changed what it
    was checked against.

    `left_out` of the file's rows were wrong and knowingly not taken.
    """
    figures, seen = read()
    params: dict[str, object] = {"file": file_name, "sha256": sha256, "rows": len(figures)}
    if left_out:
        params["left_out"] = left_out
    return _enter(stewardship, figures, seen, "take_in", by=by, at=at, params=params)


def why_unsound(figure: FigureValues) -> tuple[str, str]:
    """Name the field in which a figure is wrong and say why, or twice ""."""
    percent, void = figure["percent"], figure["is_not_applicable"]
    note = figure["note"].strip()
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
    """Say why a percent lies outside the bounds that the measure says, or ""."""
    return "" if percent is None else measure.why_unfit(percent)


def _enter(
    stewardship: Stewardship,
    figures: FiguresByLine,
    seen: TokensByLine,
    move: str,
    *,
    by: User,
    at: datetime,
    params: Mapping[str, object] | None = None,
) -> list[StewardFigure]:
    """Save figures through one of the moves that may; `params` are kept in the record."""
    params_by_pk = {stewardship.pk: params or {}}
    [stewardship] = perform(
        STEWARDSHIPS, [stewardship], move, by=by, at=at, params_by_pk=params_by_pk
    )
    lines = list(lines_of(stewardship).select_related("measure").filter(pk__in=figures))
    if len(lines) != len(figures):
        raise Refused(_("One of the lines does not belong to this measure."))
    _refuse_wrong(stewardship, lines, figures, by=by, at=at)
    changed = [a for a in lines if _differs(a, figures[a.pk], by)]
    if clashing := [a for a in changed if seen.get(a.pk, held_token(a)) != held_token(a)]:
        raise FiguresChanged(clashing)

    emptied = {a.pk for a in changed if _is_empty(figures[a.pk])}
    StewardFigure.objects.filter(answer__in=emptied).delete()
    rows = []
    for line in changed:
        if line.pk not in emptied:
            rows.append(_row(stewardship, line, figures[line.pk], by=by, at=at))
    return StewardFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["answer"],
        update_fields=["percent", "is_not_applicable", "note", "entered_by", "entered_at"],
        batch_size=2000,
    )


def _refuse_wrong(
    stewardship: Stewardship,
    lines: Iterable[Answer],
    figures: FiguresByLine,
    *,
    by: User,
    at: datetime,
) -> None:
    """Refuse, with a sentence for each line, figures that are unsound or not for `by` to give."""
    [steward] = with_roles([stewardship.steward])
    reasons = {}
    for line in lines:
        why = (
            why_unsound(figures[line.pk])[1]
            or _why_outside(line.measure, figures[line.pk]["percent"])
            or figure_givers.why_not_given(line, steward, by=by, at=at)
        )
        if why:
            reasons[line] = f"{line.submission.agency}: {why}"
    if reasons:
        raise Refused(reasons)


def _row(
    stewardship: Stewardship, line: Answer, figure: FigureValues, *, by: User, at: datetime
) -> StewardFigure:
    return StewardFigure(
        stewardship=stewardship,
        answer=line,
        percent=figure["percent"],
        is_not_applicable=figure["is_not_applicable"],
        note=figure["note"],
        entered_by=by,
        entered_at=at,
    )


def _is_empty(figure: FigureValues) -> bool:
    return figure["percent"] is None and not figure["is_not_applicable"]


def _differs(answer: Answer, figure: FigureValues, by: User) -> bool:
    """Say whether a figure would be another, or the same in another's name: whoever saves it stands
    for it.
    """
    token = token_of(
        figure["percent"], is_not_applicable=figure["is_not_applicable"], note=figure["note"]
    )
    held = figure_of(answer)
    return token != held_token(answer) or (held is not None and held.entered_by_id != by.pk)


def lines_of(stewardship: Stewardship) -> QuerySet[Answer]:
    """List the lines of a measure with their agencies and figures, by name of agency."""
    rows = Answer.objects.filter(measure=stewardship.measure_id)
    return rows.select_related("submission__agency", "figure").order_by(
        "submission__agency__sort_key", "pk"
    )


def figure_of(answer: Answer) -> StewardFigure | None:
    """Return the figure of a line that `lines_of` read."""
    return getattr(answer, "figure", None)


def held_token(answer: Answer) -> str:
    figure = figure_of(answer)
    return figure.token if figure else token_of(None, is_not_applicable=False, note="")


def last_year(
    stewardship: Stewardship, agencies: Iterable[int] | None = None
) -> dict[int, Decimal]:
    """Look up the percent to which the same measure came in the year before, by agency, where
    scores were communicated.
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
    """Check a source, which agencies will open: by its content, and by the scanner."""
    why = file_types.why_not_named(name, document.size or 0, MOST_BYTES)
    if why := why or quotas.why_not_content(name, document, by=by):
        raise Refused(why)
    document.seek(0)
    verdict = scanner.scan(document)
    document.seek(0)
    if verdict is None:
        raise Refused(_("The file cannot be checked for viruses just now. Please try again later."))
    if verdict.outcome in ("infected", "unscannable"):
        raise Refused(_("The virus scanner does not pass this file."))
