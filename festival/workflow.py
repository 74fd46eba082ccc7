"""The life of a festival edition, of what follows from its results, and of the register of indices (Article 83)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.roles import (
    is_administrator,
    is_administrator_or_clock,
    is_clock,
    is_head,
    is_national_administrator,
    is_staff,
)
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow
from festival.permissions import is_awarder, is_everybody, is_festival_keeper


class EditionState(TextChoices):
    PREPARED = "prepared", _("Prepared")
    RANKED = "ranked", _("Ranked")
    SCHEDULED = "scheduled", _("Publication set")
    PUBLISHED = "published", _("Published")


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", pgettext_lazy("improvement plan", "Signed")
    RETURNED = "returned", _("Returned")
    CLOSED = "closed", pgettext_lazy("improvement plan", "Closed")


class ConsequenceState(TextChoices):
    DUE = "due", pgettext_lazy("consequence", "Due")
    DONE = "done", _("Done")
    WAIVED = "waived", _("Waived")


class AwardState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Taken back")
    REVOKED = "revoked", _("Revoked")


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
    Move("cancel_report",  REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Stop the drawing-up")),
    Move("write_text",     REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Save a version of the text")),
    Move("approve_report", REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Approve the Article 82 report"), signed=True),
    Move("deliver_report", REPORTED,                            None,         is_national_administrator, Phase.FINAL,     _("Record a delivery of the Article 82 report"), signed=True),
    Move("schedule",       frozenset({S.RANKED, S.SCHEDULED}),  S.SCHEDULED,  is_national_administrator, Phase.FINAL,     _("Set the moment of publication"), signed=True),
    Move("revise",         REPORTED,                            None,         is_national_administrator, Phase.ANYTIME,   _("Correct the results in a new edition"),
         why_anytime="an error found after the results were frozen is put right when it is found, in a new edition with its reason", signed=True),
    Move("write_data",     REPORTED,                            None,         is_administrator_or_clock, Phase.ANYTIME,  _("Write the open data"),
         why_anytime="the files say what was frozen, whenever they are written; they are public with their edition, and not before"),
    Move("draw_consequences", REPORTED,                         None,         is_national_administrator, Phase.ANYTIME,   _("Draw the consequences"),
         why_anytime="they follow from the frozen results; that nobody is told before publication is the embargo's affair"),
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

P = PlanState
OPEN_PLAN = frozenset({P.DRAFT, P.RETURNED})
COUNTED = "from the communicated scores on; the day it is due is held with it, and the days it is late are counted"
IMPROVEMENTS = Workflow("festival.ImprovementPlan", P,
    Move("begin",     frozenset({P.DRAFT}),  None,       is_staff,                  Phase.ANYTIME, _("Begin the improvement plan"), why_anytime=COUNTED),
    Move("edit",      OPEN_PLAN,             None,       is_staff,                  Phase.ANYTIME, _("Change the plan"), recorded=False, why_anytime=COUNTED),
    Move("sign",      OPEN_PLAN,             P.SIGNED,   is_head,                   Phase.ANYTIME, _("Sign the plan"), signed=True, why_anytime=COUNTED),
    Move("impose",    OPEN_PLAN | {P.SIGNED}, None,      is_national_administrator, Phase.ANYTIME, _("Make the plan compulsory"),
         why_anytime="it follows from a consequence of published results",
         tells=AGENCY, official=True, news=_("An improvement plan is compulsory")),
    Move("send_back", frozenset({P.SIGNED}), P.RETURNED, is_administrator,          Phase.ANYTIME, _("Return the plan"),
         why_anytime="a plan is read when it comes in", tells=AGENCY, news=_("The improvement plan has been returned")),
    Move("report",    frozenset({P.SIGNED}), None,       is_staff,                  Phase.ANYTIME, _("Report progress"),
         why_anytime="what is done is reported when it is done, all through the next year"),
    Move("close",     frozenset({P.SIGNED}), P.CLOSED,   is_head,                   Phase.ANYTIME, _("Close the plan"), signed=True,
         why_anytime="a plan is closed when each of its items is completed or cancelled"),
    writes=("signed_by", "signed_at", "days_late", "remarks", "closed_at"),
)

C = ConsequenceState
CONSEQUENCES = Workflow("festival.Consequence", C,
    Move("deliver",   frozenset({C.DUE}),    C.DONE,     is_national_administrator, Phase.ANYTIME, _("Record the letter"), signed=True,
         why_anytime="a letter goes out once the results are published, and late rather than never",
         tells=AGENCY, official=True, news=_("A letter follows from the results")),
    Move("waive",     frozenset({C.DUE}),    C.WAIVED,   is_national_administrator, Phase.ANYTIME, _("Waive"), signed=True,
         why_anytime="that a consequence is not right may show on any day"),
    writes=("letter_number", "letter_on", "reason", "settled_by", "settled_at"),
)

RULES = Workflow("festival.ConsequenceRule", None,
    Move("settle",    frozenset(),           None,       is_national_administrator, Phase.ANYTIME, _("Settle a consequence"),
         why_anytime="what follows from results is best said before anybody knows them"),
    Move("strike",    frozenset(),           None,       is_national_administrator, Phase.ANYTIME, _("Strike a consequence"),
         why_anytime="until the consequences are drawn, what follows may still be changed"),
)

SURVEYS = Workflow("festival.Survey", None,
    Move("open",      frozenset(),           None,       is_national_administrator, Phase.ANYTIME, _("Open the survey"),
         why_anytime="a survey has dates of its own",
         tells=AGENCY, official=True, news=_("The agencies are asked about the process")),
)

RETURNS = Workflow("festival.SurveyReturn", None,
    Move("answer",    frozenset(),           None,       is_staff,                  Phase.ANYTIME, _("Send the answers"), recorded=False,
         why_anytime="a survey has dates of its own"),
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

K = CommentState
COMMENTS = Workflow("festival.MeasureComment", K,
    Move("write",         frozenset({K.WAITING}), None,        is_everybody, Phase.ANYTIME, _("Send the comment"), recorded=False,
         why_anytime="whoever reads published results may say something about them, whenever that is"),
    Move("publish",       frozenset({K.WAITING}), K.PUBLISHED, is_national_administrator, Phase.ANYTIME, _("Publish the comment"),
         why_anytime="comments come all year and are read as they come"),
    Move("reject",        frozenset({K.WAITING, K.PUBLISHED}), K.REJECTED, is_national_administrator, Phase.ANYTIME, _("Do not publish the comment"),
         why_anytime="what must not be public is taken back when that is noticed"),
    writes=("decided_at", "reason"),
)
# fmt: on
