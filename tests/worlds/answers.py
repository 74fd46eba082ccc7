"""What the guards need of self-assessments, made without a door: versions, factors, complete lines,
declarations.
"""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from agencies.models import Agency
from submissions.models import (
    Answer,
    Block,
    Calibration,
    Declaration,
    DeclaredLevel,
    Document,
    Exhibit,
    Expense,
    ExternalFactor,
    Mark,
    Reconciliation,
    ReferenceLine,
    ReferenceMark,
    Reliability,
    ReviewTask,
    StewardFigure,
    Stewardship,
    Submission,
    Verification,
    Version,
)
from submissions.signing import versions
from tests.factories import World


def power_line(w: World) -> Answer:
    return Answer.objects.select_related("measure", "submission").get(
        submission=w.submission, measure__code="G1-1"
    )


def unit_line(w: World) -> Answer:
    """The same line of the power ministry's unit."""
    of_unit = Answer.objects.select_related("measure", "submission")
    return of_unit.get(submission__cycle=w.cycle, submission__agency=w.unit, measure__code="G1-1")


def complete_line(w: World) -> Answer:
    """A line that lacks nothing."""
    Answer.objects.filter(pk=power_line(w).pk).update(value=50, lacking=[])
    return power_line(w)


def signed_version(w: World) -> Version:
    """The newest signed version of the power ministry's self-assessment."""
    found = Version.objects.filter(submission=w.submission).signed().first()
    return found or versions.keep(
        Submission.objects.get(pk=w.submission.pk), "signed", by=w.head, at=w.at
    )


def reference(w: World) -> ReferenceLine:
    """A reference line on the measure of the power ministry's line."""
    line = power_line(w)
    said = {
        "value": 50,
        "shown": "نیمی از سال",
        "points": 100,
        "reason": "نیمهٔ دوم سند ندارد",
        "laid_at": w.at,
    }
    found = ReferenceLine.objects.filter(cycle=w.cycle, measure=line.measure).first()
    return found or ReferenceLine.objects.create(
        cycle=w.cycle, measure=line.measure, laid_by=w.administrator, **said
    )


def sitting(w: World) -> Calibration:
    """The assessor's sitting over it, marked and not handed in."""
    line = reference(w)
    of = {"cycle": w.cycle, "assessor": w.assessor, "state": "open"}
    found = Calibration.objects.get_or_create(
        **of, defaults={"lines": [line.pk], "begun_at": w.at}
    )[0]
    ReferenceMark.objects.get_or_create(
        calibration=found, line=line, defaults={"points": 90, "reason": "x"}
    )
    return found


def factor(w: World) -> ExternalFactor:
    facts = {"kind": "budget", "text": "x", "claimed_by": w.staff, "claimed_at": w.at}
    return ExternalFactor.objects.get_or_create(answer=power_line(w), defaults=facts)[0]


def apart(w: World) -> Reconciliation:
    """Two marks on the line of the power ministry that are too far apart."""
    held = Reconciliation.objects.filter(line=power_line(w)).first()
    if held:
        return held
    of = {"cycle": w.cycle, "agency": w.power, "submission": w.submission, "axis": w.block.axis}
    other = Block.objects.create(
        **of, assessor=w.other_assessor, is_second=True, drawn=[power_line(w).pk]
    )
    marks = [
        Mark.objects.get_or_create(
            answer=power_line(w), block=b, assessor=b.assessor, defaults=said
        )[0]
        for b, said in (
            (w.block, {"points": 100, "marked_at": w.at}),
            (other, {"points": 20, "reason": "سند کافی نیست.", "marked_at": w.at}),
        )
    ]
    line = power_line(w)
    return Reconciliation.objects.create(
        cycle=w.cycle,
        agency=w.power,
        submission=w.submission,
        line=line,
        first=marks[0],
        second=marks[1],
    )


def proposed(w: World) -> Reconciliation:
    """The same, with a value proposed by the first assessor."""
    Reconciliation.objects.filter(pk=apart(w).pk).update(
        state="proposed", points=60, reason="میانه", proposed_by=w.assessor, proposed_at=w.at
    )
    return apart(w)


def to_verify(w: World) -> Verification:
    """A line of the power ministry of another axis, drawn for the other assessor to verify."""
    line = Answer.objects.get(submission=w.submission, measure__code="G2-1")
    of = {"cycle": w.cycle, "agency": w.power, "submission": w.submission}
    facts = {"why": ["outlier"], "assessor": w.other_assessor, "drawn_at": w.at}
    return Verification.objects.get_or_create(line=line, defaults=of | facts)[0]


