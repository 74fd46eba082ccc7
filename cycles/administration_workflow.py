"""The life of background jobs and of proposed roles, and acts of administration without a phase."""
# ruff: noqa: E501 -- a workflow is a table, aligned by hand

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.roles import (
    Role,
    is_anyone,
    is_clock,
    is_national_administrator,
    is_overseer,
)
from cycles.calendar import (
    Phase,
)
from cycles.permissions import (
    is_account_keeper,
    is_administrator_of_others,
    is_appointer,
    is_first_administrator,
    is_national_officer_or_clock,
    is_nominator,
    is_officer,
    is_principal,
    is_recipient,
    is_second_administrator,
    may_end_role,
    may_remove_leaver,
)
from cycles.workflow import AGENCY, OVERSEERS, Move, Workflow


class NominationState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting for its turn")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


# fmt: off
J = JobState
JOBS = Workflow("cycles.Job", J,
    # taking a job up, its progress and its end are no acts: `jobs.actions` writes them under the job's own lock
    Move("try_again", frozenset({J.FAILED, J.CANCELLED}), J.WAITING, is_national_administrator, Phase.ANYTIME, _("Try again"),
         why_anytime="what failed for want of memory, room or a server is tried again once that is mended"),
    Move("stop", frozenset({J.WAITING, J.RUNNING}), J.CANCELLED, is_national_administrator, Phase.ANYTIME, _("Stop the job"),
         why_anytime="a job that does harm, or that nobody needs any more, is stopped whenever that shows"),
    Move("fail", frozenset({J.WAITING, J.RUNNING}), J.FAILED, is_clock, Phase.ANYTIME, _("Give the job up"),
         why_anytime="after its last attempt a job has failed, whenever that is",
         tells_holder=True, news=_("A job that you ordered has failed")),
    writes=("attempts", "not_before", "lease_until", "step", "percent", "reason", "error", "finished_at"),
)

