"""Pages of verification at the source: the sample of a cycle, an assessor's list, and one line with
what was found.
"""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.persian import in_locale, language
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine.perform import open_to, why_closed
from cycles.models import Cycle, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.ui.pages import page_of
from cycles.workflow import Refused
from indicators.scoring.methods import METHODS
from submissions import sampling
from submissions.evidence import actions as evidence
from submissions.evidence.queries import files_of_line
from submissions.lookups import note_reading, overseen_cycle
from submissions.models import Exhibit, Finding, Score, Verification
from submissions.outliers import Against
from submissions.scoring.verification_effect import RULE
from submissions.verification import actions, draw
from submissions.verification.filters import VerificationFilter
from submissions.verification.forms import HandOverForm, VerificationForm
from submissions.verification.tables import VerificationTable
from submissions.workflow import VERIFICATIONS, VerificationState

# --- The sample of a cycle -----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def sample(request: PortalRequest, pk: int) -> HttpResponse:
    """Show which lines are verified, why, by whom and with what outcome; by POST those that qualify
    are drawn.
    """
    cycle = overseen_cycle(request, pk)
    if request.method == "POST":
        return _draw(request, cycle)
    rows = Verification.objects.visible_to(request.user, request.at).filter(cycle=cycle)
    narrowed = VerificationFilter(request.GET, queryset=rows.for_list(), request=request)
    context = {
        "cycle": cycle,
        "filter": narrowed,
        "table": page_of(request, VerificationTable(narrowed.qs)),
        "counts": _counts(list(rows.values_list("state", "finding"))),
        "may_draw": cycle.verification_percent
        and request.user.holds(Role.ADMINISTRATOR, at=request.at),
        "closed": Window.objects.concerning([cycle]).why_closed(Phase.SCORING, cycle, request.at),
        "rule": RULE,
        "large_gain": int(sampling.LARGE_GAIN * 100),
        "heavy": int(sampling.HEAVY * 100),
        "lot_share": sampling.LOT_SHARE,
    }
    return render(request, "submissions/verification/sample.html", context)


def _counts(rows: list[tuple[str, str]]) -> dict[str, object]:
    found = [finding for state, finding in rows if state == VerificationState.CONCLUDED]
    return {
        "drawn": len(rows),
        "open": len(rows) - len(found),
        "findings": [(f.value, f.label, found.count(f.value)) for f in Finding],
    }


def _draw(request: PortalRequest, cycle: Cycle) -> HttpResponse:
    with attempt(request):
        drawn = draw.draw(cycle, by=request.user, at=request.at)
        said = ngettext("%(count)s line was drawn.", "%(count)s lines were drawn.", drawn.lines)
        messages.success(request, said % {"count": in_locale(drawn.lines)})
        if drawn.unfit:
            said = _(
                "Lines that nobody who does not mark them may verify: %(count)s. Draw again when "
                "somebody may."
            )
            messages.warning(request, said % {"count": in_locale(drawn.unfit)})
    return redirect("submissions:sample", cycle.pk)


@require_safe
def verifications(request: PortalRequest) -> HttpResponse:
    """List the lines that an assessor verifies, those of marked agencies, or all in scope."""
    rows = Verification.objects.visible_to(request.user, request.at)
    narrowed = VerificationFilter(request.GET, queryset=rows.for_list(), request=request)
    context = {
        "filter": narrowed,
        "table": page_of(request, VerificationTable(narrowed.qs)),
        "rule": RULE,
    }
    return render(request, "submissions/verification/verifications.html", context)


# --- One line -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def verification(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what the agency says, why the line was drawn, and what was found, or the form for it."""
    line = (
        "line__own",
        "line__measure__indicator__axis",
        "submission__agency__province",
        "submission__cycle",
    )
    rows = Verification.objects.visible_to(request.user, request.at).for_list()
    held = get_object_or_404(rows.select_related("agency__province", *line), pk=pk)
    if held.is_concluded and held.assessor_id != request.user.pk:
        note_reading(request, held.submission, "line")
    moves = {m.name for m in open_to(VERIFICATIONS, held, by=request.user, at=request.at)}
    form, over = _forms(request, held, moves)
    if request.method == "POST" and _do_act(request, held, form, over):
        return redirect("submissions:verification", pk)
    return render(
        request,
        "submissions/verification/verification.html",
        _context(request, held, form, over, moves),
    )


def _forms(
    request: PortalRequest, held: Verification, moves: set[str]
) -> tuple[VerificationForm, HandOverForm | None]:
    """Make the form of the finding, with what was saved before, and for administrators the form by
    which the line goes to another assessor.
    """
    act = request.POST.get("act", "")
    over = None
    if "hand_over" in moves:
        fit = draw.fit_for(held, request.at)
        data = request.POST if act == "hand_over" else None
        over = HandOverForm(data, verification=held, assessors=fit)
    if request.method != "POST" or act == "hand_over":
        return _stored_form(request, held), over
    form = VerificationForm(
        request.POST,
        request.FILES,
        initial=_stored_values(held),
        line=held.line,
        user=request.user,
        concluding=act == "conclude",
    )
    return form, over


