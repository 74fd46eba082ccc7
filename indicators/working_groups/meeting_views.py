"""Pages of working groups: their rules, the meetings they are called to, and the minutes on page
and paper.
"""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Membership, Sector, User
from agencies.roles import Role
from cycles.engine.perform import open_to, why_closed
from cycles.models import Cycle, Entry
from cycles.papers.responses import paper_response
from cycles.papers.sources import PaperSource
from cycles.record import seals
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, history
from cycles.workflow import Workflow
from indicators.models import IndicatorSet, Meeting, WorkingGroup
from indicators.workflow import GROUPS, MEETINGS, MeetingState, SetState
from indicators.working_groups import meetings
from indicators.working_groups.forms import ConveneForm, MinutesForm, RulesForm

BEFORE_IT = (SetState.PROPOSED, SetState.RETURNED)


@require_safe
def group_list(request: PortalRequest, year: int) -> HttpResponse:
    """Show a cycle's working groups with their rules, what is before them, and their meetings."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    _only_for_the_group(request)
    known = {g.sector: g for g in WorkingGroup.objects.filter(cycle=cycle)}
    groups = [known.get(s) or WorkingGroup(cycle=cycle, sector=s) for s in ("", *Sector.values)]
    seen = IndicatorSet.objects.visible_to(request.user, request.at).filter(
        cycle=cycle, state=SetState.PROPOSED
    )
    waiting: dict[str, int] = {}
    for s in seen.for_notices():
        waiting[s.sector] = waiting.get(s.sector, 0) + 1
    meetings: dict[str, list[Meeting]] = {}
    for m in Meeting.objects.visible_to(request.user, request.at).filter(cycle=cycle).for_list():
        meetings.setdefault(m.group.sector, []).append(m)
    rows = [(g, waiting.get(g.sector, 0), meetings.get(g.sector, [])) for g in groups]
    may = {
        "may_rule": not why_closed(GROUPS, groups[0], "set_rules", by=request.user, at=request.at),
        "may_convene": {g.sector for g in groups if _may_convene(request, g)},
    }
    return render(
        request, "indicators/working_groups/groups.html", {"cycle": cycle, "rows": rows, **may}
    )


def _only_for_the_group(request: PortalRequest) -> None:
    if not request.user.holds(Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR, at=request.at):
        raise Http404


def _may_convene(request: PortalRequest, group: WorkingGroup) -> bool:
    meeting = Meeting(group=group, cycle=group.cycle)
    return not why_closed(MEETINGS, meeting, "convene", by=request.user, at=request.at)


def _group(request: PortalRequest, year: int, sector: str) -> WorkingGroup:
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    _only_for_the_group(request)
    name = "" if sector == "all" else sector
    if name not in ("", *Sector.values):
        raise Http404
    return WorkingGroup.objects.filter(cycle=cycle, sector=name).first() or WorkingGroup(
        cycle=cycle, sector=name
    )


@require_http_methods(["GET", "POST"])
def rules(request: PortalRequest, year: int, sector: str) -> HttpResponse:
    """Set the rules by which a working group decides."""
    group = _group(request, year, sector)
    form = RulesForm(request.POST or None, group=group)

    def save() -> None:
        fields = form.cleaned_data
        meetings.set_rules(
            group.cycle,
            sector=group.sector,
            quorum=fields["quorum"],
            concurring=fields["concurring"],
            majority=fields["majority"],
            chair_casts=fields["chair_casts"],
            by=request.user,
            at=request.at,
            seen=form.as_seen(lambda: RulesForm(group=_group(request, year, sector))),
        )

    return _group_page(request, GROUPS, group, "set_rules", form, save, group=group)


@require_http_methods(["GET", "POST"])
def convene(request: PortalRequest, year: int, sector: str) -> HttpResponse:
    """Call a working group to a meeting on some of the sets before it."""
    group = _group(request, year, sector)
    seen = IndicatorSet.objects.visible_to(request.user, request.at)
    sets = seen.filter(cycle=group.cycle, state__in=BEFORE_IT).for_notices()
    keys = [s.pk for s in sets if s.sector == group.sector]
    form = ConveneForm(
        request.POST or None, sets=sets.filter(pk__in=keys).order_by("agency__sort_key", "pk")
    )

    def save() -> None:
        meetings.convene(
            group.cycle,
            sector=group.sector,
            held_at=form.cleaned_data["held_at"],
            place=form.cleaned_data["place"],
            sets=list(form.cleaned_data["sets"]),
            by=request.user,
            at=request.at,
        )

    return _group_page(
        request,
        MEETINGS,
        Meeting(group=group, cycle=group.cycle),
        "convene",
        form,
        save,
        group=group,
    )


def _group_page(
    request: PortalRequest,
    workflow: Workflow,
    obj: WorkingGroup | Meeting,
    name: str,
    form: forms.Form,
    save: Callable[[], None],
    *,
    group: WorkingGroup,
) -> HttpResponse:
    then, move = reverse("indicators:groups", args=[group.cycle.year]), workflow[name]
    if request.method == "GET" and (
        why := why_closed(workflow, obj, name, by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return redirect(then)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            save()
            messages.success(request, f"{move.label}: {group}")
            return redirect(then)
    return render(
        request,
        "indicators/working_groups/group.html",
        {"group": group, "form": form, "move": move, "then": then},
    )


# --- A meeting ----------------------------------------------------------------------------------


def _meeting(request: PortalRequest, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user, request.at).for_list(), pk=pk)


def _meeting_context(meeting: Meeting) -> dict[str, object]:
    """Collect what page and paper show of a meeting."""
    return {
        "meeting": meeting,
        "agenda": meeting.agenda.select_related(
            "set__agency", "set__cycle", "set__group", "set__province"
        ).order_by("position"),
        "attendance": meeting.attendance.select_related("member").order_by("constituency", "pk"),
        "chair": meeting.minuted_by,
    }


@require_safe
def meeting_detail(request: PortalRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    context = _meeting_context(meeting) | {
        "moves": {m.name for m in open_to(MEETINGS, meeting, by=request.user, at=request.at)},
        "is_held": meeting.state == MeetingState.HELD,
        "history": history(Entry.objects.of(meeting)),
    }
    return render(request, "indicators/working_groups/meeting.html", context)


@require_http_methods(["GET", "POST"])
def minute(request: PortalRequest, pk: int) -> HttpResponse:
    """Write and sign the minutes of a meeting."""
    meeting = _meeting(request, pk)
    form = MinutesForm(
        request.POST or None, meeting=meeting, seats=_seats(meeting, request), user=request.user
    )
    if request.method == "GET" and (
        why := why_closed(MEETINGS, meeting, "minute", by=request.user, at=request.at)
    ):
        messages.error(request, why)
        return redirect("indicators:meeting", pk)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            meetings.minute(
                meeting,
                minutes=form.cleaned_data["minutes"],
                resolutions=form.resolutions,
                present=form.attendance,
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The minutes are signed."))
            return redirect("indicators:meeting", pk)
    return render(
        request, "indicators/working_groups/minute.html", {"meeting": meeting, "form": form}
    )


def _seats(meeting: Meeting, request: PortalRequest) -> list[tuple[User, str]]:
    """List who may have been there: the group's members, and the representatives of the agencies on
    the agenda.
    """
    agencies = [a for a in meeting.agenda.values_list("set__agency", flat=True) if a]
    held = (
        Membership.objects.in_force(request.at)
        .filter(role=Role.MEMBER)
        .select_related("user", "province")
    )
    seats = [
        m
        for m in held.order_by("constituency", "pk")
        if m.agency_id is None and m.sector in ("", meeting.sector)
    ]
    seats += [m for m in held.order_by("pk") if m.agency_id in agencies]
    return [(m.user, m.constituency) for m in seats]


@require_http_methods(["GET", "POST"])
def cancel(request: PortalRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    return act_page(
        request,
        MEETINGS,
        meeting,
        "cancel",
        do=lambda note="": meetings.cancel(meeting, by=request.user, at=request.at, note=note),
        then=reverse("indicators:meeting", args=[pk]),
    )


@require_safe
def minutes_file(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Hand out the signed minutes as PDF, in the reader's language."""
    meeting = _meeting(request, pk)
    if meeting.state != MeetingState.HELD:
        raise Http404
    context = _meeting_context(meeting) | {"stamp": seals.stamp(meeting, "minute")}
    name = f"minutes-{meeting.cycle.year}-{meeting.sector or 'general'}-{meeting.number}"
    source = PaperSource("indicators/working_groups/minutes.html", lambda: context, name)
    return paper_response(request, source, inline=True)
