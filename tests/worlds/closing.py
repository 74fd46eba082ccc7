"""What the guards need of what follows from results, made without a door: plans, consequences, a
survey.
"""

from datetime import date, timedelta

from django.core.files.base import ContentFile

from cycles.models import Cycle, Participation
from festival.models import (
    Consequence,
    ConsequenceRule,
    Edition,
    ImprovementItem,
    ImprovementPlan,
    Survey,
    SurveyQuestion,
)
from indicators.models import IndicatorSet, Kind
from submissions.models import Answer, Submission
from tests.factories import World
from tests.worlds.answers import power_line

SAID = {"finding": "هدف نرسید", "action": "آموزش", "owner": "مدیرکل", "due_on": date(2027, 12, 1)}
WORDS = "پیامدی که پیش از انتشار کسی نداند"


def plan_for_improvement(w: World, state: str = "draft") -> ImprovementPlan:
    """The power ministry's plan, in some state."""
    if w.submission is None:
        raise Submission.DoesNotExist
    of = {"cycle": w.cycle, "agency": w.power, "participation_id": w.submission.participation_id}
    made = {
        "due_on": date(2027, 9, 30),
        "begun_at": w.at,
        "signed_by": w.head,
        "signed_at": w.at,
        "state": state,
    }
    return ImprovementPlan.objects.get_or_create(**of, defaults=made)[0]


def improvement_item(w: World, state: str = "draft") -> ImprovementItem:
    """Its one item, about the power ministry's first line."""
    line = power_line(w)
    of = {"plan": plan_for_improvement(w, state), "answer": line, "lineage": line.measure.lineage}
    return ImprovementItem.objects.get_or_create(**of, defaults={"position": 1, **SAID})[0]


def followed_up(w: World) -> ImprovementItem:
    """The same of a signed plan, whose progress may be reported."""
    return improvement_item(w, "signed")


def earlier_plan(w: World) -> ImprovementItem:
    """The power ministry's item of the year before, about the measure of its first line."""
    if w.submission is None:
        raise Submission.DoesNotExist
    line: Answer = power_line(w)
    earlier = Cycle.objects.get_or_create(
        year=w.cycle.year - 1, preset=w.cycle.preset, state="published"
    )[0]
    before, _new = Participation.objects.get_or_create(
        cycle=earlier, agency=w.power, defaults={"name_fa": w.power.name_fa, "level": w.power.level}
    )
    submission, _new = Submission.objects.get_or_create(
        cycle=earlier, agency=w.power, participation=before
    )
    answer, _new = Answer.objects.get_or_create(submission=submission, measure=line.measure)
    made = {
        "due_on": date(2026, 9, 30),
        "begun_at": w.at,
        "signed_by": w.head,
        "signed_at": w.at,
        "state": "signed",
    }
    plan, _new = ImprovementPlan.objects.get_or_create(
        cycle=earlier, agency=w.power, participation=before, defaults=made
    )
    of = {"plan": plan, "answer": answer, "lineage": line.measure.lineage}
    return ImprovementItem.objects.get_or_create(
        **of, defaults={"position": 1, "target": 45, **SAID}
    )[0]


def consequence_rule(w: World) -> ConsequenceRule:
    """What follows from a weak result."""
    if w.cycle is None:
        raise Cycle.DoesNotExist
    of = {"cycle": w.cycle, "on": "weak", "kind": "warning", "repeated": False}
    settled = {"words_fa": WORDS, "words_en": "", "settled_by": w.administrator, "settled_at": w.at}
    return ConsequenceRule.objects.get_or_create(**of, defaults=settled)[0]


def consequence(w: World) -> Consequence:
    """What it means for the power ministry."""
    if w.edition is None:
        raise Edition.DoesNotExist
    of = {"cycle": w.cycle, "agency": w.power, "edition": w.edition, "rule": consequence_rule(w)}
    letter = {
        "letter_number": "1/1",
        "letter_on": date(2027, 9, 10),
        "reason": "به نامه پاسخ داده شد",
    }
    return Consequence.objects.get_or_create(**of, defaults=letter)[0]


def lettered(w: World) -> Consequence:
    """The same with the paper of its letter."""
    held = consequence(w)
    if not held.file:
        held.file_name = "letter.pdf"
        held.file.save("x.pdf", ContentFile(b"%PDF-1.7"), save=False)
        Consequence.objects.filter(pk=held.pk).update(file=held.file.name, file_name=held.file_name)
    return held


def survey(w: World) -> Survey:
    """One that is open at the world's moment, with a question of each kind."""
    if w.cycle is None:
        raise Cycle.DoesNotExist
    dates = {"opens_at": w.at - timedelta(days=1), "closes_at": w.at + timedelta(days=14)}
    made = {**dates, "made_by": w.administrator, "made_at": w.at}
    held, is_new = Survey.objects.get_or_create(cycle=w.cycle, defaults=made)
    if is_new:
        rows = (
            ("scale", "نخست", []),
            ("choice", "دوم", [["بله", "Yes"], ["خیر", "No"]]),
            ("text", "سوم", []),
        )
        for position, (kind, which, choices) in enumerate(rows, 1):
            SurveyQuestion.objects.create(
                survey=held, position=position, kind=kind, text_fa=f"پرسش {which}", text_en=f"Question {position}",
                choices=choices,
            )  # fmt: skip
    return held


def next_set(w: World) -> IndicatorSet:
    """The general set of the year after, with the same measures."""
    later = Cycle.objects.get_or_create(year=w.cycle.year + 1, preset=w.cycle.preset, state="open")[
        0
    ]
    return IndicatorSet.objects.get_or_create(
        cycle=later, kind=Kind.GENERAL, defaults={"state": "communicated"}
    )[0]
