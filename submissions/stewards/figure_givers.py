"""Who gives which figure: the steward, or an administrator where the steward is tied."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from agencies.models import Agency, User
from submissions.models import Answer
from submissions.permissions import is_figure_giver
from submissions.workflow import SubmissionState


class AgencyFigure(NamedTuple):
    """One agency's figure, as the predicate asks of it."""

    agency: Agency
    steward: User

    @property
    def agency_id(self) -> int:
        return self.agency.pk


def ties(steward: User, at: datetime) -> dict[int, str]:
    """Find the agencies whose figures the steward may not give, each with why.

    Two queries at most.
    """
    near = Agency.objects.filter(pk__in=steward.tied_to) | Agency.objects.filter(is_authority=True)
    return {a.pk: why for a in near if (why := _why_tied(steward, a, at))}


def _why_tied(steward: User, agency: Agency, at: datetime) -> str:
    if is_figure_giver(steward, AgencyFigure(agency, steward), at):
        return ""
    if agency.pk in steward.declared_interests:
        return _("The steward has declared an interest in this agency.")
    if steward.is_conflicted(agency.pk):
        return _("The steward belongs to this agency, or did.")
    return _("The authority's own figure is for outsiders, and the steward is none.")


def why_not_given(answer: Answer, steward: User, *, by: User, at: datetime) -> str:
    """Say why `by` may not enter the figure of a line now, or ""; no query where agencies are
    read.
    """
    agency = answer.submission.agency
    if answer.submission.state == SubmissionState.COMMUNICATED:
        return _(
            "The scores of this agency have been communicated; what is wrong with the figure is "
            "for an appeal."
        )
    if is_figure_giver(by, AgencyFigure(agency, steward), at):
        return ""
    tied = _why_tied(steward, agency, at)
    if by.pk == steward.pk:
        return " ".join((tied, _("An administrator without an interest enters the figure.")))
    if not tied:
        return _("The steward gives this figure.")
    return _(
        "The figure of this agency is for an administrator in scope without an interest in it."
    )
