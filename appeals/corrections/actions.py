"""What a corrected rule gives every agency with the line, and the one act that gives it.

A line that its method scored gets what the method gives its value by the corrected rule. A mark
that differed from the method's keeps its relation to it. What was decided on appeal is only ever
raised, and nothing falls unless the year's rules let a score fall. Lines without points stay as
they are (docs/adr/0017).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import FilteredRelation, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.persian import named
from appeals.models import Appeal, Correction, Error
from appeals.workflow import CORRECTIONS
from cycles.engine import ledger
from cycles.engine.perform import perform, why_closed
from cycles.workflow import CycleState, Refused
from indicators.models import Measure
from indicators.scoring.methods import METHODS, points, scaled
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Finding, Score, Submission
from submissions.scoring import totals
from submissions.workflow import SubmissionState


class Effect(TextChoices):
    """What a correction does to one agency's line."""

    RAISED = "raised", gettext_lazy("Rises")
    LOWERED = "lowered", gettext_lazy("Falls")
    SAME = "same", gettext_lazy("Stays: the correction changes nothing")
    SPARED = "spared", gettext_lazy("Stays: by the year's rules no score falls")
    DECIDED = "decided", gettext_lazy("Stays: decided on appeal")
    VOID = "void", gettext_lazy("Stays: it has no points")


CHANGES = (Effect.RAISED, Effect.LOWERED)


@dataclass(frozen=True)
class Rule:
    """What is right instead: a method and its parameters, or of a steward's figures percents by
    line.
    """

    method: str
    params: Mapping[str, Any]
    percents: Mapping[int, Decimal]

    @property
    def plain(self) -> dict[str, Any]:
        """As it is kept and put on record."""
        percents = {str(line): f"{percent:f}" for line, percent in sorted(self.percents.items())}
        return {
            "method": self.method,
            "params": ledger.plain(dict(self.params)),
            "percents": percents,
        }

    def why_unfit(self, error: str) -> str:
        """Why it cannot be the right one, in a sentence, or ""."""
        if error == Error.STEWARD:
            right = self.percents and all(0 <= p <= 100 for p in self.percents.values())
            return "" if right else _("Give the right percents, each between 0 and 100.")
        if self.method not in METHODS or self.method == "steward":
            return _("This is no method by which a value becomes points.")
        return " ".join(METHODS[self.method].check(dict(self.params)))


class AgencyLine(NamedTuple):
    """One agency's line: the score that holds, the value that it stands by, and what its own target
    sets.
    """

    pk: int
    submission_id: int
    agency_id: int
    name_fa: str
    name_en: str
    code: str
    held_points: Decimal | None
    held_state: str | None
    held_basis: str | None
    value: Decimal | None
    base: Decimal | None
    floor: Decimal | None
    target: Decimal | None
    found_at: datetime | None
    finding: str | None
    found_value: Decimal | None

    @property
    def agency(self) -> str:
        return named(self.name_fa, self.name_en)

    @property
    def own(self) -> dict[str, Any]:
        """What the agency's own target sets in place of the measure's."""
        own = {"base": self.base, "floor": self.floor, "target": self.target}
        return {key: value for key, value in own.items() if value is not None}

    @property
    def stands_by(self) -> Decimal | None:
        """What the agency says, or what was found of it; None where it counts for nothing."""
        if self.found_at is None or self.finding == Finding.SUPPORTED:
            return self.value
        return self.found_value if self.finding == Finding.PARTLY else None


@dataclass(frozen=True)
class AffectedLine:
    """What becomes of one agency's line: the points it has and gets."""

    line: AgencyLine
    before: Decimal | None
    after: Decimal | None
    fate: Effect

    @property
    def moved(self) -> Decimal:
        """Points that the line gains; less than zero where it falls."""
        return (
            (self.after or Decimal(0)) - (self.before or Decimal(0))
            if self.fate in CHANGES
            else Decimal(0)
        )


# --- What it would do ---------------------------------------------------------------------------


