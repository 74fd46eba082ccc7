"""What a self-assessment says as one canonical text: what a head signs, what is set aside, what is
taken up again.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from agencies.models import User
from cycles import batches
from indicators.models import Measure
from submissions import completeness, outliers
from submissions.models import (
    Answer,
    Declaration,
    DeclaredLevel,
    Description,
    Evidence,
    ExternalFactor,
    Submission,
    Version,
)

FORM = "self-assessment/2"


def content_of(submission: Submission) -> str:
    """Every line with its words, external factors and files, and the declaration, as JSON.

    A file is its key, its digest, the place in it, its title, and the number and day of the letter
    that it is.

    Keys are sorted, numbers are text without trailing zeros, lines stand in the order of their
    keys; four queries.
    """
    files: dict[int, list[Any]] = {}
    for e in (
        Evidence.objects.filter(answer__submission=submission).live().select_related("document")
    ):
        files.setdefault(e.answer_id, []).append(
            [e.pk, e.document.sha256, e.reference, *e.description_facts]
        )
    factors: dict[int, list[Any]] = {}
    for f in ExternalFactor.objects.filter(answer__submission=submission).live():
        factors.setdefault(f.answer_id, []).append([f.pk, f.kind, f.text, f.evidence_id])
    lines = [
        {
            "line": a.pk,
            "measure": a.measure.code,
            "lineage": str(a.measure.lineage),
            "value": _number(a.value),
            "not_applicable": a.claims_not_applicable,
            **{name: getattr(a, name) for name in Answer.TEXTS},
            "factors": factors.get(a.pk, []),
            "evidence": files.get(a.pk, []),
        }
        for a in Answer.objects.filter(submission=submission)
        .select_related("measure")
        .order_by("pk")
    ]
    said = {
        "form": FORM,
        "agency": submission.agency.code,
        "year": submission.cycle.year,
        "lines": lines,
        "declaration": _declared(submission),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _declared(submission: Submission) -> dict[str, Any] | None:
    declaration = (
        Declaration.objects.filter(submission=submission).prefetch_related("levels").first()
    )
    if declaration is None:
        return None
    levels = {
        each.level: [each.due, each.assessed, each.forms, each.reports]
        for each in declaration.levels.all()
    }
    return {"statement": declaration.statement, "levels": levels}


def digest(content: str) -> str:
    """The SHA-256 of a content's UTF-8 text."""
    return hashlib.sha256(content.encode()).hexdigest()


@transaction.atomic
def keep(
    submission: Submission, kind: str, *, by: User | None, at: datetime, role: str = ""
) -> Version:
    """Keep what a self-assessment says now as its next version; the submission is locked by the act
    this belongs to.
    """
    content = content_of(submission)
    last = Version.objects.filter(submission=submission).aggregate(last=Max("number"))["last"] or 0
    return Version.objects.create(
        submission=submission,
        number=last + 1,
        kind=kind,
        content=content,
        sha256=digest(content),
        made_by=by,
        made_as=role,
        made_at=at,
    )


@transaction.atomic
def restore(submission: Submission, version: Version, *, at: datetime) -> list[Answer]:
    """Make a self-assessment say again what a version says; lines that came later keep what they
    hold.

    Files and external factors added since are withdrawn, those withdrawn since are there again.
    """
    content = json.loads(version.content)
    said = {line["line"]: line for line in content["lines"]}
    answers = list(Answer.objects.filter(submission=submission, pk__in=said).for_page())
    for a in answers:
        line = said[a.pk]
        a.value = None if line["value"] is None else Decimal(line["value"])
        a.claims_not_applicable = line["not_applicable"]
        for name in Answer.TEXTS:
            setattr(a, name, line[name])
        a.updated_at, a.ready_at, a.prefilled_from = at, None, None
    outliers.standing_out(submission, answers)
    changed = [
        "value",
        "claims_not_applicable",
        *Answer.TEXTS,
        "outliers",
        "updated_at",
        "ready_at",
        "prefilled_from",
    ]
    batches.write(answers, changed)
    for model, part in ((Evidence, "evidence"), (ExternalFactor, "factors")):
        kept = [row[0] for line in said.values() for row in line[part]]
        of_lines = model.objects.filter(answer__in=said)
        of_lines.filter(pk__in=kept).update(withdrawn_at=None)
        of_lines.filter(withdrawn_at=None).exclude(pk__in=kept).update(withdrawn_at=at)
    _restore_descriptions(said)
    _restore_declaration(submission, content["declaration"])
    completeness.recount(submission.cycle, answers)
    return answers


def _restore_descriptions(said: dict[int, Any]) -> None:
    """The places in files, their titles and letters as a version has them."""
    files = {row[0]: _file(row) for line in said.values() for row in line["evidence"]}
    rows = list(Evidence.objects.filter(pk__in=files, answer__in=said))
    for row in rows:
        row.reference = files[row.pk].reference
        row.describe(files[row.pk].description)
    batches.write(rows, ["reference", *Evidence.DESCRIPTION])


def _restore_declaration(submission: Submission, said: dict[str, Any] | None) -> None:
    """The declaration as a version has it; one that was made only afterwards goes with what is set
    aside.
    """
    declaration = Declaration.objects.filter(submission=submission).first()
    if declaration is None:
        return
    if said is None:
        declaration.delete()
        return
    declaration.statement = said["statement"]
    declaration.save(update_fields=["statement"])
    for level, (due, assessed, forms, reports) in said["levels"].items():
        counts = {"due": due, "assessed": assessed, "forms": forms, "reports": reports}
        DeclaredLevel.objects.filter(declaration=declaration, level=level).update(**counts)


@dataclass(frozen=True)
class ShownFile:
    """A file as a version has it: its key, its digest, the place in it, and its description."""

    key: int
    sha256: str
    reference: str
    description: Description
    name: str = ""


def _file(row: list[Any]) -> ShownFile:
    """A file of a version; those of the first form say nothing of titles and letters."""
    key, sha256, reference, title, letter_number, day = [*row, "", "", ""][:6]
    letter_on = date.fromisoformat(day) if day else None
    return ShownFile(key, sha256, reference, Description(title, letter_number, letter_on))


@dataclass(frozen=True)
class Shown:
    """One line of a version as it is shown: the measure, and what was said of it."""

    measure: Measure
    value: Decimal | None
    not_applicable: bool
    note: str
    files: list[ShownFile]


def shown(version: Version) -> list[Shown]:
    """What a version says line by line, in the order of the page; two queries."""
    said = {line["line"]: line for line in json.loads(version.content)["lines"]}
    rows = Evidence.objects.filter(answer__in=said).order_by()
    names = dict(rows.values_list("pk", "document__name"))
    lines = []
    for a in Answer.objects.filter(pk__in=said).for_page():
        line = said[a.pk]
        value = None if line["value"] is None else Decimal(line["value"])
        files = [replace(_file(row), name=names[row[0]]) for row in line["evidence"]]
        lines.append(Shown(a.measure, value, line["not_applicable"], line["note"], files))
    return lines
