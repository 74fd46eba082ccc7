"""Pages on which a set is made: begun or copied, filled, its measures, axes, goals and shared
parts.
"""

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.tables import number
from indicators.drafting import actions as drafting
from indicators.drafting import catalogue, contents, tiers
from indicators.lookups import part_page, visible
from indicators.models import FULL_POINTS, Axis, Goal, IndicatorSet, Measure, MeasureShare
from indicators.sets import targets
from indicators.sets.draft_forms import AxisForm, GoalForm, ShareForm, WhomForm, YearsForm
from indicators.sets.forms import MeasureForm

# --- Begun, copied, filled -----------------------------------------------------------------------


@require_POST
def new(request: PortalRequest) -> HttpResponse:
    """Begin a set in an open cycle: one's agency's, a group's or province's, or the general one."""
    form = WhomForm(request.POST, user=request.user, at=request.at)
    if not form.is_valid():
        raise Http404
    with attempt(request):
        indicator_set = drafting.draft_set(
            cycle=form.cleaned_data["cycle"],
            kind=form.kind,
            agency=form.cleaned_data["agency"],
            group=form.cleaned_data["group"],
            province=form.cleaned_data["province"],
            by=request.user,
            at=request.at,
        )
        return redirect("indicators:detail", indicator_set.pk)
    return redirect("indicators:list")


@require_POST
def copy(request: PortalRequest, pk: int) -> HttpResponse:
    """Fill an empty draft with the latest communicated set of the same whom, and show what differs
    from it.
    """
    indicator_set = visible(request, pk)
    source = IndicatorSet.objects.before(indicator_set).for_notices().first()
    if source is None:
        messages.error(request, _("There is no earlier set to copy."))
        return redirect("indicators:detail", pk)
    with attempt(request):
        contents.copy_set(source, indicator_set.cycle, by=request.user, at=request.at)
        said = _("Copied from “%(set)s”. Every change from now on is shown against it.")
        messages.success(request, said % {"set": source})
        return redirect("indicators:differences", pk)
    return redirect("indicators:detail", pk)


@require_POST
def fill(request: PortalRequest, pk: int) -> HttpResponse:
    """Replace a draft general set's content with the catalogue of general indicators."""
    indicator_set = visible(request, pk)
    rows = catalogue.general_catalogue()
    with attempt(request):
        contents.fill_general_set(indicator_set, rows=rows, by=request.user, at=request.at)
        messages.success(request, _("The set now holds the catalogue of general indicators."))
    return redirect("indicators:detail", pk)


@require_POST
def issue(request: PortalRequest, pk: int) -> HttpResponse:
    """Say for how many years a general set is issued."""
    indicator_set = visible(request, pk)
    form = YearsForm(request.POST, initial={"years": indicator_set.years})
    if form.is_valid():
        years = form.cleaned_data["years"]
        seen = form.as_seen(
            lambda: YearsForm(initial={"years": IndicatorSet.objects.get(pk=pk).years})
        )
        with attempt(request):
            contents.issue_for(
                indicator_set, years=years, by=request.user, at=request.at, seen=seen
            )
            messages.success(request, _("Saved."))
    for errors in form.errors.values():
        for sentence in errors:
            messages.error(request, str(sentence))
    return redirect("indicators:detail", pk)


@require_POST
def take(request: PortalRequest, pk: int, measure: int) -> HttpResponse:
    """Take a measure of the bank into a draft."""
    indicator_set = visible(request, pk)
    chosen = get_object_or_404(Measure.objects.communicated(), pk=measure)
    with attempt(request):
        made = contents.take_measure(indicator_set, chosen, by=request.user, at=request.at)
        done = _("Taken from the bank: %(title)s (%(points)s points)") % _title_and_points(made)
        messages.success(request, done)
    return redirect("indicators:detail", pk)


# --- Measures -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def measure_new(request: PortalRequest, pk: int) -> HttpResponse:
    return _measure(request, visible(request, pk), None)