def lines_of(measure: Measure) -> list[AgencyLine]:
    """The lines of a measure whose scores have been communicated, with the score that holds; by
    agency; one query.
    """
    rows = Answer.objects.filter(measure=measure, submission__state=SubmissionState.COMMUNICATED)
    rows = rows.annotate(current=FilteredRelation("scores", condition=Q(scores__is_current=True)))
    ordered = rows.order_by("submission__agency__sort_key", "pk")
    return [
        AgencyLine(**dict(zip(LINE_COLUMNS, row, strict=True)))
        for row in ordered.values_list(*LINE_COLUMNS.values())
    ]


LINE_COLUMNS = {
    "pk": "pk",
    "submission_id": "submission_id",
    "agency_id": "submission__agency_id",
    "name_fa": "submission__agency__name_fa",
    "name_en": "submission__agency__name_en",
    "code": "submission__agency__code",
    "held_points": "current__points",
    "held_state": "current__state",
    "held_basis": "current__basis",
    "value": "value",
    "base": "own__base",
    "floor": "own__floor",
    "target": "own__target",
    "found_at": "verification__concluded_at",
    "finding": "verification__finding",
    "found_value": "verification__found_value",
}
"""The fields of an `AgencyLine`, each with the column that it is read from."""


def affected_lines(
    measure: Measure, rule: Rule, *, may_fall: bool, lines: Iterable[AgencyLine] | None = None
) -> list[AffectedLine]:
    """What the rule would do to every line of the measure."""
    known: Worths = {}
    return [
        _affected_line(measure, line, rule, may_fall, known)
        for line in (lines_of(measure) if lines is None else lines)
    ]


Worths = dict[tuple[Decimal | None, ...], tuple[Decimal, Decimal]]
"""What a value with its own base, floor and target was worth and is worth by the rule: many lines
share one.
"""


def _affected_line(
    measure: Measure, line: AgencyLine, rule: Rule, may_fall: bool, known: Worths
) -> AffectedLine:
    held = line.held_points
    if line.held_state != LineState.SCORED or held is None:
        return AffectedLine(line, None, None, Effect.VOID)
    after = _right(measure, line, rule, held, known)
    if after == held:
        fate = Effect.SAME
    elif after > held:
        fate = Effect.RAISED
    elif line.held_basis == Score.Basis.APPEAL:
        fate = Effect.DECIDED
    else:
        fate = Effect.LOWERED if may_fall else Effect.SPARED
    return AffectedLine(line, held, after if fate in CHANGES else held, fate)


def _right(measure: Measure, line: AgencyLine, rule: Rule, held: Decimal, known: Worths) -> Decimal:
    """The points that the line should have."""
    ceiling = measure.points
    if measure.is_stewarded:
        percent, params = rule.percents.get(line.pk), measure.scoring_params
        return (
            held
            if percent is None
            else points(measure.method, percent, ceiling=ceiling, params=params)
        )
    value = line.stands_by
    if value is None:
        return held
    key = (value, line.base, line.floor, line.target)
    if key not in known:
        before = points(
            measure.method, value, ceiling=ceiling, params=measure.scoring_params | line.own
        )
        known[key] = (
            before,
            points(rule.method, value, ceiling=ceiling, params={**rule.params, **line.own}),
        )
    was, right = known[key]
    if held == was or not was or line.held_basis == Score.Basis.APPEAL:
        return right  # what was decided on appeal has no relation to the method to keep
    return min(ceiling, scaled(held, right, was))


def digest(found: Iterable[AffectedLine]) -> str:
    """Names what a correction would change, so that what is signed is what was shown."""
    rows = sorted(
        (like.line.pk, f"{like.before}", f"{like.after}") for like in found if like.fate in CHANGES
    )
    return hashlib.sha256(ledger.as_json(rows).encode()).hexdigest()


def counts(found: Iterable[AffectedLine]) -> list[tuple[Effect, int]]:
    """How many lines meet each fate, those that any does."""
    counted = Counter(like.fate for like in found)
    return [(fate, counted[fate]) for fate in Effect if counted[fate]]


