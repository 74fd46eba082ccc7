"""What the authority owes each year: its duties, in the order of the year."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import (
    TextChoices,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.workflow import DECISIONS
from cycles.calendar import Phase
from festival.duties.occasions import (
    Occasions,
    general_sets,
    other_sets,
    publications,
    reports_approved,
    reports_delivered,
    reviews,
    signed_submissions,
)


class DutyCode(TextChoices):
    COMMUNICATE_INDICATORS = "communicate_indicators", _("Communicate the indicators")
    COMMUNICATE_SCORES = "communicate_scores", _("Communicate the scores")
    DECIDE_APPEALS = "decide_appeals", _("Decide the appeals")
    APPROVE_REPORT = "approve_report", _("Approve the Article 82 report")
    DELIVER_REPORT = "deliver_report", _("Deliver the Article 82 report")
    PUBLISH = "publish", _("Publish the results")


@dataclass(frozen=True)
class Duty:
    """One official duty: the phase in which it falls due, the acts of the ledger that end it, and
    what it is owed for.

    Each row `once_a_year` or `by_agency` is one occasion, with what it is due by and when it was
    done.
    """

    code: DutyCode
    phase: Phase
    workflow: str
    acts: tuple[str, ...]
    owed_for: str | Promise
    once_a_year: Callable[[], Occasions] | None = None
    by_agency: Callable[[], Occasions] | None = None

    @property
    def title(self) -> str:
        """Name the duty in the reader's language."""
        return str(self.code.label)


_DUTIES = (
    Duty(
        DutyCode.COMMUNICATE_INDICATORS,
        Phase.APPROVAL,
        "indicators.indicatorset",
        ("communicate",),
        _(
            "The general set of every year, and each specific set that is proposed and neither "
            "returned nor rejected."
        ),
        once_a_year=general_sets,
        by_agency=other_sets,
    ),
    Duty(
        DutyCode.COMMUNICATE_SCORES,
        Phase.SCORING,
        "submissions.submission",
        ("communicate",),
        _("Every agency that signed its self-assessment."),
        by_agency=signed_submissions,
    ),
    Duty(
        DutyCode.DECIDE_APPEALS,
        Phase.APPEAL_REVIEW,
        "appeals.appeal",
        DECISIONS,
        _(
            "Every agency that appealed, until its last appeal is decided; the days run from its "
            "own scores."
        ),
        by_agency=reviews,
    ),
    Duty(
        DutyCode.APPROVE_REPORT,
        Phase.FINAL,
        "festival.edition",
        ("approve_report",),
        _("Once a year: done when the report is approved in both languages."),
        once_a_year=reports_approved,
    ),
    Duty(
        DutyCode.DELIVER_REPORT,
        Phase.FINAL,
        "festival.edition",
        ("deliver_report",),
        _(
            "Once a year: done when the President and the Islamic Consultative Assembly both have "
            "the report."
        ),
        once_a_year=reports_delivered,
    ),
    Duty(
        DutyCode.PUBLISH,
        Phase.FESTIVAL,
        "festival.edition",
        ("publish",),
        _("Once a year: done at the moment from which the results are public."),
        once_a_year=publications,
    ),
)
DUTIES: dict[str, Duty] = {duty.code.value: duty for duty in _DUTIES}
"""Every duty, in the order of the year."""
