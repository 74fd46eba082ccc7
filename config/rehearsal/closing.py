"""How a rehearsed year is closed: consequences by rules, plans for improvement with their progress,
a survey.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from agencies.models import Agency, User
from config.rehearsal.walk import Walk
from cycles.calendar import Phase, day_of
from cycles.models import Participation
from festival.consequences import actions as consequences
from festival.improvement import actions as improvement
from festival.improvement import suggestions
from festival.improvement.suggestions import Suggestion
from festival.models import (
    NOT_FILED,
    Consequence,
    ConsequenceKind,
    ImprovementItem,
    ImprovementPlan,
    Status,
    Survey,
    SurveyQuestion,
)
from festival.surveys import actions as surveys
from indicators.models import Direction, Kind
from submissions.models import Submission
from submissions.workflow import SubmissionState

DAY = timedelta(days=1)


class Rule(NamedTuple):
    """What follows from a band, or from not filing."""

    on: str
    kind: ConsequenceKind
    words_fa: str
    words_en: str
    repeated: bool = False
    days: int = 30


RULES = (
    Rule(
        on="excellent",
        kind=ConsequenceKind.APPRECIATION,
        words_fa="نامهٔ تقدیر به رئیس دستگاه",
        words_en="A letter of appreciation to the head of the agency",
    ),
    Rule(
        on="weak",
        kind=ConsequenceKind.WARNING,
        words_fa="نامهٔ اخطار به رئیس دستگاه",
        words_en="A letter of warning to the head of the agency",
    ),
    Rule(
        on="weak",
        kind=ConsequenceKind.PLAN,
        repeated=True,
        days=60,
        words_fa="برنامهٔ بهبود الزامی در سال دوم پیاپی",
        words_en="A compulsory improvement plan in the second year in a row",
    ),
    Rule(
        on=NOT_FILED,
        kind=ConsequenceKind.PLAN,
        days=60,
        words_fa="برنامهٔ بهبود الزامی، زیرا خودارزیابی ارسال نشده است",
        words_en="A compulsory improvement plan, for no self-assessment was filed",
    ),
    Rule(
        on=NOT_FILED,
        kind=ConsequenceKind.SUPERIOR,
        words_fa="گزارش به مقام مافوق دستگاه",
        words_en="A report to the authority above the agency",
    ),
)
MOST_LETTERS, MOST_PLANS, MOST_ANSWERS = 12, 24, 60
"""So many letters are recorded, plans drawn up and answers given, however
many agencies there are.
"""

ACTIONS = (
    ("آموزش کارکنان واحد مسئول و بازنگری فرآیند گردآوری داده", "مدیرکل نوسازی و تحول اداری"),
    ("خرید و راه‌اندازی سامانهٔ الکترونیکی خدمت", "مدیرکل فناوری اطلاعات"),
    ("تشکیل کارگروه پیگیری ماهانه با گزارش به رئیس دستگاه", "معاون توسعهٔ مدیریت و منابع"),
)
PROGRESS = (
    (Status.COMPLETED, "اقدام انجام و نتیجه در شورای تحول گزارش شد."),
    (Status.UNDER_WAY, "مرحلهٔ نخست انجام شده است."),
    (Status.CANCELLED, "وظیفه به دستگاه دیگری منتقل شد."),
)
WISHES = (
    "شاخص‌ها پیش از آغاز سال ابلاغ شود.",
    "دلیل هر امتیاز روشن‌تر نوشته شود.",
    "مستندات تکراری خواسته نشود.",
)


def close(walk: Walk, published_at: datetime) -> None:
    """Close a rehearsed year as far as its time has come; what must wait for publication is refused
    before it.
    """
    at, admin = walk.within(Phase.FINAL, 0.85), walk.cast.administrator
    for rule in RULES:
        consequences.settle(
            walk.cycle,
            on=rule.on,
            kind=rule.kind,
            words_fa=rule.words_fa,
            words_en=rule.words_en,
            repeated=rule.repeated,
            days=rule.days,
            by=admin,
            at=at,
        )
    drawn = consequences.draw(walk.edition, by=admin, at=at)
    walk.count_acts(len(RULES) + 1)
    walk.require_refusal(
        "a letter before publication",
        lambda: consequences.record_letter(
            drawn[0],
            letter=f"{walk.year}/1",
            letter_on=day_of(at),
            by=admin,
            at=published_at - timedelta(seconds=1),
        ),
    )
    if walk.is_due(published_at + 10 * DAY):
        _letters(walk, published_at + 3 * DAY)
        _plans(walk, published_at + DAY)
        _survey(walk, published_at + DAY)


def _letters(walk: Walk, at: datetime) -> None:
    admin, on = walk.cast.administrator, day_of(at)
    rows = Consequence.objects.filter(cycle=walk.cycle).for_list()
    for number, one in enumerate(rows[:MOST_LETTERS]):
        if number == 1:
            reason = "دستگاه در سال ارزیابی ادغام شده است."
            consequences.waive(one, reason=reason, by=admin, at=at)
            walk.count_acts()
        else:
            consequences.record_letter(
                one, letter=f"{walk.year}/{820 + number}", letter_on=on, by=admin, at=at
            )
            walk.count_acts(2 if one.rule.kind == ConsequenceKind.PLAN else 1)


def _plans(walk: Walk, at: datetime) -> None:
    """Have every third agency draw up its plan; some sign late, and signed plans make progress."""
    scored = Submission.objects.filter(cycle=walk.cycle, state=SubmissionState.COMMUNICATED)
    for number, submission in enumerate(
        scored.select_related("agency", "cycle").order_by("pk")[: 3 * MOST_PLANS : 3]
    ):
        staff, head = walk.cast.staff[submission.agency_id], walk.cast.heads[submission.agency_id]
        if not ImprovementPlan.objects.filter(participation=submission.participation_id).exists():
            walk.count_acts()  # a compulsory plan has been begun already
        plan = improvement.begin(submission, by=staff, at=at)
        keys = [suggestion.answer.pk for suggestion in _heaviest(suggestions.suggest(submission))]
        for item, (action, owner) in zip(
            improvement.adopt(plan, keys, by=staff, at=at), ACTIONS, strict=False
        ):
            improvement.save_item(
                plan, _item_fields(item, action, owner), item=item, by=staff, at=at
            )
        walk.require_refusal(
            "staff sign a plan", partial(improvement.move, plan, "sign", by=staff, at=at)
        )
        signed_at = at + (30 if number % 4 == 3 else 2) * DAY
        if not keys or not walk.is_due(signed_at):
            continue
        plan = improvement.move(plan, "sign", by=head, at=signed_at)
        walk.count_acts()
        _progress(walk, list(plan.items.standing().for_list()), staff, signed_at + 90 * DAY, number)


def _heaviest(suggested: Sequence[Suggestion]) -> list[Suggestion]:
    """Choose the heaviest of each kind: two that are asked again in the next year, and one of the
    agency's own.
    """
    general = [s for s in suggested if s.answer.measure.indicator.axis.set.kind == Kind.GENERAL]
    return [*general[:2], *(s for s in suggested if s not in general[:2])][:3]


def _item_fields(item: ImprovementItem, action: str, owner: str) -> dict[str, object]:
    """Write an item as an agency does: somewhat better than it reached, by the end of the next
    assessed year.
    """
    target, answer = None, item.answer
    if answer is not None and answer.value is not None:
        step = Decimal("1.1") if answer.measure.direction == Direction.HIGHER else Decimal("0.9")
        target = (answer.value * step).quantize(Decimal("0.01"))
    due_on = item.plan.due_on + timedelta(days=150)
    return {
        "finding": item.finding,
        "action": action,
        "owner": owner,
        "due_on": due_on,
        "target": target,
    }


def _progress(
    walk: Walk, items: Sequence[ImprovementItem], staff: User, at: datetime, number: int
) -> None:
    if not walk.is_due(at):
        return
    for place, item in enumerate(items):
        if (number + place) % 4 == 3:
            continue  # of which nothing is reported
        status, note = PROGRESS[(number + place) % 4]
        improvement.report_progress(item, status=status, note=note, by=staff, at=at)
        walk.count_acts()


def _survey(walk: Walk, at: datetime) -> None:
    held = surveys.open_survey(
        walk.cycle, opens_at=at, closes_at=at + 15 * DAY, by=walk.cast.administrator, at=at
    )
    walk.count_acts()
    chance = random.Random(f"survey-{walk.year}")  # noqa: S311 -- the same year each time
    entered = Participation.objects.filter(cycle=walk.cycle).select_related("agency").order_by("pk")
    for number, p in enumerate(entered[:MOST_ANSWERS]):
        if number % 3 < 2:
            _answer(held, p.agency, walk.cast.staff[p.agency_id], at + DAY, chance)


def _answer(held: Survey, agency: Agency, staff: User, at: datetime, chance: random.Random) -> None:
    def reply(question: SurveyQuestion) -> int | str:
        if question.options:
            return min(len(question.options), max(1, round(chance.gauss(3.4, 1.1))))
        return chance.choice(("", *WISHES))

    surveys.answer(held, agency, {q.pk: reply(q) for q in held.questions.all()}, by=staff, at=at)
