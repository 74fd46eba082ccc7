"""What the tests of awards share: a country with more agencies in its standings, and acts in one
line each.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from agencies.models import Agency, Level, Province
from cycles.models import Group, Participation
from festival.awards import actions as awards
from festival.awards import ceremonies
from festival.models import Award, AwardCategory, Ceremony, Edition, Minutes, Standing
from tests.factories import World, make_agency

SECOND = timedelta(seconds=1)
REASON = "خدمت بی‌وقفه به مراجعان"


def enter_agency(
    world: World, code: str, percent: str = "65", place: int = 2, **fields: Any
) -> Standing:
    """One more agency in the power ministry's group, or in another `group`, as the standings have
    it.
    """
    first = Standing.objects.filter(edition=world.edition, participation__agency=world.power).get()
    group = fields.pop("group", first.group)
    province = group.province
    level = Level.PROVINCIAL if province else Level.MINISTRY
    agency = make_agency(
        code, f"سازمان {code}", f"Organization {code}", level=level, province=province
    )
    named = {
        "name_fa": agency.name_fa,
        "name_en": agency.name_en,
        "level": level,
        "sector": agency.sector,
    }
    entered = Participation.objects.create(
        cycle=world.cycle, agency=agency, province=province, **named
    )
    entered.groups.add(group)
    points = {"general": 500, "specific": 500, "total": 1000, "ceiling": 2000, "band": "average"}
    return Standing.objects.create(
        edition=world.edition, group=group, participation=entered, place=place, percent=Decimal(percent),
        **{"submitted": True, **points, **fields},
    )  # fmt: skip


def lay_ceremony(world: World) -> Ceremony:
    """The national ceremony, with all the others and the starter's categories."""
    ceremonies.lay_ceremonies(world.cycle, by=world.administrator, at=world.at)
    ceremonies.take_over_categories(world.cycle, by=world.administrator, at=world.at)
    return Ceremony.objects.for_list().get(cycle=world.cycle, province=None)


def of_province(world: World) -> Ceremony:
    return Ceremony.objects.for_list().get(cycle=world.cycle, province=world.province)


def of_code(world: World, code: str) -> AwardCategory:
    return AwardCategory.objects.get(cycle=world.cycle, code=code)


def keep_minutes(world: World, ceremony: Ceremony, **said: Any) -> Minutes:
    said = {
        "held_at": world.at - timedelta(hours=2),
        "members": "نخست\nدوم",
        "text": "همه بررسی شد.",
        **said,
    }
    return ceremonies.minute(ceremony, **{"by": world.administrator, "at": world.at, **said})


def proposals(world: World, ceremony: Ceremony) -> list[Award]:
    awards.propose(ceremony, by=world.administrator, at=world.at)
    return list(Award.objects.filter(ceremony=ceremony, state="proposed").for_list())


def put_forward(
    world: World, ceremony: Ceremony, agency: Agency, code: str = "service_desk", **said: Any
) -> Award:
    said = {"rank": "winner", "reason": REASON, "reason_en": "Service without interruption", **said}
    entered = Participation.objects.get(cycle=world.cycle, agency=agency)
    acting = {"by": said.pop("by", world.administrator), "at": world.at}
    return awards.put_forward(
        ceremony, category=of_code(world, code), participation=entered, **said, **acting
    )


def decide(world: World, *given: Award, **acting: Any) -> list[Award]:
    """Decided as proposed, by minutes of the ceremony's committee."""
    ceremony = given[0].ceremony
    minutes = Minutes.objects.filter(ceremony=ceremony).first() or keep_minutes(world, ceremony)
    said = {a.pk: awards.Decision(a.rank, a.reason, a.reason_en) for a in given}
    return awards.decide(
        ceremony, minutes, said, **{"by": world.administrator, "at": world.at, **acting}
    )


def given_award(world: World) -> Award:
    """The power ministry's award for its service desk, decided on."""
    [made] = decide(world, put_forward(world, lay_ceremony(world), world.power))
    return Award.objects.with_names().get(pk=made.pk)


def correct(world: World, **stands: Any) -> Edition:
    """A second edition, in which the power ministry stands otherwise; made without the act, which
    asks for lines.
    """
    run = world.edition.run
    following = Edition.objects.create(cycle=world.cycle, run=run, number=2, reason="خطای محاسبه")
    Edition.objects.filter(pk=following.pk).update(state="ranked")
    for standing in Standing.objects.filter(edition=world.edition):
        if standing.participation.agency_id == world.power.pk:
            for name, value in stands.items():
                setattr(standing, name, value)
        standing.pk, standing.edition = None, following
        standing.save()
    return following


def group_of(world: World, province: Province | None = None) -> Group:
    return Group.objects.filter(cycle=world.cycle, province=province).order_by("pk").first()