CONCLUSION = {"place": "source", "finding": "unsupported", "text": "سامانه عدد دیگری دارد."}
"""What the other assessor found of it."""


def exhibit(w: World) -> Exhibit:
    """A file that shows what was found of the line."""
    held = Exhibit.objects.filter(verification=to_verify(w)).first()
    if held:
        return held
    facts = {
        "name": "log.pdf",
        "search_key": "log.pdf",
        "content_type": "application/pdf",
        "size": 8,
    }
    document = Document.objects.create(
        cycle=w.cycle, file=ContentFile(b"%PDF-1.7", name="x"), sha256="0" * 64, uploaded_by=w.other_assessor,
        uploaded_at=w.at, state="unscanned", **facts,
    )  # fmt: skip
    return Exhibit.objects.create(verification=to_verify(w), document=document)


def concluded(w: World) -> Exhibit:
    """The same, with what was found concluded, without a door."""
    Verification.objects.filter(pk=to_verify(w).pk).update(
        state="concluded", concluded_at=w.at, **CONCLUSION
    )
    return exhibit(w)


def review_task(w: World) -> ReviewTask:
    """Something that stands out about the assessor's marks."""
    asked = {"asked_by": w.administrator, "asked_at": w.at, "finished_at": w.at}
    study = Reliability.objects.get_or_create(cycle=w.cycle, defaults=asked)[0]
    figures = {"lines": 9, "copied": 9}
    facts = {"study": study, "figures": figures, "opened_at": w.at}
    return ReviewTask.objects.get_or_create(
        cycle=w.cycle, kind="copying", assessor=w.assessor, defaults=facts
    )[0]


def expense(w: World) -> Expense:
    facts = {"label": "چاپ", "amount": 1000, "spent_on": w.at.date(), "entered_by": w.administrator}
    return Expense.objects.create(cycle=w.cycle, entered_at=w.at, **facts)


LEVELS = {
    "organization": {"due": 12, "assessed": 11, "forms": 12, "reports": 4},
    "managers": {"due": 40, "assessed": 36, "forms": 80, "reports": 2},
    "staff": {"due": 400, "assessed": 300, "forms": 800, "reports": 2},
}


def declare(w: World) -> Declaration:
    """What the power ministry declares of its own assessments."""
    said = {"statement": "هر سه سطح در سال ارزیابی شد.", "updated_by": w.staff, "updated_at": w.at}
    found, is_new = Declaration.objects.get_or_create(submission=w.submission, defaults=said)
    if is_new:
        DeclaredLevel.objects.bulk_create(
            DeclaredLevel(declaration=found, level=level, **counts)
            for level, counts in LEVELS.items()
        )
    return found


def declared(w: World) -> dict[str, Any]:
    """The same as its form says it."""
    numbers = {
        f"{level}-{count}": n for level, counts in LEVELS.items() for count, n in counts.items()
    }
    return {"statement": "هر سه سطح در سال ارزیابی شد."} | numbers


def figure(percent: str = "50", *, void: bool = False, note: str = "") -> dict[str, Any]:
    """What a steward says of one line."""
    return {"percent": None if void else Decimal(percent), "is_not_applicable": void, "note": note}


def steward_line(w: World, agency: Agency | None = None) -> Answer:
    """The line of an agency, the power ministry unless another is given, whose figure the steward
    gives.
    """
    of_agency = Answer.objects.select_related("measure", "submission__agency")
    return of_agency.get(
        submission__cycle=w.cycle, submission__agency=agency or w.power, measure__code="G1-2"
    )


def given(w: World) -> Stewardship:
    """The steward's measure with every figure and its source, as it is before it is supplied."""
    if not StewardFigure.objects.filter(stewardship=w.stewardship).exists():
        facts = {
            "stewardship": w.stewardship,
            "percent": 50,
            "entered_by": w.steward,
            "entered_at": w.at,
        }
        lines = Answer.objects.filter(measure=w.stewardship.measure_id)
        StewardFigure.objects.bulk_create(StewardFigure(answer=a, **facts) for a in lines)
        sourced = {"source_title": "رتبه‌بندی", "source": "sources/x", "source_name": "x.pdf"}
        Stewardship.objects.filter(pk=w.stewardship.pk).update(**sourced)
    return Stewardship.objects.get(pk=w.stewardship.pk)
