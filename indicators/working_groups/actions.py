"""What a working group does with a proposed set: comments, ranks, suggestions, votes, decisions,
meetings.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from indicators.differences import FIELDS, changed_fields, plain
from indicators.drafting.actions import editing, note_change, save_measure, sum_axis, sum_indicator
from indicators.models import (
    Change,
    Choice,
    Comment,
    Goal,
    GoalRank,
    IndicatorSet,
    Measure,
    Outcome,
    Rating,
    Review,
    Suggestion,
    Vote,
)
from indicators.permissions import seats
from indicators.tally import verdicts, why_not_carried
from indicators.workflow import SETS

NUMBERS = ("points", "base", "floor", "target")
SUGGESTED = (*NUMBERS, "title_fa", "title_en", "definition_fa", "definition_en")
"""What a member may suggest otherwise, and a group may agree on."""


@transaction.atomic
def vote(
    indicator_set: IndicatorSet,
    *,
    choice: str,
    reason: str,
    by: User,
    at: datetime,
    lineage: UUID | None = None,
    rating: str = "",
    seen: Seen | None = None,
) -> Vote:
    """Vote on one measure of the current round, with a rating of its target, or on the whole set.

    Voting again replaces one's vote, and a vote on the whole set one's votes on its measures; the
    ledger keeps all.
    """
    if choice not in Choice.values or rating not in ("", *Rating.values):
        raise Refused(_("There is no such vote."))
    if choice != Choice.APPROVE and not reason.strip():
        raise Refused(_("Please give a reason; the agency will read it."))
    if lineage is not None:
        _measure(indicator_set, lineage)
    [indicator_set] = perform(
        SETS,
        [indicator_set],
        "vote",
        by=by,
        at=at,
        note=reason,
        seen=seen,
        choice=choice,
        line=lineage,
        rating=rating,
    )
    seat = seats(by, indicator_set, at)[0]
    mine = Vote.objects.filter(set=indicator_set, round=indicator_set.round, member=by)
    if lineage is None:
        mine.exclude(lineage=None).delete()
    ballot, _created = mine.update_or_create(
        set=indicator_set,
        round=indicator_set.round,
        member=by,
        lineage=lineage,
        defaults={
            "constituency": seat.constituency,
            "is_chair": seat.is_chair,
            "choice": choice,
            "rating": rating,
            "reason": reason,
            "voted_at": at,
        },
    )
    return ballot


@transaction.atomic
def comment(
    indicator_set: IndicatorSet, *, text: str, by: User, at: datetime, lineage: UUID | None = None
) -> Comment:
    """Say something of a measure, or of the set; the group and the agency read it."""
    if not text.strip():
        raise Refused(_("Please write the comment."))
    if lineage is not None:
        _measure(indicator_set, lineage)
    [indicator_set] = perform(SETS, [indicator_set], "comment", by=by, at=at)
    seat = next(iter(seats(by, indicator_set, at)), None)
    return Comment.objects.create(
        set=indicator_set,
        round=indicator_set.round,
        lineage=lineage,
        author=by,
        constituency=seat.constituency if seat else "",
        text=text,
        made_at=at,
    )


@transaction.atomic
def suggest(
    indicator_set: IndicatorSet,
    *,
    lineage: UUID,
    values: Mapping[str, Any],
    reason: str,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Suggestion:
    """Suggest other values for a measure, with the reason; they stand beside what was proposed."""
    measure = _measure(indicator_set, lineage)
    if not reason.strip():
        raise Refused(_("Please give a reason; the agency will read it."))
    other = _differing_values(measure, values)
    if not other:
        raise Refused(_("Nothing differs from what is proposed."))
    [indicator_set] = perform(
        SETS,
        [indicator_set],
        "suggest",
        by=by,
        at=at,
        note=reason,
        seen=seen,
        line=lineage,
        values=other,
    )
    return Suggestion.objects.create(
        set=indicator_set,
        round=indicator_set.round,
        lineage=lineage,
        member=by,
        constituency=seats(by, indicator_set, at)[0].constituency,
        values=other,
        reason=reason,
        made_at=at,
    )


def _differing_values(measure: Measure, values: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the values that differ from the measure's, as JSON holds them.

    Refuses values that may not be suggested, or that the measure's method cannot score.
    """
    if unknown := set(values) - set(SUGGESTED):
        raise Refused(
            _("This cannot be suggested: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    changed_one = Measure(**{name: getattr(measure, name) for name in FIELDS})
    for name, value in values.items():
        setattr(changed_one, name, _read(name, value))
    if changed_one.points is None or changed_one.points <= 0:
        raise Refused(_("Points must be more than zero."))
    if errors := changed_one.wrong_params():
        raise Refused(" ".join(errors))
    changed_one.indicator, changed_one.goal = measure.indicator, measure.goal
    return {
        name: after
        for name, (_before, after) in changed_fields(plain(measure), plain(changed_one)).items()
    }


def _read(name: str, value: object) -> Decimal | str | None:
    if name not in NUMBERS:
        return str(value or "")
    if value in (None, ""):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise Refused(_("“%(value)s” is no number.") % {"value": value}) from error


@transaction.atomic
def rank_goals(
    indicator_set: IndicatorSet,
    ranks: Mapping[int, int],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> None:
    """Put the goals of a set, by key, in the order of their importance: 1,
    2, 3 …, each place once.
    """
    goals = set(Goal.objects.filter(set=indicator_set).values_list("pk", flat=True))
    if set(ranks) != goals or sorted(ranks.values()) != list(range(1, len(goals) + 1)):
        raise Refused(_("Give every goal a place of its own, from 1 on."))
    perform(SETS, [indicator_set], "rank", by=by, at=at, seen=seen)
    for goal, rank in ranks.items():
        GoalRank.objects.update_or_create(goal_id=goal, member=by, defaults={"rank": rank})


def _why_no_decision(outcome: str, reason: str, agreed: Mapping[str, Any]) -> str:
    """Say what a decision lacks, "" when it is whole."""
    if outcome not in Outcome.values or outcome == Outcome.OPEN:
        return _("There is no such decision.")
    if reason.strip():
        return ""
    if outcome != Outcome.APPROVED:
        return _("Please give a reason; the agency will read it.")
    return _("Please say why other values were agreed.") if agreed else ""


@transaction.atomic
def settle(
    indicator_set: IndicatorSet,
    *,
    lineage: UUID,
    outcome: str,
    by: User,
    at: datetime,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
    seen: Seen | None = None,
) -> Review:
    """Decide on one measure: approved as proposed or with agreed values, if the votes carry it;
    returned; rejected.
    """
    measure = _measure(indicator_set, lineage)
    agreed = _differing_values(measure, values or {}) if outcome == Outcome.APPROVED else {}
    if why := _why_no_decision(outcome, reason, agreed):
        raise Refused(why)
    [indicator_set] = perform(
        SETS,
        [indicator_set],
        "settle",
        by=by,
        at=at,
        note=reason,
        seen=seen,
        line=lineage,
        outcome=outcome,
        values=agreed,
    )
    if outcome == Outcome.APPROVED and (why := why_not_carried(verdicts(indicator_set)[lineage])):
        raise Refused(why)
    review = locked(Review.objects.all(), with_keys=True).get(
        set=indicator_set, round=indicator_set.round, lineage=lineage
    )
    review.outcome, review.reason, review.decided_by, review.decided_at = outcome, reason, by, at
    if agreed:
        before = plain(measure)
        for name in agreed:
            setattr(measure, name, _read(name, agreed[name]))
        measure.save()
        sum_indicator(measure.indicator)
        sum_axis(measure.indicator.axis)
        note_change(
            indicator_set,
            Change.Deed.AGREED,
            measure=measure,
            before=before,
            after=plain(measure),
            by=by,
            at=at,
        )
        review.agreed = {**review.agreed, **agreed}
    review.save()
    return review


@transaction.atomic
def take_suggestion(suggestion: Suggestion, *, by: User, at: datetime) -> Measure:
    """Make a suggestion one's own, in a set that was returned for changes."""
    indicator_set = editing(suggestion.set, by=by, at=at)
    measure = _measure(indicator_set, suggestion.lineage)
    fields = {name: getattr(measure, name) for name in FIELDS if name != "code"}
    fields |= {name: _read(name, value) for name, value in suggestion.values.items()}
    return save_measure(indicator_set, fields=fields, measure=measure, by=by, at=at)


def _measure(indicator_set: IndicatorSet, lineage: UUID) -> Measure:
    measure = Measure.objects.of(indicator_set).for_list().filter(lineage=lineage).first()
    if measure is None:
        raise Refused(_("This measure does not stand in this set."))
    return measure
