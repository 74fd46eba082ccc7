"""The workflow engine's vocabulary, and the tables of a cycle's life and of acts that need no phase.

A workflow is a table: one `Move` a row says what, from where, to where, who, and while what is open.
`perform` in `cycles/engine/perform.py` is the one door through which every row is carried out.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_fsm
from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from agencies.roles import (
    HEADS,
    Role,
    Who,
    is_anyone,
    is_clock,
    is_national_administrator,
    is_overseer,
)
from cycles.calendar import (
    ARTICLES,
    BINDINGS,
    Binding,
    Phase,
    days_late,
    format_deadline,
    format_opening,
    phase_label,
)
from cycles.permissions import (
    is_account_keeper,
    is_administrator_of_others,
    is_appointer,
    is_dismisser,
    is_first_administrator,
    is_national_officer_or_clock,
    is_nominator,
    is_officer,
    is_principal,
    is_recipient,
    is_remover,
    is_second_administrator,
)

refusals = logging.getLogger("portal.refused")

PER_AGENCY = frozenset({Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION})
"""Phases whose windows each agency has of its own, opened by an act: from the communication of its scores."""

PER_QUARTER = frozenset({Phase.MONITORING})
"""Phases with a window for each quarter of the assessed year."""

PER_LINE = frozenset({Phase.CLARIFICATION})
"""Phases whose window an act opens for one line."""

AGENCY = frozenset({*HEADS, Role.STAFF})
"""Who is told what concerns an agency: its head, deputies and all its staff, so that colleagues know the same."""

OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Who is told what concerns the whole record: those of the whole country."""

FOLLOWS = {Phase.APPEAL_REVIEW: Phase.APPEAL}
"""Phases whose term is so many days after another's closing: a decree that moves the one moves the other."""

EXTENDABLE = tuple(p for p in Phase if BINDINGS[p] == Binding.HARD and p not in PER_LINE)
"""Phases whose closing a decree may move: what is hard. A duty is not extended; its days late are counted."""


class Refused(Exception):
    """An act that may not be done, with the sentence that says why (one an object).

    The log is told where it was refused, and of which act (`code`), without the sentence: it may hold what was typed.
    """

    def __init__(self, why: str | Promise | Mapping[Any, str], code: str = "") -> None:
        refusals.info(
            "refused: %s", code or "by a rule", extra={"code": code or "rule"}, stacklevel=2
        )
        self.reasons: dict[Any, str] = dict(why) if isinstance(why, Mapping) else {None: str(why)}
        super().__init__(" ".join(dict.fromkeys(self.reasons.values())))


@dataclass(frozen=True)
class Move:
    """One row of a workflow. `target` None: the state stays. `recorded` False: no official act, so no ledger row.

    `why_anytime` says, for a move that needs no window, why none is needed. `signed`: the page shows what will
    happen and asks for the password again. `tells`: who is notified, agency roles of the object's agency and
    authority roles within whose scope it lies; `news` is what the notice says. `official`: that notice cannot be
    switched off, it goes to every agency that takes part where the object has none of its own, and the page asks for
    the number of the letter that goes with it. `tells_holder`: the person whose role or account it is hears of it.
    `waits_for` says which other open matter holds the move up; `Workflow.holds_up` names the function that finds it.
    """

    name: str
    sources: frozenset[str]
    target: str | None
    who: Who
    phase: Phase
    label: str | Promise
    why_anytime: str = ""
    recorded: bool = True
    signed: bool = False
    tells: frozenset[Role] = frozenset()
    news: str | Promise = ""
    official: bool = False
    tells_holder: bool = False
    waits_for: str = ""

    def __post_init__(self) -> None:
        if (self.phase == Phase.ANYTIME) != bool(self.why_anytime):
            raise TypeError(f"{self.name}: a move at any time, and no other, says why")
        tells = bool(self.tells) or self.tells_holder
        if (tells and not self.recorded) or (self.official and not tells):
            raise TypeError(
                f"{self.name}: a notice tells a recorded act, and an official one tells somebody"
            )
        if tells != bool(self.news):
            raise TypeError(f"{self.name}: a move that tells somebody, and no other, has its news")


@dataclass(frozen=True)
class Term:
    """A window as it stands for one object: `closes_at` is the closing in force, `statutory_at` the window's own.

    `decree` is the number of the extension that moved the closing, "" where none did.
    """

    cycle_id: int
    phase: Phase
    quarter: int
    binding: Binding
    opens_at: datetime
    closes_at: datetime
    statutory_at: datetime
    decree: str = ""

    @property
    def label(self) -> str:
        """The phase, with its quarter where it has one."""
        return phase_label(self.phase, self.quarter)

    def is_open(self, at: datetime) -> bool:
        """Whether the moment lies between opening and closing."""
        return self.opens_at <= at < self.closes_at

    def accepts(self, at: datetime) -> bool:
        """Whether an act is accepted: in time, or late where lateness is only counted."""
        return self.opens_at <= at and (self.binding == Binding.DUTY or at < self.closes_at)


