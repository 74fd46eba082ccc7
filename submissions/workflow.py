"""The life of a self-assessment, of a block of its lines on an assessor's desk, of a measure in a steward's hands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import is_administrator, is_clock, is_head, is_national_administrator, is_staff
from cycles.calendar import Phase
from cycles.workflow import AGENCY, Move, Workflow
from submissions.permissions import (
    is_assessor,
    is_assessor_or_clock,
    is_assigned,
    is_closer,
    is_headquarters,
    is_impartial_reviewer,
    is_moderator,
    is_other_reader,
    is_reader,
    is_set_keeper,
    is_staff_or_clock,
    is_staff_or_headquarters,
    is_steward,
    is_supplier,
    is_trainee,
    is_verifier,
)


class SubmissionState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned by the headquarters")
    LAPSED = "lapsed", _("Not submitted")
    MARKED = "marked", _("Marked")
    COMMUNICATED = "communicated", _("Scores communicated")
    ENDED = "ended", _("Ended with its agency")


IN_WORK = (SubmissionState.DRAFT, SubmissionState.RETURNED)
"""States in which a self-assessment is the agency's to change."""

SEEN_AFTER_SIGNING = (
    SubmissionState.SUBMITTED,
    SubmissionState.MARKED,
    SubmissionState.COMMUNICATED,
)
"""States in which assessors and the authority read what was signed."""


class ClarificationState(TextChoices):
    ASKED = "asked", _("Asked")
    REPLIED = "replied", _("Replied")


class DocumentState(TextChoices):
    PENDING = "pending", _("Being checked")
    CLEAN = "clean", _("Checked, clean")
    INFECTED = "infected", _("Harmful, locked away")
    UNSCANNABLE = "unscannable", _("Cannot be checked, locked away")
    UNSCANNED = "unscanned", _("Not checked for viruses")


class ReconciliationState(TextChoices):
    APART = "apart", _("Apart")
    PROPOSED = "proposed", _("A value is proposed")
    AGREED = "agreed", _("Agreed")


class CalibrationState(TextChoices):
    OPEN = "open", _("Being marked")
    HANDED_IN = "handed_in", _("Handed in")


class VerificationState(TextChoices):
    DRAWN = "drawn", _("To be verified")
    CONCLUDED = "concluded", _("Verified")


class ReviewState(TextChoices):
    OPEN = "open", _("To be looked into")
    CLOSED = "closed", _("Looked into")


class StewardshipState(TextChoices):
    OPEN = "open", _("Being supplied")
    SUPPLIED = "supplied", _("Supplied")


class BlockState(TextChoices):
    OPEN = "open", _("Being marked")
    HANDED_IN = "handed_in", _("Handed in")


