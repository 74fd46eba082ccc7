"""The secretariat's page of one ceremony: proposals, the committee's decisions, what a correction
has moved.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.persian import in_locale
from cycles.engine.perform import why_closed
from cycles.models import Entry, Group, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, history
from cycles.workflow import Move
from festival.awards import actions
from festival.awards.candidates import MovedAward, moved_awards
from festival.awards.forms import DecideForm, EndForm, PutForwardForm
from festival.awards.lookups import find_ceremony, form_page, note_reading
from festival.models import Award, AwardCategory, Ceremony, Edition, Minutes, Rank
from festival.workflow import AWARDS, CEREMONIES, MINUTES, AwardState

ENDS: dict[str, Callable[..., Award]] = {
    "strike": actions.strike,
    "withdraw": actions.withdraw,
    "revoke": actions.revoke,
    "confirm": actions.confirm,
}
"""The moves on one award that are confirmed on a page of their own."""


@dataclass(frozen=True)
class OfferedMoves:
    """An award with what may be done with it."""

    award: Award
    moves: list[Move]
    is_public: bool


def _rows(
    request: PortalRequest, held: list[Award], shifted: list[MovedAward]
) -> list[OfferedMoves]:
    windows = Window.objects.concerning(held)
    public = set(
        Award.objects.public(request.at)
        .filter(pk__in=[a.pk for a in held])
        .values_list("pk", flat=True)
    )
    confirmable = {m.award.pk for m in shifted if m.now}
    rows = []
    for award in held:
        is_public = award.pk in public
        offered = {"strike", "revoke" if is_public else "withdraw"}
        if award.pk in confirmable:
            offered.add("confirm")
        moves = AWARDS.open_to(award, by=request.user, at=request.at, windows=windows)
        rows.append(OfferedMoves(award, [m for m in moves if m.name in offered], is_public))
    return rows


@require_safe
def ceremony(request: PortalRequest, pk: int) -> HttpResponse:
    """Show proposals, decisions, awards on an earlier edition, and what is missing."""
    found = find_ceremony(request, pk)
    is_out = note_reading(request, found)
    edition = actions.newest_edition(found)
    held = list(Award.objects.filter(ceremony=found).for_list())
    decided = [a for a in held if a.is_in_force]
    shifted = moved_awards(decided, edition) if edition else []
    rows = _rows(request, held, shifted)
    minutes = list(Minutes.objects.filter(ceremony=found).for_list())
    proposed = [r for r in rows if r.award.state == AwardState.PROPOSED]
    context = {
        "ceremony": found,
        "edition": edition,
        "is_out": is_out,
        "proposed": proposed,
        "decided": [r for r in rows if r.award.number],
        "struck": [
            r.award for r in rows if r.award.state == AwardState.WITHDRAWN and not r.award.number
        ],
        "moved": shifted,
        "minutes": minutes,
        "missing": _missing(found, held, minutes),
        "may_set": not why_closed(
            CEREMONIES, found, "set_ceremony", by=request.user, at=request.at
        ),
        "why_closed": _why_closed(request, found, edition),
        "history": history(Entry.objects.of(found)[:20]),
    }
    return render(request, "festival/awards/ceremony.html", context)


def _why_closed(request: PortalRequest, found: Ceremony, edition: Edition | None) -> str:
    """Say why nothing may be proposed, minuted or decided now; "" when it may."""
    if edition is None:
        return _("There are no results yet; awards are given on final results.")
    return why_closed(MINUTES, Minutes(ceremony=found), "minute", by=request.user, at=request.at)


def _missing(found: Ceremony, held: list[Award], minutes: list[Minutes]) -> list[str]:
    """List what a ceremony still lacks, in sentences."""
    lacking = [
        (not found.held_on, _("The day is not set.")),
        (not found.place, _("The place is not set.")),
        (not found.chair, _("Nobody is named who signs the certificates.")),
        (not minutes, _("No minutes of the committee have been kept.")),
    ]
    missing = [sentence for is_lacking, sentence in lacking if is_lacking]
    missing += _undecided_or_too_low(held)
    return missing + _categories_without_winners(found, held)


def _undecided_or_too_low(awards: list[Award]) -> list[str]:
    missing = []
    if waiting := sum(a.state == AwardState.PROPOSED for a in awards):
        said = ngettext(
            "%(count)s proposal is not decided on.",
            "%(count)s proposals are not decided on.",
            waiting,
        )
        missing.append(said % {"count": in_locale(waiting)})
    if below := sum(a.is_below_least_percent for a in awards if a.is_in_force):
        said = ngettext(
            "%(count)s award in force is below the year's least percent.",
            "%(count)s awards in force are below the year's least percent.",
            below,
        )
        missing.append(said % {"count": in_locale(below)})
    return missing


def _categories_without_winners(ceremony: Ceremony, awards: list[Award]) -> list[str]:
    groups = Group.objects.filter(cycle=ceremony.cycle_id, province=ceremony.province_id).count()
    groups_with_winner: dict[int, set[int | None]] = {}
    for award in awards:
        if award.is_in_force and award.rank == Rank.WINNER:
            groups_with_winner.setdefault(award.category_id, set()).add(award.group_id)

    categories = list(AwardCategory.objects.offered_at(ceremony).for_list())
    missing = [] if categories else [_("For what there are awards is not set.")]
    empty = []
    for category in categories:
        wanted = groups if category.per_group else 1
        there = len(groups_with_winner.get(category.pk, ()))
        if not there:
            empty.append(category.name)
        elif there < wanted:
            counts = {
                "there": in_locale(there),
                "wanted": in_locale(wanted),
                "category": category.name,
            }
            missing.append(_("%(category)s: chosen in %(there)s of %(wanted)s groups.") % counts)
    if empty:
        said = _("Nobody is chosen in: %(categories)s.")
        comma = "، " if get_language() == "fa" else ", "
        missing.append(said % {"categories": comma.join(empty)})
    return missing


@require_POST
def propose(request: PortalRequest, pk: int) -> HttpResponse:
    """Propose whom the standings put forward."""
    found = find_ceremony(request, pk)
    with attempt(request):
        made = actions.propose(found, by=request.user, at=request.at)
        said = ngettext(
            "%(count)s award was proposed.", "%(count)s awards were proposed.", len(made)
        )
        messages.success(request, said % {"count": in_locale(len(made))})
    return redirect("festival:ceremony", pk)


@require_http_methods(["GET", "POST"])
def put_forward(request: PortalRequest, pk: int) -> HttpResponse:
    """Put an agency forward by hand."""
    found = find_ceremony(request, pk)
    form = PutForwardForm(request.POST or None, ceremony=found)

    def save() -> None:
        typed = form.cleaned_data
        actions.put_forward(
            found,
            category=typed["category"],
            participation=typed["agency"],
            group=typed["group"],
            rank=typed["rank"],
            reason=typed["reason"],
            reason_en=typed["reason_en"],
            title_fa=typed["title_fa"],
            title_en=typed["title_en"],
            by=request.user,
            at=request.at,
        )

    closed = _why_closed(request, found, actions.newest_edition(found))
    then = found.get_absolute_url()
    return form_page(request, AWARDS["put_forward"], found, form, save, then=then, closed=closed)


@require_http_methods(["GET", "POST"])
def decide(request: PortalRequest, pk: int) -> HttpResponse:
    """Decide on several proposals at once by the minutes of a meeting; signed."""
    found = find_ceremony(request, pk)
    proposed = Award.objects.filter(ceremony=found, state=AwardState.PROPOSED).for_list()
    waiting = list(proposed)
    minutes = Minutes.objects.filter(ceremony=found).for_list().reverse()
    if why := _why_undecidable(request, found, waiting, minutes):
        messages.error(request, why)
        return redirect("festival:ceremony", pk)
    note_reading(request, found)
    move = AWARDS["decide"]
    able = [a for a in waiting if move.who(request.user, a, request.at)]

    def form_for(rows: list[Award], data: QueryDict | None = None) -> DecideForm:
        return DecideForm(data, awards=rows, minutes=minutes, move=move, user=request.user)

    form = form_for(able, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(
            lambda: form_for([a for a in proposed.all() if move.who(request.user, a, request.at)])
        )
        by_minutes = form.cleaned_data["minutes"]
        with attempt(form):
            made = actions.decide(
                found, by_minutes, form.decisions, by=request.user, at=request.at, seen=seen
            )
            said = ngettext(
                "%(count)s award was decided on.", "%(count)s awards were decided on.", len(made)
            )
            messages.success(request, said % {"count": in_locale(len(made))})
            return redirect("festival:ceremony", pk)
    context = {"ceremony": found, "form": form, "move": move, "barred": len(waiting) - len(able)}
    return render(request, "festival/awards/award_decide.html", context)


def _why_undecidable(
    request: PortalRequest, found: Ceremony, waiting: list[Award], minutes: QuerySet[Minutes]
) -> str:
    if why := _why_closed(request, found, actions.newest_edition(found)):
        return why
    if not waiting:
        return _("There are no proposals to decide on.")
    return "" if minutes.exists() else _("First keep the minutes of the meeting that decided.")


@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    """End an award or a proposal, or let it stand after a correction, with the reason."""
    seen = Award.objects.filter(
        ceremony__in=Ceremony.objects.visible_to(request.user, request.at).values("pk")
    )
    award = get_object_or_404(seen.with_names(), pk=pk)
    if request.method == "GET":
        note_reading(request, award.ceremony)
    return act_page(
        request,
        AWARDS,
        award,
        name,
        do=lambda reason: ENDS[name](award, reason=reason, by=request.user, at=request.at),
        then=award.ceremony.get_absolute_url(),
        summary="festival/awards/award_summary.html",
        form_class=EndForm,
        award=award,
    )
