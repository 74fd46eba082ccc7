"""The life of an indicator set, from a draft to the set that is communicated and frozen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import Role, is_chair, is_member, is_national_administrator, is_owner, is_proposer
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow


class SetState(TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    RETURNED = "returned", _("Returned for changes")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    COMMUNICATED = "communicated", _("Communicated")


# fmt: off
S = SetState
SETS = Workflow("indicators.IndicatorSet", S,
    #    move            from                         to               who                        while open       button
    Move("edit",         frozenset({S.DRAFT}),        None,            is_owner,                  Phase.PROPOSAL,  _("Edit the measures"), recorded=False),
    Move("revise",       frozenset({S.RETURNED}),     None,            is_owner,                  Phase.APPROVAL,  _("Change the measures"), recorded=False),
    Move("propose",      frozenset({S.DRAFT}),        S.PROPOSED,      is_proposer,               Phase.PROPOSAL,  _("Propose to the working group"), signed=True,
         tells=AGENCY | {Role.MEMBER}, news=_("Indicators have been proposed to the working group")),
    Move("propose_again", frozenset({S.RETURNED}),    S.PROPOSED,      is_proposer,               Phase.APPROVAL,  _("Propose again"), signed=True,
         tells=AGENCY | {Role.MEMBER}, news=_("Indicators have been proposed again to the working group")),
    Move("vote",         frozenset({S.PROPOSED}),     None,            is_member,                 Phase.APPROVAL,  _("Vote")),
    Move("approve",      frozenset({S.PROPOSED}),     S.APPROVED,      is_chair,                  Phase.APPROVAL,  _("Approve the set"), signed=True,
         tells=AGENCY, news=_("The working group has approved the indicators")),
    Move("send_back",    frozenset({S.PROPOSED}),     S.RETURNED,      is_chair,                  Phase.APPROVAL,  _("Return for changes"),
         tells=AGENCY, news=_("The working group has returned the indicators for changes")),
    Move("reject",       frozenset({S.PROPOSED}),     S.REJECTED,      is_chair,                  Phase.APPROVAL,  _("Reject the set"), signed=True,
         tells=AGENCY, news=_("The working group has rejected the indicators")),
    Move("communicate",  frozenset({S.APPROVED}),     S.COMMUNICATED,  is_national_administrator, Phase.APPROVAL,  _("Communicate the set"), signed=True,
         tells=AGENCY, official=True, news=_("Indicators have been communicated")),
    writes=("proposed_by", "proposed_at", "round", "decided_at", "communicated_at", "hash"),
)
# fmt: on
