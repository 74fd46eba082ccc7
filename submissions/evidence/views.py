"""The pages of evidence: what is shown for a line, what the agency holds, a file's preview, and the
handing out.
"""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from agencies.persian import search_key
from cycles.engine.perform import open_to
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import Stored, handed_out
from cycles.ui.pages import page_or_part
from cycles.workflow import Refused
from submissions.contents.texts import MOST_LETTERS
from submissions.evidence import actions, quotas
from submissions.evidence.forms import ReferenceForm, UploadForm
from submissions.evidence.queries import files_of_line
from submissions.lookups import find_line, line_url
from submissions.models import Answer, Document, Evidence
from submissions.workflow import MOVES

A_PAGE = 20
LIST = "evidence-list"
"""The element in which pages show a line's files: told when they have changed."""


def drawer(answer: Answer, acts: set[str], files: list[Evidence]) -> dict[str, object]:
    """Collect what the files of a line (`files_of_line`) and the place for more need.

    `acts` are the moves open to the reader.
    """
    may_add = "attach" in acts and not answer.measure.is_stewarded
    submission = answer.submission
    for file in files if "refer" in acts else ():
        file.form = _reference_form(file)  # type: ignore[attr-defined]  # the list draws each file's form
    return {
        "answer": answer,
        "acts": acts,
        "files": files,
        "upload": UploadForm() if may_add else None,
        "used": quotas.used_amount(submission.cycle, submission.agency) if may_add else None,
        "quota": quotas.quota(),
        "has_scanner": actions.has_scanner(),
    }


def _reference_form(shown: Evidence, data: QueryDict | None = None) -> ReferenceForm:
    initial = {name: getattr(shown, name) for name in ("reference", *Evidence.DESCRIPTION)}
    return ReferenceForm(data, initial=initial, auto_id=f"id_{shown.uuid}_%s")


def _acts(request: PortalRequest, answer: Answer) -> set[str]:
    return {move.name for move in open_to(MOVES, answer.submission, by=request.user, at=request.at)}


def _evidence(request: PortalRequest, uuid: UUID) -> Evidence:
    rows = Evidence.objects.visible_to(request.user, request.at)
    line = ("answer__submission__agency", "answer__submission__cycle", "answer__measure")
    return get_object_or_404(rows.select_related(*line, "document", "attached_by"), uuid=uuid)


# --- A line's files -----------------------------------------------------------------------------


