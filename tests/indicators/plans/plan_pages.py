"""Addresses of the pages of plans, and what is typed there."""

from cycles.calendar import Phase
from cycles.models import Window
from tests.factories import (
    plan_of,
)


def window(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter)


def plan_url(w, *rest):
    return "/".join(["/en/indicators/plans", str(plan_of(w).pk), *rest, ""])
