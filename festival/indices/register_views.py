"""The pages on which national administrators keep the register: indices, editions, files, regions,
recommendations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles.requests import PortalRequest
from cycles.spreadsheets.dry_run import Check
from cycles.spreadsheets.sheets import Sheet
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, import_page
from festival.indices import actions, import_check, publisher_files
from festival.indices.forms import (
    EditionForm,
    IndexForm,
    IndexImportForm,
    RecommendForm,
    RegionForm,
)
from festival.indices.merging import EditionFacts
from festival.indices.publishers import PUBLISHERS, Publisher
from festival.models import Index, IndexEdition, IndexValue, Recommendation, Region
from festival.workflow import INDICES


def _refuse_outsiders(request: PortalRequest, name: str) -> None:
    """Answer that there is no such page to those who may not make this act on the register."""
    if not INDICES[name].who(request.user, None, request.at):
        raise Http404


def _form_page(
    request: PortalRequest,
    form: forms.Form,
    name: str,
    *,
    do: Callable[[], object],
    then: str,
    about: str,
    context: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Make one act of a form; a refusal stands in the form, and what was typed stays."""
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            do()
            messages.success(request, _("Saved."))
            return redirect(then)
    shown = {"form": form, "move": INDICES[name], "then": then, "about": about}
    return render(request, "festival/indices/indices_form.html", {**(context or {}), **shown})


@require_POST
def register_load(request: PortalRequest) -> HttpResponse:
    """Begin an empty register with the initial table."""
    _refuse_outsiders(request, "load_register")
    with attempt(request):
        actions.load_register(by=request.user, at=request.at)
        messages.success(request, _("The initial table has been taken over."))
    return redirect("festival:indices")


@require_http_methods(["GET", "POST"])
def index_new(request: PortalRequest) -> HttpResponse:
    _refuse_outsiders(request, "save_index")
    return _index_page(request, None, reverse("festival:indices"), _("New index"))


@require_http_methods(["GET", "POST"])
def index_edit(request: PortalRequest, code: str) -> HttpResponse:
    _refuse_outsiders(request, "save_index")
    index = get_object_or_404(Index, code=code)
    return _index_page(request, index, reverse("festival:index", args=[code]), str(index))


def _index_page(request: PortalRequest, index: Index | None, then: str, about: str) -> HttpResponse:
    form = IndexForm(request.POST or None, index=index)

    def do() -> Index:
        agencies = form.cleaned_data["agencies"]
        seen = form.as_seen(
            lambda: IndexForm(index=Index.objects.get(pk=index.pk) if index else None)
        )
        return actions.save_index(
            index,
            fields=form.index_fields,
            agencies=agencies,
            by=request.user,
            at=request.at,
            seen=seen,
        )

    return _form_page(request, form, "save_index", do=do, then=then, about=about)


@require_http_methods(["GET", "POST"])
def edition_new(request: PortalRequest, code: str) -> HttpResponse:
    """Enter an edition by hand, or that it does not cover the country."""
    _refuse_outsiders(request, "enter_edition")
    index, form = get_object_or_404(Index, code=code), EditionForm(request.POST or None)

    def do() -> IndexEdition:
        typed = form.cleaned_data
        facts = EditionFacts(
            label=typed["label"],
            source=typed["source"],
            published_on=typed["published_on"],
            country_count=typed["country_count"],
        )
        return actions.enter_edition(
            index,
            year=typed["year"],
            facts=facts,
            score=typed["score"],
            rank=typed["rank"],
            by=request.user,
            at=request.at,
        )

    then = reverse("festival:index", args=[code])
    return _form_page(request, form, "enter_edition", do=do, then=then, about=str(index))


