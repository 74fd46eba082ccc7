"""Pages of like cases: every agency with the line that a decision showed to be wrong, and the act
that corrects all.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.persian import in_locale
from appeals.corrections import actions, effects
from appeals.corrections.effects import CHANGES, AffectedLine
from appeals.corrections.forms import CorrectionFields, correction_form
from appeals.lookups import find
from appeals.models import Appeal, Correction
from appeals.workflow import CORRECTIONS
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from submissions.models import Answer, Score

SHOWN = 50
"""So many agencies are named on the page, those first whose score changes."""


@require_http_methods(["GET", "POST"])
def correct(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask for the right rule; show what it does to every agency; take the signature under just
    that.
    """
    appeal = find(request, pk)
    who = CORRECTIONS["correct"].who
    if not appeal.error or not who(request.user, actions.correction_for(appeal), request.at):
        raise Http404
    measure, signing = appeal.answer.measure, request.POST.get("act") == "sign"
    lines = effects.lines_of(measure)
    codes = {line.code.casefold(): line.pk for line in lines}
    data = request.POST if request.method == "POST" else None
    form = correction_form(appeal.error, measure, codes, data, user=request.user, signing=signing)
    found: list[AffectedLine] = []
    if data is not None and not set(form.errors) - {"password"}:
        if why := form.rule.why_unfit(appeal.error):
            form.add_error(None, why)
        elif signing and form.is_valid() and (made := _correct(request, appeal, form)):
            return redirect("appeals:correction", made.pk)
        else:
            found = effects.affected_lines(
                measure, form.rule, may_fall=appeal.cycle.appeal_may_lower, lines=lines
            )
    context = {
        "appeal": appeal,
        "measure": measure,
        "form": form,
        "line_count": len(lines),
        "earlier": appeal.corrections.for_list(),
        **_effects_context(found),
    }
    return render(request, "appeals/corrections/correct.html", context)


def _effects_context(found: list[AffectedLine]) -> dict[str, object]:
    """Collect what a rule would do, as the page shows it."""
    # within each by agency, as they came
    first = sorted(found, key=lambda affected: affected.effect not in CHANGES)
    return {
        "found": first[:SHOWN],
        "counts": effects.counts(found),
        "changed": sum(affected.effect in CHANGES for affected in found),
        "digest": effects.digest(found) if found else "",
        "more": max(0, len(found) - SHOWN),
    }


def _correct(request: PortalRequest, appeal: Appeal, form: CorrectionFields) -> Correction | None:
    """Make the correction; None where it is refused, and then the form says why."""
    with attempt(form):
        made = actions.correct(
            appeal,
            form.rule,
            reason=form.cleaned_data["reason"],
            letter=form.cleaned_data["letter"],
            seen=request.POST.get("shown") or "-",
            by=request.user,
            at=request.at,
        )
        said = ngettext(
            "The score of %(count)s agency was corrected.",
            "The scores of %(count)s agencies were corrected.",
            made.line_count,
        )
        messages.success(request, said % {"count": in_locale(made.line_count)})
        return made
    return None


@require_safe
def correction(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what was corrected and for whom; lead people of an agency to their own line."""
    held = get_object_or_404(Correction.objects.for_list(), pk=pk)
    own = Answer.objects.filter(
        measure=held.measure, submission__agency__in=request.user.agency_ids(request.at)
    )
    changed = Score.objects.filter(
        answer__in=own, basis=Score.Basis.CORRECTION, scored_at=held.made_at
    )
    if mine := changed.values_list("answer", flat=True).first():
        return redirect("submissions:line", mine)
    if not Correction.objects.visible_to(request.user, request.at).filter(pk=pk).exists():
        raise Http404
    rows = Score.objects.visible_to(request.user, request.at)
    rows = rows.filter(
        answer__measure=held.measure, basis=Score.Basis.CORRECTION, scored_at=held.made_at
    )
    context = {
        "held": held,
        "scores": rows.select_related("answer__submission__agency").order_by(
            "answer__submission__agency__sort_key"
        ),
        "stamp": seals.stamp(held, "correct"),
    }
    return render(request, "appeals/corrections/correction.html", context)
