"""The acts on self-assessments and on their scores."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.statements import Statement, is_among, slot
from cycles import clashes
from cycles.engine import batches
from cycles.engine.perform import perform
from cycles.models import Cycle, Participation
from cycles.workflow import Refused
from indicators.models import LAST, Figure, Measure, asked_of
from submissions import completeness, outliers
from submissions.models import Answer, Submission
from submissions.workflow import MOVES

FIELDS = ("value", "claims_not_applicable", *Answer.TEXT_FIELDS)
"""What an agency says of a line."""

SAVED_FIELDS = (
    *FIELDS,
    "outliers",
    "lacking",
    "prefilled_from",
    "ready_at",
    "updated_at",
    "updated_by",
)
"""What saving a line writes."""


class AnswerChanged(clashes.ChangedMeanwhile):
    """Somebody else has changed, meanwhile, what is being saved: `answer` (key) and `fields` name
    what.
    """

    def __init__(self, answer: int, fields: Sequence[str]) -> None:
        super().__init__(
            _(
                "Somebody else has changed this line while you were writing. Choose which "
                "text stays."
            )
        )
        self.answer, self.fields = answer, tuple(fields)


# --- The agency ---------------------------------------------------------------------------------


@transaction.atomic
def begin(
    participations: Iterable[Participation], *, by: User | None, at: datetime
) -> list[Submission]:
    """Open the form of these agencies: a submission each, with a line for every communicated
    measure that lacks one, begun with the value that the last quarter's report holds of it, to be
    confirmed.
    """
    keys = [p.pk for p in participations]
    participations = list(
        Participation.objects.filter(pk__in=keys).select_related("agency").order_by("pk")
    )
    if any(p.ended_by_id for p in participations):
        raise Refused(_("The agency has ended: it no longer takes part."))
    Submission.objects.bulk_create(
        (
            Submission(cycle_id=p.cycle_id, agency_id=p.agency_id, participation=p)
            for p in participations
        ),
        ignore_conflicts=True,
    )
    submissions = list(
        Submission.objects.filter(participation__in=participations).select_related(
            "agency", "cycle"
        )
    )
    submissions = perform(MOVES, submissions, "begin", by=by, at=at)
    by_participation = {s.participation_id: s for s in submissions}
    cycles = {s.cycle_id: s.cycle for s in submissions}
    for cycle in cycles.values():
        _begin_lines(cycle, [p for p in participations if p.cycle_id == cycle.pk], by_participation)
    return submissions


def _begin_lines(
    cycle: Cycle, participations: list[Participation], submissions: Mapping[int, Submission]
) -> None:
    """Add the lines that these agencies lack in one cycle; `submissions` by participation's key."""
    asked = asked_of(cycle, participations)
    reported = Figure.objects.reported_values(participations, LAST)
    keys: set[int] = set()
    for of_one in asked.values():
        keys.update(of_one)
    measures = Measure.objects.for_list().in_bulk(keys)
    lines: list[Answer] = []
    for participation, of_one in asked.items():
        submission = submissions[participation]
        for measure, own in of_one.items():
            value = reported.get((participation, measure))
            lines.append(_new_line(submission, measures[measure], own, value))
    Answer.objects.bulk_create(lines, ignore_conflicts=True, batch_size=2000)


def _new_line(
    submission: Submission, measure: Measure, own: int | None, reported: Decimal | None
) -> Answer:
    prefilled = {} if reported is None else {"value": reported, "prefilled_from": LAST}
    line = Answer(submission=submission, measure=measure, own_id=own, **prefilled)
    line.evidence_count = 0
    line.unproven_count = 0
    line.lacking = completeness.lacks(line, submission.cycle)
    return line


@transaction.atomic
def save_answer(
    answer: Answer,
    *,
    by: User,
    at: datetime,
    seen: Mapping[str, str] | None = None,
    **values: object,
) -> Answer:
    """Save what the agency says of one line: any of `FIELDS`; see `save_answers`."""
    [line] = save_answers(
        answer.submission,
        {answer.pk: values},
        by=by,
        at=at,
        seen={answer.pk: seen} if seen else None,
    )
    return line


@transaction.atomic
def save_answers(
    submission: Submission,
    values: Mapping[int, Mapping[str, object]],
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Answer]:
    """Save several lines of one submission, by answer key: all, or none when one cannot be.

    Only the fields named are saved. `seen` holds, by answer key and field, the tokens of what the
    writer had before them (`Answer.token`): a field left as it was seen is not touched, and one
    that somebody else has changed meanwhile raises `AnswerChanged`. Returns these lines as they now
    stand, in the order of the page.
    """
    return enter(submission, values, "answer", by=by, at=at, seen=seen)


@transaction.atomic
def enter(
    submission: Submission,
    values: Mapping[int, Mapping[str, object]],
    move: str,
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, Mapping[str, str]] | None = None,
    params: Mapping[str, object] | None = None,
) -> list[Answer]:
    """Save lines through one of the moves that may; see `save_answers`.

    `params` are kept in the record beside the act.
    """
    params_by_pk = {submission.pk: params or {}}
    [submission] = perform(MOVES, [submission], move, by=by, at=at, params_by_pk=params_by_pk)
    lines = LINES_TO_SAVE.fetch(submission=submission.pk, keys=list(values))
    if len(lines) != len(values):
        raise Refused(_("One of the lines does not belong to this submission."))

    seen = seen or {}
    changed = []
    for line in lines:
        line.submission = submission
        if _change(line, values[line.pk], seen.get(line.pk, {})) or line.prefilled_from:
            changed.append(line)
    for line in changed:
        line.updated_at, line.updated_by = at, by
        line.prefilled_from = line.ready_at = None
        if why := why_unsound(line):
            raise Refused({line: why})

    outliers.standing_out(submission, changed)
    for line in changed:
        line.lacking = completeness.lacks(line, submission.cycle)
    batches.write(changed, SAVED_FIELDS)
    return lines


def _lines_to_save() -> QuerySet[Answer]:
    lines = Answer.objects.filter(is_among("pk", "keys"), submission=slot("submission"))
    return lines.for_page().with_counts()


LINES_TO_SAVE: Statement[Answer] = Statement(_lines_to_save)


def _change(answer: Answer, values: Mapping[str, object], seen: Mapping[str, str]) -> bool:
    """Take over new values, unless somebody else has entered others meanwhile; answer whether that
    changes the line.
    """
    before, clashes = [getattr(answer, name) for name in values], []
    for name, new in values.items():
        held, token = answer.token(name), seen.get(name)
        if token is not None and Answer.token_of(new) == token:
            continue  # left as it was seen, whatever it is by now
        if token is not None and held not in (token, Answer.token_of(new)):
            clashes.append(name)
        setattr(answer, name, new)
    if clashes:
        raise AnswerChanged(answer.pk, clashes)
    return before != [getattr(answer, name) for name in values]


def why_unsound(answer: Answer) -> str:
    """Say why a line may not say what it says, in a sentence, or ""."""
    if answer.measure.is_stewarded:
        return _("The steward supplies this figure; there is nothing to enter.")
    if answer.claims_not_applicable and not answer.note.strip():
        return _("Please say in the note why the measure does not apply.")
    if answer.claims_not_applicable and answer.value is not None:
        return _("Either enter a value or mark the measure as not applicable, not both.")
    return "" if answer.value is None else answer.why_unfit(answer.value)
