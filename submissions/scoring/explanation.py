"""From the value of one line to the total of its agency, step by step, with words for what is not a
plain sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from indicators.scoring.methods import SHOWN_PLACES, ZERO
from indicators.scoring.statutory_tree import (
    AXIS_DEPTH,
    LineState,
    Node,
    Path,
    Result,
    ScoreLine,
    total,
)
from submissions.models import Answer, Score


def own_line(answer: Answer) -> ScoreLine:
    """Make the line as the agency's own value scores it."""
    return _line(
        answer,
        answer.self_state,
        answer.self_points if answer.self_state == LineState.SCORED else None,
    )


def _line(answer: Answer, state: LineState, points: Decimal | None) -> ScoreLine:
    m = answer.measure
    axis = m.indicator.axis
    return ScoreLine(
        kind=axis.set.kind,
        axis=axis.code,
        indicator=m.indicator.code,
        measure=str(answer.pk),
        ceiling=m.points,
        state=state,
        points=points,
        counts=not m.is_pilot,
    )


@dataclass(frozen=True)
class Figures:
    """What a step comes to on one side, and how it came to that where it is not a plain sum."""

    node: Node
    words: str


@dataclass(frozen=True)
class Step:
    """A tier: the line, its indicator, axis and kind, and the total; `agreed` only for whoever may
    read the scores.
    """

    tier: str | Promise
    title: str
    own: Figures
    agreed: Figures | None


def steps(answer: Answer, *, with_agreed: bool) -> list[Step]:
    """List the steps from this line up, with the agency's own points and, when they may be read,
    the agreed ones.

    Takes one query, with the agreed points two.
    """
    answers = list(answer.submission.answers.for_page())
    spread = answer.submission.cycle.spreads_points
    own = total((own_line(a) for a in answers), spread=spread)
    agreed = _agreed_totals(answer, answers) if with_agreed else None
    m = answer.measure
    axis = m.indicator.axis
    path = own_line(answer).path
    tiers = (
        (_("Line"), m.title),
        (_("Indicator"), m.indicator.title),
        (_("Axis"), axis.title),
        (_("Kind"), axis.set.get_kind_display()),
        (_("Total"), ""),
    )
    found = []
    for depth, (tier, title) in zip(range(len(path), -1, -1), tiers, strict=True):
        here = path[:depth]
        shown = _figures(agreed, here, m.is_pilot) if agreed else None
        found.append(Step(tier, title, _figures(own, here, m.is_pilot), shown))
    return found


def _agreed_totals(answer: Answer, answers: Iterable[Answer]) -> Result:
    current = Score.objects.filter(answer__submission=answer.submission_id, is_current=True)
    scores = {s.answer_id: s for s in current.exclude(basis=Score.Basis.SELF)}
    lines = (
        _line(a, LineState(scores[a.pk].state), scores[a.pk].points)
        if a.pk in scores
        else _line(a, LineState.UNDER_REVIEW, None)
        for a in answers
    )
    return total(lines, spread=answer.submission.cycle.spreads_points)


def _figures(result: Result, path: Path, is_pilot: bool) -> Figures:
    node, below = result.nodes[path], result.children(path)
    if not below:
        return Figures(
            node,
            gettext("In its trial year: scored and shown, not counted above.") if is_pilot else "",
        )
    if not node.applicable_ceiling:
        return Figures(
            node, gettext("Nothing here applies; it leaves the ceiling.") if node.ceiling else ""
        )
    reach = sum((child.applicable_ceiling for child in below), ZERO)
    if len(path) == AXIS_DEPTH and reach < node.applicable_ceiling:
        words = {
            "earned": _points_text(sum((child.points for child in below), ZERO)),
            "ceiling": in_locale(node.ceiling),
            "reach": in_locale(reach),
            "left": in_locale(node.ceiling - reach),
            "points": _points_text(node.points),
        }
        return Figures(
            node,
            gettext(
                "%(left)s points do not apply and are spread within the axis: %(earned)s × "
                "%(ceiling)s ÷ %(reach)s = "
                "%(points)s"
            )
            % words,
        )
    if left := node.ceiling - node.applicable_ceiling:
        return Figures(node, gettext("%(left)s points do not apply.") % {"left": in_locale(left)})
    return Figures(node, "")


def _points_text(points: Decimal) -> str:
    return in_locale(points, SHOWN_PLACES)
