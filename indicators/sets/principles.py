"""What a set is held against while it is made: each check names its principle, what it found and
where.

The principles are the ten commandments of performance indicators (reference frameworks 1.11, after
the source paper) and what the points and targets of a set must be. Only a principle that `binds`
stands against proposing; the others are for the agency to think about and for the working group to
see.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, combinations, pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.persian import in_locale, search_words
from indicators.models import (
    Dimension,
    Direction,
    Feedback,
    Influence,
    Kind,
    Measure,
    Rating,
    ResultLevel,
)
from indicators.scoring.methods import HUNDRED
from indicators.sets.approval import why_unready
from indicators.sets.principle_sheet import Finding, Found, Principle, Sheet

ALIKE = Decimal("0.75")
"""Two titles that share this part of their words are nearly the same."""
STEEP = 3
"""A target that asks for more than so many times the yearly step of the trend needs resources that
explain it.
"""
UNEVEN = 2
"""Units whose targets ask for efforts so many times apart do not have equal opportunity."""
EARLY = (ResultLevel.INPUT, ResultLevel.ACTIVITY)


def findings(sheet: Sheet) -> list[Finding]:
    """Collect everything that the principles find in a set, in their order."""
    found = []
    for principle in PRINCIPLES:
        for sentence, measure in principle.check(sheet):
            found.append(Finding(principle, sentence, measure))
    return found


# --- The points ---------------------------------------------------------------------------------


def _points(sheet: Sheet) -> Found:
    for sentence in why_unready(sheet.set):
        yield sentence, None


def _methods(sheet: Sheet) -> Found:
    for m in sheet.measures:
        for sentence in m.wrong_params():
            yield sentence, m


# --- The ten commandments -----------------------------------------------------------------------


def _author(sheet: Sheet) -> Found:
    """Check that the group rates the difficulty of the targets, and not who is assessed by them."""
    if sheet.set.agency_id is None or sheet.set.round == 0:
        return
    unrated = [m for m in sheet.measures if m.lineage not in sheet.ratings]
    if unrated:
        yield (
            ngettext(
                "The group has not rated the target of %(count)s measure.",
                "The group has not rated the targets of %(count)s measures.",
                len(unrated),
            )
            % {"count": in_locale(len(unrated))},
            None,
        )


def _feedback(sheet: Sheet) -> Found:
    for m in sheet.measures:
        if m.feedback == Feedback.YEARLY:
            yield _("A value can be had only once a year: nobody learns from it in time."), m
        elif not m.feedback:
            yield _("It is not said how often a value can be had; at least monthly is wanted."), m
        elif m.feedback == Feedback.QUARTERLY:
            yield _("A value can be had every quarter; at least monthly is wanted."), m


def _controllable(sheet: Sheet) -> Found:
    for m in sheet.measures:
        if m.influence == Influence.LITTLE:
            yield _("What it shows lies mostly outside the agency's hands."), m
        elif not m.influence:
            yield _("It is not said how far the agency itself decides what it shows."), m


def _both_kinds(sheet: Sheet) -> Found:
    kinds = {m.dimension for m in sheet.measures}
    for wanted in (Dimension.QUANTITY, Dimension.QUALITY):
        if sheet.measures and wanted not in kinds:
            yield _("No measure is of the dimension “%(name)s”.") % {"name": wanted.label}, None
    for m in sheet.measures:
        if not m.dimension:
            yield _("Its dimension is not said."), m


def _links(sheet: Sheet) -> Found:
    """Check that a quantity, which can be driven up at the cost of quality, is read together with
    something.
    """
    here = {measure.lineage for measure in sheet.measures}
    linked = set(chain.from_iterable(measure.links for measure in sheet.measures))
    for measure in sheet.measures:
        if (
            measure.dimension == Dimension.QUANTITY
            and not here.intersection(measure.links)
            and measure.lineage not in linked
        ):
            yield (
                _(
                    "A quantity that is linked with no other measure can be raised at the cost "
                    "of quality."
                ),
                measure,
            )


def _equality(sheet: Sheet) -> Found:
    """Check that the same effort is asked of units, and large and small are not held against one
    number.
    """
    for measure in sheet.measures:
        rows = sheet.own.get(measure.pk, ())
        if measure.is_additive and sheet.set.kind != Kind.SPECIFIC and not rows:
            yield (
                _("It counts something, and one target holds for large agencies and small ones."),
                measure,
            )
        efforts = [e for row in rows if (e := _effort(row.target, row.base)) is not None]
        if len(efforts) > 1 and max(efforts) > UNEVEN * max(min(efforts), Decimal("0.01")):
            yield (
                _("The targets of its units ask for efforts that differ more than twofold."),
                measure,
            )


def _effort(target: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Compute how far the target is from the base, as a share of the base."""
    return abs(target - base) / abs(base) if target is not None and base else None


def _pilot(sheet: Sheet) -> Found:
    if sheet.is_first:
        return
    for m in sheet.measures:
        if m.lineage not in sheet.known and not m.is_pilot:
            yield (
                _("It is new: its first year should be a trial that is scored and never counted."),
                m,
            )