def correction_for(appeal: Appeal) -> Correction:
    """The correction that could follow from an appeal, to ask the workflow about."""
    of_set = appeal.answer.measure.indicator.axis.set
    of: dict[str, Any] = {"cycle": appeal.cycle, "measure": appeal.answer.measure, "appeal": appeal}
    return Correction(**of, agency=of_set.agency, province=of_set.province)


def may_correct(appeal: Appeal, *, by: User, at: datetime) -> bool:
    """Whether this person may correct like cases after an appeal now."""
    if not appeal.error or not appeal.is_decided or appeal.cycle.state != CycleState.OPEN:
        return False
    return not why_closed(CORRECTIONS, correction_for(appeal), "correct", by=by, at=at)


# --- The act ------------------------------------------------------------------------------------


@transaction.atomic
def correct(
    appeal: Appeal,
    rule: Rule,
    *,
    reason: str,
    seen: str = "",
    letter: str = "",
    by: User,
    at: datetime,
) -> Correction:
    """Correct a measure's scores for all agencies with the line, appealed or not, after an appeal
    that showed an error.

    `seen` is the digest of what the administrator was shown. Agencies whose scores are communicated
    later are corrected by the same act done again. As many queries for two thousand lines as for
    one.
    """
    appeal = Appeal.objects.select_related("cycle", "answer__measure__indicator__axis__set").get(
        pk=appeal.pk
    )
    measure, cycle = appeal.answer.measure, appeal.cycle
    if not appeal.error or not appeal.is_decided:
        raise Refused(_("The decision on this appeal shows no error that concerns others."))
    if cycle.state != CycleState.OPEN:
        raise Refused(_("The results of the year are final; a correction is for the next edition."))
    if not reason.strip():
        raise Refused(_("Say what is wrong and what is right; the agencies will read it."))
    if why := rule.why_unfit(appeal.error):
        raise Refused(why)
    held = totals.hold(
        Submission.objects.filter(answers__measure=measure)
    )  # each has one line of it
    found = affected_lines(measure, rule, may_fall=cycle.appeal_may_lower)
    changed = [like for like in found if like.fate in CHANGES]
    _refuse(found, changed, seen=seen, by=by)
    concerned = frozenset(like.line.agency_id for like in changed)
    of_set = measure.indicator.axis.set
    correction = Correction.objects.create(
        cycle=cycle,
        measure=measure,
        agency_id=of_set.agency_id,
        province_id=of_set.province_id,
        appeal=appeal,
        error=appeal.error,
        rule=rule.plain,
        reason=reason,
        line_count=len(changed),
        points_moved=sum((like.moved for like in changed), Decimal(0)),
        made_by=by,
        made_at=at,
    )
    correction.concerned_agencies = concerned
    facts: dict[str, Any] = {
        "measure": measure.code,
        "appeal": appeal.pk,
        "error": appeal.error,
        "rule": rule.plain,
    }
    facts |= {"lines": len(changed), "digest": digest(found)}
    perform(CORRECTIONS, [correction], "correct", by=by, at=at, note=reason, letter=letter, **facts)
    rows = ((like.line, LineState.SCORED, like.after, reason) for like in changed)
    totals.put(rows, basis=Score.Basis.CORRECTION, by=by, at=at)
    counted = {like.line.submission_id for like in changed}
    keys = [key for key in held if key in counted]
    totals.compute_held(keys, cycle=cycle, why=f"correction: {correction.pk}", by=by, at=at)
    return correction


def _refuse(found: list[AffectedLine], changed: list[AffectedLine], *, seen: str, by: User) -> None:
    if not changed:
        raise Refused(_("By this rule no score would change."))
    if seen and seen != digest(found):
        raise Refused(_("Scores have changed since you looked. Look at the list again, then sign."))
    if tied := [like for like in changed if by.is_conflicted(like.line.agency_id)]:
        names = ", ".join(like.line.agency for like in tied[:3])
        raise Refused(
            _("You have an interest in %(names)s; somebody else corrects this.") % {"names": names}
        )
