"""Pages and papers of the score report, whole and as the extract of one responsible unit."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.roles import is_staff
from cycles.calendar import Phase
from cycles.models import Window
from cycles.papers.responses import paper_response
from cycles.papers.sources import PaperSource
from cycles.record import seals
from cycles.requests import PortalRequest
from submissions.lookups import find_scored, note_reading
from submissions.models import Score, Submission
from submissions.release import score_report
from submissions.release.score_report import ReportLine, Unit
from submissions.scoring.verification_effect import RULE
from submissions.workflow import SubmissionState


def _readable(request: PortalRequest, pk: int) -> Submission:
    """Find the submission whose scores the reader may know: before they are communicated only the
    authority, and not of its own agency; that reading goes on record. Every page and paper of
    scores finds it here.
    """
    submission = find_scored(request, pk)
    note_reading(request, submission, "scores")
    return submission


def _report_frame(request: PortalRequest, submission: Submission) -> dict[str, object]:
    """Collect what stands above and below every report: whether it is out, until when it may be
    appealed, and the seal.
    """
    windows = Window.objects.concerning([submission])
    appealing = is_staff(request.user, submission, request.at) and not windows.why_closed(
        Phase.APPEAL, submission, request.at
    )
    return _paper_frame(submission) | {
        "appeal_window": windows.of(Phase.APPEAL, submission) if appealing else None
    }


def _paper_frame(submission: Submission) -> dict[str, object]:
    """Collect what stands above and below every paper of scores."""
    return {
        "submission": submission,
        "released": submission.state == SubmissionState.COMMUNICATED,
        "stamp": seals.stamp(submission, "communicate"),
    }


# --- The whole ----------------------------------------------------------------------------------


def _report_context(request: PortalRequest, submission: Submission) -> dict[str, object]:
    report = score_report.read(submission)
    lowered = any(
        line.score and line.score.basis == Score.Basis.VERIFICATION for line in report.lines
    )
    return {"report": report, "rule": RULE if lowered else "", **_report_frame(request, submission)}


@require_safe
def report(request: PortalRequest, pk: int) -> HttpResponse:
    """Show points and percent with their reasons, beside the group's and last year's."""
    context = _report_context(request, _readable(request, pk))
    return render(request, "submissions/release/report.html", context)


@require_safe
def report_file(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out the report on paper."""
    submission = _readable(request, pk)
    source = PaperSource(
        "submissions/release/report_paper.html",
        lambda: _paper_context(pk),
        f"scores-{submission.cycle.year}-{submission.agency.code}",
        subject=(pk,),
    )
    return paper_response(request, source)


def _paper_context(pk: int) -> dict[str, object]:
    """Collect what the report on paper shows, all of it read anew."""
    submission = Submission.objects.select_related("agency", "cycle").get(pk=pk)
    return _paper_frame(submission) | {"report": score_report.read(submission)}


# --- The extract of a unit ----------------------------------------------------------------------


@dataclass(frozen=True)
class Extract:
    """The lines of one responsible unit, or the units alone where none is asked for."""

    lines: list[ReportLine]
    units: list[Unit]
    unit: Unit | None


def _find_unit(units: list[Unit], name: str) -> Unit:
    """Find the unit of this name; an unknown unit has no page."""
    for unit in units:
        if unit.name == name:
            return unit
    raise Http404


def _extract(submission: Submission, name: str | None) -> Extract:
    """Find the lines of the unit of this name."""
    lines = score_report.lines(submission)
    units = score_report.units(lines)
    unit = _find_unit(units, name) if name is not None else None
    own = [line for line in lines if unit is not None and line.unit == unit.name]
    return Extract(own, units, unit)


def _extract_context(
    request: PortalRequest, submission: Submission, extract: Extract
) -> dict[str, object]:
    frame = _report_frame(request, submission)
    return frame | {"lines": extract.lines, "units": extract.units, "unit": extract.unit}


@require_safe
def extract(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the lines for which one unit of the agency answers; without a unit, the units to choose
    from.
    """
    submission = _readable(request, pk)
    found = _extract(submission, request.GET.get("unit"))
    context = _extract_context(request, submission, found)
    return render(request, "submissions/release/extract.html", context)


@require_safe
def extract_file(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out the extract on paper; without a unit, the lines that name none."""
    submission = _readable(request, pk)
    units = score_report.units_of(submission)
    unit = _find_unit(units, request.GET.get("unit", ""))
    number = units.index(unit) + 1
    source = PaperSource(
        "submissions/release/extract_paper.html",
        lambda: _extract_paper_context(pk, unit),
        f"scores-{submission.cycle.year}-{submission.agency.code}-unit-{number}",
        subject=(pk, unit.name),
    )
    return paper_response(request, source)


def _extract_paper_context(pk: int, unit: Unit) -> dict[str, object]:
    """Collect what the extract on paper shows, all of it read anew."""
    submission = Submission.objects.select_related("agency", "cycle").get(pk=pk)
    lines = [line for line in score_report.lines(submission) if line.unit == unit.name]
    return _paper_frame(submission) | {"lines": lines, "unit": unit}
