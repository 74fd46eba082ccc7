"""The agency's pages: drafting an appeal with its evidence, and signing what is filed."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.persian import in_locale, language
from agencies.roles import Role
from appeals import evidence
from appeals import papers as appeals_papers
from appeals.drafting import actions
from appeals.drafting.forms import AppealForm
from appeals.lookups import as_draft, find_line, find_scored
from appeals.models import Appeal, Attachment, Filing
from appeals.workflow import APPEALS, FILINGS, AppealState
from cycles.calendar import Phase
from cycles.models import Window
from cycles.papers.responses import paper_response
from cycles.papers.sources import PaperSource
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.ui.forms import ActForm
from cycles.workflow import Refused
from indicators.scoring.methods import METHODS
from submissions.evidence.actions import has_scanner
from submissions.models import Answer, Document, Score

MOST_OFFERED = 200
"""Of the files that the agency has uploaded before, so many are offered, newest first."""

# --- Drafting ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def draft(request: PortalRequest, pk: int) -> HttpResponse:
    """Draft or change an appeal against a line; the points of a proposed value are shown before
    anything is saved.
    """
    answer = find_line(request, pk)
    if answer.submission.agency_id not in request.user.agency_ids(request.at):
        raise Http404
    appeal = _live(request, answer)
    form = _form(answer, appeal, request.POST or None, request.FILES or None)
    previews = "preview" in request.POST
    saves = request.method == "POST" and not previews
    if saves and form.is_valid() and _save_draft(request, answer, form):
        if _stays(request, form):
            return redirect("appeals:draft", pk)
        return redirect("appeals:agency", answer.submission_id)
    context = _context(request, answer, appeal, form)
    if request.htmx and previews:
        return render(request, "appeals/drafting/draft.html#preview", context)
    return render(request, "appeals/drafting/draft.html", context)


def _stays(request: PortalRequest, form: AppealForm) -> bool:
    """Say whether the writer goes on with the draft after it was saved."""
    takes_back = "take_back" in request.POST
    return request.POST.get("act") == "stay" or takes_back or bool(form.cleaned_data["file"])


def _live(request: PortalRequest, answer: Answer) -> Appeal | None:
    seen = Appeal.objects.visible_to(request.user, request.at).live().filter(answer=answer)
    return seen.select_related("agency__province", "cycle", "answer__measure").first()


def _form(
    answer: Answer,
    appeal: Appeal | None,
    data: Mapping[str, object] | None = None,
    files: MultiValueDict[str, UploadedFile] | None = None,
) -> AppealForm:
    """Make the form of a draft, filled with what is stored of it."""
    initial = (
        {name: getattr(appeal, name) for name in ("ground", "proposed_value", "argument")}
        if appeal
        else {}
    )
    return AppealForm(
        data,
        files,
        initial=initial,
        grounds=actions.grounds(answer),
        documents=_offered_documents(answer, appeal),
        answer=answer,
    )


def _offered_documents(answer: Answer, appeal: Appeal | None) -> QuerySet[Document]:
    """List the files that the agency has uploaded before and that the appeal does not show."""
    held = Document.objects.held_by(answer.submission.agency_id)
    if appeal:
        attached = Attachment.objects.filter(appeal=appeal, withdrawn_at=None)
        held = held.exclude(pk__in=attached.values("document"))
    newest = held.values("pk")[:MOST_OFFERED]
    return Document.objects.filter(pk__in=newest).order_by("-uploaded_at", "-pk")


def _save_draft(request: PortalRequest, answer: Answer, form: AppealForm) -> bool:
    """Save the draft with what is added to it or taken off; all, or nothing
    and the form says why.
    """
    by, at = request.user, request.at
    with attempt(form):
        with transaction.atomic():
            seen = form.as_seen(
                lambda: _form(answer, Appeal.objects.live().filter(answer=answer).first())
            )
            appeal = actions.save_draft(answer, fields=form.draft, seen=seen, by=by, at=at)
            if uuid := request.POST.get("take_back"):
                evidence.detach(_live_attachment(appeal, uuid), by=by, at=at)
            _attach_files(request, appeal, form)
        messages.success(
            request, _("The draft is saved; it is not filed until the head of the agency signs it.")
        )
        return True
    return False


def _attach_files(request: PortalRequest, appeal: Appeal, form: AppealForm) -> None:
    """Add to a draft the file that came with the form, and the one chosen of the agency's."""
    typed = form.cleaned_data
    if typed["file"]:
        evidence.attach(
            appeal,
            upload=typed["file"],
            reference=typed["reference"],
            description=form.description,
            by=request.user,
            at=request.at,
        )
    if typed["document"]:
        evidence.refer(
            appeal,
            document=typed["document"],
            reference=typed["reference"],
            description=form.description,
            by=request.user,
            at=request.at,
        )


