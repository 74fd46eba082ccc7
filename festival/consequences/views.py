"""Pages of what follows from results: the rules of a year, who meets which, and how each is brought
to its end.
"""

from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.engine.perform import open_to, why_closed
from cycles.models import Cycle, Entry
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.ui.pages import act_page, history, page_of
from festival.consequences import actions
from festival.consequences.filters import ConsequenceFilter
from festival.consequences.forms import LetterForm, RuleForm, WaiveForm
from festival.consequences.tables import ConsequenceTable
from festival.lookups import managed_cycles, note_reading
from festival.models import Consequence, ConsequenceRule, Edition
from festival.workflow import CONSEQUENCES, EDITIONS, RULES, ConsequenceState


def _cycle(request: PortalRequest, year: int) -> Cycle:
    """Find the year, for people who read its results under embargo."""
    return get_object_or_404(managed_cycles(request).of_years(), year=year)


def _consequence(request: PortalRequest, pk: int) -> Consequence:
    return get_object_or_404(
        Consequence.objects.visible_to(request.user, request.at).for_list(), pk=pk
    )


@require_safe
def consequences(request: PortalRequest, year: int) -> HttpResponse:
    """List the rules of a year and their consequences: before publication for the secretariat and
    auditors alone.
    """
    if not request.user.holds(*OVERSEERS, at=request.at):
        raise Http404
    cycle = get_object_or_404(
        Cycle.objects.visible_to(request.user, request.at).of_years(), year=year
    )
    found = (
        Edition.objects.visible_to(request.user, request.at).filter(cycle=cycle).for_list().first()
    )
    if found is None and not request.user.oversees_the_country(request.at):
        raise Http404
    if found is not None:
        note_reading(request, found)
    return render(
        request, "festival/consequences/consequences.html", _page(request, cycle, found, RuleForm())
    )


def _page(
    request: PortalRequest, cycle: Cycle, found: Edition | None, form: RuleForm
) -> dict[str, object]:
    rows = Consequence.objects.visible_to(request.user, request.at).filter(cycle=cycle)
    narrowed = ConsequenceFilter(request.GET, queryset=rows.for_list(), request=request)
    states = Counter(rows.order_by().values_list("state", flat=True))
    asked = ConsequenceRule(cycle=cycle)
    may_settle = not states and not why_closed(
        RULES, asked, "settle", by=request.user, at=request.at
    )
    return {
        "cycle": cycle,
        "edition": found,
        "is_published": found is not None and found.is_published(request.at),
        "rules": ConsequenceRule.objects.visible_to(request.user, request.at)
        .filter(cycle=cycle)
        .standing(),
        "form": form if may_settle else None,
        "may_draw": found is not None
        and not states
        and not why_closed(EDITIONS, found, "draw_consequences", by=request.user, at=request.at),
        "states": [(state, states[state]) for state in ConsequenceState] if states else [],
        "filter": narrowed,
        "table": page_of(request, ConsequenceTable(narrowed.qs, at=request.at)),
    }


@require_POST
def settle(request: PortalRequest, year: int) -> HttpResponse:
    """Settle a rule."""
    cycle = _cycle(request, year)
    form = RuleForm(request.POST)
    if form.is_valid():
        with attempt(form):
            typed = form.cleaned_data
            actions.settle(
                cycle,
                on=typed["on"],
                kind=typed["kind"],
                words_fa=typed["words_fa"],
                words_en=typed["words_en"],
                repeated=typed["repeated"],
                days=typed["days"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("Saved."))
            return redirect("festival:consequences", year)
    found = Edition.objects.newest_of(cycle)
    return render(
        request, "festival/consequences/consequences.html", _page(request, cycle, found, form)
    )


@require_POST
def rule_strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Strike a rule."""
    rules = ConsequenceRule.objects.visible_to(request.user, request.at).select_related("cycle")
    rule = get_object_or_404(rules, pk=pk)
    with attempt(request):
        actions.strike_rule(rule, by=request.user, at=request.at)
    return redirect("festival:consequences", rule.cycle.year)


@require_POST
def draw(request: PortalRequest, year: int) -> HttpResponse:
    """Draw what follows from the frozen results."""
    cycle = _cycle(request, year)
    edition = get_object_or_404(Edition.objects.newest().select_related("cycle"), cycle=cycle)
    with attempt(request):
        drawn = actions.draw(edition, by=request.user, at=request.at)
        said = ngettext(
            "%(count)s consequence is due.", "%(count)s consequences are due.", len(drawn)
        )
        messages.success(request, said % {"count": in_locale(len(drawn))})
    return redirect("festival:consequences", year)


# --- One of them --------------------------------------------------------------------------------


@require_safe
def consequence(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one consequence: to the agency itself once the results are published."""
    held = _consequence(request, pk)
    note_reading(request, held.edition)
    moves = open_to(CONSEQUENCES, held, by=request.user, at=request.at)
    published = held.edition.is_published(request.at)
    context = {
        "consequence": held,
        "names": {m.name for m in moves if m.name == "waive" or published},
        "is_published": published,
        "oversees": request.user.holds(*OVERSEERS, at=request.at),
        "history": history(Entry.objects.of(held)[:20]),
    }
    return render(request, "festival/consequences/consequence.html", context)


@require_http_methods(["GET", "POST"])
def letter(request: PortalRequest, pk: int) -> HttpResponse:
    """Record the letter by which it was done; signed."""
    held = _consequence(request, pk)
    then, move = reverse("festival:consequence", args=[pk]), CONSEQUENCES["deliver"]
    if request.method == "GET" and (
        why := why_closed(CONSEQUENCES, held, "deliver", by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return redirect(then)
    form = LetterForm(request.POST or None, request.FILES or None, move=move, user=request.user)
    if form.is_valid():
        with attempt(form):
            typed = form.cleaned_data
            actions.record_letter(
                held,
                letter=typed["letter"],
                letter_on=typed["letter_on"],
                file=typed["file"],
                note=typed["note"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The letter is recorded, and the agency told."))
            return redirect(then)
    return render(
        request,
        "festival/consequences/consequence_letter.html",
        {"consequence": held, "form": form, "then": then},
    )


@require_http_methods(["GET", "POST"])
def waive(request: PortalRequest, pk: int) -> HttpResponse:
    """Let it rest, with a reason; signed."""
    held = _consequence(request, pk)
    return act_page(
        request,
        CONSEQUENCES,
        held,
        "waive",
        do=lambda note: actions.waive(held, reason=note, by=request.user, at=request.at),
        then=reverse("festival:consequence", args=[pk]),
        form_class=WaiveForm,
    )


@require_safe
def letter_file(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Send the paper of the letter."""
    held = _consequence(request, pk)
    if not held.file:
        raise Http404
    return handed_out(held.file, name=held.file_name, content_type="application/pdf")