def _stored_values(held: Verification) -> dict[str, object]:
    return {name: getattr(held, name) for name in actions.FIELDS}


def _stored_form(request: PortalRequest, held: Verification) -> VerificationForm:
    """Make the form of the finding as it is stored."""
    return VerificationForm(initial=_stored_values(held), line=held.line, user=request.user)


def _as_seen(request: PortalRequest, held: Verification, form: VerificationForm) -> Seen:
    rows = Verification.objects.select_related("line__own", "line__measure")
    return form.as_seen(lambda: _stored_form(request, rows.get(pk=held.pk)))


def _context(
    request: PortalRequest,
    held: Verification,
    form: VerificationForm,
    over: HandOverForm | None,
    moves: set[str],
) -> dict[str, object]:
    answer, m = held.line, held.line.measure
    method = METHODS[m.method]
    scores = (
        Score.objects.visible_to(request.user, request.at)
        .filter(answer=answer)
        .exclude(basis=Score.Basis.SELF)
    )
    return {
        "held": held,
        "answer": answer,
        "formula": method.explain(answer.value, m.points, answer.scoring_params, language()),
        "files": files_of_line(answer.pk),
        "standing_out": [Against(code) for code in answer.outliers],
        "exhibits": held.exhibits.live() if held.is_concluded or "show" in moves else [],
        "scores": scores.order_by("scored_at", "pk"),
        "form": form if "conclude" in moves else None,
        "over": over,
        "has_scanner": evidence.has_scanner(),
        "rule": RULE,
        "closed": why_closed(VERIFICATIONS, held, "conclude", by=request.user, at=request.at),
        "is_mine": held.assessor_id == request.user.pk,
    }


def _do_act(
    request: PortalRequest, held: Verification, form: VerificationForm, over: HandOverForm | None
) -> bool:
    """Do what was asked for; where it is refused the page says why and keeps what was typed."""
    act = request.POST.get("act", "")
    if act == "hand_over":
        return over is not None and over.is_valid() and _hand_over(request, held, over)
    if not form.is_valid():
        return False
    with attempt(form):
        if act == "conclude":
            _conclude(request, held, form)
        else:
            _save_note(request, held, form)
        messages.success(
            request, _("The verification is concluded.") if act == "conclude" else _("Saved.")
        )
        return True
    return False


def _hand_over(request: PortalRequest, held: Verification, over: HandOverForm) -> bool:
    """Give the line to the chosen assessor; where that is refused the form says why."""
    seen = over.as_seen(
        lambda: HandOverForm(verification=Verification.objects.get(pk=held.pk), assessors=())
    )
    assessor = over.cleaned_data["assessor"]
    with attempt(over):
        draw.hand_over(held, assessor=assessor, seen=seen, by=request.user, at=request.at)
        messages.success(request, _("Saved."))
        return True
    return False


def _conclude(request: PortalRequest, held: Verification, form: VerificationForm) -> None:
    """Conclude, all or nothing: the file that came with it is shown, too."""
    with transaction.atomic():
        _show_file(request, held, form)
        actions.conclude(
            held,
            place=form.cleaned_data["place"],
            finding=form.cleaned_data["finding"],
            found_value=form.cleaned_data["found_value"],
            text=form.cleaned_data["text"],
            hours=form.cleaned_data["hours"],
            by=request.user,
            at=request.at,
            seen=_as_seen(request, held, form),
        )


def _save_note(request: PortalRequest, held: Verification, form: VerificationForm) -> None:
    """Save what was typed so far, with a file more or a file less."""
    with transaction.atomic():
        actions.note(
            held,
            place=form.cleaned_data["place"],
            finding=form.cleaned_data["finding"],
            found_value=form.cleaned_data["found_value"],
            text=form.cleaned_data["text"],
            hours=form.cleaned_data["hours"],
            by=request.user,
            at=request.at,
            seen=_as_seen(request, held, form),
        )
        if withdrawn := request.POST.get("take_back"):
            shown = next((e for e in held.exhibits.live() if str(e.uuid) == withdrawn), None)
            if shown is None:
                raise Refused(_("This file has been replaced or withdrawn in the meantime."))
            actions.take_back(shown, by=request.user, at=request.at)
        _show_file(request, held, form)


def _show_file(request: PortalRequest, held: Verification, form: VerificationForm) -> None:
    """Keep the file that came with the form, where one did."""
    if file := form.cleaned_data["file"]:
        actions.show(
            held,
            upload=file,
            description=form.description,
            by=request.user,
            at=request.at,
        )


@require_safe
def exhibit(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the file as it was uploaded, always as a download, once its state allows it."""
    rows = (
        Exhibit.objects.visible_to(request.user, request.at).live().select_related("verification")
    )
    shown = get_object_or_404(rows, uuid=uuid)
    if not shown.verification.is_concluded and shown.verification.assessor_id != request.user.pk:
        raise Http404
    document = shown.document
    if not document.is_open:
        messages.error(
            request,
            _("This file is not handed out: %(state)s.") % {"state": document.get_state_display()},
        )
        return redirect("submissions:verification", shown.verification_id)
    return handed_out(document.file, name=document.name, content_type=document.content_type)
