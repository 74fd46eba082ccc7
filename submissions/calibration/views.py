"""Pages of the training: sittings over reference lines, and where the lines are laid."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Clearance, Membership, User
from agencies.roles import Role
from cycles.clashes import together
from cycles.engine.perform import open_to, why_closed
from cycles.models import Cycle
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from indicators.models import Measure
from submissions import clearance
from submissions.calibration import actions
from submissions.calibration.forms import ReferenceLineForm
from submissions.lookups import overseen_cycle
from submissions.marking import rules as marking_rules
from submissions.marking.forms import MarkForm
from submissions.models import Calibration, ReferenceLine, ReferenceMark
from submissions.workflow import CALIBRATIONS, REFERENCES, CalibrationState


@require_safe
def trainings(request: PortalRequest) -> HttpResponse:
    """Show what has still to be done before lines are shown, and the reader's sittings."""
    if not request.user.holds(Role.ASSESSOR, at=request.at):
        raise Http404
    mine = (
        Calibration.objects.filter(assessor=request.user)
        .select_related("cycle")
        .order_by("-begun_at", "-pk")
    )
    context = {"waiting": clearance.waiting_with_blocks(request.user, request.at), "sittings": mine}
    return render(request, "submissions/calibration/trainings.html", context)


@require_POST
def begin(request: PortalRequest, pk: int) -> HttpResponse:
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), pk=pk)
    with attempt(request):
        calibration = actions.begin_sitting(cycle, by=request.user, at=request.at)
        return redirect(calibration)
    return redirect(
        "submissions:trainings" if request.user.holds(Role.ASSESSOR, at=request.at) else "home"
    )


@require_http_methods(["GET", "POST"])
def calibration(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one sitting: its lines to be marked, and afterwards each beside the agreed mark with the
    reason for it.
    """
    rows = Calibration.objects.visible_to(request.user, request.at).select_related(
        "cycle", "assessor"
    )
    sitting = get_object_or_404(rows, pk=pk)
    lines, marks = actions.lines_of(sitting), {m.line_id: m for m in sitting.marks.all()}
    is_own = sitting.assessor_id == request.user.pk
    data = request.POST if request.method == "POST" else None
    forms = {
        line.pk: MarkForm(data, prefix=str(line.pk), initial=_mark_fields(marks.get(line.pk)))
        for line in lines
    }
    if data is not None and (done := _save_sitting(request, sitting, forms)):
        return done
    if not is_own and sitting.state == CalibrationState.OPEN:
        lines = []  # another's work is read when it is handed in
    context = {
        "sitting": sitting,
        "rows": [_row(line, marks.get(line.pk), forms[line.pk]) for line in lines],
        "marked": len(marks),
        "acts": {m.name for m in open_to(CALIBRATIONS, sitting, by=request.user, at=request.at)},
        "is_own": is_own,
    }
    return render(request, "submissions/calibration/calibration.html", context)


def _mark_fields(mark: ReferenceMark | None) -> dict[str, object]:
    return (
        {name: getattr(mark, name) for name in ("points", "is_not_applicable", "reason")}
        if mark
        else {}
    )


def _marked_by_now(sitting: Calibration, keys: Iterable[int]) -> list[MarkForm]:
    marks = {m.line_id: m for m in sitting.marks.filter(line__in=keys)}
    return [MarkForm(prefix=str(pk), initial=_mark_fields(marks.get(pk))) for pk in keys]


def _row(line: ReferenceLine, mark: ReferenceMark | None, form: MarkForm) -> dict[str, object]:
    answer = line.as_answer
    return {
        "line": line,
        "answer": answer,
        "suggestion": marking_rules.suggestion(answer),
        "mark": mark,
        "form": form,
        "distance": actions.distance(line, mark) if mark else None,
    }


def _save_sitting(
    request: PortalRequest, sitting: Calibration, forms: dict[int, MarkForm]
) -> HttpResponse | None:
    """Save what was filled in and, if that was asked for, hand it in; None where the page must say
    why not.
    """
    touched = {
        pk: form for pk, form in forms.items() if form.has_changed() and not form.is_untouched
    }
    if any(form.errors for form in touched.values()):
        return None
    hands_in = request.POST.get("act") == "hand_in"
    with attempt(request):
        seen = together(touched.values(), lambda: _marked_by_now(sitting, touched))
        marks = {pk: form.cleaned_data for pk, form in touched.items()}
        actions.save_sitting(sitting, marks, by=request.user, at=request.at, seen=seen)
        if hands_in:
            actions.hand_in_sitting(sitting, by=request.user, at=request.at)
        messages.success(request, _("Handed in.") if hands_in else _("Saved."))
        return redirect(sitting)
    return None


@require_http_methods(["GET", "POST"])
def references(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the reference lines of a cycle, the form of a new one, and who is cleared."""
    cycle = overseen_cycle(request, pk)
    closed = why_closed(
        REFERENCES, ReferenceLine(cycle=cycle), "lay", by=request.user, at=request.at
    )
    measures = Measure.objects.filter(
        indicator__axis__set__cycle=cycle, indicator__axis__set__agency=None
    )
    form = ReferenceLineForm(
        request.POST or None, measures=measures.exclude(method="steward").for_list()
    )
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            actions.lay(
                cycle,
                measure=form.cleaned_data["measure"],
                value=form.cleaned_data["value"],
                claims_not_applicable=form.cleaned_data["claims_not_applicable"],
                note=form.cleaned_data["note"],
                shown=form.cleaned_data["shown"],
                points=form.cleaned_data["points"],
                is_not_applicable=form.cleaned_data["is_not_applicable"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("Saved."))
            return redirect("submissions:references", pk)
    lines = list(
        ReferenceLine.objects.visible_to(request.user, request.at).filter(cycle=cycle).for_list()
    )
    context = {
        "cycle": cycle,
        "lines": lines,
        "in_use": sum(1 for line in lines if not line.withdrawn_at),
        "at_once": clearance.AT_ONCE,
        "form": None if closed else form,
        "people": _people(cycle) if request.user.oversees_the_country(request.at) else [],
    }
    return render(request, "submissions/calibration/references.html", context)


def _people(cycle: Cycle) -> list[dict[str, object]]:
    """List every assessor with when interests were declared, and how the training went; three
    queries.
    """
    held = Membership.objects.filter(role=Role.ASSESSOR).values("user")
    people = User.objects.filter(pk__in=held, is_active=True).order_by("name_fa", "pk")
    cleared: dict[int, dict[str, object]] = {}
    for c in Clearance.objects.filter(year=cycle.year, user__in=people):
        cleared.setdefault(c.user_id, {})[c.kind] = c.since
    sittings: dict[int, list[Calibration]] = {}
    for sitting in Calibration.objects.filter(cycle=cycle).order_by("begun_at", "pk"):
        sittings.setdefault(sitting.assessor_id, []).append(sitting)
    return [
        {
            "person": person,
            "stated_at": cleared.get(person.pk, {}).get(Clearance.Kind.INTERESTS),
            "trained_at": cleared.get(person.pk, {}).get(Clearance.Kind.TRAINING),
            "sittings": sittings.get(person.pk, []),
        }
        for person in people
    ]


@require_POST
def reference_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    lines = ReferenceLine.objects.visible_to(request.user, request.at).select_related(
        "measure", "cycle"
    )
    line = get_object_or_404(lines, pk=pk)
    with attempt(request):
        actions.withdraw(line, by=request.user, at=request.at)
        said = _("“%(line)s” is not shown in new sittings any more.")
        messages.success(request, said % {"line": line})
    return redirect("submissions:references", line.cycle_id)
