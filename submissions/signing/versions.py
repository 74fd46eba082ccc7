"""What a self-assessment says as one canonical text: what a head signs, what is set aside, what is
taken up again.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import Max, QuerySet

from agencies.models import User
from agencies.statements import Statement, slot
from cycles.engine import batches
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


class DeclarationContent(TypedDict):
    """Hold a declaration as JSON keeps it: of each level how many were due, assessed and so on."""

    statement: str
    levels: dict[str, list[int]]


LineContent = dict[str, Any]
"""A line as JSON keeps it. One of an older form lacks what was not asked for yet."""
FileContent = list[Any]
FactorContent = list[Any]


@dataclass(frozen=True)
class SignedFile:
    """A file as a version has it: its key, its digest, the place in it, and its description."""

    key: int
    sha256: str
    reference: str
    description: Description
    name: str = ""


def content_of(submission: Submission) -> str:
    """Write every line with its words, external factors and files, and the declaration, as JSON.

    A file is its key, its digest, the place in it, its title, and the number and day of the letter
    that it is.

    Keys are sorted, numbers are text without trailing zeros, lines stand in the order of their
    keys; four queries.
    """
    files = _files_by_line(submission)
    factors = _factors_by_line(submission)
    answers = LINES.fetch(submission=submission.pk)
    content = {
        "form": FORM,
        "agency": submission.agency.code,
        "year": submission.cycle.year,
        "lines": [_line_content(a, files.get(a.pk, []), factors.get(a.pk, [])) for a in answers],
        "declaration": _declaration_content(submission),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


LINES: Statement[Answer] = Statement(
    lambda: (
        Answer.objects.filter(submission=slot("submission"))
        .select_related("measure")
        .order_by("pk")
    )
)
FILES: Statement[Evidence] = Statement(
    lambda: (
        Evidence.objects.filter(answer__submission=slot("submission"))
        .live()
        .select_related("document")
    )
)
FACTORS: Statement[ExternalFactor] = Statement(
    lambda: ExternalFactor.objects.filter(answer__submission=slot("submission")).live()
)


def _files_by_line(submission: Submission) -> dict[int, list[FileContent]]:
    found: dict[int, list[FileContent]] = {}
    for file in FILES.fetch(submission=submission.pk):
        content = [file.pk, file.document.sha256, file.reference, *file.description_facts]
        found.setdefault(file.answer_id, []).append(content)
    return found


def _factors_by_line(submission: Submission) -> dict[int, list[FactorContent]]:
    found: dict[int, list[FactorContent]] = {}
    for factor in FACTORS.fetch(submission=submission.pk):
        content = [factor.pk, factor.kind, factor.text, factor.evidence_id]
        found.setdefault(factor.answer_id, []).append(content)
    return found


def _line_content(
    answer: Answer, files: list[FileContent], factors: list[FactorContent]
) -> dict[str, object]:
    texts = {name: getattr(answer, name) for name in Answer.TEXT_FIELDS}
    return {
        "line": answer.pk,
        "measure": answer.measure.code,
        "lineage": str(answer.measure.lineage),
        "value": _number(answer.value),
        "not_applicable": answer.claims_not_applicable,
        **texts,
        "factors": factors,
        "evidence": files,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def decimal_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _declaration_content(submission: Submission) -> DeclarationContent | None:
    declaration = (
        Declaration.objects.filter(submission=submission).prefetch_related("levels").first()
    )
    if declaration is None:
        return None
    levels = {
        row.level: [row.due, row.assessed, row.forms, row.reports]
        for row in declaration.levels.all()
    }
    return {"statement": declaration.statement, "levels": levels}


def digest(content: str) -> str:
    """Take the SHA-256 of a content's UTF-8 text."""
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
    hold, and so does what the form of that version did not ask for.

    Files and external factors added since are withdrawn, those withdrawn since are there again.
    """
    content = json.loads(version.content)
    lines: dict[int, LineContent] = {line["line"]: line for line in content["lines"]}
    answers = list(Answer.objects.filter(submission=submission, pk__in=lines).for_page())
    for answer in answers:
        _restore_line(answer, lines[answer.pk], at=at)
    outliers.standing_out(submission, answers)
    batches.write(answers, RESTORED)

    _restore_rows(Evidence.objects.all(), "evidence", lines, at=at)
    _restore_rows(ExternalFactor.objects.all(), "factors", lines, at=at)
    _restore_descriptions(lines)
    if "declaration" in content:
        _restore_declaration(submission, content["declaration"])
    completeness.recount(submission.cycle, answers)
    return answers


RESTORED = [
    "value",
    "claims_not_applicable",
    *Answer.TEXT_FIELDS,
    "outliers",
    "updated_at",
    "ready_at",
    "prefilled_from",
]


def _restore_line(answer: Answer, line: LineContent, *, at: datetime) -> None:
    answer.value = decimal_of(line.get("value"))
    answer.claims_not_applicable = line.get("not_applicable", False)
    for name in Answer.TEXT_FIELDS:
        setattr(answer, name, line.get(name, getattr(answer, name)))
    answer.updated_at = at
    answer.ready_at = None
    answer.prefilled_from = None


def _restore_rows(
    rows: QuerySet[Evidence] | QuerySet[ExternalFactor],
    part: str,
    lines: dict[int, LineContent],
    *,
    at: datetime,
) -> None:
    """Withdraw and restore rows until each line has those that were signed.

    `part` names them in a line's content; first in each is its key.
    """
    asked = [pk for pk, line in lines.items() if part in line]
    kept: list[int] = []
    for pk in asked:
        kept += [content[0] for content in lines[pk][part]]
    of_lines = rows.filter(answer__in=asked)
    of_lines.filter(pk__in=kept).update(withdrawn_at=None)
    of_lines.filter(withdrawn_at=None).exclude(pk__in=kept).update(withdrawn_at=at)


def _restore_descriptions(lines: dict[int, LineContent]) -> None:
    """Give files the places, titles and letters that a version has."""
    files: dict[int, SignedFile] = {}
    for line in lines.values():
        files |= {file.key: file for file in files_of(line)}
    rows = list(Evidence.objects.filter(pk__in=files, answer__in=lines))
    for row in rows:
        row.reference = files[row.pk].reference
        row.describe(files[row.pk].description)
    batches.write(rows, ["reference", *Evidence.DESCRIPTION])


def _restore_declaration(submission: Submission, signed: DeclarationContent | None) -> None:
    """Restore the declaration that a version has; one that was made only afterwards goes with what
    is set aside.
    """
    declaration = Declaration.objects.filter(submission=submission).first()
    if declaration is None:
        return
    if signed is None:
        declaration.delete()
        return
    declaration.statement = signed["statement"]
    declaration.save(update_fields=["statement"])
    for level, (due, assessed, forms, reports) in signed["levels"].items():
        counts = {"due": due, "assessed": assessed, "forms": forms, "reports": reports}
        DeclaredLevel.objects.filter(declaration=declaration, level=level).update(**counts)


def files_of(line: LineContent) -> list[SignedFile]:
    return [_file(content) for content in line.get("evidence", [])]


def _file(content: FileContent) -> SignedFile:
    """Read a file of a version; those of the first form say nothing of titles and letters."""
    key, sha256, reference, title, letter_number, day = [*content, "", "", ""][:6]
    letter_on = date.fromisoformat(day) if day else None
    return SignedFile(key, sha256, reference, Description(title, letter_number, letter_on))
