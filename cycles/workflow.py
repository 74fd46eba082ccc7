"""The workflow engine's vocabulary, and the table of a cycle's life.

A workflow is a table: one `Move` a row says what, from where, to where, who, and while what is open.
`perform` in `cycles/engine/perform.py` is the one door through which every row is carried out.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import django_fsm
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from agencies.roles import HEADS, Actor, Role, Who, is_clock, is_national_administrator
from cycles.calendar import (
    PHASES,
    Binding,
    Phase,
    days_late,
    format_deadline,
    format_opening,
    phase_label,
)
from cycles.workflow_objects import CycleMatter, ExtendedWindow, WindowKey

refusals = logging.getLogger("portal.refused")

ObjectT = TypeVar("ObjectT")

AGENCY = frozenset({*HEADS, Role.STAFF})
"""Who is told what concerns an agency: its head, deputies and all its staff, so that colleagues know the same."""

OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Who is told what concerns the whole record: those of the whole country."""


class Refused(Exception):
    """An act that may not be done, with the sentence that says why (one an object).

    The log is told where it was refused, and of which act (`code`), without the sentence: it may hold what was typed.
    """

    def __init__(self, why: str | Promise | Mapping[ObjectT, str], code: str = "") -> None:
        refusals.info(
            "refused: %s", code or "by a rule", extra={"code": code or "rule"}, stacklevel=2
        )
        sentences = why.values() if isinstance(why, Mapping) else [str(why)]
        super().__init__(" ".join(dict.fromkeys(sentences)))


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
        """Name the phase, with its quarter where it has one."""
        return phase_label(self.phase, self.quarter)

    def is_open(self, at: datetime) -> bool:
        """Say whether the moment lies between opening and closing."""
        return self.opens_at <= at < self.closes_at

    def accepts(self, at: datetime) -> bool:
        """Say whether an act is accepted: in time, or late where lateness is only counted."""
        return self.opens_at <= at and (self.binding == Binding.DUTY or at < self.closes_at)


class Windows:
    """The windows that concern some objects, by cycle, phase, agency, quarter and line, each with what extends it.

    A row's `decrees` are {"agency": key or None for all, "closes_at": ISO text, "number": of the decree}. An extension
    never shortens: of the window's own closing and all that concern the agency, the latest is in force.
    While the clock is off nothing can be said to be in time: what a hard window binds, waits.
    """

    def __init__(self, rows: Iterable[ExtendedWindow], *, clock_is_off: bool = False) -> None:
        self.rows = list(rows)
        self.clock_is_off = clock_is_off
        self._rows: dict[WindowKey, ExtendedWindow] = {
            (w.cycle_id, w.phase, w.agency_id, w.quarter, w.line): w for w in self.rows
        }

    def of(self, phase: Phase, obj: CycleMatter) -> Term | None:
        """Find the window of a phase for an object, as extended for its agency.

        A quarter's report says its `quarter`, a line that has a window of its own its `line`.
        """
        spec = PHASES[phase]
        agency = obj.agency_id if spec.is_per_agency else None
        quarter = getattr(obj, "quarter", 0) if spec.is_per_quarter else 0
        line = getattr(obj, "line_id", None) if spec.is_per_line else None
        window = self._rows.get((obj.cycle_id, phase, agency, quarter, line))
        return self.term(window, obj.agency_id) if window else None

    def term(self, window: ExtendedWindow, agency_id: int | None) -> Term:
        """Read a window as it stands for an agency, or for any other (None)."""
        opens_at, closes_at, number = window.opens_at, window.closes_at, ""
        for decree in window.decrees:
            until = datetime.fromisoformat(decree["closes_at"])
            if decree["agency"] in (None, agency_id) and until > closes_at:
                closes_at, number = until, decree["number"]
        followed_phase = PHASES[Phase(window.phase)].follows
        before = self._rows.get((window.cycle_id, followed_phase, window.agency_id, 0, None))
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

    def why_closed(self, phase: Phase, obj: CycleMatter, at: datetime) -> str:
        """Say to the user why a phase is not open at a moment, "" when it is.

        It says when the phase closed, under which article, and whether the closing has been extended.
        """
        if phase == Phase.ANYTIME:
            return ""
        term = self.of(phase, obj)
        if term is None:
            if PHASES[phase].is_per_line:
                return gettext("No question has been asked about this line.")
            if PHASES[phase].is_per_agency:
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
            "article": PHASES[phase].article,
        }
        if not term.decree:
            return f"{closed} {gettext('No extension has been decreed.')}"
        extended = gettext("Decree %(number)s had extended it from %(when)s.") % {
            "number": term.decree,
            "when": format_deadline(term.statutory_at, language()),
        }
        return f"{closed} {extended}"

    def lateness(self, phase: Phase, obj: CycleMatter, at: datetime) -> tuple[datetime | None, int]:
        """Find the statutory instant of an act's phase, and how many days late it is."""
        term = self.of(phase, obj) if phase != Phase.ANYTIME else None
        return (term.statutory_at, days_late(term.closes_at, at)) if term else (None, 0)


FindMatters = Callable[[Sequence[ObjectT], datetime, Windows], Mapping[int, str]]
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
        self.matters: dict[str, Callable[..., Mapping[int, str]]] = {}
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

    def holds_up(self, *names: str) -> Callable[[FindMatters[ObjectT]], FindMatters[ObjectT]]:
        """Register the function that finds what these moves wait for; each row says so in `waits_for`."""

        def register(find: FindMatters[ObjectT]) -> FindMatters[ObjectT]:
            for name in names:
                if not self.moves[name].waits_for or name in self.matters:
                    raise TypeError(
                        f"{name}: its row names no matter to wait for, or one that is found already"
                    )
                self.matters[name] = find
            return find

        return register

    def open_matters(
        self, objs: Sequence[CycleMatter], move: Move, *, at: datetime, windows: Windows
    ) -> dict[int, str]:
        """Return why each of these objects must wait for another matter, by key; {} where nothing is open."""
        find = self.matters.get(move.name)
        return dict(find(objs, at, windows)) if find is not None and objs else {}

    def why_not(
        self, obj: CycleMatter, move: Move, *, by: Actor | None, at: datetime, windows: Windows
    ) -> str:
        """Say why `by` may not make this move now, in a sentence to show, or ""."""
        state = getattr(obj, "state", "")
        if self.states is not None and state not in move.sources:
            return gettext("“%(move)s” is not possible: %(object)s is “%(state)s”.") % {
                "move": move.label,
                "object": obj,
                "state": self.states(state).label,
            }
        if not move.who(by, obj, at):
            return gettext("“%(move)s” is for %(who)s.") % {
                "move": move.label,
                "who": move.who.label,
            }
        return windows.why_closed(move.phase, obj, at)

    def open_to(
        self, obj: CycleMatter, *, by: Actor | None, at: datetime, windows: Windows
    ) -> list[Move]:
        """List the moves that `by` may make on an object now, in the table's order."""
        state = getattr(obj, "state", "")
        is_stateless = self.states is None
        return [
            m
            for m in self.moves.values()
            if (
                is_stateless or state in m.sources
            )  # most are not, and need no sentence that says so
            and not self.why_not(obj, m, by=by, at=at, windows=windows)
        ]


class CycleState(TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    FINAL = "final", _("Final")
    PUBLISHED = "published", _("Published")


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
# fmt: on
