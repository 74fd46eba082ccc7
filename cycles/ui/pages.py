"""What the pages of every app are made with: the page that confirms an act, lists, histories,
uploaded sheets.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig, Table

from agencies.persian import in_locale
from cycles.clashes import Seen, digest
from cycles.engine.perform import why_closed, why_not_administer
from cycles.models import Entry
from cycles.requests import PortalRequest
from cycles.sandbox import Exceeded
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.spreadsheets.dry_run import Check
from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.sheets import CONTENT_TYPES, Form, Sheet, read
from cycles.ui import limits
from cycles.ui.attempts import attempt
from cycles.ui.forms import ActForm, ImportForm, SignatureForm
from cycles.workflow import Refused, Workflow
from cycles.workflow_objects import WorkflowObject

TableT = TypeVar("TableT", bound=Table)

PER_PAGE = 25
UPLOAD_KEPT = 3600
"""Seconds between the check of a sheet and its confirmation."""


def act_page(
    request: PortalRequest,
    workflow: Workflow,
    obj: WorkflowObject,
    name: str,
    *,
    do: Callable[..., object],
    then: str,
    summary: str = "",
    about: object = None,
    form_class: Callable[..., ActForm] = ActForm,
    shown: Callable[[], Mapping[str, object]] | None = None,
    **context: object,
) -> HttpResponse:
    """Confirm an act (GET) and do it (POST); a refusal is shown in words and nothing typed is lost.

    `do` takes by keyword the note and, of an official act, the letter; `then` is the URL to go to
    afterwards; `summary` is a template that shows what will happen; `form_class` a form that asks
    for more; `about` is what the page names when the act is on more than `obj`, which then stands
    for all of them. `shown` reads what the page shows besides the state: `do` then takes `seen` as
    well, and the act is refused when something else is stored by now.
    """
    about = about or obj
    move = workflow[name]
    form = form_class(
        request.POST or None, move=move, user=request.user, shows=shown() if shown else None
    )
    if request.method == "POST" and form.is_valid():
        seen = {"seen": Seen(form.seen_token, lambda: digest(shown()))} if shown else {}
        with attempt(form):
            do(**form.action_kwargs, **seen)
            messages.success(request, f"{move.label}: {about}")
            return redirect(then)
    elif request.method == "GET" and (
        closed := why_closed(workflow, obj, name, by=request.user, at=request.at)
    ):
        messages.error(request, closed)
        return redirect(then)
    context |= {"move": move, "object": about, "form": form, "then": then, "summary": summary}
    return render(request, "cycles/act.html", context)


def page_or_part(
    request: PortalRequest, template: str, part: str, context: Mapping[str, object]
) -> HttpResponse:
    """Draw a page, or only its named part where htmx asks for it."""
    return render(request, f"{template}#{part}" if request.htmx else template, dict(context))


def page_of(request: PortalRequest, table: TableT) -> TableT:
    """Sort and page a table as the address says."""
    configured: TableT = RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return configured


@dataclass(frozen=True)
class HistoryEntry:
    """An entry of the official record as `components/history.html` shows it."""

    sentence: str
    actor: str
    at: datetime


def history(entries: Iterable[Entry]) -> list[HistoryEntry]:
    """List what was done, with from where to where and the note, newest first."""
    rows = []
    for entry in entries:
        change = f" ({entry.change})" if entry.change else ""
        note = f": {entry.note}" if entry.note else ""
        rows.append(
            HistoryEntry(
                f"{entry.sentence}{change}{note}",
                entry.actor_name or _("the calendar itself"),
                entry.at,
            )
        )
    return rows


def only_for(request: PortalRequest, act: str) -> None:
    """Answer 404 to a reader who may not do an act of administration."""
    if why_not_administer(act, by=request.user, at=request.at):
        raise Http404


# --- Sheets -------------------------------------------------------------------------------------


def sheet_answer(content: bytes, name: str, kind: str) -> HttpResponse:
    """Send a file to save; there is no page for a kind of file that we do not write."""
    if kind not in CONTENT_TYPES:
        raise Http404
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


def csv_answer(rows: Iterable[Sequence[object]], name: str) -> StreamingHttpResponse:
    """Send rows as a CSV file to save, as they come: of many rows only a few are held at once."""
    response = StreamingHttpResponse(
        spreadsheets_exports.csv_lines(rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def import_page(
    request: PortalRequest,
    form: Form,
    *,
    check: Callable[..., Check],
    do: Callable[..., Sequence[object]],
    then: str,
    page: str,
    form_class: type[ImportForm] = ImportForm,
    signed: bool = False,
    reader: Callable[[bytes, str], Sheet] | None = None,
    **context: object,
) -> HttpResponse:
    """Check a sheet without writing, show every wrong cell and what would change, and write it when
    confirmed.

    `do` takes the sheet, and by keyword `as_checked` (which names what was shown), `file_name`,
    `sha256` and `left_out`; it answers with what it wrote. `then` is the URL to go to afterwards.
    Rows that are wrong are left out only when that was asked for in so many words. What a
    `form_class` of the page's own asks for goes to both. With `signed` the password is asked for
    again before anything is written. Files of others, which follow no form of ours, have a `reader`
    of their own.
    """
    reader = reader or partial(read, form)
    token = request.POST.get("token", "")
    typed_signature = request.POST if token else None
    signature = SignatureForm(typed_signature, user=request.user) if signed else None
    if token and _is_signed(signature):
        return _write_checked(request, reader, token, do=do, then=then)

    upload = _upload(request, form_class, token)
    found = None
    if token:
        kept = cache.get(_kept_as(request, token))
        if kept is None:
            return _no_longer_kept(request)
        found = check(reader(kept[1], kept[0]), **kept[4])
    elif request.method == "POST" and upload.is_valid():
        found, token = _check_upload(request, reader, check, upload)
    context |= {
        "form": upload,
        "check": found,
        "token": token,
        "then": then,
        "signature": signature,
    }
    return render(request, page, context)


def _upload(request: PortalRequest, form_class: type[ImportForm], token: str) -> ImportForm:
    """Make the form of a file; what confirms a checked file is not for it."""
    return form_class(None if token else request.POST or None, request.FILES or None)


def _is_signed(signature: SignatureForm | None) -> bool:
    return signature is None or signature.is_valid()


def _check_upload(
    request: PortalRequest,
    reader: Callable[[bytes, str], Sheet],
    check: Callable[..., Check],
    upload: ImportForm,
) -> tuple[Check | None, str]:
    """Check an uploaded file, and keep it under a token where it would change something."""
    file = upload.cleaned_data["file"]
    content = file.read()
    try:
        found = check(_read(request, reader, content, file.name), **upload.action_kwargs)
    except (Unreadable, Exceeded) as error:
        upload.add_error("file", str(error))
        return None, ""
    if not found.differs:
        return found, ""
    token = secrets.token_urlsafe()
    kept = (file.name, content, found.digest, found.left_out, upload.action_kwargs)
    cache.set(_kept_as(request, token), kept, UPLOAD_KEPT)
    return found, token


def _no_longer_kept(request: PortalRequest) -> HttpResponse:
    messages.error(request, _("The checked file is no longer at hand; please choose it again."))
    return redirect(request.path)


def _read(
    request: PortalRequest, reader: Callable[[bytes, str], Sheet], content: bytes, name: str
) -> Sheet:
    """Read a sheet, for as many as one person may have read in an hour."""
    if not limits.spend("sheet", request.user):
        raise Exceeded(
            _("You have had very many files checked within an hour. Please wait, then try again.")
        )
    with limits.reading_files_of(request.user):
        return reader(content, name)


def _kept_as(request: PortalRequest, token: str) -> str:
    """Name where a checked file waits: only for the person who had it checked, and only on the page
    where that was.
    """
    place = hashlib.sha256(f"{request.path_info} {token}".encode()).hexdigest()
    return f"import:{request.user.pk}:{place}"


def _write_checked(
    request: PortalRequest,
    reader: Callable[[bytes, str], Sheet],
    token: str,
    *,
    do: Callable[..., Sequence[object]],
    then: str,
) -> HttpResponse:
    kept = cache.get(_kept_as(request, token))
    if kept is None:
        return _no_longer_kept(request)
    name, content, digest, left_out, said = kept
    if left_out and request.POST.get("take") != "right":
        messages.error(request, _("Rows of this file are wrong. Nothing was written."))
        return redirect(request.path)
    try:
        written = do(
            _read(request, reader, content, name),
            as_checked=digest,
            file_name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            left_out=left_out,
            **said,
        )
    except (Refused, Unreadable, Exceeded) as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    cache.delete(_kept_as(request, token))
    messages.success(
        request,
        _("The file has been taken over. Rows added or changed: %(count)s")
        % {"count": in_locale(len(written))},
    )
    if left_out:
        messages.warning(
            request,
            _("Rows left out because of errors: %(count)s") % {"count": in_locale(left_out)},
        )
    return redirect(then)