@dataclass(frozen=True)
class FileImport:
    """The import of one publisher's file into an index, with the fields typed beside the file."""

    request: PortalRequest
    publisher: Publisher
    index: Index

    def check(
        self,
        sheet: Sheet,
        *,
        label: str,
        source: str,
        published_on: date | None,
        year: int | None,
        country_count: int | None,
    ) -> Check:
        """Compare the file with the register; only its year matters to that."""
        return import_check.check(self.publisher, self.index, sheet, year=year)

    def take_over(
        self,
        sheet: Sheet,
        *,
        as_checked: str,
        sha256: str,
        file_name: str,
        left_out: int,
        label: str,
        source: str,
        published_on: date | None,
        year: int | None,
        country_count: int | None,
    ) -> Sequence[IndexValue]:
        """Take the file over, unless it would no longer do what was shown."""
        counted = import_check.countries_by_year(
            self.publisher, self.index, sheet, year=year, typed=country_count
        )
        facts = EditionFacts(
            label=label,
            source=source,
            published_on=published_on,
            counted=counted,
            sha256=sha256,
        )
        lines = partial(
            import_check.checked_again,
            self.publisher,
            self.index,
            sheet,
            year=year,
            as_checked=as_checked,
        )
        return actions.import_values(
            self.index,
            lines,
            facts=facts,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
            by=self.request.user,
            at=self.request.at,
        )


@require_http_methods(["GET", "POST"])
def index_import(request: PortalRequest, code: str, form: str) -> HttpResponse:
    """Check a publisher's file, and take it over when it is confirmed."""
    _refuse_outsiders(request, "import_values")
    index, publisher = get_object_or_404(Index, code=code), PUBLISHERS.get(form)
    if publisher is None:
        raise Http404
    of_file = FileImport(request, publisher, index)
    return import_page(
        request,
        publisher.form,
        check=of_file.check,
        do=of_file.take_over,
        reader=partial(publisher_files.read, publisher),
        then=reverse("festival:index", args=[code]),
        page="festival/indices/index_import.html",
        form_class=IndexImportForm,
        index=index,
        publisher=publisher,
        formats=PUBLISHERS.values(),
    )


# -- Regions -------------------------------------------------------------------------------------


@require_safe
def regions(request: PortalRequest) -> HttpResponse:
    """List the regions to compare with."""
    _refuse_outsiders(request, "save_region")
    return render(request, "festival/indices/regions.html", {"regions": Region.objects.for_list()})


@require_http_methods(["GET", "POST"])
def region_new(request: PortalRequest) -> HttpResponse:
    _refuse_outsiders(request, "save_region")
    return _region_page(request, None, _("New region"))


@require_http_methods(["GET", "POST"])
def region_edit(request: PortalRequest, code: str) -> HttpResponse:
    _refuse_outsiders(request, "save_region")
    region = get_object_or_404(Region, code=code)
    return _region_page(request, region, str(region))


def _region_page(request: PortalRequest, region: Region | None, about: str) -> HttpResponse:
    form = RegionForm(request.POST or None, region=region)

    def do() -> Region:
        seen = form.as_seen(
            lambda: RegionForm(region=Region.objects.get(pk=region.pk) if region else None)
        )
        return actions.save_region(
            region, fields=form.cleaned_data, by=request.user, at=request.at, seen=seen
        )

    return _form_page(
        request, form, "save_region", do=do, then=reverse("festival:regions"), about=about
    )


# -- Recommendations -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def recommend(request: PortalRequest, code: str, year: int) -> HttpResponse:
    """Write the next version of a year's recommendation on an index, begun with the last one."""
    _refuse_outsiders(request, "recommend")
    index = get_object_or_404(Index, code=code)
    versions = Recommendation.objects.filter(index=index, year=year).for_list()

    def form_for(data: QueryDict | None = None) -> RecommendForm:
        last = versions.first()
        return RecommendForm(data, initial={"text": last.text if last else ""})

    form = form_for(request.POST or None)

    def do() -> Recommendation:
        text = form.cleaned_data["text"]
        return actions.recommend(
            index, year=year, text=text, by=request.user, at=request.at, seen=form.as_seen(form_for)
        )

    then = reverse("festival:index", args=[code])
    return _form_page(
        request,
        form,
        "recommend",
        do=do,
        then=then,
        about=str(index),
        context={"year": year, "versions": versions},
    )


@require_http_methods(["GET", "POST"])
def recommendation_approve(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign the last version; everybody may read it from then on."""
    _refuse_outsiders(request, "approve_recommendation")
    version = get_object_or_404(Recommendation.objects.select_related("index"), pk=pk)
    return act_page(
        request,
        INDICES,
        version,
        "approve_recommendation",
        do=lambda **said: actions.approve_recommendation(
            version, by=request.user, at=request.at, **said
        ),
        then=reverse("festival:index", args=[version.index.code]),
        summary="festival/indices/recommendation.html",
        version=version,
    )
