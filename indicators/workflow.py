"""The life of an indicator set from a draft to the frozen one, of a working group's meetings, and of the annual plan."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.roles import Role, is_head, is_national_administrator, is_staff
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow
from indicators.permissions import (
    is_chair,
    is_convenor,
    is_deliberating,
    is_member,
    is_owner,
    is_presiding,
    is_proposer,
    is_target_setter,
)


class SetState(TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    RETURNED = "returned", _("Returned for changes")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    COMMUNICATED = "communicated", _("Communicated")


class MeetingState(TextChoices):
    CONVENED = "convened", _("Convened")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", pgettext_lazy("annual plan", "Signed")


class ReportState(TextChoices):
    DRAFT = "draft", _("Draft")
    REPORTED = "reported", _("Reported")


# fmt: off
S = SetState
SETS = Workflow("indicators.IndicatorSet", S,
    #    move            from                         to               who                        while open        button
    Move("edit",         frozenset({S.DRAFT}),        None,            is_owner,                  Phase.PROPOSAL,   _("Edit the measures"), recorded=False),
    Move("revise",       frozenset({S.RETURNED}),     None,            is_owner,                  Phase.APPROVAL,   _("Change the measures"), recorded=False),
    Move("propose",      frozenset({S.DRAFT}),        S.PROPOSED,      is_proposer,               Phase.PROPOSAL,   _("Propose to the working group"), signed=True,
         tells=AGENCY | {Role.MEMBER}, news=_("Indicators have been proposed to the working group")),
    Move("propose_again", frozenset({S.RETURNED}),    S.PROPOSED,      is_proposer,               Phase.APPROVAL,   _("Propose again"), signed=True,
         tells=AGENCY | {Role.MEMBER}, news=_("Indicators have been proposed again to the working group")),
    Move("comment",      frozenset({S.PROPOSED, S.RETURNED}), None,    is_deliberating,           Phase.APPROVAL,   _("Comment"), recorded=False),
    Move("rank",         frozenset({S.PROPOSED}),     None,            is_member,                 Phase.APPROVAL,   _("Rank the goals"), recorded=False),
    Move("suggest",      frozenset({S.PROPOSED}),     None,            is_member,                 Phase.APPROVAL,   _("Suggest other values")),
    Move("vote",         frozenset({S.PROPOSED}),     None,            is_member,                 Phase.APPROVAL,   _("Vote")),
    Move("settle",       frozenset({S.PROPOSED}),     None,            is_chair,                  Phase.APPROVAL,   _("Decide on a measure")),
    Move("approve",      frozenset({S.PROPOSED}),     S.APPROVED,      is_chair,                  Phase.APPROVAL,   _("Approve the set"), signed=True,
         waits_for="a meeting convened on the set, until its minutes are signed or it is cancelled",
         tells=AGENCY, news=_("The working group has approved the indicators")),
    Move("send_back",    frozenset({S.PROPOSED}),     S.RETURNED,      is_chair,                  Phase.APPROVAL,   _("Return for changes"),
         tells=AGENCY, news=_("The working group has returned the indicators for changes")),
    Move("reject",       frozenset({S.PROPOSED}),     S.REJECTED,      is_chair,                  Phase.APPROVAL,   _("Reject the set"), signed=True,
         waits_for="a meeting convened on the set, until its minutes are signed or it is cancelled",
         tells=AGENCY, news=_("The working group has rejected the indicators")),
    Move("communicate",  frozenset({S.APPROVED}),     S.COMMUNICATED,  is_national_administrator, Phase.APPROVAL,   _("Communicate the set"), signed=True,
         tells=AGENCY, official=True, news=_("Indicators have been communicated")),
    Move("carry_over",   frozenset({S.DRAFT}),        S.COMMUNICATED,  is_national_administrator, Phase.APPROVAL,   _("Communicate for its second year"), signed=True,
         tells=AGENCY, official=True, news=_("The general indicators hold for a second year")),
    Move("set_targets",  frozenset({S.APPROVED, S.COMMUNICATED}), None, is_target_setter,         Phase.MONITORING, _("Set targets of single agencies")),
    writes=("proposed_by", "proposed_at", "round", "decided_at", "communicated_at", "hash", "quarter"),
)

GROUPS = Workflow("indicators.WorkingGroup", None,
    Move("set_rules",    frozenset(),                 None,            is_national_administrator, Phase.PROPOSAL,   _("Set the rules of a working group")),
)

M = MeetingState
MEETINGS = Workflow("indicators.Meeting", M,
    Move("convene",      frozenset({M.CONVENED}),     None,            is_convenor,               Phase.APPROVAL,   _("Convene a meeting"),
         tells=frozenset({Role.MEMBER}), news=_("A meeting of the working group has been convened")),
    Move("minute",       frozenset({M.CONVENED}),     M.HELD,          is_presiding,              Phase.APPROVAL,   _("Sign the minutes"), signed=True,
         waits_for="the hour of the meeting",
         tells=frozenset({Role.MEMBER}), news=_("The minutes of a meeting have been signed")),
    Move("cancel",       frozenset({M.CONVENED}),     M.CANCELLED,     is_convenor,               Phase.APPROVAL,   _("Cancel the meeting"),
         tells=frozenset({Role.MEMBER}), news=_("A meeting of the working group has been cancelled")),
    writes=("minutes", "minuted_by", "minuted_at"),
)

P = PlanState
PLANS = Workflow("indicators.Plan", P,
    Move("plan",         frozenset({P.DRAFT}),        None,            is_staff,                  Phase.MONITORING, _("Save the plan"), recorded=False),
    Move("sign",         frozenset({P.DRAFT}),        P.SIGNED,        is_head,                   Phase.MONITORING, _("Sign the plan"), signed=True,
         tells=AGENCY, news=_("The annual plan has been signed")),
    Move("revise",       frozenset({P.SIGNED}),       P.DRAFT,         is_head,                   Phase.MONITORING, _("Open the plan again"), signed=True,
         tells=AGENCY, news=_("The annual plan has been opened again")),
    writes=("signed_by", "signed_at"),
)

R = ReportState
REPORTS = Workflow("indicators.QuarterReport", R,
    Move("enter",        frozenset({R.DRAFT}),        None,            is_staff,                  Phase.MONITORING, _("Save the figures"), recorded=False),
    Move("report",       frozenset({R.DRAFT}),        R.REPORTED,      is_head,                   Phase.MONITORING, _("Sign and report the quarter"), signed=True,
         tells=AGENCY, news=_("A quarter has been reported")),
    Move("correct",      frozenset({R.REPORTED}),     R.DRAFT,         is_head,                   Phase.MONITORING, _("Open the report again"), signed=True,
         tells=AGENCY, news=_("The report of a quarter has been opened again")),
    writes=("reported_by", "reported_at"),
)
# fmt: on
