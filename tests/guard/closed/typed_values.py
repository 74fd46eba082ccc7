"""Good values for the forms of the addresses that write."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from festival.models import Report
from indicators.models import Indicator, Measure
from submissions.models import Answer, Evidence, Mark
from tests.factories import PASSWORD, World
from tests.festival.conftest import approved_report
from tests.guard.test_authorization import address
from tests.worlds.answers import (
    power_line,
    unit_line,
)
from tests.worlds.awards import award, minutes
from tests.worlds.institution import (
    goal,
    health_set,
    last_year,
    power_measure,
)

SIGNED = {"note": "because", "password": PASSWORD}


def measure() -> dict[str, Any]:
    words = {"title_fa": "سنجهٔ تازه", "unit_fa": "درصد", "direction": "higher", "method": "linear"}
    return {**words, "points": "10", "target": "20"}


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")


def moved(w: World) -> dict[str, Any]:
    """The file stands for another line, so that it can be shown for this one, too."""
    other = Answer.objects.filter(submission=w.submission).exclude(pk=power_line(w).pk).first()
    Evidence.objects.filter(answer=power_line(w)).update(answer=other)
    return {}


def marks(w: World) -> dict[str, Any]:
    lines = Answer.objects.on_desk(w.block)
    return {f"{a.pk}-points": "1" for a in lines} | {f"{a.pk}-reason": "because" for a in lines}


def marked(w: World) -> dict[str, Any]:
    for a in Answer.objects.on_desk(w.block):
        Mark.objects.get_or_create(
            answer=a, block=w.block, assessor=w.assessor, points=1, reason="because", marked_at=w.at
        )
    return SIGNED


def ready(w: World) -> dict[str, Any]:
    """What the page names of those it has shown: the power ministry alone is marked."""
    return {**SIGNED, "shown": hashlib.sha256(str(w.submission.pk).encode()).hexdigest()}


def drafted(w: World) -> dict[str, Any]:
    return {**SIGNED, "appeal": [w.appeal.pk], f"revision-{w.appeal.pk}": w.appeal.revision}


def approvable(w: World) -> dict[str, Any]:
    Report.objects.update(
        approved_at=None, approved_by=None, first_approved_at=None, first_approved_by=None
    )
    return SIGNED


def emptied(w: World) -> dict[str, Any]:
    """The general set without a measure, so that there is something to fill."""
    for rows in (Measure.objects.of(w.general), Indicator.objects.filter(axis__set=w.general)):
        rows.delete()
    w.general.axes.all().delete()
    w.specific = w.general  # whose address is called
    return {}


def ranked(w: World) -> dict[str, Any]:
    return {f"goal_{goal(w).pk}": 1}


def suggested(w: World) -> dict[str, Any]:
    m = power_measure(w)
    return {
        "points": m.points,
        "target": m.target - 1,
        "title_fa": m.title_fa,
        "title_en": m.title_en,
    }


def convened(w: World) -> dict[str, Any]:
    return {"held_at": "2030-01-01 10:00", "place": "x", "sets": [w.specific.pk]}


def minuted(w: World) -> dict[str, Any]:
    return {"present": [w.chair.pk], "minutes": "because", "password": PASSWORD}


def copied(w: World) -> dict[str, Any]:
    last_year(w)
    w.specific = health_set(w)  # whose address is called
    return {}


def issued(w: World) -> dict[str, Any]:
    w.specific = w.general  # whose address is called
    return {"years": 2}


def shared(w: World) -> dict[str, Any]:
    return {"own": "60", "agency_0": w.health.code, "part_0": "40"}


def bared(w: World) -> dict[str, Any]:
    Indicator.objects.filter(axis__set=w.specific).delete()
    return {}


def gridded(w: World) -> dict[str, Any]:
    return {f"t-{power_measure(w).pk}-{w.unit.pk}": "18"}


def uploaded(w: World) -> dict[str, Any]:
    """A file of the set's measures, checked while the phase was open, as
    its confirmation is sent.
    """
    client = Client()
    client.force_login(w.staff)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        export = reverse("indicators:export", args=[w.specific.pk, "measures", "csv"])
        content = client.get(export).content.replace(b"Outage minutes", b"Minutes of outage")
        file = SimpleUploadedFile("measures.csv", content)
        return {
            "token": client.post(address("indicators:import", w), {"file": file}).context["token"]
        }


def filled(w: World) -> dict[str, Any]:
    """A file of the self-assessment's lines, checked while the phase was open, as its confirmation
    is sent.
    """
    client = Client()
    client.force_login(w.staff)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        file = SimpleUploadedFile(
            "a.csv", f"values/1,lineage,value\n,{power_line(w).measure.lineage},7".encode()
        )
        return {
            "token": client.post(address("submissions:import", w), {"file": file}).context["token"]
        }


def figures_file(w: World) -> dict[str, Any]:
    """A file of a steward's figures, checked while the phase was open, as
    its confirmation is sent.
    """
    client = Client()
    client.force_login(w.steward)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        file = SimpleUploadedFile("a.csv", b"figures/1,code,percent\n,MOE,7")
        return {
            "token": client.post(address("submissions:figures_import", w), {"file": file}).context[
                "token"
            ]
        }


def typed_for_unit(w: World) -> dict[str, Any]:
    line = unit_line(w)
    return {"seen": f"{line.pk}:{line.token('value')}", f"v-{line.pk}": "7"}


def given_to_unit(w: World) -> dict[str, Any]:
    line = unit_line(w)
    return {"measure": line.measure_id, "units": [line.submission_id], "file": paper()}


def deliverable(w: World) -> dict[str, Any]:
    if not Report.objects.exists():
        for language in ("fa", "en"):
            approved_report(w, language)
    return {**SIGNED, "addressee": "president", "letter_number": "1"}


def decidable(w: World) -> dict[str, Any]:
    key = award(w, "proposed").pk
    said = {f"take-{key}": "on", f"rank-{key}": "winner", f"reason-{key}": "because"}
    return {**said, "minutes": minutes(w).pk, "password": PASSWORD}


def targets(w: World) -> dict[str, Any]:
    return {f"target-{m.pk}-1": "7" for m in Measure.objects.of(w.specific)}


def figures(w: World) -> dict[str, Any]:
    said = {"actual": "7", "explanation": "because", "forecast": "7"}
    return {
        f"{what}-{m.pk}": value
        for m in Measure.objects.of(w.specific)
        for what, value in said.items()
    }
