"""Pages and papers of the score report, whole and as the extract of one responsible unit."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.persian import language
from agencies.roles import is_staff
from cycles.calendar import Phase
from cycles.models import Window
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui import pdf
from submissions.lookups import find, note_reading
from submissions.models import Score, Submission
from submissions.release import score_report
from submissions.scoring.verification_effect import RULE
from submissions.workflow import SubmissionState


def _readable(request: PortalRequest, pk: int) -> Submission:
    """The submission whose scores the reader may know: before they are communicated only the
    authority, and not of its own agency; that reading goes on record. Every page and paper of
    scores finds it here.
    """
    submission = find(request, pk, Submission.objects.scores_visible_to(request.user, request.at))
    note_reading(request, submission, "scores")
    return submission


def _report_frame(request: PortalRequest, submission: Submission) -> dict[str, Any]:
    """What stands above and below every report: whether it is out, until when it may be appealed,
    and the seal.
    """
    windows = Window.objects.concerning([submission])
    appealing = is_staff(request.user, submission, request.at) and not windows.why_closed(
        Phase.APPEAL, submission, request.at
    )
    return {
        "submission": submission,
        "released": submission.state == SubmissionState.COMMUNICATED,
        "appeal_window": windows.of(Phase.APPEAL, submission) if appealing else None,
        "stamp": seals.stamp(submission, "communicate"),
    }


def _paper(template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """A paper in the reader's language."""
    content = pdf.paper(template, context, language=language())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


# --- The whole ----------------------------------------------------------------------------------


def _whole(request: PortalRequest, pk: int) -> dict[str, Any]:
    submission = _readable(request, pk)
    report = score_report.read(submission)
    lowered = any(
        line.score and line.score.basis == Score.Basis.VERIFICATION for line in report.lines
    )
    return {"report": report, "rule": RULE if lowered else "", **_report_frame(request, submission)}


@require_safe
def report(request: PortalRequest, pk: int) -> HttpResponse:
    """Points and percent with their reasons, beside the group's and last year's."""
    return render(request, "submissions/release/report.html", _whole(request, pk))


@require_safe
def report_file(request: PortalRequest, pk: int) -> HttpResponse:
    """The same on paper."""
    context = _whole(request, pk)
    of = context["submission"]
    return _paper(
        "submissions/release/report_paper.html",
        context | {"at": request.at},
        f"scores-{of.cycle.year}-{of.agency.code}",
    )


# --- The extract of a unit ----------------------------------------------------------------------


def _extract(request: PortalRequest, pk: int, name: str | None) -> dict[str, Any]:
    """The lines of the unit of this name; the units alone where none is asked for. An unknown unit
    has no page.
    """
    submission = _readable(request, pk)
    lines = score_report.lines(submission)
    units = score_report.units(lines)
    unit = next((u for u in units if u.name == name), None)
    if name is not None and unit is None:
        raise Http404
    own = [line for line in lines if unit is not None and line.unit == unit.name]
    return {"lines": own, "units": units, "unit": unit, **_report_frame(request, submission)}


@require_safe
def extract(request: PortalRequest, pk: int) -> HttpResponse:
    """The lines for which one unit of the agency answers; without a unit,
    the units to choose from.
    """
    return render(
        request, "submissions/release/extract.html", _extract(request, pk, request.GET.get("unit"))
    )


@require_safe
def extract_file(request: PortalRequest, pk: int) -> HttpResponse:
    """The same on paper; without a unit, the lines that name none."""
    context = _extract(request, pk, request.GET.get("unit", ""))
    of = context["submission"]
    number = context["units"].index(context["unit"]) + 1
    return _paper(
        "submissions/release/extract_paper.html",
        context | {"at": request.at},
        f"scores-{of.cycle.year}-{of.agency.code}-unit-{number}",
    )