@require_http_methods(["GET", "POST"])
def measure_edit(request: PortalRequest, pk: int, measure: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    chosen = get_object_or_404(Measure.objects.of(indicator_set).for_list(), pk=measure)
    return _measure(request, indicator_set, chosen)


def _measure(
    request: PortalRequest, indicator_set: IndicatorSet, measure: Measure | None
) -> HttpResponse:
    form = MeasureForm(request.POST or None, indicator_set=indicator_set, measure=measure)

    def now() -> MeasureForm:
        fresh = Measure.objects.for_list().filter(pk=measure.pk).first() if measure else None
        return MeasureForm(indicator_set=indicator_set, measure=fresh)

    def save() -> str:
        saved = drafting.save_measure(
            indicator_set,
            fields=form.fields_to_save,
            by=request.user,
            at=request.at,
            measure=measure,
            seen=form.as_seen(now),
        )
        return _("Saved: %(title)s (%(points)s points)") % _title_and_points(saved)

    others = Measure.objects.of(indicator_set).filter(is_pilot=False)
    if measure is not None:
        others = others.exclude(pk=measure.pk)
    left = FULL_POINTS - (others.aggregate(total=Sum("points"))["total"] or 0)
    return part_page(
        request,
        indicator_set,
        form,
        save,
        "indicators/sets/measure.html",
        measure=measure,
        left=left,
        full=FULL_POINTS,
    )


def _title_and_points(measure: Measure) -> dict[str, str]:
    return {"title": measure.title, "points": number(measure.points)}


@require_POST
def measure_remove(request: PortalRequest, pk: int, measure: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    one = get_object_or_404(Measure.objects.of(indicator_set), pk=measure)
    with attempt(request):
        drafting.remove_measure(indicator_set, one, by=request.user, at=request.at)
        done = _("Removed: %(title)s (%(points)s points)") % _title_and_points(one)
        messages.success(request, done)
    return redirect("indicators:detail", pk)


# --- Axes and goals -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def axis_new(request: PortalRequest, pk: int) -> HttpResponse:
    return _axis(request, visible(request, pk), None)


@require_http_methods(["GET", "POST"])
def axis_edit(request: PortalRequest, pk: int, axis: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    return _axis(request, indicator_set, get_object_or_404(Axis, set=indicator_set, pk=axis))


def _axis(request: PortalRequest, indicator_set: IndicatorSet, axis: Axis | None) -> HttpResponse:
    form = AxisForm(request.POST or None, axis=axis)

    def now() -> AxisForm:
        return AxisForm(axis=Axis.objects.filter(pk=axis.pk).first() if axis else None)

    def save() -> str:
        saved = tiers.save_axis(
            indicator_set,
            fields=form.cleaned_data,
            by=request.user,
            at=request.at,
            axis=axis,
            seen=form.as_seen(now),
        )
        return _("Saved: %(title)s") % {"title": saved.title}

    title = _("Change an axis") if axis else _("Add an axis")
    return part_page(request, indicator_set, form, save, "indicators/part.html", title=title)


@require_POST
def axis_remove(request: PortalRequest, pk: int, axis: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    one = get_object_or_404(Axis, set=indicator_set, pk=axis)
    with attempt(request):
        tiers.remove_axis(indicator_set, one, by=request.user, at=request.at)
        messages.success(request, _("Removed: %(title)s") % {"title": one.title})
    return redirect("indicators:detail", pk)


@require_http_methods(["GET", "POST"])
def goal_new(request: PortalRequest, pk: int) -> HttpResponse:
    return _goal(request, visible(request, pk), None)


@require_http_methods(["GET", "POST"])
def goal_edit(request: PortalRequest, pk: int, goal: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    return _goal(request, indicator_set, get_object_or_404(Goal, set=indicator_set, pk=goal))


def _goal(request: PortalRequest, indicator_set: IndicatorSet, goal: Goal | None) -> HttpResponse:
    form = GoalForm(request.POST or None, goal=goal)

    def now() -> GoalForm:
        return GoalForm(goal=Goal.objects.filter(pk=goal.pk).first() if goal else None)

    def save() -> str:
        saved = tiers.save_goal(
            indicator_set,
            fields=form.cleaned_data,
            by=request.user,
            at=request.at,
            goal=goal,
            seen=form.as_seen(now),
        )
        return _("Saved: %(title)s") % {"title": saved.title}

    title = _("Change a goal") if goal else _("Add a goal")
    return part_page(request, indicator_set, form, save, "indicators/part.html", title=title)


@require_POST
def goal_remove(request: PortalRequest, pk: int, goal: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    one = get_object_or_404(Goal, set=indicator_set, pk=goal)
    with attempt(request):
        tiers.remove_goal(indicator_set, one, by=request.user, at=request.at)
        messages.success(request, _("Removed: %(title)s") % {"title": one.title})
    return redirect("indicators:detail", pk)


# --- Shared measures ----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def share(request: PortalRequest, pk: int, measure: int) -> HttpResponse:
    """Share a measure's target with other agencies, by parts of a hundred."""
    indicator_set = visible(request, pk)
    chosen = get_object_or_404(Measure.objects.of(indicator_set), pk=measure)

    def share_form(data: QueryDict | None = None) -> ShareForm:
        shares = targets.shares_of(indicator_set).get(chosen.lineage, [])
        return ShareForm(data, indicator_set=indicator_set, shares=shares)

    form = share_form(request.POST or None)

    def save() -> str:
        targets.share(
            indicator_set,
            chosen,
            form.cleaned_data["parts"],
            by=request.user,
            at=request.at,
            seen=form.as_seen(share_form),
        )
        return _("Saved: %(title)s") % {"title": chosen.title}

    return part_page(
        request, indicator_set, form, save, "indicators/sets/share.html", measure=chosen
    )


@require_POST
def take_share(request: PortalRequest, pk: int, part: int) -> HttpResponse:
    """Take one's part of another agency's shared measure into one's own set."""
    indicator_set = visible(request, pk)
    offered = get_object_or_404(
        MeasureShare, pk=part, agency=indicator_set.agency, set__cycle=indicator_set.cycle
    )
    with attempt(request):
        made = targets.take_share(indicator_set, offered, by=request.user, at=request.at)
        done = _("Taken into the set: %(title)s (%(points)s points)") % _title_and_points(made)
        messages.success(request, done)
    return redirect("indicators:detail", pk)