# fmt: off
S = SubmissionState
OPEN = frozenset({S.DRAFT, S.RETURNED})
SIGNED = frozenset({S.SUBMITTED, S.MARKED})
MOVES = Workflow("submissions.Submission", S,
    #    move           from                                to              who                while open               button
    Move("begin",       OPEN,                               None,           is_staff_or_clock, Phase.SELF_ASSESSMENT,   _("Begin the self-assessment"),
         tells=AGENCY, news=_("The self-assessment can be filled in")),
    Move("answer",      OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Save the answer"), recorded=False),
    Move("take_in",     OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Fill in from a file")),
    Move("fill",        OPEN,                               None,           is_headquarters,   Phase.SELF_ASSESSMENT,   _("Enter figures for a unit"),
         tells=AGENCY, news=_("The headquarters has entered figures in the self-assessment")),
    Move("attach",      OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Upload evidence")),
    Move("upload",      OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Begin an upload"), recorded=False),
    Move("refer",       OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Say where in the file"), recorded=False),
    Move("provide",     OPEN,                               None,           is_headquarters,   Phase.SELF_ASSESSMENT,   _("Give a document to a unit"),
         tells=AGENCY, news=_("The headquarters has attached a document to the self-assessment")),
    Move("detach",      OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Withdraw evidence")),
    Move("declare",     OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Save the declaration"), recorded=False),
    Move("comment",     OPEN | {S.SUBMITTED},               None,           is_staff_or_headquarters, Phase.SELF_ASSESSMENT, _("Comment on a line"), recorded=False),
    Move("take_up",     OPEN,                               None,           is_staff,          Phase.SELF_ASSESSMENT,   _("Take up an earlier version")),
    Move("submit",      OPEN,                               S.SUBMITTED,    is_head,           Phase.SELF_ASSESSMENT,   _("Sign and submit to the authority"), signed=True,
         tells=AGENCY, news=_("The self-assessment has been signed and submitted")),
    Move("withdraw",    frozenset({S.SUBMITTED}),           S.DRAFT,        is_head,           Phase.SELF_ASSESSMENT,   _("Withdraw the submission"), signed=True,
         tells=AGENCY, news=_("The submission has been withdrawn; it is a draft again")),
    Move("check",       frozenset({S.SUBMITTED}),           None,           is_headquarters,   Phase.SELF_ASSESSMENT,   _("Note as checked")),
    Move("send_back",   frozenset({S.SUBMITTED}),           S.RETURNED,     is_headquarters,   Phase.SELF_ASSESSMENT,   _("Return with remarks"),
         tells=AGENCY, official=True, news=_("The headquarters has returned the self-assessment with remarks")),
    Move("stand",       OPEN,                               S.SUBMITTED,    is_clock,          Phase.SCORING,           _("Let the last signature stand"),
         tells=AGENCY, official=True, news=_("The self-assessment stands as it was last signed")),
    Move("lapse",       OPEN,                               S.LAPSED,       is_clock,          Phase.SCORING,           _("Close without a submission"),
         tells=AGENCY, official=True, news=_("The self-assessment has been closed without a submission")),
    Move("reopen",      frozenset({S.LAPSED}),              S.DRAFT,        is_clock,          Phase.SELF_ASSESSMENT,   _("Open again after a decree"),
         tells=AGENCY, official=True, news=_("The self-assessment has been opened again after a decree")),
    Move("assign",      OPEN | {S.SUBMITTED},               None,           is_administrator,  Phase.ANYTIME,           _("Assign assessors"),
         why_anytime="work is shared out before scoring opens, and again when an assessor falls out"),
    Move("sample",      SIGNED,                             None,           is_administrator,  Phase.SCORING,           _("Draw lines to be verified")),
    Move("judge_declaration", SIGNED,                       None,           is_assessor,       Phase.SCORING,           _("Confirm or reject the declaration")),
    Move("complete",    frozenset({S.SUBMITTED}),           S.MARKED,       is_assessor_or_clock, Phase.SCORING,           _("Complete the marking")),
    Move("take_back",   frozenset({S.MARKED}),              S.SUBMITTED,    is_administrator,  Phase.SCORING,           _("Take the marking up again")),
    Move("communicate", frozenset({S.MARKED}),              S.COMMUNICATED, is_administrator,  Phase.SCORING,           _("Communicate the scores"), signed=True,
         tells=AGENCY, official=True, news=_("Scores have been communicated")),
    Move("end_with_agency", frozenset(S) - {S.ENDED},           S.ENDED,        is_clock,          Phase.ANYTIME,           _("End with its agency"),
         why_anytime="a self-assessment ends on the day that its agency does: neither lapsed nor late"),
    Move("rescore",     frozenset({S.COMMUNICATED}),        None,           is_impartial_reviewer, Phase.APPEAL_REVIEW, _("Change the score of a line")),
    writes=("submitted_at", "submitted_by", "content_hash", "communicated_at", "provisional_run", "checked_at", "checked_by", "remarks", "returned_at"),
)

B = BlockState
BLOCKS = Workflow("submissions.Block", B,
    Move("mark",        frozenset({B.OPEN}),                None,           is_assigned,       Phase.SCORING,           _("Save the mark"), recorded=False),
    Move("judge",       frozenset({B.OPEN}),                None,           is_assigned,       Phase.SCORING,           _("Accept or reject an external factor")),
    Move("hand_in",     frozenset({B.OPEN}),                B.HANDED_IN,    is_assigned,       Phase.SCORING,           _("Hand in the block"), signed=True,
         waits_for="a question on one of its lines that may still be answered; an influence from outside that nobody has judged"),
    writes=("handed_in_at", "hours"),
)

REFERENCES = Workflow("submissions.ReferenceLine", None,
    Move("lay",         frozenset(),                        None,           is_national_administrator, Phase.ANYTIME,    _("Lay the reference line"),
         why_anytime="reference lines are laid before scoring opens, and others when an assessor joins late"),
    Move("withdraw",    frozenset(),                        None,           is_national_administrator, Phase.ANYTIME,    _("Withdraw the reference line"),
         why_anytime="a line that turns out to be wrong must not train anybody a day longer"),
)

T = CalibrationState
CALIBRATIONS = Workflow("submissions.Calibration", T,
    Move("begin",       frozenset({T.OPEN}),                None,           is_trainee,        Phase.ANYTIME,           _("Begin the training"),
         why_anytime="training comes before scoring opens, and whenever an assessor joins"),
    Move("mark",        frozenset({T.OPEN}),                None,           is_trainee,        Phase.ANYTIME,           _("Save the marks"), recorded=False,
         why_anytime="training comes before scoring opens, and whenever an assessor joins"),
    Move("hand_in",     frozenset({T.OPEN}),                T.HANDED_IN,    is_trainee,        Phase.ANYTIME,           _("Hand in the training"),
         why_anytime="training comes before scoring opens, and whenever an assessor joins"),
    writes=("handed_in_at", "deviation", "is_passed"),
)

R = ReconciliationState
RECONCILIATIONS = Workflow("submissions.Reconciliation", R,
    Move("propose",     frozenset({R.APART, R.PROPOSED}),   R.PROPOSED,     is_reader,         Phase.SCORING,           _("Propose a value")),
    Move("agree",       frozenset({R.PROPOSED}),            R.AGREED,       is_other_reader,   Phase.SCORING,           _("Agree to the proposed value"),
         waits_for="a question on the line that may still be answered"),
    Move("settle",      frozenset({R.APART, R.PROPOSED}),   R.AGREED,       is_moderator,      Phase.SCORING,           _("Decide between the two marks"),
         waits_for="a question on the line that may still be answered"),
    writes=("points", "is_not_applicable", "reason", "proposed_by", "proposed_at", "agreed_by", "agreed_at"),
)

V = VerificationState
VERIFICATIONS = Workflow("submissions.Verification", V,
    Move("note",        frozenset({V.DRAWN}),               None,           is_verifier,       Phase.SCORING,           _("Save for later"), recorded=False),
    Move("show",        frozenset({V.DRAWN}),               None,           is_verifier,       Phase.SCORING,           _("Add a file")),
    Move("take_back",   frozenset({V.DRAWN}),               None,           is_verifier,       Phase.SCORING,           _("Withdraw the file")),
    Move("conclude",    frozenset({V.DRAWN}),               V.CONCLUDED,    is_verifier,       Phase.SCORING,           _("Conclude the verification"), signed=True),
    Move("hand_over",   frozenset({V.DRAWN}),               None,           is_administrator,  Phase.SCORING,           _("Give to another assessor")),
    writes=("place", "finding", "found_value", "text", "hours", "concluded_at"),
)

W = ReviewState
REVIEWS = Workflow("submissions.ReviewTask", W,
    Move("close",       frozenset({W.OPEN}),                W.CLOSED,       is_closer,         Phase.SCORING,           _("Close with a reason")),
    writes=("outcome", "closed_by", "closed_at"),
)

EXPENSES = Workflow("submissions.Expense", None,
    Move("spend",       frozenset(),                        None,           is_national_administrator, Phase.ANYTIME,    _("Enter an expense"),
         why_anytime="an assessment costs from its first meeting to its last print, and bills come late"),
    Move("strike",      frozenset(),                        None,           is_national_administrator, Phase.ANYTIME,    _("Strike an expense"),
         why_anytime="what was entered wrongly is struck when it is noticed"),
)

H = StewardshipState
STEWARDSHIPS = Workflow("submissions.Stewardship", H,
    Move("assign",      frozenset({H.OPEN}),                None,           is_set_keeper,     Phase.ANYTIME,           _("Name a steward"),
         why_anytime="work is shared out before scoring opens, and again when a steward falls out",
         tells_holder=True, news=_("You are the steward of a measure")),
    Move("enter",       frozenset({H.OPEN}),                None,           is_supplier,       Phase.SCORING,           _("Save the figures"), recorded=False),
    Move("take_in",     frozenset({H.OPEN}),                None,           is_supplier,       Phase.SCORING,           _("Fill in from a file")),
    Move("cite",        frozenset({H.OPEN}),                None,           is_steward,        Phase.SCORING,           _("Name the source")),
    Move("supply",      frozenset({H.OPEN}),                H.SUPPLIED,     is_steward,        Phase.SCORING,           _("Supply the figures"), signed=True),
    Move("reopen",      frozenset({H.SUPPLIED}),            H.OPEN,         is_set_keeper,     Phase.SCORING,           _("Open the figures again"),
         tells_holder=True, news=_("The figures of your measure have been opened again")),
    writes=("supplied_at", "supplied_by"),
)

D = DocumentState
DOCUMENTS = Workflow("submissions.Document", D,
    Move("pass",        frozenset({D.PENDING, D.UNSCANNED}), D.CLEAN,       is_clock,          Phase.ANYTIME,           _("Pass as clean"), recorded=False,
         why_anytime="a file is checked as soon as it has come in, and again where the scanner was away"),
    Move("quarantine",  frozenset({D.PENDING, D.UNSCANNED}), D.INFECTED,    is_clock,          Phase.ANYTIME,           _("Lock away as harmful"),
         why_anytime="what harms is locked away the moment it is known",
         tells=AGENCY, news=_("A file you uploaded is harmful and has been locked away")),
    Move("give_up",     frozenset({D.PENDING, D.UNSCANNED}), D.UNSCANNABLE, is_clock,          Phase.ANYTIME,           _("Lock away as not to be checked"),
         why_anytime="what cannot be checked is locked away the moment it is known",
         tells=AGENCY, news=_("A file you uploaded cannot be checked and is not shown to anybody")),
    Move("skip",        frozenset({D.PENDING}),              D.UNSCANNED,   is_clock,          Phase.ANYTIME,           _("Leave unchecked"), recorded=False,
         why_anytime="where there is no scanner nothing is waited for"),
    writes=("scanned_at", "finding"),
)

Q = ClarificationState
CLARIFICATIONS = Workflow("submissions.Clarification", Q,
    Move("ask",         frozenset({Q.ASKED}),               None,           is_assigned,       Phase.SCORING,           _("Ask the agency"),
         tells=AGENCY, official=True, news=_("An assessor has asked about a line")),
    Move("reply",       frozenset({Q.ASKED}),               Q.REPLIED,      is_staff,          Phase.CLARIFICATION,     _("Reply to the assessor")),
    writes=("reply", "replied_by", "replied_at"),
)

RUNS = Workflow("submissions.ScoreRun", None,
    Move("compute",     frozenset(),                        None,           is_national_administrator, Phase.SCORING,    _("Compute the scores")),
    Move("gauge",       frozenset(),                        None,           is_national_administrator, Phase.SCORING,    _("Measure the reliability of the marks")),
)
# fmt: on
