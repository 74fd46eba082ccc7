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
from django.db.models import Max, QuerySet
from django.utils.functional import Promise

from agencies.models import User
from cycles.engine import batches
from indicators.models import Measure
from submissions import completeness, outliers
from submissions.models import (
    Answer,
    AnswerText,
    Declaration,
    DeclaredLevel,
    Description,
    Evidence,
    ExternalFactor,
    FactorKind,
    Level,
    Submission,
    Version,
    in_page_order,
)

FORM = "self-assessment/2"

LineContent = dict[str, Any]
"""A line as JSON keeps it. One of an older form lacks what was not asked for yet."""
FileContent = list[Any]
FactorContent = list[Any]


def content_of(submission: Submission) -> str:
    """Every line with its words, external factors and files, and the declaration, as JSON.

    A file is its key, its digest, the place in it, its title, and the number and day of the letter
    that it is.

    Keys are sorted, numbers are text without trailing zeros, lines stand in the order of their
    keys; four queries.
    """
    files = _files_by_line(submission)
    factors = _factors_by_line(submission)
    answers = Answer.objects.filter(submission=submission).select_related("measure").order_by("pk")
    content = {
        "form": FORM,
        "agency": submission.agency.code,
        "year": submission.cycle.year,
        "lines": [_line_content(a, files.get(a.pk, []), factors.get(a.pk, [])) for a in answers],
        "declaration": _declared(submission),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _files_by_line(submission: Submission) -> dict[int, list[FileContent]]:
    found: dict[int, list[FileContent]] = {}
    shown = Evidence.objects.filter(answer__submission=submission).live()
    for file in shown.select_related("document"):
        content = [file.pk, file.document.sha256, file.reference, *file.description_facts]
        found.setdefault(file.answer_id, []).append(content)
    return found


def _factors_by_line(submission: Submission) -> dict[int, list[FactorContent]]:
    found: dict[int, list[FactorContent]] = {}
    for factor in ExternalFactor.objects.filter(answer__submission=submission).live():
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


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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
    answer.value = _decimal(line.get("value"))
    answer.claims_not_applicable = line.get("not_applicable", False)
    for name in Answer.TEXT_FIELDS:
        setattr(answer, name, line.get(name, getattr(answer, name)))
    answer.updated_at = at
    answer.ready_at = None
    answer.prefilled_from = None


def _restore_rows(
    rows: QuerySet[Any], part: str, lines: dict[int, LineContent], *, at: datetime
) -> None:
    """Let the rows of a part of each line be those that were signed; first in each is its key."""
    asked = [pk for pk, line in lines.items() if part in line]
    kept: list[int] = []
    for pk in asked:
        kept += [content[0] for content in lines[pk][part]]
    of_lines = rows.filter(answer__in=asked)
    of_lines.filter(pk__in=kept).update(withdrawn_at=None)
    of_lines.filter(withdrawn_at=None).exclude(pk__in=kept).update(withdrawn_at=at)


def _restore_descriptions(lines: dict[int, LineContent]) -> None:
    """The places in files, their titles and letters as a version has them."""
    files: dict[int, SignedFile] = {}
    for line in lines.values():
        files |= {file.key: file for file in _files(line)}
    rows = list(Evidence.objects.filter(pk__in=files, answer__in=lines))
    for row in rows:
        row.reference = files[row.pk].reference
        row.describe(files[row.pk].description)
    batches.write(rows, ["reference", *Evidence.DESCRIPTION])


def _restore_declaration(submission: Submission, signed: dict[str, Any] | None) -> None:
    """The declaration as a version has it; one that was made only afterwards goes with what is set
    aside.
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


# --- As a page shows it -------------------------------------------------------------------------


@dataclass(frozen=True)
class SignedFile:
    """A file as a version has it: its key, its digest, the place in it, and its description."""

    key: int
    sha256: str
    reference: str
    description: Description
    name: str = ""


@dataclass(frozen=True)
class SignedFactor:
    """An influence from outside as a version has it, with the name of the file that shows it."""

    kind: str
    text: str
    file_name: str


@dataclass(frozen=True)
class SignedLine:
    """One line of a version: the measure, and all that was signed of it.

    `texts` are those that were written, but for the explanation.
    """

    measure: Measure
    value: Decimal | None
    not_applicable: bool
    note: str
    texts: list[tuple[AnswerText, str]]
    factors: list[SignedFactor]
    files: list[SignedFile]


@dataclass(frozen=True)
class SignedLevel:
    """One level of a declaration: each count under its heading."""

    label: str
    counts: list[tuple[Promise, int]]


@dataclass(frozen=True)
class SignedDeclaration:
    """The declaration of Article 81 as a version has it."""

    statement: str
    levels: list[SignedLevel]


def signed_lines(version: Version) -> list[SignedLine]:
    """List what a version says line by line, in the order of the page; two queries."""
    lines: dict[int, LineContent] = {
        line["line"]: line for line in json.loads(version.content)["lines"]
    }
    names = dict(
        Evidence.objects.filter(answer__in=lines).order_by().values_list("pk", "document__name")
    )
    return [
        _signed_line(answer.measure, lines[answer.pk], names)
        for answer in Answer.objects.filter(pk__in=lines).for_page()
    ]


def _signed_line(measure: Measure, line: LineContent, names: dict[int, str]) -> SignedLine:
    factors = [
        SignedFactor(str(FactorKind(kind).label), text, names.get(file, ""))
        for _key, kind, text, file in line.get("factors", [])
    ]
    texts = [
        (text, line[text.name])
        for text in in_page_order(Answer.TEXTS)
        if text.name != "note" and line.get(text.name)
    ]
    return SignedLine(
        measure=measure,
        value=_decimal(line.get("value")),
        not_applicable=line.get("not_applicable", False),
        note=line.get("note", ""),
        texts=texts,
        factors=factors,
        files=[replace(file, name=names.get(file.key, "")) for file in _files(line)],
    )


def _files(line: LineContent) -> list[SignedFile]:
    return [_file(content) for content in line.get("evidence", [])]


def _file(content: FileContent) -> SignedFile:
    """A file of a version; those of the first form say nothing of titles and letters."""
    key, sha256, reference, title, letter_number, day = [*content, "", "", ""][:6]
    letter_on = date.fromisoformat(day) if day else None
    return SignedFile(key, sha256, reference, Description(title, letter_number, letter_on))


def signed_declaration(version: Version) -> SignedDeclaration | None:
    """Answer with the declaration that was signed with a version, if any was."""
    declared = json.loads(version.content).get("declaration")
    if declared is None:
        return None
    levels = []
    for level in Level:
        if level in declared["levels"]:
            counts = zip(DeclaredLevel.COUNTS.values(), declared["levels"][level], strict=True)
            levels.append(SignedLevel(str(level.label), list(counts)))
    return SignedDeclaration(declared["statement"], levels)
