"""Plausible numbers for a rehearsal: what agencies propose, report, receive and contest."""

import random
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import weasyprint
from django.core.files.base import ContentFile

from appeals.drafting.actions import DraftValues
from cycles.calendar import Phase
from cycles.ui import pdf
from indicators.models import Direction, Figure, Kind, Measure, Planned
from indicators.scoring.methods import decimal
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Declaration, Level, Mark, Submission


def value(answer: Answer, skill: float, chance: random.Random) -> Decimal | None:
    """A plausible actual value for a measure from an agency of this skill
    (0 to 1); sometimes none.
    """
    luck = chance.random()
    if answer.measure.is_stewarded or luck < 0.02:
        return None
    return reached(answer.measure, answer.measure.target, _share(skill, chance), chance)


def values(
    lines: Iterable[Answer], skill: float, chance: random.Random
) -> dict[tuple[str, str], Decimal | None]:
    """What an agency enters of all its lines; as it reported them where it did, so that they are
    confirmed.
    """
    lines = list(lines)
    entered = {key(a): value(a, skill, chance) for a in lines}
    return entered | {key(a): a.value for a in lines if a.prefilled_from}


def twins(drafts: Sequence[Submission]) -> dict[int, int]:
    """Which self-assessment says the same as which, so that two of one group tie."""
    first = drafts[0].agency
    same = [s for s in drafts if s.agency.sector == first.sector and not s.agency.province_id]
    pair = same if len(same) > 1 else drafts
    return {pair[1].pk: pair[0].pk} if len(pair) > 1 else {}


def silent(drafts: Sequence[Submission], twins: Container[int]) -> set[int]:
    """Those that are never signed: a few, one at least, and none that ties."""
    others = [s for s in drafts if s.pk not in twins]
    return {s.pk for s in others if s.agency_id % 23 == 5} or {others[-1].pk}


UNITS, MANAGERS, STAFF = (4, 30), (20, 200), (200, 6000)


def declaration(skill: float, chance: random.Random) -> dict[str, Any]:
    """How far an agency of this skill assessed its units, managers and staff under Article 81."""
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
    return {"statement": STATEMENT, "levels": levels}


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


def reached(m: Measure, target: Decimal | None, share: float, chance: random.Random) -> Decimal:
    """The value of a measure at which so large a share (0 to 1) of a target is reached."""
    match m.method:
        case "inverse_linear":
            value = _known(target) / Decimal(share)
        case "range" | "growth":
            low = _known(m.floor if m.method == "range" else m.base)
            value = low + (_known(target) - low) * Decimal(share)
        case "bands":
            value = Decimal(0 if share > 0.8 else chance.randint(1, 16))
        case "checklist":
            value = Decimal(str(_items_met(m.params, share)))
        case "survey":
            value = Decimal(min(share, 1) * 100)
        case _:
            value = _known(target) * Decimal(share)
    return _within(m, _tenths(value))


def _known(number: Decimal | None) -> Decimal:
    """Answer with a number that the measure's method asks for, and that so is there."""
    assert number is not None
    return number


def _within(m: Measure, value: Decimal) -> Decimal:
    """The value, or the bound that it lies beyond."""
    bounds = m.bounds()
    least = Decimal(0) if bounds.least is None else decimal(bounds.least)
    return max(least, value if bounds.most is None else min(value, decimal(bounds.most)))


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _items_met(params: dict[str, Any], share: float) -> int:
    items = params.get("items", 5)
    count = items if isinstance(items, int) else len(items)
    return min(count, round(share * count))


def given(answer: Answer, value: Decimal | None) -> dict[str, Any]:
    if answer.measure.code == "G06-05" and answer.submission.agency_id % 7 == 0:
        return {
            "value": None,
            "note": "این وظیفه در دستگاه مصداق ندارد.",
            "claims_not_applicable": True,
        }
    said: dict[str, Any] = {
        "value": value,
        "note": "بر پایهٔ گزارش پایان سال" if value is not None else "",
    }
    if value is not None and answer.measure.indicator.axis.set.kind == Kind.SPECIFIC:
        said |= ANALYSIS
    return said


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


