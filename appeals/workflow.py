"""The life of an appeal against the score of one line, from its draft to its decision; and what follows from one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import is_administrator_or_clock, is_clock, is_head, is_staff
from appeals.permissions import is_asked, is_reviewer
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow
from submissions.permissions import is_set_keeper


class AppealState(TextChoices):
    DRAFT = "draft", _("Draft")
    FILED = "filed", _("Filed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    DISMISSED = "dismissed", _("Dismissed")
    INADMISSIBLE = "inadmissible", _("Inadmissible")
    ENDED = "ended", _("Ended with its agency")


class QuestionState(TextChoices):
    ASKED = "asked", _("Asked")
    REPLIED = "replied", _("Replied")


UPHELD = (AppealState.UPHELD, AppealState.PARTLY)
DECIDED = (*UPHELD, AppealState.DISMISSED, AppealState.INADMISSIBLE)

ASKED = "a question of the reviewer's that may still be answered"

# fmt: off
S = AppealState
APPEALS = Workflow("appeals.Appeal", S,
    #    move        from                                 to               who          while open            button
    Move("edit",     frozenset({S.DRAFT}),                None,            is_staff,    Phase.APPEAL,         _("Save the draft"), recorded=False),
    Move("attach",   frozenset({S.DRAFT}),                None,            is_staff,    Phase.APPEAL,         _("Add evidence to the appeal")),
    Move("detach",   frozenset({S.DRAFT}),                None,            is_staff,    Phase.APPEAL,         _("Take evidence off the appeal")),
    Move("discard",  frozenset({S.DRAFT}),                S.WITHDRAWN,     is_staff,    Phase.APPEAL,         _("Discard the draft"), recorded=False),
    Move("file",     frozenset({S.DRAFT}),                S.FILED,         is_head,     Phase.APPEAL,         _("Sign and file the appeal"), signed=True),
    Move("withdraw", frozenset({S.FILED}),                S.WITHDRAWN,     is_head,     Phase.APPEAL,         _("Withdraw the appeal"), signed=True,
         tells=AGENCY, news=_("An appeal has been withdrawn")),
    Move("end_with_agency", frozenset({S.DRAFT, S.FILED}), S.ENDED,        is_clock,    Phase.ANYTIME,        _("End with its agency"),
         why_anytime="an appeal ends on the day that its agency does: nobody is left whom a decision would reach"),
    Move("assign",   frozenset({S.FILED}),                None,            is_administrator_or_clock, Phase.APPEAL_REVIEW, _("Give the appeal to a reviewer")),
    Move("uphold",   frozenset({S.FILED}),                S.UPHELD,        is_reviewer, Phase.APPEAL_REVIEW,  _("Uphold"), signed=True, waits_for=ASKED,
         tells=AGENCY, official=True, news=_("An appeal has been upheld")),
    Move("uphold_partly", frozenset({S.FILED}),           S.PARTLY,        is_reviewer, Phase.APPEAL_REVIEW,  _("Uphold in part"), signed=True, waits_for=ASKED,
         tells=AGENCY, official=True, news=_("An appeal has been upheld in part")),
    Move("dismiss",  frozenset({S.FILED}),                S.DISMISSED,     is_reviewer, Phase.APPEAL_REVIEW,  _("Dismiss"), signed=True, waits_for=ASKED,
         tells=AGENCY, official=True, news=_("An appeal has been dismissed")),
    Move("declare_inadmissible", frozenset({S.FILED}),    S.INADMISSIBLE,  is_reviewer, Phase.APPEAL_REVIEW,  _("Declare inadmissible"), signed=True, waits_for=ASKED,
         tells=AGENCY, official=True, news=_("An appeal has been declared inadmissible")),
    writes=("filing", "filed_at", "filed_by", "points_before", "decided_at", "decided_by", "decision_reason", "decided_points", "decided_void", "error"),
)

FILINGS = Workflow("appeals.Filing", None,
    Move("file",     frozenset(),                         None,            is_head,     Phase.APPEAL,         _("Sign and file the appeals"), signed=True,
         tells=AGENCY, news=_("Appeals have been filed")),
)

Q = QuestionState
QUESTIONS = Workflow("appeals.Question", Q,
    Move("ask",      frozenset({Q.ASKED}),                None,            is_reviewer, Phase.APPEAL_REVIEW,  _("Ask the agency"),
         tells=AGENCY, official=True, news=_("The reviewer of an appeal asks the agency")),
    Move("consult",  frozenset({Q.ASKED}),                None,            is_reviewer, Phase.APPEAL_REVIEW,  _("Ask whoever gave the score"),
         tells_holder=True, news=_("The reviewer of an appeal asks you about a score")),
    Move("reply",    frozenset({Q.ASKED}),                Q.REPLIED,       is_staff,    Phase.APPEAL_REVIEW,  _("Reply to the reviewer"),
         tells_holder=True, news=_("Your question on an appeal has been answered")),
    Move("explain",  frozenset({Q.ASKED}),                Q.REPLIED,       is_asked,    Phase.APPEAL_REVIEW,  _("Explain the score to the reviewer"),
         tells_holder=True, news=_("Your question on an appeal has been answered")),
    writes=("reply", "replied_by", "replied_at"),
)

CORRECTIONS = Workflow("appeals.Correction", None,
    Move("correct",  frozenset(),                         None,            is_set_keeper, Phase.ANYTIME,      _("Correct all agencies with this line"),
         why_anytime="an error that one appeal shows is corrected for all at once, wherever the clock of each agency stands",
         signed=True, tells=AGENCY, official=True, news=_("Scores have been corrected after an appeal showed an error")),
)
# fmt: on

DECISIONS = tuple(name for name, move in APPEALS.moves.items() if move.target in DECIDED)
"""The moves by which a reviewer decides."""
