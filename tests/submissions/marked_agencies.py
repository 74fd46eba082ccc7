"""Agencies besides those of the world, marked and ready to be communicated."""

from decimal import Decimal

from agencies.models import Agency, Level, Membership, Sector, User
from agencies.roles import Role
from cycles.models import Group, Participation
from indicators.models import Measure
from submissions.models import Answer, Score, Submission
from tests.factories import EPOCH, World, make_agency


def another(w: World, code: str, share: str = "0.5", *, cycle=None, **fields) -> Submission:
    """An agency of the power ministry's group whose every line of the general set earned such a
    share.
    """
    agency = Agency.objects.filter(code=code).first() or make_agency(
        code, f"سازمان {code}", f"Office {code}", **fields
    )
    names = {
        "name_fa": agency.name_fa,
        "name_en": agency.name_en,
        "level": agency.level,
        "sector": agency.sector,
    }
    of = {"cycle": cycle or w.cycle, "agency": agency}
    participation = Participation.objects.create(**of, **names, province=agency.province)
    participation.groups.set(Group.objects.filter(participations__agency=w.power, cycle=w.cycle))
    submission = Submission.objects.create(**of, participation=participation, state="marked")
    for measure in Measure.objects.of(w.general):
        answer = Answer.objects.create(submission=submission, measure=measure, value=1)
        points = measure.points * Decimal(share)
        Score.objects.create(
            answer=answer, basis="agreed", state="scored", points=points, scored_at=w.at
        )
    return submission


def many(w: World, count: int) -> list[Submission]:
    """So many agencies with a head each and one line each, written at once."""
    names = {
        "sector": Sector.ECONOMIC,
        "level": Level.AFFILIATED,
        "sort_key": "x",
        "search_key": "x",
    }
    agencies = Agency.objects.bulk_create(
        Agency(code=f"M{n}", name_fa=f"سازمان {n}", name_en=f"Office {n}", **names)
        for n in range(count)
    )
    users = User.objects.bulk_create(
        User(username=f"head{n}", email=f"head{n}@example.org") for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=u, role=Role.HEAD, agency=a, valid_from=EPOCH)
        for u, a in zip(users, agencies, strict=True)
    )
    participations = Participation.objects.bulk_create(
        Participation(cycle=w.cycle, agency=a, name_fa=a.name_fa, name_en=a.name_en, **names)
        for a in agencies
    )
    submissions = Submission.objects.bulk_create(
        Submission(cycle=w.cycle, agency=p.agency, participation=p, state="marked")
        for p in participations
    )
    measure = Measure.objects.of(w.general).first()
    answers = Answer.objects.bulk_create(
        Answer(submission=s, measure=measure, value=1) for s in submissions
    )
    Score.objects.bulk_create(
        Score(answer=a, basis="agreed", state="scored", points=1, scored_at=w.at) for a in answers
    )
    return submissions
