"""Pages that prepare a year's awards: its ceremonies, for what there are awards, the committee's
minutes.
"""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Province
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.engine.perform import why_closed
from cycles.models import Cycle
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.workflow import CycleState
from festival.awards import ceremonies as awards_ceremonies
from festival.awards.forms import CategoryForm, CeremonyForm, MinutesForm
from festival.awards.lookups import find_ceremony, form_page, note_reading
from festival.models import Award, AwardCategory, Ceremony, Minutes
from festival.workflow import CATEGORIES, CEREMONIES, MINUTES, AwardState


def _cycle(request: PortalRequest, year: int) -> Cycle:
    """Find the year, for administrators and auditors of the country or of a province."""
    if not request.user.holds(*OVERSEERS, at=request.at):
        raise Http404
    return get_object_or_404(Cycle.objects.of_years().exclude(state=CycleState.PLANNED), year=year)


@require_http_methods(["GET", "POST"])
def ceremonies(request: PortalRequest, year: int) -> HttpResponse:
    """List the ceremonies of a year within the reader's scope; a POST lays them all."""
    cycle = _cycle(request, year)
    if request.method == "POST":
        with attempt(request):
            laid = awards_ceremonies.lay_ceremonies(cycle, by=request.user, at=request.at)
            said = ngettext(
                "%(count)s ceremony was laid.", "%(count)s ceremonies were laid.", len(laid)
            )
            messages.success(request, said % {"count": in_locale(len(laid))})
        return redirect("festival:ceremonies", year)
    seen = Ceremony.objects.visible_to(request.user, request.at).filter(cycle=cycle).for_list()
    counts = {
        f"{state.value}_count": Count("awards", filter=Q(awards__state=state))
        for state in (AwardState.PROPOSED, AwardState.DECIDED)
    }
    closed = why_closed(
        CEREMONIES, Ceremony(cycle=cycle), "lay_ceremonies", by=request.user, at=request.at
    )
    rows = list(seen.annotate(**counts))
    context = {
        "cycle": cycle,
        "ceremonies": rows,
        "categories": AwardCategory.objects.filter(cycle=cycle).count(),
        "may_lay": not closed and len(rows) <= Province.objects.count(),
    }
    return render(request, "festival/awards/ceremonies.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Set name, day, place and chair of a ceremony."""
    found = find_ceremony(request, pk)
    form = _form(found, request.POST or None)

    def save() -> None:
        seen = form.as_seen(lambda: _form(Ceremony.objects.get(pk=pk)))
        awards_ceremonies.set_ceremony(
            found, fields=form.cleaned_data, by=request.user, at=request.at, seen=seen
        )

    closed = why_closed(CEREMONIES, found, "set_ceremony", by=request.user, at=request.at)
    move, then = CEREMONIES["set_ceremony"], found.get_absolute_url()
    return form_page(request, move, found, form, save, then=then, closed=closed)


def _form(found: Ceremony, data: QueryDict | None = None) -> CeremonyForm:
    names = ("name_fa", "name_en", "held_on", "place", "chair")
    return CeremonyForm(data, initial={name: getattr(found, name) for name in names})


# --- For what there are awards ------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def categories(request: PortalRequest, year: int) -> HttpResponse:
    """List the award categories of a year; a POST takes them over from an earlier year or the
    starter table.
    """
    cycle = _cycle(request, year)
    if request.method == "POST":
        with attempt(request):
            made = awards_ceremonies.take_over_categories(cycle, by=request.user, at=request.at)
            said = ngettext(
                "%(count)s category was taken over.",
                "%(count)s categories were taken over.",
                len(made),
            )
            messages.success(request, said % {"count": in_locale(len(made))})
        return redirect("festival:award_categories", year)
    subject = AwardCategory(cycle=cycle)
    context = {
        "cycle": cycle,
        "categories": AwardCategory.objects.filter(cycle=cycle).for_list(),
        "may_set": not why_closed(
            CATEGORIES, subject, "set_category", by=request.user, at=request.at
        ),
    }
    return render(request, "festival/awards/award_categories.html", context)


@require_http_methods(["GET", "POST"])
def category_new(request: PortalRequest, year: int) -> HttpResponse:
    cycle = _cycle(request, year)
    form = CategoryForm(request.POST or None)

    def save() -> None:
        code = form.cleaned_data["code"].lower()
        awards_ceremonies.save_category(
            cycle,
            code=code,
            fields=form.category_fields,
            is_new=True,
            by=request.user,
            at=request.at,
        )

    return _category_page(request, AwardCategory(cycle=cycle), form, save)


@require_http_methods(["GET", "POST"])
def category(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(AwardCategory.objects.select_related("cycle"), pk=pk)
    cycle = _cycle(request, found.cycle.year)
    form = CategoryForm(request.POST or None, category=found)

    def save() -> None:
        seen = form.as_seen(lambda: CategoryForm(category=AwardCategory.objects.get(pk=pk)))
        awards_ceremonies.save_category(
            cycle,
            code=found.code,
            fields=form.category_fields,
            by=request.user,
            at=request.at,
            seen=seen,
        )

    return _category_page(request, found, form, save)


def _category_page(
    request: PortalRequest, subject: AwardCategory, form: CategoryForm, save: Callable[[], None]
) -> HttpResponse:
    closed = why_closed(CATEGORIES, subject, "set_category", by=request.user, at=request.at)
    then = reverse("festival:award_categories", args=[subject.cycle.year])
    about = subject if subject.pk else subject.cycle
    return form_page(
        request, CATEGORIES["set_category"], about, form, save, then=then, closed=closed
    )


# --- What the committee says --------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def minutes_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep the minutes of a meeting of the ceremony's committee."""
    found = find_ceremony(request, pk)
    form = MinutesForm(request.POST or None, request.FILES or None)

    def save() -> None:
        typed = form.cleaned_data
        awards_ceremonies.minute(
            found,
            held_at=typed["held_at"],
            members=typed["members"],
            text=typed["text"],
            file=typed["file"],
            by=request.user,
            at=request.at,
        )

    closed = why_closed(MINUTES, Minutes(ceremony=found), "minute", by=request.user, at=request.at)
    return form_page(
        request, MINUTES["minute"], found, form, save, then=found.get_absolute_url(), closed=closed
    )


def _minutes(request: PortalRequest, pk: int) -> Minutes:
    return get_object_or_404(Minutes.objects.visible_to(request.user, request.at).for_list(), pk=pk)


@require_safe
def minutes(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the minutes of a meeting and the awards decided by it."""
    found = _minutes(request, pk)
    note_reading(request, found.ceremony)
    context = {
        "minutes": found,
        "awards": Award.objects.filter(minutes=found).for_list(),
        "stamp": seals.stamp(found, "minute"),
    }
    return render(request, "festival/awards/minutes.html", context)


@require_safe
def minutes_paper(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Send the signed paper of the minutes."""
    found = _minutes(request, pk)
    if not found.file:
        raise Http404
    note_reading(request, found.ceremony)
    return handed_out(found.file, name=found.file_name, content_type="application/pdf")
