"""The life of a change of the register: recorded under a signature, in force from its day on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.roles import is_clock, is_national_administrator
from cycles.calendar import Phase
from cycles.workflow import AGENCY, OVERSEERS, Move, Workflow


class RegisterState(TextChoices):
    RECORDED = "recorded", _("Recorded, its day is to come")
    IN_FORCE = "in_force", _("In force")
    WITHDRAWN = "withdrawn", pgettext_lazy("change of the register", "Withdrawn")


CONCERNED = AGENCY | OVERSEERS
"""Who is told of a change: the people of the bodies it touches, and whoever oversees them."""

# ruff: noqa: E501 -- a workflow is a table, aligned by hand
# fmt: off
G = RegisterState
REGISTER = Workflow("cycles.RegisterChange", G,
    #    move           from                     to            who                        while open
    Move("record",      frozenset({G.RECORDED}), None,         is_national_administrator, Phase.ANYTIME,
         _("Record a change of the register"),
         why_anytime="agencies are dissolved, renamed, merged and split whenever the law says so",
         signed=True, tells=CONCERNED, official=True, news=_("A change of the register has been recorded")),
    Move("take_effect", frozenset({G.RECORDED}), G.IN_FORCE,   is_clock,                  Phase.ANYTIME,
         _("Let the change take effect"),
         why_anytime="a change takes effect on the day that its legal basis names"),
    Move("withdraw",    frozenset({G.RECORDED}), G.WITHDRAWN,  is_national_administrator, Phase.ANYTIME,
         _("Withdraw the change"),
         why_anytime="what was recorded wrongly, or repealed before its day, must not take effect",
         signed=True, tells=CONCERNED, official=True, news=_("A change of the register has been withdrawn")),
    writes=("in_force_at",),
)
# fmt: on