class Windows:
    """The windows that concern some objects, by cycle, phase, agency, quarter and line, each with what extends it.

    A row's `decrees` are {"agency": key or None for all, "closes_at": ISO text, "number": of the decree}. An extension
    never shortens: of the window's own closing and all that concern the agency, the latest is in force.
    While the clock is off nothing can be said to be in time: what a hard window binds, waits.
    """

    def __init__(self, rows: Iterable[Any], *, clock_is_off: bool = False) -> None:
        self.rows = list(rows)
        self.clock_is_off = clock_is_off
        self._rows = {(w.cycle_id, w.phase, w.agency_id, w.quarter, w.line): w for w in self.rows}

    def of(self, phase: Phase, obj: Any) -> Term | None:
        """The window of a phase for an object, as extended for its agency: the agency's own where agencies have them.

        A quarter's report says its `quarter`, a line that has a window of its own its `line`.
        """
        own = phase in PER_AGENCY
        quarter = getattr(obj, "quarter", 0) if phase in PER_QUARTER else 0
        line = obj.line_id if phase in PER_LINE else None
        window = self._rows.get(
            (obj.cycle_id, phase, obj.agency_id if own else None, quarter, line)
        )
        return self.term(window, obj.agency_id) if window else None

    def term(self, window: Any, agency_id: int | None) -> Term:
        """A window as it stands for an agency, or for an agency that nothing but the general extensions concern."""
        opens_at, closes_at, number = window.opens_at, window.closes_at, ""
        for decree in window.decrees:
            until = datetime.fromisoformat(decree["closes_at"])
            if decree["agency"] in (None, agency_id) and until > closes_at:
                closes_at, number = until, decree["number"]
        before = self._rows.get(
            (window.cycle_id, FOLLOWS.get(window.phase), window.agency_id, 0, None)
        )
        if before is not None and before.closes_at == window.opens_at:
            followed = self.term(before, agency_id)
            shift = followed.closes_at - followed.statutory_at
            opens_at, closes_at, number = opens_at + shift, closes_at + shift, followed.decree
        return Term(
            window.cycle_id,
            Phase(window.phase),
            window.quarter,
            Binding(window.binding),
            opens_at,
            closes_at,
            window.closes_at,
            number,
        )

    def why_closed(self, phase: Phase, obj: Any, at: datetime) -> str:
        """The sentence for the user when a phase is not open at a moment, "" when it is.

        It says when the phase closed, under which article, and whether the closing has been extended.
        """
        if phase == Phase.ANYTIME:
            return ""
        term = self.of(phase, obj)
        if term is None:
            if phase in PER_LINE:
                return gettext("No question has been asked about this line.")
            if phase in PER_AGENCY:
                return gettext("%(phase)s opens when the agency's scores are communicated.") % {
                    "phase": phase.label
                }
            return gettext("%(phase)s has no dates in this cycle.") % {"phase": phase.label}
        if self.clock_is_off and term.binding == Binding.HARD:
            return gettext(
                "The portal's clock is not right, so that what has a deadline waits until it is. "
                "The auditors have been told; nothing of yours is lost."
            )
        if term.accepts(at):
            return ""
        if at < term.opens_at:
            opens = format_opening(term.opens_at, language())
            return gettext("%(phase)s opens on %(when)s.") % {"phase": term.label, "when": opens}
        closed = gettext("%(phase)s closed on %(when)s, under %(article)s.") % {
            "phase": term.label,
            "when": format_deadline(term.closes_at, language()),
            "article": ARTICLES[phase],
        }
        if not term.decree:
            return f"{closed} {gettext('No extension has been decreed.')}"
        extended = gettext("Decree %(number)s had extended it from %(when)s.") % {
            "number": term.decree,
            "when": format_deadline(term.statutory_at, language()),
        }
        return f"{closed} {extended}"

    def lateness(self, phase: Phase, obj: Any, at: datetime) -> tuple[datetime | None, int]:
        """The statutory instant of an act's phase, and how many days after the closing in force the act is."""
        term = self.of(phase, obj) if phase != Phase.ANYTIME else None
        return (term.statutory_at, days_late(term.closes_at, at)) if term else (None, 0)


FindMatters = Callable[[Sequence[Any], datetime, Windows], Mapping[int, str]]
"""Finds the open matters of some objects at a moment: a sentence for each that must wait, by the object's key."""


