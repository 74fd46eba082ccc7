"""Plausible numbers for a rehearsal: what agencies propose, report, receive and contest."""

import random
from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

import weasyprint
from django.core.files.base import ContentFile

from appeals.drafting.actions import DraftValues
from cycles.ui import pdf
from indicators.models import Direction, Figure, Kind, Measure, Planned
from indicators.scoring.methods import decimal
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Declaration, Level, Mark, Submission


def value(answer: Answer, skill: float, chance: random.Random) -> Decimal | None:
    """Invent what an agency of this skill (0 to 1) reached in a measure; sometimes none."""
    luck = chance.random()
    if answer.measure.is_stewarded or luck < 0.02:
        return None
    return value_at(answer.measure, answer.measure.target, _share(skill, chance), chance)


def values(
    lines: Iterable[Answer], skill: float, chance: random.Random
) -> dict[tuple[str, str], Decimal | None]:
    """Invent what an agency enters of all its lines; as it reported them where it did, so that they
    are confirmed.
    """
    lines = list(lines)
    entered = {measure_key(a): value(a, skill, chance) for a in lines}
    return entered | {measure_key(a): a.value for a in lines if a.prefilled_from}


def twins(drafts: Sequence[Submission]) -> dict[int, int]:
    """Choose which self-assessment says the same as which, so that two of one group tie."""
    first = drafts[0].agency
    same = [s for s in drafts if s.agency.sector == first.sector and not s.agency.province_id]
    pair = same if len(same) > 1 else drafts
    return {pair[1].pk: pair[0].pk} if len(pair) > 1 else {}


def never_signed(drafts: Sequence[Submission], twins: Container[int]) -> set[int]:
    """Choose those that are never signed: a few, one at least, and none that ties."""
    others = [s for s in drafts if s.pk not in twins]
    return {s.pk for s in others if s.agency_id % 23 == 5} or {others[-1].pk}


UNITS, MANAGERS, STAFF = (4, 30), (20, 200), (200, 6000)


def declared_levels(skill: float, chance: random.Random) -> dict[str, dict[str, int]]:
    """Invent how far an agency of this skill assessed its units, managers and staff under Article
    81.
    """
    levels = {}
    for level, (fewest, most) in zip(Level, (UNITS, MANAGERS, STAFF), strict=True):
        due = chance.randint(fewest, most)
        assessed = round(due * min(_share(skill + 0.15, chance), 1))
        levels[level.value] = {
            "due": due,
            "assessed": assessed,
            "forms": assessed * (1 if level == Level.ORGANIZATION else 2),
            "reports": chance.randint(1, 4),
        }
    return levels


STATEMENT = (
    "عملکرد واحدها بر پایهٔ برنامهٔ سالانه و عملکرد مدیران و کارمندان با فرم‌های مصوب ارزیابی شد؛ "
    "نتایج به اطلاع"
    " ارزیابی‌شوندگان رسید و در برنامهٔ بهبود سال آینده به کار می‌رود."
)


def verdict(declaration: Declaration) -> tuple[str, str]:
    """Judge a declaration, with a reason; of one in nine the forms were not found."""
    if declaration.pk % 9 == 4:
        return "rejected", "فرم‌های ارزیابی کارمندان در مستندات دیده نشد."
    return "accepted", "شمار فرم‌ها و گزارش‌ها با سوابق دستگاه تطبیق داده شد."


def _share(skill: float, chance: random.Random) -> float:
    return min(max(chance.gauss(skill, 0.16), 0.05), 1.15)


def value_at(
    measure: Measure, target: Decimal | None, share: float, chance: random.Random
) -> Decimal:
    """Compute the value of a measure at which so large a share (0 to 1) of a target is reached."""
    match measure.method:
        case "inverse_linear":
            value = _known_number(target) / Decimal(share)
        case "range" | "growth":
            low = _known_number(measure.floor if measure.method == "range" else measure.base)
            value = low + (_known_number(target) - low) * Decimal(share)
        case "bands":
            value = Decimal(0 if share > 0.8 else chance.randint(1, 16))
        case "checklist":
            value = Decimal(str(_items_met(measure.params, share)))
        case "survey":
            value = Decimal(min(share, 1) * 100)
        case _:
            value = _known_number(target) * Decimal(share)
    return _within(measure, _tenths(value))


def _known_number(number: Decimal | None) -> Decimal:
    """Return a number that the measure's method asks for, and that so is there."""
    assert number is not None
    return number


def _within(measure: Measure, value: Decimal) -> Decimal:
    """Take the value, or the bound that it lies beyond."""
    bounds = measure.bounds()
    least = Decimal(0) if bounds.least is None else decimal(bounds.least)
    return max(least, value if bounds.most is None else min(value, decimal(bounds.most)))


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _items_met(params: Mapping[str, object], share: float) -> int:
    items = params.get("items", 5)
    count = len(items) if isinstance(items, list) else int(str(items))
    return min(count, round(share * count))


