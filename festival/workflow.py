"""The life of a festival edition, from the frozen results to their publication."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import is_administrator_or_clock, is_clock, is_national_administrator
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow


class EditionState(TextChoices):
    PREPARED = "prepared", _("Prepared")
    RANKED = "ranked", _("Ranked")
    SCHEDULED = "scheduled", _("Publication set")
    PUBLISHED = "published", _("Published")


class Addressee(TextChoices):
    """To whom Article 82 has the report delivered, every year, both of them."""

    PRESIDENT = "president", _("The President")
    PARLIAMENT = "parliament", _("The Islamic Consultative Assembly")


# fmt: off
S = EditionState
REPORTED = frozenset({S.RANKED, S.SCHEDULED, S.PUBLISHED})  # a report that is late is still owed after publication
EDITIONS = Workflow("festival.Edition", S,
    #    move              from                                 to            who                        while open       button
    Move("rank",           frozenset({S.PREPARED}),             S.RANKED,     is_national_administrator, Phase.FINAL,     _("Rank the agencies")),
    Move("draft_report",   REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Draw up the Article 82 report")),
    Move("approve_report", REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Approve the Article 82 report"), signed=True),
    Move("deliver_report", REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Record a delivery of the Article 82 report"), signed=True),
    Move("schedule",       frozenset({S.RANKED, S.SCHEDULED}),  S.SCHEDULED,  is_national_administrator, Phase.FINAL,     _("Set the moment of publication"), signed=True),
    Move("revise",         REPORTED,                            None,         is_national_administrator, Phase.ANYTIME,   _("Correct the results in a new edition"),
         why_anytime="an error found after the results were frozen is put right when it is found, in a new edition with its reason", signed=True),
    Move("write_data",     REPORTED,                            None,         is_administrator_or_clock, Phase.ANYTIME,  _("Write the open data"),
         why_anytime="the files say what was frozen, whenever they are written; they are public with their edition, and not before"),
    Move("publish",        frozenset({S.SCHEDULED}),            S.PUBLISHED,  is_clock,                  Phase.FESTIVAL,  _("Publish"),
         tells=AGENCY, official=True, news=_("The results have been published")),
    writes=("ranked_at", "digest", "publish_at", "published_at"),
)
# fmt: on
