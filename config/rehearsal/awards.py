"""How a rehearsed year's committees give awards: the country's, and one province's, by their
minutes.
"""

from datetime import datetime, timedelta

from agencies.models import User
from config.rehearsal.walk import Walk
from cycles.calendar import Phase, day_of
from cycles.models import Participation
from festival.awards import actions as awards
from festival.awards import ceremonies
from festival.awards.eligibility import Decision
from festival.models import Award, AwardCategory, Ceremony, Edition, Minutes, Standing
from festival.workflow import AwardState

CHOICES = (
    (
        "service_desk",
        "winner",
        "میز خدمت الکترونیکی یکپارچه، بدون مراجعهٔ حضوری",
        "One electronic desk, without visits",
    ),
    (
        "satisfaction",
        "commended",
        "افزایش پیوستهٔ رضایت مراجعان",
        "Satisfaction of the public rose throughout the year",
    ),
    (
        "renewable_energy",
        "winner",
        "تأمین برق ساختمان‌ها از نیروگاه خورشیدی",
        "Buildings powered by the sun",
    ),
)
PRESENT = "رئیس کمیته\nنمایندهٔ سازمان اداری و استخدامی کشور\nنمایندهٔ سازمان برنامه و بودجه"


def award_all(walk: Walk) -> None:
    """Decide on the national ceremony's awards, and on those of the first province that takes
    part.
    """
    at = walk.within(Phase.FINAL, 0.55)
    if not walk.is_due(at):
        return
    admin = walk.cast.administrator
    walk.count_acts(len(ceremonies.take_over_categories(walk.cycle, by=admin, at=at)))
    walk.count_acts(len(ceremonies.lay_ceremonies(walk.cycle, by=admin, at=at)))
    _give(walk, Ceremony.objects.for_list().get(cycle=walk.cycle, province=None), admin, at)
    of_province = {"level": "provincial_unit", "cycle": walk.cycle}
    unit = (
        Participation.objects.filter(**of_province)
        .select_related("province")
        .order_by("pk")
        .first()
    )
    if unit and unit.province:
        ceremony = Ceremony.objects.for_list().get(cycle=walk.cycle, province=unit.province)
        name = f"administrator-{unit.province.code.removeprefix('IR-')}"
        _give(walk, ceremony, User.objects.filter(username=name).first() or admin, at)


def _give(walk: Walk, ceremony: Ceremony, by: User, at: datetime) -> None:
    """Set day and place; the standings and the committee propose, a meeting decides."""
    opens = day_of(walk.within(Phase.FESTIVAL, 0))
    day = opens + timedelta(days=25 if ceremony.province is None else 30)
    place = ceremony.province.capital_fa if ceremony.province else "تهران"
    fields = {
        "held_on": day,
        "place": f"{place}، تالار اجتماعات",
        "chair": "رئیس سازمان اداری و استخدامی کشور",
    }
    ceremonies.set_ceremony(ceremony, fields=fields, by=by, at=at)
    walk.count_acts()
    walk.count_acts(len(awards.propose(ceremony, by=by, at=at)))
    edition = Edition.objects.get(cycle=walk.cycle)
    fit = Standing.objects.filter(
        edition=edition, group__province=ceremony.province, submitted=True
    )
    # nobody of the authority may put its own agency forward
    fit = fit.exclude(participation__agency__is_authority=True)
    for standing, (code, rank, fa, en) in zip(
        fit.order_by("place", "pk")[: len(CHOICES)], CHOICES, strict=False
    ):
        category = AwardCategory.objects.get(cycle=walk.cycle, code=code)
        awards.put_forward(
            ceremony,
            category=category,
            participation=Participation.objects.get(pk=standing.participation_id),
            rank=rank,
            reason=fa,
            reason_en=en,
            by=by,
            at=at,
        )
        walk.count_acts()
    minutes = _minutes(ceremony, by, at)
    walk.count_acts()
    _decide(walk, ceremony, minutes, by, at)


def _minutes(ceremony: Ceremony, by: User, at: datetime) -> Minutes:
    text = "جایگاه‌ها و پیشنهادها بررسی شد و کمیته دربارهٔ برگزیدگان تصمیم گرفت."
    held_at = at - timedelta(hours=3)
    return ceremonies.minute(ceremony, held_at=held_at, members=PRESENT, text=text, by=by, at=at)


def _decide(walk: Walk, ceremony: Ceremony, minutes: Minutes, by: User, at: datetime) -> None:
    proposed = Award.objects.filter(ceremony=ceremony, state=AwardState.PROPOSED)
    waiting = list(proposed.exclude(participation__agency__is_authority=True))
    if not waiting:  # a province whose only agencies did not submit
        return
    decisions = {a.pk: Decision(a.rank, a.reason, a.reason_en) for a in waiting}
    head = walk.cast.heads[waiting[0].agency_id]
    walk.require_refusal(
        "a head decides on awards",
        lambda: awards.decide(ceremony, minutes, decisions, by=head, at=at),
    )
    early = walk.within(Phase.FINAL, 0) - timedelta(seconds=1)
    walk.require_refusal(
        "decided before the results",
        lambda: awards.decide(ceremony, minutes, decisions, by=by, at=early),
    )
    walk.count_acts(len(awards.decide(ceremony, minutes, decisions, by=by, at=at)))
