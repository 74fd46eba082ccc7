"""The life of a festival edition, of comments on it, and the acts on the register of international indices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import (
    is_administrator_or_clock,
    is_clock,
    is_everybody,
    is_head,
    is_national_administrator,
    is_staff,
)
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


class IndexReportState(TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")


class CommentState(TextChoices):
    WAITING = "waiting", _("Waiting")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Not published")


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

ALWAYS = "publishers bring their editions out whenever they do; the register stands outside every cycle"
INDICES = Workflow("festival.Index", None,
    #    move             from         to    who                        while open       button
    Move("load_register", frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Take over the initial table"), why_anytime=ALWAYS),
    Move("save_index",    frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Save the index"), why_anytime=ALWAYS),
    Move("save_region",   frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Save the region"), why_anytime=ALWAYS),
    Move("enter_edition", frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Enter an edition"), why_anytime=ALWAYS),
    Move("import_values", frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Import a publisher's file"), why_anytime=ALWAYS),
    Move("recommend",     frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Save a version of the recommendation"),
         why_anytime="the next plan is drafted on a calendar of its own"),
    Move("approve_recommendation", frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Approve the recommendation"), signed=True,
         why_anytime="the next plan is drafted on a calendar of its own"),
)

R = IndexReportState
INDEX_REPORTS = Workflow("festival.IndexReport", R,
    Move("write",         frozenset({R.DRAFT}), None,   is_staff, Phase.ANYTIME, _("Save the draft"), recorded=False, why_anytime=ALWAYS),
    Move("send",          frozenset({R.DRAFT}), R.SENT, is_head,  Phase.ANYTIME, _("Sign and send the report"), signed=True, why_anytime=ALWAYS),
    writes=("sent_at", "sent_by"),
)

C = CommentState
COMMENTS = Workflow("festival.MeasureComment", C,
    Move("write",         frozenset({C.WAITING}), None,        is_everybody, Phase.ANYTIME, _("Send the comment"), recorded=False,
         why_anytime="whoever reads published results may say something about them, whenever that is"),
    Move("publish",       frozenset({C.WAITING}), C.PUBLISHED, is_national_administrator, Phase.ANYTIME, _("Publish the comment"),
         why_anytime="comments come all year and are read as they come"),
    Move("reject",        frozenset({C.WAITING, C.PUBLISHED}), C.REJECTED, is_national_administrator, Phase.ANYTIME, _("Do not publish the comment"),
         why_anytime="what must not be public is taken back when that is noticed"),
    writes=("decided_at", "reason"),
)
# fmt: on
