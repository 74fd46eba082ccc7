"""The phases of the statutory year: one row each, from which all else that depends on a phase is
read.

The months are those of Heidari et al. (Imam Sadiq University) on the executive bylaw of Articles 81
and 82: proposals from February, approval by its end, uploads to the end of May, scoring in June,
two weeks to appeal, two to review, festival in September. The Jalali days are the nearest Jalali
months. "Compressed" reads all as months of one year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.calendar.days import Calendar

LAST = 0  # the last day of the month, whatever its length

YearMonthDay = tuple[int, int, int]


class Phase(models.TextChoices):
    PROPOSAL = "proposal", _("Indicator proposal")
    APPROVAL = "approval", _("Indicator approval")
    MONITORING = "monitoring", _("Monitoring")
    SELF_ASSESSMENT = "self_assessment", _("Self-assessment")
    SCORING = "scoring", _("Scoring")
    CLARIFICATION = "clarification", _("Clarification of a line")
    APPEAL = "appeal", _("Appeal")
    APPEAL_REVIEW = "appeal_review", _("Appeal review")
    FINAL = "final", _("Final results")
    FESTIVAL = "festival", _("Festival")
    ANYTIME = "anytime", _("Any time")


def phase_label(phase: Phase, quarter: int = 0) -> str:
    """Name a phase in the reader's words, with its quarter where it has one."""
    if not quarter:
        return str(phase.label)
    return gettext("%(phase)s, quarter %(quarter)s") % {
        "phase": phase.label,
        "quarter": in_locale(quarter),
    }


class Binding(models.TextChoices):
    """Hard refuses after the closing; duty accepts and counts the days late."""

    HARD = "hard", _("Refuses after the deadline")
    DUTY = "duty", _("Accepts late and counts the days")


class Scope(Enum):
    """What each window of a phase is for."""

    CYCLE = "all agencies of the cycle"
    QUARTER = "all agencies, one quarter of the assessed year"
    AGENCY = "one agency, opened by an act"
    LINE = "one line of an agency, opened by an act"


@dataclass(frozen=True)
class Span:
    """From the day `opens` to the day `closes`, both included: year offset, month, day or LAST.

    The offset counts from the assessed year Y in a Jalali span, from Y + 621 in a Gregorian one.
    """

    opens: YearMonthDay
    closes: YearMonthDay
    calendar: Calendar = Calendar.JALALI


Days = Mapping[str, tuple[Span, ...]]
"""What each preset proposes for a phase, by the preset's key: a span, or one for each quarter."""


def _jalali(opens: YearMonthDay, closes: YearMonthDay) -> tuple[Span, ...]:
    return (Span(opens, closes),)


def _gregorian(opens: YearMonthDay, closes: YearMonthDay) -> tuple[Span, ...]:
    return (Span(opens, closes, Calendar.GREGORIAN),)


def _in_next_year(jalali: tuple[Span, ...], gregorian: tuple[Span, ...]) -> Days:
    """Set the days of a phase that lies after the assessed year by every preset."""
    return {
        "statutory_jalali": jalali,
        "statutory_gregorian": gregorian,
        "compressed_jalali": jalali,
        "compressed_gregorian": gregorian,
    }


# A quarter is reported from its first day until fifteen days after its last; the fourth ends with
# the year, so that the self-assessment that opens next morning has it. Where all comes after the
# year, all four are reported in Esfand.
_THROUGH_THE_YEAR = (
    Span((0, 1, 1), (0, 4, 15)),
    Span((0, 4, 1), (0, 7, 15)),
    Span((0, 7, 1), (0, 10, 15)),
    Span((0, 10, 1), (0, 12, LAST)),
)

BYLAW = _("Article 3 of the executive bylaw of Articles 81 and 82")
"""The bylaw's calendar is told by Heidari et al. (Imam Sadiq University); reports through the year
rest on Article 81 ("periodic, regular reports"), the yearly report on Article 82.
"""


NOT_DONE = _("not done")


@dataclass(frozen=True)
class PhaseSpec:
    """One phase.

    `days`: when the presets have it; none where acts alone open its windows. A phase opens when the
    one before it has closed, or, where it `overlaps` that one, opens and closes no earlier. What it
    `follows` is the phase that opens its windows by closing: a decree that moves the one moves the
    other. `in_practice`: everybody may try it in the practice cycle. `counts_down`: the home page
    says how long until it closes. `unkept` is what the timeline says when nothing was done.
    `stages` are those of a rehearsal that begin in it, each at a share of its window.
    """

    phase: Phase
    binding: Binding = Binding.DUTY
    article: str | Promise = BYLAW
    scope: Scope = Scope.CYCLE
    days: Days = field(default_factory=dict)
    overlaps: bool = False
    follows: Phase | None = None
    in_practice: bool = True
    counts_down: bool = True
    unkept: str | Promise = NOT_DONE
    stages: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_dated(self) -> bool:
        """Whether it has dates in every year."""
        return bool(self.days)

    @property
    def is_per_agency(self) -> bool:
        """Whether each agency has windows of its own, from the communication of its scores."""
        return self.scope in (Scope.AGENCY, Scope.LINE)

    @property
    def is_per_quarter(self) -> bool:
        """Whether each quarter of the assessed year has its window."""
        return self.scope == Scope.QUARTER

    @property
    def is_per_line(self) -> bool:
        """Whether an act opens a window for one line."""
        return self.scope == Scope.LINE

    @property
    def quarters(self) -> tuple[int, ...]:
        """The number of each of its windows: a quarter's, or 0."""
        return (1, 2, 3, 4) if self.is_per_quarter else (0,)

    @property
    def is_extendable(self) -> bool:
        """Whether a decree may move its closing: a duty is not extended, its days late are
        counted.
        """
        return self.binding == Binding.HARD and not self.is_per_line