def decree(year: int, closes_at: datetime, at: datetime) -> dict[str, Any]:
    """A decree that moves the closing of the first quarter's report, with its paper."""
    page = (
        '<p lang="fa" dir="rtl">به‌سبب سیل در چند استان، مهلت گزارش سه‌ماههٔ نخست ده روز تمدید '
        "می‌شود.</p>"
    )
    return {
        "phase": Phase.MONITORING,
        "quarter": 1,
        "closes_at": closes_at,
        "decree_number": f"{year}/45",
        "decreed_on": at.date(),
        "reason": "سیل در چند استان",
        "file": ContentFile(
            weasyprint.HTML(string=page, url_fetcher=pdf.OwnFiles()).write_pdf(), name="ابلاغیه.pdf"
        ),
        "at": at,
    }


def targets(
    planned: Iterable[Planned], quarters: Iterable[int]
) -> dict[int, dict[int, Decimal | None]]:
    """Targets of the agency's own measures that come nearer to the year's
    from quarter to quarter.
    """
    quarters = list(quarters)
    found: dict[int, dict[int, Decimal | None]] = {}
    for p in planned:
        if p.is_own:
            found[p.measure.pk] = {quarter: _on_the_way(p, quarter) for quarter in quarters}
    return found


def _on_the_way(p: Planned, quarter: int) -> Decimal:
    left = Decimal(4 - quarter) / 10
    share = 1 + left if p.measure.direction == Direction.LOWER else 1 - left
    return _tenths(_known(p.target) * share)


def figures(
    planned: Iterable[Planned], quarter: int, skill: float, chance: random.Random
) -> dict[int, dict[str, Any]]:
    """What a quarter brought: actual values, a reason where a target was missed, and what the year
    will bring.
    """
    said: dict[int, dict[str, Any]] = {}
    for p in (p for p in planned if p.is_own):
        share = _share(skill, chance)
        figure = Figure(measure=p.measure, quarter=quarter, target=_on_the_way(p, quarter))
        figure.actual = reached(p.measure, figure.target, share, chance)
        said[p.measure.pk] = {
            "actual": figure.actual,
            "explanation": chance.choice(REASONS) if figure.is_missed else "",
            "forecast": reached(p.measure, p.target, share, chance),
        }
    return said


def mark(answer: Answer, chance: random.Random, *, twin: bool) -> dict[str, Any]:
    suggested = marking_rules.suggestion(answer)
    if answer.claims_not_applicable:
        return {"is_not_applicable": True}
    if suggested and not twin and chance.random() < 0.12:
        return {
            "points": (suggested * Decimal("0.8")).quantize(Decimal("0.01")),
            "reason": "مستندات بخشی را نشان می‌دهد.",
        }
    return {"points": suggested}


def between(one: Mark, other: Mark) -> dict[str, Any]:
    """The value on which two assessors agree who are apart: half way, or what the one says who
    gives points.
    """
    given = [mark.points for mark in (one, other) if mark.points is not None]
    points = (sum(given, Decimal(0)) / len(given)).quantize(Decimal("0.01"))
    return {"points": points, "reason": "میانهٔ دو نمره پس از بازبینی مستندات."}


def key(answer: Answer) -> tuple[str, str]:
    return (answer.measure.indicator.axis.set.kind, answer.measure.code)


def lost(answer: Answer) -> bool:
    """Whether a line scored below what its own value earns, so that an
    appeal has something to say.
    """
    current = answer.scores.get(is_current=True)
    return current.points is not None and current.points < (answer.self_points or Decimal(0))


def contention(answer: Answer) -> DraftValues:
    return {
        "ground": "evidence",
        "argument": "مستند پیوست همهٔ مقدار را نشان می‌دهد.",
        "proposed_value": answer.value,
    }
