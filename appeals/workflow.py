"""The life of an appeal against the score of one line."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import is_head, is_reviewer, is_staff
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow


class AppealState(TextChoices):
    DRAFT = "draft", _("Draft")
    FILED = "filed", _("Filed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    DISMISSED = "dismissed", _("Dismissed")
    INADMISSIBLE = "inadmissible", _("Inadmissible")


DECIDED = (AppealState.UPHELD, AppealState.PARTLY, AppealState.DISMISSED, AppealState.INADMISSIBLE)

# fmt: off
S = AppealState
APPEALS = Workflow("appeals.Appeal", S,
    #    move        from                                 to               who          while open            button
    Move("edit",     frozenset({S.DRAFT}),                None,            is_staff,    Phase.APPEAL,         _("Save the draft"), recorded=False),
    Move("file",     frozenset({S.DRAFT}),                S.FILED,         is_head,     Phase.APPEAL,         _("Sign and file the appeal"), signed=True,
         tells=AGENCY, news=_("An appeal has been filed")),
    Move("withdraw", frozenset({S.DRAFT, S.FILED}),       S.WITHDRAWN,     is_head,     Phase.APPEAL,         _("Withdraw the appeal"),
         tells=AGENCY, news=_("An appeal has been withdrawn")),
    Move("uphold",   frozenset({S.FILED}),                S.UPHELD,        is_reviewer, Phase.APPEAL_REVIEW,  _("Uphold"), signed=True,
         tells=AGENCY, official=True, news=_("An appeal has been upheld")),
    Move("uphold_partly", frozenset({S.FILED}),           S.PARTLY,        is_reviewer, Phase.APPEAL_REVIEW,  _("Uphold in part"), signed=True,
         tells=AGENCY, official=True, news=_("An appeal has been upheld in part")),
    Move("dismiss",  frozenset({S.FILED}),                S.DISMISSED,     is_reviewer, Phase.APPEAL_REVIEW,  _("Dismiss"), signed=True,
         tells=AGENCY, official=True, news=_("An appeal has been dismissed")),
    Move("declare_inadmissible", frozenset({S.FILED}),    S.INADMISSIBLE,  is_reviewer, Phase.APPEAL_REVIEW,  _("Declare inadmissible"), signed=True,
         tells=AGENCY, official=True, news=_("An appeal has been declared inadmissible")),
    writes=("filed_at", "filed_by", "decided_at", "decided_by", "decision_reason", "decided_points"),
)
# fmt: on

DECISIONS = tuple(name for name, move in APPEALS.moves.items() if move.target in DECIDED)
"""The moves by which a reviewer decides."""
