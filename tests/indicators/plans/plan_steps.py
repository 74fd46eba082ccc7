"""Targets and figures of a plan."""

from decimal import Decimal

from cycles.calendar import Phase
from cycles.models import Window
from indicators.models import Measure


def opens(w, quarter):
    return Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter).opens_at


def own(w):
    return list(Measure.objects.of(w.specific).order_by("pk"))


def general(w, code):
    return Measure.objects.of(w.general).get(code=code)


def targets(w):
    return {m.pk: dict.fromkeys((1, 2, 3, 4), m.target) for m in own(w)}


def figures(w, **fields):
    given = {"actual": Decimal(10), "explanation": "", "forecast": Decimal(20)} | fields
    return {m.pk: dict(given) for m in own(w)}