def _live_attachment(appeal: Appeal, uuid: str) -> Attachment:
    found = next((a for a in appeal.attachments.live() if str(a.uuid) == uuid), None)
    if found is None:
        raise Refused(_("This file has been replaced or withdrawn in the meantime."))
    return found


def _context(
    request: PortalRequest, answer: Answer, appeal: Appeal | None, form: AppealForm
) -> dict[str, object]:
    windows = Window.objects.concerning([answer.submission])
    subject = appeal or as_draft(answer.submission, answer)
    value = _typed_value(form) if form.is_bound else form.initial.get("proposed_value")
    return {
        "answer": answer,
        "submission": answer.submission,
        "appeal": appeal,
        "form": form,
        "closed": APPEALS.why_not(
            subject, APPEALS["edit"], by=request.user, at=request.at, windows=windows
        ),
        "window": windows.of(Phase.APPEAL, answer.submission),
        "score": Score.objects.visible_to(request.user, request.at)
        .filter(answer=answer, is_current=True)
        .first(),
        "files": appeal.attachments.live() if appeal else [],
        "has_scanner": has_scanner(),
        "may_discard": appeal is not None
        and not APPEALS.why_not(
            appeal, APPEALS["discard"], by=request.user, at=request.at, windows=windows
        ),
        **_preview(answer, value),
    }


def _typed_value(form: AppealForm) -> Decimal | None:
    form.is_valid()
    return form.cleaned_data.get("proposed_value")


def _preview(answer: Answer, value: Decimal | None) -> dict[str, object]:
    """Work out the points of a proposed value, and how; nothing where it cannot be the method's."""
    m = answer.measure
    ground = actions.grounds(answer)[0]
    if value is None or (unfit := actions.why_unsound(answer, ground, value)):
        return {"proposed_points": None, "formula": "" if value is None else unfit}
    explained = METHODS[m.method].explain(value, m.points, answer.scoring_params, language())
    return {"proposed_points": actions.points_of(answer, value), "formula": explained}


