"""The open data for machines: a catalogue of publications, their files at addresses that never
change.

Addresses carry no language. What is under embargo does not exist, except for those who prepare it.
"""

import json
from functools import partial
from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import condition, require_safe

from cycles.engine.ledger import plain
from cycles.requests import PortalRequest
from cycles.ui.files import handed_out
from festival.lookups import managed_cycles, note_reading
from festival.models import DataFile, Edition
from festival.open_data import descriptions
from festival.open_data.dictionary import TABLES
from festival.open_data.files import MANIFEST, TYPES
from festival.open_data.schemas import JsonObject
from festival.page_cache import cached_for_visitors

FOR_EVER = "public, max-age=31536000, immutable"
_ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def linked_data(said: JsonObject) -> SafeString:
    """Wrap a page's linked data (JSON-LD) in an element that ends where it should."""
    text = json.dumps(said, ensure_ascii=False).translate(_ESCAPED)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- escaped above


@login_not_required
@require_safe
def catalogue(request: PortalRequest) -> HttpResponse:
    """List every published edition with its manifest, the newest first."""
    manifests = (
        DataFile.objects.published(request.at)
        .filter(name=MANIFEST)
        .select_related("edition__cycle")
    )
    found = [
        {
            "year": file.edition.cycle.year,
            "edition": file.edition.number,
            "reason": file.edition.reason,
            "published_at": plain(file.edition.publish_at),
            "manifest": reverse(
                "data_file", args=[file.edition.cycle.year, file.edition.number, MANIFEST]
            ),
            "sha256": file.sha256,
        }
        for file in manifests.order_by("-edition__cycle__year", "-edition__number", "pk")
    ]
    return JsonResponse({"publications": found}, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
@cached_for_visitors
def linked_catalogue(request: PortalRequest) -> HttpResponse:
    """List every published edition with its files, as schema.org and DCAT describe data sets."""
    files: dict[int, list[DataFile]] = {}
    rows = DataFile.objects.published(request.at).select_related("edition__cycle")
    for file in rows.order_by("-edition__cycle__year", "-edition__number", "pk"):
        files.setdefault(file.edition_id, []).append(file)
    told = [
        (
            its[0].edition,
            its,
            _page(request, its[0].edition),
            partial(_address, request, its[0].edition),
        )
        for its in files.values()
    ]
    said = descriptions.catalog(told, page=request.build_absolute_uri())
    options = {"ensure_ascii": False}
    return JsonResponse(said, json_dumps_params=options, content_type="application/ld+json")


def _page(request: PortalRequest, edition: Edition) -> str:
    """Return the address at which an edition's files are shown to people."""
    return request.build_absolute_uri(
        reverse("data_folder", args=[edition.cycle.year, edition.number])
    )


def _address(request: PortalRequest, edition: Edition, name: str) -> str:
    return request.build_absolute_uri(
        reverse("data_file", args=[edition.cycle.year, edition.number, name])
    )


def _file(request: PortalRequest, year: int, number: int, name: str) -> DataFile:
    """Find a file that this reader may have; read once a request."""
    if (found := getattr(request, "data_file", None)) is None:
        files = DataFile.objects.select_related("edition__cycle")
        files = files.filter(edition__cycle__year=year, edition__number=number, name=name)
        public = Edition.objects.published(request.at).values("pk")
        found = files.filter(edition__in=public).first()
        # who asks is looked at only where it matters: what is published is the same for everybody,
        # cookies or none
        found = found or get_object_or_404(
            files, edition__cycle__in=managed_cycles(request).values("pk")
        )
        request.data_file = found  # type: ignore[attr-defined]  # only here
    return found


def _etag(request: PortalRequest, year: int, number: int, name: str) -> str | None:
    try:
        return f'"{_file(request, year, number, name).sha256}"'
    except Http404:
        return None


@login_not_required
@require_safe
@condition(etag_func=_etag)
def data_file(request: PortalRequest, year: int, number: int, name: str) -> HttpResponseBase:
    """Send one file of a publication, the same for ever: a reader who has it need not ask again."""
    file = _file(request, year, number, name)
    note_reading(request, file.edition)
    kind = TYPES[PurePath(name).suffix]
    response = handed_out(file.file, name=f"{year}-{number}-{name}", content_type=kind)
    if file.edition.is_published(request.at):
        response["Cache-Control"] = FOR_EVER
    return response


@login_not_required
@require_safe
def folder(request: PortalRequest, year: int, number: int) -> HttpResponse:
    """Lead people from the folder of a publication's files to their page."""
    return redirect("festival:downloads", year, number)


@login_not_required
@require_safe
@cached_for_visitors
def downloads(request: PortalRequest, year: int, number: int) -> HttpResponse:
    """Show the files of a published edition with their columns, and how anybody checks them."""
    edition = get_object_or_404(
        Edition.objects.published(request.at).select_related("cycle", "run"),
        cycle__year=year,
        number=number,
    )
    files = {file.name: file for file in DataFile.objects.filter(edition=edition).order_by("pk")}
    others = dict(files)
    tables = []
    for table in TABLES:
        names = [f"{table.name}.{kind}" for kind in ("csv", "json", "xlsx")]
        tables.append((table, [others.pop(name) for name in names if name in others]))
    described = descriptions.dataset(
        edition,
        files.values(),
        page=_page(request, edition),
        address=partial(_address, request, edition),
    )
    context = {
        "edition": edition,
        "tables": tables,
        "others": list(others.values()),
        "manifest": files.get(MANIFEST),
        "described": linked_data(described),
    }
    return render(request, "festival/open_data/downloads.html", context)