@require_safe
def files(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the files of a line by themselves: asked for again when one has come in or is being
    checked.
    """
    answer = find_line(request, pk)
    acts = _acts(request, answer)
    shown = drawer(answer, acts, files_of_line(answer.pk)) | {"acts_on_files": acts}
    response = render(request, "submissions/files.html", shown, using="fragments")
    if request.htmx.target == LIST:  # not where only the state of a file is asked for again
        trigger_client_event(response, "evidence-changed", {"line": pk}, after="settle")
    return response


@require_http_methods(["GET", "POST"])
def attach(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a page for one more file of a line, or for the new version of one; how a browser without
    scripts uploads.
    """
    answer = find_line(request, pk)
    replaces = _file_to_replace(answer, request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.attach(answer, upload=file, replaces=replaces, by=request.user, at=request.at)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(line_url(answer))
    acts = _acts(request, answer)
    context = drawer(answer, acts, files_of_line(answer.pk))
    context |= {"replaces": replaces, "back": line_url(answer)}
    if context["upload"]:
        context["upload"] = form
    return render(request, "submissions/evidence/attach.html", context)


def _file_to_replace(answer: Answer, request: PortalRequest) -> Evidence | None:
    """Find the file that is to have a new version, where one is named."""
    named = request.POST.get("replaces") or request.GET.get("replaces")
    if not named:
        return None
    try:
        uuid = UUID(named)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(answer.evidence.live().select_related("document"), uuid=uuid)


@require_POST
def refer(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save on which page or sheet the figure stands, and what the file is; what is refused stays as
    it was typed.
    """
    shown = _evidence(request, uuid)
    form = _reference_form(shown, request.POST)
    if form.is_valid():
        with attempt(form):
            actions.refer(
                shown,
                reference=form.cleaned_data["reference"],
                description=form.description,
                by=request.user,
                at=request.at,
                seen=form.as_seen(lambda: _reference_form(Evidence.objects.get(uuid=uuid))),
            )
            return redirect(line_url(shown.answer))
    context = {"shown": shown, "form": form, "back": line_url(shown.answer)}
    return render(request, "submissions/evidence/describe.html", context, status=422)


@require_POST
def detach(request: PortalRequest, uuid: UUID) -> HttpResponse:
    shown = _evidence(request, uuid)
    with attempt(request):
        actions.detach(shown, by=request.user, at=request.at)
    return redirect(line_url(shown.answer))


# --- What the agency holds ----------------------------------------------------------------------


def _own_answer(request: PortalRequest, pk: int) -> Answer:
    """Find a line of the reader's own agency: what it holds in other years is for its
    people alone.
    """
    answer = find_line(request, pk)
    if answer.submission.agency_id not in request.user.agency_ids(request.at):
        raise Http404
    return answer


@require_safe
def held_documents(request: PortalRequest, pk: int) -> HttpResponse:
    """List the agency's files of this year's other lines and of earlier years, to be shown for this
    line, too.
    """
    answer = _own_answer(request, pk)
    asked = request.GET.get("q", "")
    rows = Document.objects.held_by(answer.submission.agency_id)
    if key := search_key(asked):
        rows = rows.filter(search_key__contains=key)
    page = Paginator(rows.with_uses().select_related("cycle"), A_PAGE).get_page(
        request.GET.get("page")
    )
    here = {document.pk for document in page.object_list if _is_shown_for(document, answer)}
    context = {
        "answer": answer,
        "back": line_url(answer),
        "page": page,
        "asked": asked,
        "here": here,
        "may_reuse": "attach" in _acts(request, answer) and not answer.measure.is_stewarded,
    }
    return render(request, "submissions/evidence/held.html", context)


def _is_shown_for(document: Document, answer: Answer) -> bool:
    return any(use.answer_id == answer.pk for use in document.uses)


@require_POST
def reuse(request: PortalRequest, pk: int, uuid: UUID) -> HttpResponse:
    answer = _own_answer(request, pk)
    document = get_object_or_404(Document.objects.held_by(answer.submission.agency_id), uuid=uuid)
    with attempt(request):
        actions.reuse(answer, document, by=request.user, at=request.at)
        messages.success(
            request, _("“%(name)s” is now shown for this line, too.") % {"name": document.name}
        )
    return redirect(line_url(answer))


# --- Looking at a file --------------------------------------------------------------------------


@require_safe
def preview(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show a file's pages as pictures, its versions, its digest, and where else it is used: beside
    the line or alone.
    """
    shown = _evidence(request, uuid)
    document = shown.document
    pages = document.pages if document.is_open else 0
    excerpt = document.excerpt if document.is_open else ""
    asked = request.GET.get("page", "")
    number = (
        min(int(asked), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    )
    uses = (
        Evidence.objects.visible_to(request.user, request.at)
        .live()
        .filter(document=document)
        .exclude(pk=shown.pk)
    )
    same = [e for e in files_of_line(shown.answer_id) if e.pk == shown.pk]
    context = {
        "shown": shown,
        "document": document,
        "number": max(number, 1),
        "pages": pages,
        "excerpt": excerpt,
        "mail_head": document.mail_head if document.is_open else [],
        "is_cut": len(excerpt) == MOST_LETTERS,
        "uses": uses.select_related("answer__measure", "answer__submission__cycle"),
        "versions": same[0].versions if same else [],
        "has_scanner": actions.has_scanner(),
    }
    return page_or_part(request, "submissions/evidence/preview.html", "viewer", context)


@require_safe
def picture(request: PortalRequest, uuid: UUID, number: int) -> HttpResponseBase:
    """Hand out one page of a file, as we drew it."""
    document = _evidence(request, uuid).document
    if not document.is_open or not 1 <= number <= document.pages:
        raise Http404
    stored = Stored(document.picture(number), document.file.storage)
    return handed_out(
        stored, name=f"{number}.png", content_type="image/png", inline=True, embedded=True
    )


@require_safe
def download(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the file as it was uploaded, always as a download, with a type of ours, once its
    state allows it.
    """
    shown = _evidence(request, uuid)
    if not shown.document.is_open:
        messages.error(
            request,
            _("This file is not handed out: %(state)s.")
            % {"state": shown.document.get_state_display()},
        )
        return redirect("submissions:preview", uuid)
    return handed_out(
        shown.document.file, name=shown.document.name, content_type=shown.document.content_type
    )