class Workflow:
    """A table of moves for one model (named "app.Model"); `writes` are the fields its transitions may change."""

    registry: dict[str, "Workflow"] = {}

    def __init__(
        self,
        model: str,
        states: type[TextChoices] | None,
        *moves: Move,
        writes: tuple[str, ...] = (),
    ) -> None:
        self.label = model.lower()
        self.states = states
        self.moves = {m.name: m for m in moves}
        if len(self.moves) != len(moves):
            raise TypeError(f"{model}: a move stands twice in its table")
        self.written_fields = ("state", *writes)
        self.matters: dict[str, FindMatters] = {}
        Workflow.registry[self.label] = self

    def __getitem__(self, name: str) -> Move:
        return self.moves[name]

    def transition(self, method: Callable[..., None]) -> Callable[..., None]:
        """Make a private method the transition of the row it is named for; django-fsm guards its source and target."""
        move = self.moves[method.__name__.removeprefix("_")]
        if move.target is None:
            raise TypeError(f"{move.name} changes no state and so has no transition")
        guarded: Callable[..., None] = django_fsm.transition(
            field="state", source=sorted(move.sources), target=move.target
        )(method)
        return guarded

    def holds_up(self, *names: str) -> Callable[[FindMatters], FindMatters]:
        """Register the function that finds what these moves wait for; each row says so in `waits_for`."""

        def register(find: FindMatters) -> FindMatters:
            for name in names:
                if not self.moves[name].waits_for or name in self.matters:
                    raise TypeError(
                        f"{name}: its row names no matter to wait for, or one that is found already"
                    )
                self.matters[name] = find
            return find

        return register

    def open_matters(
        self, objs: Sequence[Any], move: Move, *, at: datetime, windows: Windows
    ) -> dict[Any, str]:
        """Return why each of these objects must wait for another matter, by key; {} where nothing is open."""
        find = self.matters.get(move.name)
        return dict(find(objs, at, windows)) if find is not None and objs else {}

    def why_not(self, obj: Any, move: Move, *, by: Any, at: datetime, windows: Windows) -> str:
        """Why `by` may not make this move now, in a sentence to show, or ""."""
        if self.states is not None and obj.state not in move.sources:
            state = self.states(obj.state).label
            return gettext("“%(move)s” is not possible: %(object)s is “%(state)s”.") % {
                "move": move.label,
                "object": obj,
                "state": state,
            }
        if not move.who(by, obj, at):
            return gettext("“%(move)s” is for %(who)s.") % {
                "move": move.label,
                "who": move.who.label,
            }
        return windows.why_closed(move.phase, obj, at)

    def open_to(self, obj: Any, *, by: Any, at: datetime, windows: Windows) -> list[Move]:
        """The moves that `by` may make on an object now, in the table's order: what the page draws its buttons from."""
        return [
            m
            for m in self.moves.values()
            if not self.why_not(obj, m, by=by, at=at, windows=windows)
        ]


def model_label(obj: Model) -> str:
    return obj._meta.label_lower


class NominationState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CycleState(TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    FINAL = "final", _("Final")
    PUBLISHED = "published", _("Published")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting for its turn")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


# fmt: off
C = CycleState
CYCLE = Workflow("cycles.Cycle", C,
    #    move         from         to           who                        while open       button
    Move("set_windows", frozenset({C.PLANNED}), None,    is_national_administrator, Phase.ANYTIME,   _("Change the dates"),
         why_anytime="the dates of a year are laid before it is opened, and then never changed but by decree"),
    Move("open",      frozenset({C.PLANNED}), C.OPEN,      is_national_administrator, Phase.ANYTIME,   _("Open the cycle"),
         why_anytime="a cycle is opened before the first of its own windows",
         tells=AGENCY, official=True, news=_("The assessment of the year has been opened")),
    Move("finalise",  frozenset({C.OPEN}),    C.FINAL,     is_national_administrator, Phase.FINAL,     _("Freeze the final results"), signed=True),
    Move("publish",   frozenset({C.FINAL}),   C.PUBLISHED, is_clock,                  Phase.FESTIVAL,  _("Publish")),
    writes=("opened_at", "finalised_at", "published_at"),
)

EXTENSIONS = Workflow("cycles.Extension", None,
    Move("extend",           frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Extend a deadline by decree"),
         why_anytime="a decree may come at any time before the results are final; it never shortens and never reaches back",
         signed=True, tells=AGENCY, official=True, news=_("A deadline has been extended by decree")),
)

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
    Move("end_role",         frozenset(), None, is_dismisser,              Phase.ANYTIME, _("End a role"),
         why_anytime="a person who leaves must lose access the same day", signed=True,
         tells_holder=True, news=_("A role of yours has been ended")),
    Move("remove_leaver",    frozenset(), None, is_remover,                Phase.ANYTIME, _("Remove a leaver"),
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
# fmt: on
