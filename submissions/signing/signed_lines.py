"""What a version says, as its page shows it."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise

from indicators.models import Measure
from submissions.models import (
    Answer,
    AnswerText,
    DeclaredLevel,
    Evidence,
    FactorKind,
    Level,
    Version,
    in_page_order,
)
from submissions.signing.versions import LineContent, SignedFile, decimal_of, files_of


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
        value=decimal_of(line.get("value")),
        not_applicable=line.get("not_applicable", False),
        note=line.get("note", ""),
        texts=texts,
        factors=factors,
        files=[replace(file, name=names.get(file.key, "")) for file in files_of(line)],
    )


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