def answer_fields(answer: Answer, value: Decimal | None) -> dict[str, object]:
    if answer.measure.code == "G06-05" and answer.submission.agency_id % 7 == 0:
        return {
            "value": None,
            "note": "این وظیفه در دستگاه مصداق ندارد.",
            "claims_not_applicable": True,
        }
    fields: dict[str, object] = {
        "value": value,
        "note": "بر پایهٔ گزارش پایان سال" if value is not None else "",
    }
    if value is not None and answer.measure.indicator.axis.set.kind == Kind.SPECIFIC:
        fields |= ANALYSIS
    return fields


ANALYSIS = {
    "strengths": "نیروی انسانی باتجربه و سامانهٔ یکپارچهٔ ثبت داده.",
    "weaknesses": "تأخیر در تخصیص اعتبار و کمبود تجهیزات در شهرستان‌ها.",
    "action": "اصلاح برنامهٔ خرید و آموزش کارشناسان تا پایان فصل دوم.",
}
"""What an agency says of a specific measure in words."""


REASONS = (
    "تخصیص اعتبار این فصل با تأخیر انجام شد.",
    "تأمین تجهیزات به‌سبب تشریفات مناقصه به فصل بعد افتاد.",
    "سیل در چند استان بخشی از برنامه را متوقف کرد.",
)
"""Why a quarter's target was missed."""


def decree_paper() -> ContentFile:
    """Make the paper of a decree that moves the closing of the first quarter's report."""
    page = (
        '<p lang="fa" dir="rtl">به‌سبب سیل در چند استان، مهلت گزارش سه‌ماههٔ نخست ده روز تمدید '
        "می‌شود.</p>"
    )
    written = weasyprint.HTML(string=page, url_fetcher=pdf.OwnFiles()).write_pdf()
    return ContentFile(written, name="ابلاغیه.pdf")


def targets(
    planned: Iterable[Planned], quarters: Iterable[int]
) -> dict[int, dict[int, Decimal | None]]:
    """Set targets of the agency's own measures that come nearer to the year's from quarter to
    quarter.
    """
    quarters = list(quarters)
    found: dict[int, dict[int, Decimal | None]] = {}
    for plan in planned:
        if plan.is_own:
            found[plan.measure.pk] = {quarter: _on_the_way(plan, quarter) for quarter in quarters}
    return found


def _on_the_way(plan: Planned, quarter: int) -> Decimal:
    left = Decimal(4 - quarter) / 10
    share = 1 + left if plan.measure.direction == Direction.LOWER else 1 - left
    return _tenths(_known_number(plan.target) * share)


def figures(
    planned: Iterable[Planned], quarter: int, skill: float, chance: random.Random
) -> dict[int, dict[str, object]]:
    """Invent what a quarter brought: actual values, a reason where a target was missed, and a
    forecast of the year.
    """
    found: dict[int, dict[str, object]] = {}
    for plan in (plan for plan in planned if plan.is_own):
        share = _share(skill, chance)
        figure = Figure(measure=plan.measure, quarter=quarter, target=_on_the_way(plan, quarter))
        figure.actual = value_at(plan.measure, figure.target, share, chance)
        found[plan.measure.pk] = {
            "actual": figure.actual,
            "explanation": chance.choice(REASONS) if figure.is_missed else "",
            "forecast": value_at(plan.measure, plan.target, share, chance),
        }
    return found


def mark_fields(answer: Answer, chance: random.Random, *, twin: bool) -> dict[str, object]:
    suggested = marking_rules.suggestion(answer)
    if answer.claims_not_applicable:
        return {"is_not_applicable": True}
    if suggested and not twin and chance.random() < 0.12:
        return {
            "points": (suggested * Decimal("0.8")).quantize(Decimal("0.01")),
            "reason": "مستندات بخشی را نشان می‌دهد.",
        }
    return {"points": suggested}


RECONCILED = "میانهٔ دو نمره پس از بازبینی مستندات."
"""Why two assessors agree on one value."""


def half_way(one: Mark, other: Mark) -> Decimal:
    """Compute the points on which two assessors agree who are apart: half way, or those of the one
    who gives points.
    """
    given = [mark.points for mark in (one, other) if mark.points is not None]
    return (sum(given, Decimal(0)) / len(given)).quantize(Decimal("0.01"))


def measure_key(answer: Answer) -> tuple[str, str]:
    return (answer.measure.indicator.axis.set.kind, answer.measure.code)


def has_lost_points(answer: Answer) -> bool:
    """Tell whether a line scored below what its own value earns, so that an appeal has something to
    say.
    """
    current = answer.scores.get(is_current=True)
    return current.points is not None and current.points < (answer.self_points or Decimal(0))


def appeal_fields(answer: Answer) -> DraftValues:
    return {
        "ground": "evidence",
        "argument": "مستند پیوست همهٔ مقدار را نشان می‌دهد.",
        "proposed_value": answer.value,
    }
