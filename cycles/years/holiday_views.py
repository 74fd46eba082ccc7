"""Pages of public holidays."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agencies.roles import Role
from cycles.calendar import from_jalali, jalali
from cycles.engine.perform import why_not_administer
from cycles.models import Holiday
from cycles.presets import expected_holidays
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import only_for
from cycles.years import holidays as holiday_list
from cycles.years.forms import HolidayForm


@require_safe
def holidays(request: PortalRequest) -> HttpResponse:
    """Show the listed holidays of a Jalali year."""
    if not request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at):
        raise Http404
    return render(request, "cycles/years/holidays.html", _holidays(request, HolidayForm()))


def _holidays(request: PortalRequest, form: HolidayForm) -> dict[str, object]:
    typed = request.GET.get("year", "")
    year = (
        int(typed)
        if typed.isascii() and typed.isdecimal() and len(typed) == 4
        else jalali(request.at).year
    )
    days = Holiday.objects.filter(
        day__gte=from_jalali(year, 1, 1), day__lt=from_jalali(year + 1, 1, 1)
    )
    may_list = not why_not_administer("list_holidays", by=request.user, at=request.at)
    return {"year": year, "days": days.order_by("day"), "form": form, "may_list": may_list}


@require_POST
def holiday_add(request: PortalRequest) -> HttpResponse:
    only_for(request, "list_holidays")
    form = HolidayForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with attempt(form):
            holiday_list.list_holidays(
                [(data["day"], data["name_fa"], data["name_en"])], by=request.user, at=request.at
            )
            return redirect(f"{reverse('cycles:holidays')}?year={jalali(data['day']).year}")
    return render(request, "cycles/years/holidays.html", _holidays(request, form))


@require_POST
def holidays_expected(request: PortalRequest, year: int) -> HttpResponse:
    """List the holidays that are expected in a year."""
    only_for(request, "list_holidays")
    with attempt(request):
        holiday_list.list_holidays(expected_holidays(year), by=request.user, at=request.at)
    return redirect(f"{reverse('cycles:holidays')}?year={year}")


@require_POST
def holiday_strike(request: PortalRequest, pk: int) -> HttpResponse:
    only_for(request, "strike_holiday")
    holiday = get_object_or_404(Holiday, pk=pk)
    with attempt(request):
        holiday_list.strike_holiday(holiday, by=request.user, at=request.at)
    return redirect(f"{reverse('cycles:holidays')}?year={jalali(holiday.day).year}")
