"""The one door for every write: an act is checked against its table, written, recorded and told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction

from agencies.models import Agency, User
from cycles import batches, clashes
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine import ledger, notices
from cycles.models import (
    Window,
)
from cycles.workflow import (
    ADMINISTRATION,
    Move,
    Refused,
    Windows,
    Workflow,
)

T = TypeVar("T")


RELATED = frozenset({"agency", "cycle", "submission", "group", "province"})
"""What an object is read with under its lock: all that says whose it is; `named_by` of a model adds
what names it.
"""


@transaction.atomic
def perform(
    workflow: Workflow,
    objs: Iterable[T],
    name: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    letter: str = "",
    each: Mapping[int, Mapping[str, Any]] | None = None,
    seen: Seen | None = None,
    **given: Any,
) -> list[T]:
    """Make one move on each of `objs` under row locks and write it to the ledger; refuses all or
    none.

    Returns the fresh objects, ordered by key. `given`, with what `each` holds for an object's key,
    is passed to the transition and kept in the ledger's row, as is the number of the official
    `letter`. Who is to be told, is. `seen` is what the page showed: when something else is stored
    by now, raises `Changed`.
    """
    move = workflow[name]
    model = apps.get_model(workflow.label) if workflow.states else None
    if model is None:
        locked: list[Any] = list(objs)
        if seen is not None:
            clashes.hold(locked)
    else:
        rows = model._default_manager.filter(pk__in=[o.pk for o in objs]).order_by("pk")  # type: ignore[attr-defined]
        related = [f.name for f in model._meta.fields if f.name in RELATED] + list(
            getattr(model, "named_by", ())
        )
        locked = list(rows.select_related(*related).select_for_update(of=("self",), no_key=True))
    windows = Windows(()) if move.phase == Phase.ANYTIME else Window.objects.concerning(locked)
    reasons = {
        o: why for o in locked if (why := workflow.why_not(o, move, by=by, at=at, windows=windows))
    }
    if reasons:
        raise Refused(reasons, code=f"{workflow.label}.{name}")
    matters = workflow.open_matters(locked, move, at=at, windows=windows)
    if matters:
        waiting = {o: matters[o.pk] for o in locked if o.pk in matters}
        raise Refused(waiting, code=f"{workflow.label}.{name}")
    if seen is not None:
        seen.check()
    sources = [getattr(o, "state", "") or "" for o in locked]
    facts = [given | dict((each or {}).get(o.pk, {})) for o in locked]
    if model is not None and move.target is not None and locked:
        fields = [model._meta.get_field(f) for f in workflow.written_fields]
        before = [[f.value_from_object(o) for f in fields] for o in locked]
        for o, fact in zip(locked, facts, strict=True):
            getattr(o, f"_{name}")(at=at, given=fact)
        _write(model, locked, fields, before)
    if move.recorded:
        if letter:
            facts = [fact | {"letter": letter} for fact in facts]
        keys = ledger.append(
            workflow,
            move,
            locked,
            sources=sources,
            by=by,
            at=at,
            windows=windows,
            note=note,
            facts=facts,
        )
        if move.tells or move.tells_holder:
            notices.tell(move, keys, locked, by=by, at=at)
    return locked


def _write(
    model: Any, objs: Sequence[Any], fields: Sequence[Any], before: Sequence[Sequence[Any]]
) -> None:
    """Write the fields that a move has changed: in one statement those that came out the same for
    every object.
    """
    after = [[f.value_from_object(o) for f in fields] for o in objs]
    same, apart = {}, []
    for f, was, now in zip(
        fields, zip(*before, strict=True), zip(*after, strict=True), strict=True
    ):
        if was != now:
            if any(value != now[0] for value in now):
                apart.append(f.name)
            else:
                same[f.name] = now[0]
    if same:
        model._default_manager.filter(pk__in=[o.pk for o in objs]).update(**same)
    if apart:
        batches.write(objs, apart)


def open_to(workflow: Workflow, obj: Any, *, by: User, at: datetime) -> list[Move]:
    """The moves open to `by` on one object now; one query, for its windows."""
    return workflow.open_to(obj, by=by, at=at, windows=Window.objects.concerning([obj]))


def why_closed(workflow: Workflow, obj: Any, name: str, *, by: User | None, at: datetime) -> str:
    """Why `by` may not make this move now, "" when they may; makes no change."""
    move, windows = workflow[name], Window.objects.concerning([obj])
    if why := workflow.why_not(obj, move, by=by, at=at, windows=windows):
        return why
    return workflow.open_matters([obj], move, at=at, windows=windows).get(obj.pk, "")


class Subject:
    """What an act of administration is about, where that is no row with a workflow: an agency or
    none.

    Of a role, or of a person, it knows whose it is (`holder`), which role and who delegated it.
    """

    cycle_id = None

    def __init__(self, obj: Any, agency: Agency | None = None) -> None:
        self.obj, self.agency, self.agency_id = obj, agency, agency.pk if agency else None
        self.pk, self._meta = obj.pk, obj._meta
        self.holder: User | None = obj if isinstance(obj, User) else getattr(obj, "holder", None)
        self.holder_id = self.holder.pk if self.holder else None
        self.role, self.delegated_by_id = (
            getattr(obj, "role", ""),
            getattr(obj, "delegated_by_id", None),
        )

    def __str__(self) -> str:
        return str(self.obj)


@transaction.atomic
def administer(
    name: str,
    obj: Any,
    *,
    by: User | None,
    at: datetime,
    agency: Agency | None = None,
    note: str = "",
    **given: Any,
) -> None:
    """Check and record an act of administration on any row."""
    perform(ADMINISTRATION, [Subject(obj, agency)], name, by=by, at=at, note=note, **given)


def why_not_administer(
    name: str, *, by: User, at: datetime, agency: Agency | None = None, obj: Any | None = None
) -> str:
    """Why `by` may not do an act of administration now, "" when they may; makes no change.

    `obj` is the row that the act would be on, where it matters which.
    """
    return why_closed(ADMINISTRATION, Subject(obj or Agency(), agency), name, by=by, at=at)