def _ideal(sheet: Sheet) -> Found:
    for m in sheet.measures:
        if not m.ideal:
            yield _("The ideal measure is not written down, so nobody sees what was given up."), m


def _evidence(sheet: Sheet) -> Found:
    for m in sheet.measures:
        if not m.evidence_rule:
            yield _("Its evidence rule is missing; “none needed” is one, too."), m


def _results(sheet: Sheet) -> Found:
    unsaid = [m for m in sheet.measures if not m.result_level]
    early = sum(
        (m.points for m in sheet.measures if m.result_level in EARLY and not m.is_pilot), Decimal(0)
    )
    if sheet.points and early * 2 > sheet.points:
        share = in_locale(early * HUNDRED / sheet.points, 0)
        yield (
            _("%(share)s percent of the points are for inputs and activities.") % {"share": share},
            None,
        )
    for m in unsaid:
        yield _("Its level of result is not said."), m


# --- Targets, priorities, doubles ---------------------------------------------------------------


def _targets(sheet: Sheet) -> Found:
    for m in sheet.measures:
        if m.target is None:
            continue
        if m.base is None:
            yield _("Its target stands without a baseline."), m
        elif _reaches(m, m.base, m.target):
            yield _("Its target was met last year already: the baseline reaches it."), m
        yield from ((sentence, m) for sentence in _against_trend(m))
        ratings = sheet.ratings.get(m.lineage)
        if ratings and (worst := ratings.most_common(1)[0][0]) != Rating.FAIR:
            yield (
                _("The group rates its target as: %(rating)s.") % {"rating": Rating(worst).label},
                m,
            )


def _reaches(m: Measure, value: Decimal, target: Decimal) -> bool:
    return value >= target if m.direction == Direction.HIGHER else value <= target


def _against_trend(m: Measure) -> Iterator[str]:
    values = [Decimal(str(value)) for _year, value in m.trend]
    if len(values) < 3 or m.target is None:
        return
    step = sum((after - before for before, after in pairwise(values)), Decimal(0)) / (
        len(values) - 1
    )
    goes_on = values[-1] + step
    better = step > 0 if m.direction == Direction.HIGHER else step < 0
    if better and _reaches(m, goes_on, m.target):
        yield _("The trend alone reaches the target: it would stand at %(value)s.") % {
            "value": in_locale(goes_on, 2)
        }
    elif step and abs(m.target - values[-1]) > STEEP * abs(step) and not m.resources:
        yield _(
            "The target asks for more than three times the yearly step of the trend, and no "
            "resources are named."
        )


def _priority(sheet: Sheet) -> Found:
    if not sheet.goals:
        yield _("The set names no goals, so nobody sees what its measures are for."), None
        return
    for m in sheet.measures:
        if m.goal_id is None:
            yield _("It serves none of the set's goals."), m
    means = {}
    points = dict.fromkeys(sheet.goals, Decimal(0))
    for goal in sheet.goals:
        if ranks := sheet.ranks.get(goal.pk):
            means[goal] = Decimal(sum(ranks)) / len(ranks)
        for m in sheet.measures:
            if m.goal_id == goal.pk and not m.is_pilot:
                points[goal] += m.points
    ranked = sorted(means, key=lambda g: means[g])
    for before, after in pairwise(ranked):
        if means[before] < means[after] and points[before] < points[after]:
            words = {"more": before.title, "less": after.title}
            yield (
                _(
                    "The group holds “%(more)s” more important than “%(less)s”, which has "
                    "more points."
                )
                % words,
                None,
            )


def _doubles(sheet: Sheet) -> Found:
    words = {m.pk: frozenset(search_words(m.title_fa)) for m in sheet.measures}
    for one, other in combinations(sheet.measures, 2):
        both, either = words[one.pk] & words[other.pk], words[one.pk] | words[other.pk]
        if either and Decimal(len(both)) / len(either) >= ALIKE:
            yield _("It is nearly the same as “%(title)s”.") % {"title": one.title}, other


PRINCIPLES = (
    Principle("points", gettext_lazy("Points add up exactly at each tier"), _points, binds=True),
    Principle("methods", gettext_lazy("Each method has what it needs"), _methods, binds=True),
    Principle("author", gettext_lazy("Who is assessed does not judge the targets"), _author),
    Principle("feedback", gettext_lazy("Feedback at least every month"), _feedback),
    Principle("controllable", gettext_lazy("The agency can influence it"), _controllable),
    Principle("kinds", gettext_lazy("Both quantity and quality"), _both_kinds),
    Principle("linked", gettext_lazy("Measures that pull against each other are linked"), _links),
    Principle("equal", gettext_lazy("Equal opportunity for all units"), _equality),
    Principle("pilot", gettext_lazy("A trial year without consequences"), _pilot),
    Principle("ideal", gettext_lazy("Designed from the ideal, the compromise recorded"), _ideal),
    Principle("evidence", gettext_lazy("An evidence rule for each measure"), _evidence),
    Principle("results", gettext_lazy("Results, not only inputs and activities"), _results),
    Principle("targets", gettext_lazy("Targets neither slack nor out of reach"), _targets),
    Principle("priority", gettext_lazy("Points follow the priority of goals"), _priority),
    Principle("doubles", gettext_lazy("No measure twice"), _doubles),
)
