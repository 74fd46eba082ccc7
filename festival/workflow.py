"""The life of a festival edition, from the frozen results to their publication."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import is_awarder, is_clock, is_festival_keeper, is_national_administrator
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow


class EditionState(TextChoices):
    PREPARED = "prepared", _("Prepared")
    RANKED = "ranked", _("Ranked")
    SCHEDULED = "scheduled", _("Publication set")
    PUBLISHED = "published", _("Published")


class AwardState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Taken back")
    REVOKED = "revoked", _("Revoked")


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
    Move("publish",        frozenset({S.SCHEDULED}),            S.PUBLISHED,  is_clock,                  Phase.FESTIVAL,  _("Publish"),
         tells=AGENCY, official=True, news=_("The results have been published")),
    writes=("ranked_at", "digest", "publish_at", "published_at"),
)

A = AwardState
AWARDS = Workflow("festival.Award", A,
    Move("propose",        frozenset({A.PROPOSED}),             None,         is_festival_keeper,        Phase.FINAL,     _("Propose by the standings")),
    Move("put_forward",    frozenset({A.PROPOSED}),             None,         is_awarder,                Phase.FINAL,     _("Put forward for an award")),
    Move("supersede",      frozenset({A.PROPOSED}),             A.WITHDRAWN,  is_festival_keeper,        Phase.FINAL,     _("Take back what rests on an earlier edition")),
    Move("strike",         frozenset({A.PROPOSED}),             A.WITHDRAWN,  is_awarder,                Phase.FINAL,     _("Strike the proposal")),
    Move("decide",         frozenset({A.PROPOSED}),             A.DECIDED,    is_awarder,                Phase.FINAL,     _("Decide on awards"), signed=True),
    Move("confirm",        frozenset({A.DECIDED}),              A.DECIDED,    is_awarder,                Phase.FINAL,     _("Confirm after the correction"), signed=True),
    Move("withdraw",       frozenset({A.DECIDED}),              A.WITHDRAWN,  is_awarder,                Phase.FINAL,     _("Withdraw the award"), signed=True),
    Move("revoke",         frozenset({A.DECIDED}),              A.REVOKED,    is_awarder,                Phase.FESTIVAL,  _("Revoke the award"),
         signed=True, tells=AGENCY, official=True, news=_("An award has been revoked")),
    writes=("rank", "reason", "reason_en", "number", "minutes", "standing", "decided_at", "decided_by", "ended_at", "ended_reason"),
)

CEREMONIES = Workflow("festival.Ceremony", None,
    Move("lay_ceremonies", frozenset(),                         None,         is_national_administrator, Phase.ANYTIME,   _("Lay the year's ceremonies"),
         why_anytime="halls are booked long before there are results"),
    Move("set_ceremony",   frozenset(),                         None,         is_festival_keeper,        Phase.ANYTIME,   _("Set day, place and chair"),
         why_anytime="day, place and chair of a ceremony may change until it is held"),
)

MINUTES = Workflow("festival.Minutes", None,
    Move("minute",         frozenset(),                         None,         is_festival_keeper,        Phase.FINAL,     _("Keep the committee's minutes")),
)

CATEGORIES = Workflow("festival.AwardCategory", None,
    Move("take_over",      frozenset(),                         None,         is_national_administrator, Phase.ANYTIME,   _("Take over the award categories"),
         why_anytime="for what there are awards is best said before anybody knows the results"),
    Move("set_category",   frozenset(),                         None,         is_national_administrator, Phase.ANYTIME,   _("Set an award category"),
         why_anytime="for what there are awards is best said before anybody knows the results"),
)
# fmt: on
