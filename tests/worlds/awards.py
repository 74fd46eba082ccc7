"""What the guards need of awards, made without a door: the national ceremony, a category, minutes,
an award.
"""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile

from cycles.calendar import Phase
from cycles.models import Participation
from festival.models import Award, AwardCategory, Ceremony, Edition, Minutes, Standing
from festival.models.ceremonies import COMMITTEE
from tests.factories import World

PAPER = b"%PDF-1.7 minutes"


def ceremony(w: World) -> Ceremony:
    """The national ceremony of the year."""
    named = {"name_fa": "جشنوارهٔ ملی", "name_en": "National festival"}
    return Ceremony.objects.get_or_create(cycle=w.cycle, province=None, defaults=named)[0]


def category(w: World) -> AwardCategory:
    """One that the committee decides, given once a ceremony."""
    said = {"name_fa": "میز خدمت", "name_en": "Service desk", "basis": COMMITTEE, "position": 1}
    return AwardCategory.objects.get_or_create(cycle=w.cycle, code="service_desk", defaults=said)[0]


def minutes(w: World) -> Minutes:
    """Of a meeting an hour ago, with a signed paper."""
    held: dict[str, Any] = {
        "held_at": w.at - timedelta(hours=1),
        "members": "نخست\nدوم",
        "text": "بررسی شد",
    }
    held |= {
        "made_by": w.administrator,
        "made_at": w.at,
        "file": ContentFile(PAPER, name="x"),
        "file_name": "paper.pdf",
    }
    return Minutes.objects.get_or_create(ceremony=ceremony(w), number=1, defaults=held)[0]


def award(w: World, state: str = "decided") -> Award:
    """The power ministry's, in this state; decided before, whatever it is now."""
    entered = Participation.objects.get(cycle=w.cycle, agency=w.power)
    of = {"ceremony": ceremony(w), "category": category(w), "participation": entered}
    decided = {
        "minutes": minutes(w),
        "number": 1,
        "decided_at": w.at,
        "decided_by": w.administrator,
    }
    said = {"rank": "winner", "reason": "بهترین میز خدمت", "reason_en": "The best service desk"}
    made = Award.objects.filter(ceremony=of["ceremony"], number=1).first()
    made = made or Award.objects.create(**of, **decided, **said)
    Award.objects.filter(pk=made.pk).update(state=state)
    return Award.objects.with_names().get(pk=made.pk)


def ranked(w: World) -> AwardCategory:
    """One that the ranking by all indicators proposes, in each group; and the ceremony at which it
    is given.
    """
    ceremony(w)
    said = {
        "name_fa": "در مجموع",
        "name_en": "In all",
        "basis": "total",
        "position": 2,
        "per_group": True,
    }
    return AwardCategory.objects.get_or_create(cycle=w.cycle, code="total", defaults=said)[0]


def shifted(w: World) -> Award:
    """The power ministry's award by the ranking, after a correction has put
    it in the second place.
    """
    given = award(w)
    was = Standing.objects.get(edition=w.edition, participation=given.participation)
    Award.objects.filter(pk=given.pk).update(category=ranked(w), group=was.group, standing=was)
    if not Edition.objects.filter(number=2).exists():
        said = {"number": 2, "reason": "because", "state": "ranked"}
        following = Edition.objects.create(cycle=w.cycle, run=w.edition.run, **said)
        now = Standing.objects.get(pk=was.pk)
        now.pk, now.edition, now.place = None, following, 2
        now.save()
    return Award.objects.with_names().get(pk=given.pk)


def out_at_once(w: World) -> Award:
    """A decided award, with the results out from the festival's opening on."""
    Edition.objects.filter(pk=w.edition.pk).update(
        state="scheduled", publish_at=w.opens(Phase.FESTIVAL)
    )
    return award(w)