ADMINISTRATION = Workflow("cycles.administration", None,
    Move("plan_cycle",       frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Plan a cycle"),
         why_anytime="a cycle must exist before it can have windows"),
    Move("open_practice",    frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Open the practice cycle"),
         why_anytime="training is needed all year; nothing that is done in it counts"),
    Move("grant_role",       frozenset(), None, is_appointer,              Phase.ANYTIME, _("Grant a role"),
         why_anytime="people come and go all year; each membership carries its own dates", signed=True,
         tells_holder=True, news=_("You have been given a role")),
    Move("invite",           frozenset(), None, is_appointer,              Phase.ANYTIME, _("Invite a person"),
         why_anytime="people come and go all year; each membership carries its own dates", signed=True,
         tells_holder=True, official=True, news=_("You have been invited to the portal")),
    Move("invite_again",     frozenset(), None, is_appointer,              Phase.ANYTIME, _("Send the invitation again"),
         why_anytime="a link that was lost or has lapsed must not keep anybody out",
         tells_holder=True, official=True, news=_("You have been invited to the portal")),
    Move("end_role",         frozenset(), None, may_end_role,              Phase.ANYTIME, _("End a role"),
         why_anytime="a person who leaves must lose access the same day", signed=True,
         tells_holder=True, news=_("A role of yours has been ended")),
    Move("remove_leaver",    frozenset(), None, may_remove_leaver,                Phase.ANYTIME, _("Remove a leaver"),
         why_anytime="a person who leaves must lose access the same day", signed=True,
         tells_holder=True, news=_("Your roles in the agency have been ended")),
    Move("delegate",         frozenset(), None, is_principal,              Phase.ANYTIME, _("Delegate the signature"),
         why_anytime="a head may be away at any time of the year; each delegation carries its own end", signed=True,
         tells_holder=True, official=True, news=_("You have been named deputy by delegation")),
    Move("reset_factor",     frozenset(), None, is_administrator_of_others, Phase.ANYTIME, _("Reset the second factor"),
         why_anytime="a device may be lost on any day, the last before a deadline among them", signed=True,
         tells_holder=True, official=True, news=_("Your second factor has been reset")),
    Move("close_account",    frozenset(), None, is_account_keeper,         Phase.ANYTIME, _("Close the account"),
         why_anytime="an account that may have fallen into strange hands must be closed at that moment", signed=True,
         tells_holder=True, news=_("Your account has been closed")),
    Move("open_account",     frozenset(), None, is_account_keeper,         Phase.ANYTIME, _("Open the account again"),
         why_anytime="whoever was kept out by mistake must be let in the same day", signed=True,
         tells_holder=True, news=_("Your account has been opened again")),
    Move("identify",         frozenset(), None, is_administrator_of_others, Phase.ANYTIME, _("Enter the national ID"),
         why_anytime="people come and go all year", signed=True,
         tells_holder=True, official=True, news=_("A national ID has been entered for your account")),
    Move("declare_interest", frozenset(), None, is_anyone,                 Phase.ANYTIME, _("Declare an interest"),
         why_anytime="an interest must be declared the moment it is known"),
    Move("state_interests",  frozenset(), None, is_officer,                Phase.ANYTIME, _("Declare that all interests are named"),
         why_anytime="nobody is shown a year's work before saying so, whenever they join it"),
    Move("read_embargoed",   frozenset(), None, is_overseer,               Phase.ANYTIME, _("Read what is under embargo"),
         why_anytime="who reads scores before they are out is put on record whenever that happens"),
    Move("import_agencies",  frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Import agencies"),
         why_anytime="the register of agencies stands outside every cycle", signed=True),
    Move("end_with_agency",  frozenset(), None, is_clock,                  Phase.ANYTIME, _("End a role with its agency"),
         why_anytime="a role in an agency ends on the day that the agency does",
         tells_holder=True, news=_("A role of yours has ended with its agency")),
    Move("see_notice",       frozenset(), None, is_recipient,              Phase.ANYTIME, _("Open a notice"), recorded=False,
         why_anytime="a notice may be read whenever it comes"),
    Move("choose_notices",   frozenset(), None, is_anyone,                 Phase.ANYTIME, _("Choose which notices are sent"), recorded=False,
         why_anytime="what is sent to a person is that person's own choice, official notices apart"),
    Move("verify_record",    frozenset(), None, is_national_officer_or_clock, Phase.ANYTIME, _("Verify the official record"),
         why_anytime="whether the record holds may be asked at any moment, and is asked every night"),
    Move("report_fault",     frozenset(), None, is_clock,                  Phase.ANYTIME, _("Report a fault of the record or its clock"),
         why_anytime="whoever audits is told the moment the record does not hold, is not sealed, or its clock is off",
         tells=OVERSEERS, official=True, news=_("The official record or its clock has a fault")),
    Move("report_mended",    frozenset(), None, is_clock,                  Phase.ANYTIME, _("Report that a fault of the record or its clock is over"),
         why_anytime="whoever was told of a fault is told when it is over",
         tells=OVERSEERS, official=True, news=_("A fault of the official record or its clock is over")),
    Move("confirm_clock",    frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Confirm that the clock is right"),
         why_anytime="acts under a deadline wait for it",
         tells=OVERSEERS, official=True, news=_("It was confirmed that the portal's clock is right")),
    Move("mend_record",      frozenset(), None, is_clock,                  Phase.ANYTIME, _("Seal the rows that have no seal"),
         why_anytime="a record that another server wrote on is mended when that is found",
         tells=OVERSEERS, official=True, news=_("Rows of the official record that were in no seal are being sealed")),
    Move("send_again",       frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Send given-up messages again"),
         why_anytime="messages that could not be sent go out once the mail server takes them again"),
    Move("list_holidays",    frozenset(), None, is_national_administrator, Phase.ANYTIME, _("List holidays"),
         why_anytime="holidays are announced for a year, some of them when the moon has been seen"),
    Move("strike_holiday",   frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Strike a holiday"),
         why_anytime="a holiday announced or expected may turn out to be none"),
)

N, PEOPLE_COME = NominationState, "people come and go all year; each membership carries its own dates"
NOMINATIONS = Workflow("cycles.Nomination", N,
    Move("propose",  frozenset({N.PROPOSED}), None,        is_first_administrator,  Phase.ANYTIME, _("Propose for a national role"),
         why_anytime=PEOPLE_COME, signed=True, tells=frozenset({Role.ADMINISTRATOR}),
         news=_("A national role waits for a second administrator")),
    Move("confirm",  frozenset({N.PROPOSED}), N.CONFIRMED, is_second_administrator, Phase.ANYTIME, _("Confirm the national role"),
         why_anytime=PEOPLE_COME, signed=True, tells=frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
         news=_("A national role has been confirmed by a second administrator")),
    Move("decline",  frozenset({N.PROPOSED}), N.DECLINED,  is_second_administrator, Phase.ANYTIME, _("Decline the national role"),
         why_anytime=PEOPLE_COME, signed=True, tells=frozenset({Role.ADMINISTRATOR}),
         news=_("A national role has been declined by a second administrator")),
    Move("withdraw", frozenset({N.PROPOSED}), N.WITHDRAWN, is_nominator,            Phase.ANYTIME, _("Withdraw the proposal"),
         why_anytime=PEOPLE_COME),
    writes=("decided_by", "decided_at"),
)

EXTENSIONS = Workflow("cycles.Extension", None,
    Move("extend",           frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Extend a deadline by decree"),
         why_anytime="a decree may come at any time before the results are final; it never shortens and never reaches back",
         signed=True, tells=AGENCY, official=True, news=_("A deadline has been extended by decree")),
)
# fmt: on
