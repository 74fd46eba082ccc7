"""Reference frameworks in words: how a scale and a node count, with their formulas, and how the
frameworks compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from indicators.scoring.exact import Rounding, in_digits
from indicators.scoring.nodes import Missing, Node
from indicators.scoring.scales import Interpolate, MinMax, Number, Options, Ratio, Scale

AGGREGATIONS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "wmean": (_("Weighted mean"), _("sum of weight × score ÷ sum of weights")),
    "sum": (_("Weighted sum"), _("sum of weight × score")),
    "gmean": (_("Geometric mean"), _("product of score to the power weight ÷ sum of weights")),
    "sum_points": (_("Sum of points"), _("sum of the points earned")),
    "points_ratio": (_("Share of points"), _("points earned ÷ points possible")),
    "all_required": (
        _("All required"),
        _("1 when every part reaches what it must, else 0; nothing makes up for it"),
    ),
    "table": (_("Decision table"), _("the first row whose conditions all hold")),
    "none": (_("No total"), _("the parts stand side by side")),
}
MODES: Mapping[str, str | Promise] = {
    "half_up": _("half up"),
    "half_down": _("half down"),
    "half_even": _("half to even"),
    "up": _("away from zero"),
    "down": _("towards zero"),
    "floor": _("always down"),
    "ceiling": _("always up"),
}


def scale_words(scale: Scale) -> str:
    """Say what a scale takes and how it scores, as a sentence with its formula."""
    match scale:
        case Options():
            words = {"least": in_digits(scale.low), "most": in_digits(scale.full)}
            return gettext("One of several answers, worth %(least)s to %(most)s.") % words
        case Number():
            return _number_words(scale)
        case Interpolate():
            return gettext(
                "A value against targets, each worth a level: %(levels)s. Between two targets the "
                "level lies on a "
                "straight line; better than the best gives %(above)s, worse than the worst "
                "gives %(below)s."
            ) % {
                "levels": "، ".join(map(in_digits, scale.levels))
                if _is_persian()
                else ", ".join(map(in_digits, scale.levels)),
                "above": in_digits(scale.above),
                "below": in_digits(scale.below),
            }
        case Ratio():
            return _limits(
                gettext(
                    "actual ÷ standard where more is better, standard ÷ actual where less is better"
                ),
                scale.floor,
                scale.cap,
            )
        case MinMax(log=True):
            formula = gettext("(ln value − ln %(least)s) ÷ (ln %(most)s − ln %(least)s)")
        case MinMax():
            formula = gettext("(value − %(least)s) ÷ (%(most)s − %(least)s)")
        case _:
            return ""
    assert isinstance(scale, MinMax)
    formula = formula % {"least": in_digits(scale.least), "most": in_digits(scale.most)}
    if scale.down:
        formula = gettext("1 − %(formula)s; less is better") % {"formula": formula}
    return _limits(formula, scale.floor, scale.cap)


def _is_persian() -> bool:
    return in_locale(1) != "1"


def _number_words(scale: Number) -> str:
    if scale.least is None or scale.most is None:
        return gettext("A number.")
    words = {"least": in_digits(scale.least), "most": in_digits(scale.most)}
    if scale.step is None:
        return gettext("A number from %(least)s to %(most)s.") % words
    words["step"] = in_digits(scale.step)
    return gettext("A number from %(least)s to %(most)s in steps of %(step)s.") % words


def _limits(formula: str, floor: Fraction | None, cap: Fraction | None) -> str:
    if floor is not None and cap is not None:
        words = {"formula": formula, "floor": in_digits(floor), "cap": in_digits(cap)}
        return gettext("%(formula)s; not below %(floor)s, not above %(cap)s") % words
    return formula


def node_words(node: Node) -> list[str]:
    """Say how a node counts besides its weight: arithmetic, empties, cap, scaling, rounding."""
    words = []
    if node.agg:
        words.append(str(AGGREGATIONS[node.agg][0]))
    if node.children:
        words.append(missing_words(node.missing))
        if node.not_applicable == "leave":
            words.append(gettext("what does not apply leaves the ceiling"))
        if node.under_review == "zero":
            words.append(gettext("what is under review earns nothing until its review ends"))
    if node.cap_by:
        words.append(gettext("not above %(code)s") % {"code": f"\u2068{node.cap_by}\u2069"})
    if node.scale_to is not None:
        words.append(gettext("scaled to %(number)s") % {"number": in_digits(node.scale_to)})
    if node.points is not None:
        words.append(gettext("%(number)s points") % {"number": in_digits(node.points)})
    if node.rounding:
        words.append(rounding_words(node.rounding))
    return words


def missing_words(missing: Missing) -> str:
    """Say what a node does about unanswered parts."""
    if missing.at_least > 1:
        return ngettext(
            "unanswered parts are dropped; at least %(number)s must be scored",
            "unanswered parts are dropped; at least %(number)s must be scored",
            missing.at_least,
        ) % {"number": in_locale(missing.at_least)}
    if missing.policy == "skip":
        return gettext("unanswered parts are dropped and the rest re-weighted")
    if missing.policy == "zero":
        return gettext("unanswered parts count as zero")
    return gettext("an unanswered part leaves no result")


def rounding_words(rounding: Rounding) -> str:
    """Say to how many places a value is rounded, and how."""
    words = {"number": in_locale(rounding.digits), "mode": MODES[rounding.mode]}
    return gettext("rounded %(mode)s to %(number)s decimal places") % words


# --- How the frameworks compare -----------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """What a framework is for, what it assesses, what comes out, and what limits or reviews the
    result.
    """

    name: str | Promise
    purpose: str | Promise
    unit: str | Promise
    result: str | Promise
    appeal: str | Promise


_INDEX_APPEAL = _("None: an index of published data; its publisher revises it yearly.")
_STATE = _("A country, one year")
_ORGANISATION = _("An organization")

COMPARED: Mapping[str, Comparison] = {
    "caf2020": Comparison(
        _("Common Assessment Framework 2020"),
        _("Self-assessment to find what to improve, and learning from others"),
        _ORGANISATION,
        _("A profile of 28 sub-criteria; a total is optional"),
        _("Consensus of the group; external feedback judges the process and does not re-score."),
    ),
    "cpa": Comparison(
        _("Comprehensive Performance Assessment"),
        _("Public accountability of councils; inspection in proportion to performance"),
        _("A local council"),
        _("No stars to four stars"),
        _(
            "Limiting rules fixed and published beforehand; a score under review holds the "
            "category back."
        ),
    ),
    "dspt": Comparison(
        _("Data Security and Protection Toolkit"),
        _("Assurance that a minimum is met everywhere"),
        _("A health or care body, one year"),
        _("One of four statuses"),
        _("Nothing makes up for a missing item; independent audit of larger bodies."),
    ),
    "efqm2013": Comparison(
        _("EFQM excellence model 2013"),
        _("Excellence award and improvement; the family of the Iranian model"),
        _ORGANISATION,
        _("Points out of 1000"),
        _("Assessors' consensus and a site visit."),
    ),
    "efqm2020": Comparison(
        _("EFQM model 2020"),
        _("Excellence award and improvement"),
        _ORGANISATION,
        _("Points out of 1000, and stars"),
        _("A part is not above its first attribute; assessors' consensus and a site visit."),
    ),
    "egdi": Comparison(
        _("E-Government Development Index"),
        _("Comparing countries' digital government"),
        _STATE,
        _("An index from 0 to 1, and four groups"),
        _INDEX_APPEAL,
    ),
    "epsa": Comparison(
        _("European Public Sector Award"),
        _("Award and spread of good practice"),
        _("A project"),
        _("A winner in each category"),
        _("Evaluators blind to one another, a consensus meeting, a visit, a jury."),
    ),
    "fsi2024": Comparison(
        _("Fragile States Index 2024"),
        _("Early warning of conflict"),
        _STATE,
        _("A sum up to 120; less is better"),
        _INDEX_APPEAL,
    ),
    "hdi": Comparison(
        _("Human Development Index"),
        _("Measuring development beyond income"),
        _STATE,
        _("An index from 0 to 1, and four groups"),
        _INDEX_APPEAL,
    ),
    "iran_specific_1381": Comparison(
        _("Form of specific indicators, decree of 1381"),
        _("Annual assessment of executive agencies"),
        _("An executive agency, one year"),
        _("Points, typically out of 1000"),
        _("No indicator above its ceiling; every indicator has its evidence attached."),
    ),
    "maf": Comparison(
        _("Management Accountability Framework"),
        _("Accountability of deputy heads for management"),
        _("A department"),
        _("A profile beside the government's average; no total"),
        _("The draft goes to the organization for comment before it is final."),
    ),
    "part": Comparison(
        _("Program Assessment Rating Tool"),
        _("Budget decisions by what programs achieve"),
        _("A program"),
        _("One of five ratings"),
        _("Without measures or baselines the rating is replaced, whatever the total."),
    ),
    "rfd": Comparison(
        _("Results-Framework Document"),
        _("A minister's agreement on the year's results"),
        _("A ministry or department, one year"),
        _("A composite score up to 100, in five words"),
        _("Targets frozen at the start; achievements audited by a task force."),
    ),
}


def compare(name: str, document: Mapping[str, object]) -> Comparison:
    """Describe a framework beside others; one that is new here is described by its own file."""
    subject = str(document.get("subject", ""))
    return COMPARED.get(name) or Comparison(str(document["title"]), "", subject, "", "")