_SPECS = (
    PhaseSpec(
        Phase.PROPOSAL,
        Binding.HARD,
        days={
            "statutory_jalali": _jalali((-1, 11, 1), (-1, 11, 20)),
            "statutory_gregorian": _gregorian((0, 2, 1), (0, 2, 20)),
            "compressed_jalali": _jalali((0, 11, 1), (0, 11, 20)),
            "compressed_gregorian": _gregorian((1, 2, 1), (1, 2, 20)),
        },
        stages={"proposed": 0.05},
    ),
    PhaseSpec(
        Phase.APPROVAL,
        overlaps=True,
        days={
            "statutory_jalali": _jalali((-1, 11, 1), (-1, 11, 30)),
            "statutory_gregorian": _gregorian((0, 2, 1), (0, 2, LAST)),
            "compressed_jalali": _jalali((0, 11, 1), (0, 11, 30)),
            "compressed_gregorian": _gregorian((1, 2, 1), (1, 2, LAST)),
        },
        stages={"discussed": 0.3, "approved": 0.85},
    ),
    PhaseSpec(
        Phase.MONITORING,
        Binding.HARD,
        article=_("Article 81 of the Civil Service Management Act"),
        scope=Scope.QUARTER,
        days={
            "statutory_jalali": _THROUGH_THE_YEAR,
            "statutory_gregorian": _THROUGH_THE_YEAR,
            "compressed_jalali": _jalali((0, 12, 1), (0, 12, LAST)) * 4,
            "compressed_gregorian": _gregorian((1, 3, 1), (1, 3, 31)) * 4,
        },
        unkept=_("not reported"),
        stages={"monitored": 0.0},
    ),
    PhaseSpec(
        Phase.SELF_ASSESSMENT,
        Binding.HARD,
        days={
            "statutory_jalali": _jalali((1, 1, 1), (1, 2, 31)),
            "statutory_gregorian": _gregorian((1, 3, 21), (1, 5, 31)),
            "compressed_jalali": _jalali((1, 1, 1), (1, 2, 31)),
            "compressed_gregorian": _gregorian((1, 4, 1), (1, 5, 31)),
        },
        stages={"answered": 0.02, "submitted": 0.96},
    ),
    PhaseSpec(
        Phase.SCORING,
        days=_in_next_year(
            _jalali((1, 3, 1), (1, 3, 31)),
            _gregorian((1, 6, 1), (1, 6, 30)),
        ),
        stages={"assigned": 0.01, "marked": 0.05, "supplied": 0.2, "communicated": 0.95},
    ),
    PhaseSpec(Phase.CLARIFICATION, Binding.HARD, scope=Scope.LINE),
    PhaseSpec(
        Phase.APPEAL,
        Binding.HARD,
        scope=Scope.AGENCY,
        days=_in_next_year(
            _jalali((1, 4, 1), (1, 4, 14)),
            _gregorian((1, 7, 1), (1, 7, 14)),
        ),
        unkept=_("nothing was filed"),
        stages={"appealed": 0.3},
    ),
    PhaseSpec(
        Phase.APPEAL_REVIEW,
        scope=Scope.AGENCY,
        days=_in_next_year(
            _jalali((1, 4, 15), (1, 4, 28)),
            _gregorian((1, 7, 15), (1, 7, 28)),
        ),
        follows=Phase.APPEAL,
        unkept=_("nothing was filed"),
        stages={"decided": 0.3},
    ),
    PhaseSpec(
        Phase.FINAL,
        article=_("Article 82 of the Civil Service Management Act"),
        days=_in_next_year(
            _jalali((1, 4, 29), (1, 5, 31)),
            _gregorian((1, 7, 29), (1, 8, 31)),
        ),
        in_practice=False,
        stages={"ranked": 0.5, "published": 0.8},
    ),
    PhaseSpec(
        Phase.FESTIVAL,
        days=_in_next_year(
            _jalali((1, 6, 1), (1, 6, 31)),
            _gregorian((1, 9, 1), (1, 9, 30)),
        ),
        in_practice=False,
        counts_down=False,
        unkept=_("not published yet"),
    ),
)
PHASES: dict[Phase, PhaseSpec] = {spec.phase: spec for spec in _SPECS}
"""Every phase in the order of the year; `Phase.ANYTIME` is none."""


def dated_phases() -> list[PhaseSpec]:
    """List the phases that have dates in every year, in its order."""
    return [spec for spec in PHASES.values() if spec.is_dated]
