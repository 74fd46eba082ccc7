"""Pages on which measures are put into stewards' hands."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import User
from agencies.persian import in_locale
from agencies.roles import OVERSEERS
from cycles.models import Cycle
from cycles.requests import PortalRequest
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.lookups import overseen_cycle
from submissions.models import Stewardship, left_to_administrators
from submissions.permissions import is_set_keeper, may_be_steward
from submissions.stewards import appointment
from submissions.stewards.forms import AppointForm


@dataclass
class InHand:
    """A measure for a steward, and in whose hands it is; `waiting` lines
    are for an administrator.
    """

    measure: Measure
    stewardship: Stewardship | None
    people: list[User]
    may_appoint: bool
    form: AppointForm
    waiting: int

    @property
    def is_fit(self) -> bool:
        """Whether whoever holds it still may."""
        return self.stewardship is None or self.stewardship.steward in self.people


@require_http_methods(["GET", "POST"])
def of_cycle(request: PortalRequest, pk: int) -> HttpResponse:
    """Show every measure of a cycle that is for a steward, and who has it; none is left unseen."""
    cycle = overseen_cycle(request, pk)
    rows = _in_hand(request, cycle)
    if request.method == "POST" and _appoint(request, cycle, rows):
        return redirect("submissions:stewards", pk)
    context = {
        "cycle": cycle,
        "rows": rows,
        "without": sum(1 for row in rows if row.stewardship is None),
        "named": any(
            row.stewardship is None and row.measure.steward and row.may_appoint for row in rows
        ),
    }
    return render(request, "submissions/stewards/stewards.html", context)


def _in_hand(request: PortalRequest, cycle: Cycle) -> list[InHand]:
    user, at = request.user, request.at
    held = {s.measure_id: s for s in Stewardship.objects.filter(cycle=cycle).for_list()}
    stewards, provinces = appointment.stewards(), user.province_ids(at, *OVERSEERS)
    left = Counter(left_to_administrators([cycle]).values_list("measure", flat=True))
    rows = []
    for measure in appointment.stewarded_measures(cycle).select_related(
        "indicator__axis__set__agency"
    ):
        unsaved = appointment.of_measure(measure)
        reach = unsaved.province_id or (unsaved.agency.province_id if unsaved.agency else None)
        if (
            provinces is not None
            and reach not in provinces
            and (unsaved.agency_id or unsaved.province_id)
        ):
            continue
        fit = [u for u in stewards if may_be_steward(u, unsaved, at)]
        mine = request.method == "POST" and request.POST.get("measure") == str(measure.pk)
        named: dict[str, object] = {"steward": measure.steward}
        form = AppointForm(
            request.POST if mine else None,
            people=fit,
            held=held.get(measure.pk),
            initial=named,
            prefix=f"m{measure.pk}",
        )
        may_appoint = is_set_keeper(user, unsaved, at)
        rows.append(InHand(measure, held.get(measure.pk), fit, may_appoint, form, left[measure.pk]))
    return rows


def _in_hands_of(measure: Measure) -> AppointForm:
    return AppointForm(people=(), held=Stewardship.objects.filter(measure=measure).first())


def _appoint(request: PortalRequest, cycle: Cycle, rows: list[InHand]) -> bool:
    """Put measures in hands as was asked for: one measure, or all that name their steward; where it
    is refused the page says why.
    """
    row = next((row for row in rows if row.form.is_bound), None)
    try:
        if row is None:
            done = appointment.appoint_named(cycle, by=request.user, at=request.at)
            said = ngettext(
                "%(count)s measure has its steward now.",
                "%(count)s measures have their steward now.",
                done.measures,
            )
            messages.success(request, said % {"count": in_locale(done.measures)})
            if done.left:
                said = _("Measures that name nobody who may be their steward: %(count)s")
                messages.warning(request, said % {"count": in_locale(done.left)})
            return True
        if row.form.is_valid():
            seen = row.form.as_seen(lambda: _in_hands_of(row.measure))
            appointment.appoint(
                row.measure,
                steward=row.form.cleaned_data["steward"],
                reason=row.form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
                seen=seen,
            )
            messages.success(
                request,
                _("“%(measure)s” is in the hands of %(name)s.")
                % {"measure": row.measure, "name": row.form.cleaned_data["steward"]},
            )
            return True
    except Refused as refusal:
        if row is None:
            messages.error(request, str(refusal))
            return True
        row.form.add_error(None, str(refusal))
    return False
