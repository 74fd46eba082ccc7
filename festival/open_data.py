"""The open data for machines: a catalogue of publications, their files at addresses that never change.

Addresses carry no language. What is under embargo does not exist, except for those who prepare it.
"""

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from cycles.files import handed_out
from cycles.ledger import plain
from festival.datafiles import MANIFEST, TYPES
from festival.dictionary import TABLES
from festival.kept_pages import kept
from festival.models import DataFile, Edition
from festival.pages import managed_cycles, note_reading

FOR_EVER = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every published edition with its manifest, the newest first."""
    manifests = DataFile.objects.published(request.at).filter(name=MANIFEST).select_related("edition__cycle")
    found = [
        {
            "year": file.edition.cycle.year,
            "edition": file.edition.number,
            "reason": file.edition.reason,
            "published_at": plain(file.edition.publish_at),
            "manifest": reverse("data_file", args=[file.edition.cycle.year, file.edition.number, MANIFEST]),
            "sha256": file.sha256,
        }
        for file in manifests.order_by("-edition__cycle__year", "-edition__number", "pk")
    ]
    return JsonResponse({"publications": found}, json_dumps_params={"ensure_ascii": False})


def _file(request: HttpRequest, year: int, number: int, name: str) -> DataFile:
    """A file that this reader may have; read once a request."""
    if (found := getattr(request, "data_file", None)) is None:
        public = Edition.objects.published(request.at).values("pk")
        files = DataFile.objects.select_related("edition__cycle")
        files = files.filter(edition__in=public) | files.filter(edition__cycle__in=managed_cycles(request).values("pk"))
        found = get_object_or_404(files, edition__cycle__year=year, edition__number=number, name=name)
        request.data_file = found  # type: ignore[attr-defined]
    return found


def _etag(request: HttpRequest, year: int, number: int, name: str) -> str | None:
    try:
        return f'"{_file(request, year, number, name).sha256}"'
    except Http404:
        return None


@login_not_required
@require_safe
@condition(etag_func=_etag)
def data_file(request: HttpRequest, year: int, number: int, name: str) -> HttpResponseBase:
    """One file of a publication, the same for ever: whoever has it need not ask again."""
    file = _file(request, year, number, name)
    note_reading(request, file.edition)
    kind = TYPES[PurePath(name).suffix]
    response = handed_out(file.file, name=f"{year}-{number}-{name}", content_type=kind)
    if file.edition.is_published(request.at):
        response["Cache-Control"] = FOR_EVER
    return response


@login_not_required
@require_safe
def folder(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Where a publication's files stand: for people, their page."""
    return redirect("festival:downloads", year, number)


@login_not_required
@require_safe
@kept
def downloads(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The files of a published edition with what stands in them, and how anybody checks them."""
    edition = get_object_or_404(
        Edition.objects.published(request.at).select_related("cycle", "run"), cycle__year=year, number=number
    )
    files = {file.name: file for file in DataFile.objects.filter(edition=edition).order_by("pk")}
    tables = [
        (table, [files[name] for kind in ("csv", "json", "xlsx") if (name := f"{table.name}.{kind}") in files])
        for table in TABLES
    ]
    of_table = {file.name for _table, its in tables for file in its}
    others = [file for name, file in files.items() if name not in of_table]
    context = {"edition": edition, "tables": tables, "others": others, "manifest": files.get(MANIFEST)}
    return render(request, "festival/downloads.html", context)
