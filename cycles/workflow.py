"""The workflow engine's vocabulary, and the tables of a cycle's life and of acts that need no phase.

A workflow is a table: one `Move` a row says what, from where, to where, who, and while what is open.
`cycles.actions.perform` is the one door through which every row is carried out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_fsm
from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from agencies.roles import Who, is_administrator, is_anyone, is_clock, is_national_administrator
from cycles.calendar import Binding, Phase, days_late, format_deadline, format_opening

PER_AGENCY = frozenset({Phase.APPEAL, Phase.APPEAL_REVIEW})
"""Phases whose windows each agency has of its own, from the communication of its scores."""


class Refused(Exception):
    """An act that may not be done, with the sentence that says why (one an object)."""

    def __init__(self, why: str | Promise | Mapping[Any, str]) -> None:
        self.reasons: dict[Any, str] = dict(why) if isinstance(why, Mapping) else {None: str(why)}
        super().__init__(" ".join(dict.fromkeys(self.reasons.values())))


@dataclass(frozen=True)
class Move:
    """One row of a workflow. `target` None: the state stays. `recorded` False: no official act, so no ledger row.

    `why_anytime` says, for a move that needs no window, why none is needed. `signed`: the page shows what will
    happen and asks for the password again.
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

    def __post_init__(self) -> None:
        if (self.phase == Phase.ANYTIME) != bool(self.why_anytime):
            raise TypeError(f"{self.name}: a move at any time, and no other, says why")


class Windows:
    """The windows that concern some objects, by cycle, phase and agency."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = {(w.cycle_id, w.phase, w.agency_id): w for w in rows}

    def of(self, phase: Phase, obj: Any) -> Any | None:
        """The window of a phase for an object: the agency's own where agencies have their own."""
        agency_id = obj.agency_id if phase in PER_AGENCY else None
        return self._rows.get((obj.cycle_id, phase, agency_id))

    def why_closed(self, phase: Phase, obj: Any, at: datetime) -> str:
        """The sentence for the user when a phase is not open at a moment, "" when it is."""
        if phase == Phase.ANYTIME:
            return ""
        window, language = self.of(phase, obj), get_language() or "fa"
        if window is None:
            if phase in PER_AGENCY:
                return gettext("%(phase)s opens when the agency's scores are communicated.") % {"phase": phase.label}
            return gettext("%(phase)s has no dates in this cycle.") % {"phase": phase.label}
        if at < window.opens_at:
            opens = format_opening(window.opens_at, language)
            return gettext("%(phase)s opens on %(when)s.") % {"phase": phase.label, "when": opens}
        if window.binding == Binding.HARD and at >= window.closes_at:
            closed = format_deadline(window.closes_at, language)
            return gettext("%(phase)s closed on %(when)s.") % {"phase": phase.label, "when": closed}
        return ""

    def lateness(self, phase: Phase, obj: Any, at: datetime) -> tuple[datetime | None, int]:
        """The statutory instant of an act's phase and how many days late the act is."""
        window = self.of(phase, obj) if phase != Phase.ANYTIME else None
        return (window.closes_at, days_late(window.closes_at, at)) if window else (None, 0)


class Workflow:
    """A table of moves for one model (named "app.Model"); `writes` are the fields its transitions may change."""

    registry: dict[str, "Workflow"] = {}

    def __init__(
        self, model: str, states: type[TextChoices] | None, *moves: Move, writes: tuple[str, ...] = ()
    ) -> None:
        self.label = model.lower()
        self.states = states
        self.moves = {m.name: m for m in moves}
        if len(self.moves) != len(moves):
            raise TypeError(f"{model}: a move stands twice in its table")
        self.written_fields = ("state", *writes)
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
            return gettext("“%(move)s” is for %(who)s.") % {"move": move.label, "who": move.who.label}
        return windows.why_closed(move.phase, obj, at)

    def open_to(self, obj: Any, *, by: Any, at: datetime, windows: Windows) -> list[Move]:
        """The moves that `by` may make on an object now, in the table's order: what the page draws its buttons from."""
        return [m for m in self.moves.values() if not self.why_not(obj, m, by=by, at=at, windows=windows)]


def model_label(obj: Model) -> str:
    return obj._meta.label_lower


class CycleState(TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    FINAL = "final", _("Final")
    PUBLISHED = "published", _("Published")


# fmt: off
C = CycleState
CYCLE = Workflow("cycles.Cycle", C,
    #    move         from         to           who                        while open       button
    Move("open",      frozenset({C.PLANNED}), C.OPEN,      is_national_administrator, Phase.ANYTIME,   _("Open the cycle"),
         why_anytime="a cycle is opened before the first of its own windows"),
    Move("finalise",  frozenset({C.OPEN}),    C.FINAL,     is_national_administrator, Phase.FINAL,     _("Freeze the final results"), signed=True),
    Move("publish",   frozenset({C.FINAL}),   C.PUBLISHED, is_clock,                  Phase.FESTIVAL,  _("Publish")),
    writes=("opened_at", "finalised_at", "published_at"),
)

ADMINISTRATION = Workflow("cycles.administration", None,
    Move("plan_cycle",       frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Plan a cycle"),
         why_anytime="a cycle must exist before it can have windows"),
    Move("grant_role",       frozenset(), None, is_administrator,          Phase.ANYTIME, _("Grant a role"),
         why_anytime="people come and go all year; each membership carries its own dates"),
    Move("end_role",         frozenset(), None, is_administrator,          Phase.ANYTIME, _("End a role"),
         why_anytime="a person who leaves must lose access the same day"),
    Move("declare_interest", frozenset(), None, is_anyone,                 Phase.ANYTIME, _("Declare an interest"),
         why_anytime="an interest must be declared the moment it is known"),
    Move("import_agencies",  frozenset(), None, is_national_administrator, Phase.ANYTIME, _("Import agencies"),
         why_anytime="the register of agencies stands outside every cycle"),
)
# fmt: on