@require_safe
def attachment(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the file as it was uploaded, always as a download, once its state allows it."""
    rows = Attachment.objects.visible_to(request.user, request.at).live()
    shown = get_object_or_404(rows, uuid=uuid)
    document = shown.document
    if not document.is_open:
        messages.error(
            request,
            _("This file is not handed out: %(state)s.") % {"state": document.get_state_display()},
        )
        return redirect("appeals:detail", shown.appeal_id)
    return handed_out(document.file, name=document.name, content_type=document.content_type)


# --- Filing -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def file(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign and file drafts of one agency in one sitting; what was shown is what is filed."""
    submission = find_scored(request, pk)
    rows = Appeal.objects.filter(
        submission=submission, agency__in=request.user.agency_ids(request.at)
    )
    drafts = list(rows.filter(state=AppealState.DRAFT).for_page())
    windows = Window.objects.concerning([submission])
    subject = Filing(cycle=submission.cycle, agency=submission.agency, submission=submission)
    closed = FILINGS.why_not(
        subject, FILINGS["file"], by=request.user, at=request.at, windows=windows
    )
    form = ActForm(request.POST or None, move=FILINGS["file"], user=request.user)
    chosen = _ticked_drafts(request, drafts)
    if (
        request.method == "POST"
        and form.is_valid()
        and (filing := _file_appeals(request, chosen, form))
    ):
        return redirect("appeals:filing", filing.uuid)
    files: dict[int, list[Attachment]] = {}
    for shown in Attachment.objects.filter(appeal__in=drafts).live():
        files.setdefault(shown.appeal_id, []).append(shown)
    context = {
        "submission": submission,
        "drafts": [
            {
                "appeal": a,
                "files": files.get(a.pk, []),
                "lacks": actions.why_not_ready(a),
                "taken": a in chosen,
            }
            for a in drafts
        ],
        "form": form,
        "closed": closed,
        "move": FILINGS["file"],
        "window": windows.of(Phase.APPEAL, submission),
    }
    return render(request, "appeals/drafting/file.html", context)


def _ticked_drafts(request: PortalRequest, drafts: list[Appeal]) -> list[Appeal]:
    """Find the drafts that were ticked; before anything is, those that lack nothing."""
    if request.method == "POST":
        ticked = set(request.POST.getlist("appeal"))
        return [a for a in drafts if str(a.pk) in ticked]
    return [a for a in drafts if not actions.why_not_ready(a)]


def _file_appeals(request: PortalRequest, chosen: list[Appeal], form: ActForm) -> Filing | None:
    """File the chosen drafts; None where that is refused, and then the form says why."""
    changed = [a for a in chosen if request.POST.get(f"revision-{a.pk}") != str(a.revision)]
    if changed:
        form.add_error(
            None,
            _("A draft has been changed since you looked. Look at the drafts again, then sign."),
        )
        return None
    seen = hashlib.sha256(actions.content(a.pk for a in chosen).encode()).hexdigest()
    with attempt(form):
        filed = actions.file(
            chosen, by=request.user, at=request.at, seen=seen, **form.action_kwargs
        )
        said = ngettext("%(count)s appeal was filed.", "%(count)s appeals were filed.", len(filed))
        messages.success(request, said % {"count": in_locale(len(filed))})
        return filed[0].filing
    return None


def _filing(request: PortalRequest, uuid: UUID) -> Filing:
    rows = Filing.objects.visible_to(request.user, request.at)
    return get_object_or_404(
        rows.select_related("agency", "cycle", "submission", "filed_by"), uuid=uuid
    )


def standing(filing: Filing) -> dict[str, object]:
    """Look up the role in which a filing was signed, its appeals' number, and its seal."""
    stamp = seals.stamp(filing, "file")
    return {
        "filing": filing,
        "role": Role(filing.filed_as).label if filing.filed_as in Role.values else filing.filed_as,
        "count": filing.appeals.count(),
        "seal": stamp.seal if stamp else None,
    }


@require_safe
def filing(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show what was filed in one sitting, with its receipt."""
    found = _filing(request, uuid)
    appeals = Appeal.objects.visible_to(request.user, request.at).filter(filing=found).for_page()
    return render(request, "appeals/drafting/filing.html", {"appeals": appeals, **standing(found)})


@require_safe
def filing_content(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Hand out the very text whose SHA-256 was signed."""
    found = _filing(request, uuid)
    response = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.uuid}.json"'
    return response


@require_safe
def receipt(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the receipt of a filing as PDF, in the reader's language."""
    found = _filing(request, uuid)
    appeals = list(found.appeals.for_page())
    context = standing(found) | appeals_papers.proof(found.uuid) | {"appeals": appeals}
    name = f"receipt-{found.uuid}"
    source = PaperSource("appeals/drafting/receipt.html", lambda: context, name)
    return paper_response(request, source)


@login_not_required
@require_safe
def verify(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show whoever holds a receipt whether it is genuine, whose it is, and when it was signed."""
    found = get_object_or_404(
        Filing.objects.select_related("agency", "cycle").defer("content"), uuid=uuid
    )
    return render(request, "appeals/drafting/verify.html", standing(found))
