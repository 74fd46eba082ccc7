"""Findings for tests: lines drawn, concluded, and what they score."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Score,
    Submission,
    Verification,
)
from submissions.verification import actions as verification_actions
from submissions.verification import draw
from tests.factories import build, make_agency, supply
from tests.submissions.marking.two_marks import with_rules

UNSUPPORTED = {"place": "source", "finding": "unsupported", "text": "The register says otherwise"}

SUPPORTED = {"place": "source", "finding": "supported", "text": "As it says"}


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def drawn_all(stage="assigned", **rules):
    """Every line that can be verified is drawn."""
    world = with_rules(build(stage), verification_percent=100, **rules)
    world.drawn = draw.draw(world.cycle, by=world.administrator, at=world.at)
    return world


def of_line(world, code="G1-1"):
    return Verification.objects.get(line__measure__code=code, submission=world.submission)


def hand_in_all(world):
    for block in Block.objects.filter(submission=world.submission, state="open").order_by("pk"):
        lines = Answer.objects.on_desk(block).select_related("measure", "own", "submission")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=block.assessor, at=world.at)
        marking.hand_in(block, by=block.assessor, at=world.at)
    if world.fresh(world.stewardship).state == "open":
        supply(world)
    world.submission = world.fresh(world.submission)


def conclude(world, found, **special):
    verification = special.pop("of", None) or of_line(world)
    return verification_actions.conclude(
        verification, **(found | special), by=verification.assessor, at=world.at
    )


def scores(line):
    rows = Score.objects.filter(answer=line).exclude(basis=Score.Basis.SELF).order_by("pk")
    return [(s.basis, s.points, s.is_current) for s in rows]


def more_signed(world, agencies):
    for number in range(agencies):
        agency = make_agency(f"M{number}", f"سازمان {number}", f"Agency {number}")
        participation = world.submission.participation
        participation.pk, participation.agency = None, agency
        participation.save()
        held = Submission.objects.create(
            cycle=world.cycle, agency=agency, participation=participation, state="submitted",
            submitted_at=world.at, submitted_by=world.head,
        )  # fmt: skip
        of_power = Answer.objects.filter(submission=world.submission, value__isnull=False).order_by(
            "pk"
        )[:3]
        Answer.objects.bulk_create(
            Answer(submission=held, measure_id=a.measure_id, value=30) for a in of_power
        )


def paper(name="log.pdf", content=b"%PDF-1.7 %%EOF"):
    return SimpleUploadedFile(name, content, "application/pdf")
