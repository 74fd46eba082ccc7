"""The one door for every write: an act is checked against its table, written, recorded and told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import Field, Manager, Model, QuerySet

from agencies.locks import locked
from agencies.models import Agency, User
from agencies.statements import Statement, keys_slot
from cycles import clashes
from cycles.administration_workflow import ADMINISTRATION
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine import batches, ledger, notices
from cycles.engine.ledger import Act
from cycles.models import Window
from cycles.workflow import Move, Refused, Windows, Workflow
from cycles.workflow_objects import WorkflowObject

ObjectT = TypeVar("ObjectT", bound=WorkflowObject)


RELATED = frozenset({"agency", "cycle", "submission", "group", "province"})
"""What an object is read with under its lock: all that says whose it is; `named_by` of a model adds
what names it.
"""


@transaction.atomic
def perform(
    workflow: Workflow,
    objs: Iterable[ObjectT],
    name: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    letter: str = "",
    params_by_pk: Mapping[int, Mapping[str, object]] | None = None,
    seen: Seen | None = None,
    **params: object,
) -> list[ObjectT]:
    """Make one move on each of `objs` under row locks and write it to the ledger; refuses all or
    none.

    Returns the fresh objects, ordered by key. `params`, with those that `params_by_pk` holds for an
    object, are passed to its transition and kept in the ledger's row, as is the number of the
    official `letter`. Notifies the people whom the move tells. `seen` is what the page showed: when
    something else is stored by now, raises `ChangedMeanwhile`.
    """
    move = workflow[name]
    locked = _lock(workflow, objs, compares=seen is not None)

    windows = Windows(()) if move.phase == Phase.ANYTIME else Window.objects.concerning(locked)
    _refuse_what_is_not_allowed(workflow, move, locked, by=by, at=at, windows=windows)
    if seen is not None:
        seen.check()

    acts = _acts(locked, params, params_by_pk or {})
    if workflow.states is not None and move.target is not None:
        _make_transitions(workflow, move, acts, at=at)

    if move.recorded:
        keys = ledger.append(
            workflow, move, acts, by=by, at=at, windows=windows, note=note, letter=letter
        )
        if move.tells or move.tells_holder:
            notices.tell(move, keys, locked, by=by, at=at)
    return locked


def _lock(workflow: Workflow, objs: Iterable[ObjectT], *, compares: bool) -> list[ObjectT]:
    """Read the objects afresh under row locks, ordered by key.

    An act without states takes its objects as they are, and locks them only where it compares what
    is stored with what the page showed.
    """
    if workflow.states is None:
        targets = list(objs)
        if compares:
            clashes.lock_rows(targets)
        return targets

    return rows_under_lock(workflow.label).fetch(keys=[obj.pk for obj in objs])


@cache
def rows_under_lock(label: str) -> Statement[Any]:
    """Compose the statement that reads objects of a kind with all that says whose they are."""

    def build() -> QuerySet[Any]:
        model = apps.get_model(label)
        related = [field.name for field in model._meta.fields if field.name in RELATED]
        related += getattr(model, "named_by", ())
        rows = model._default_manager.filter(pk__in=keys_slot("keys")).order_by("pk")
        return locked(rows.select_related(*related))

    return Statement(build)


def _refuse_what_is_not_allowed(
    workflow: Workflow,
    move: Move,
    objs: Sequence[WorkflowObject],
    *,
    by: User | None,
    at: datetime,
    windows: Windows,
) -> None:
    """Raise `Refused` with a sentence for each object on which the move may not be made now."""
    code = f"{workflow.label}.{move.name}"
    reasons = {}
    for obj in objs:
        if why := workflow.why_not(obj, move, by=by, at=at, windows=windows):
            reasons[obj] = why
    if reasons:
        raise Refused(reasons, code=code)

    matters = workflow.open_matters(objs, move, at=at, windows=windows)
    if matters:
        raise Refused({obj: matters[obj.pk] for obj in objs if obj.pk in matters}, code=code)


def _acts(
    objs: Iterable[WorkflowObject],
    params: Mapping[str, object],
    params_by_pk: Mapping[int, Mapping[str, object]],
) -> list[Act]:
    """Pair each object with the state it comes from and all its parameters."""
    acts = []
    for obj in objs:
        source = getattr(obj, "state", "") or ""
        acts.append(Act(obj, source, {**params, **params_by_pk.get(obj.pk, {})}))
    return acts


def _make_transitions(workflow: Workflow, move: Move, acts: Sequence[Act], *, at: datetime) -> None:
    """Let each object go through the transition of the move, and store the fields it changed."""
    if not acts:
        return
    model = apps.get_model(workflow.label)
    fields = [model._meta.get_field(name) for name in workflow.written_fields]
    objs = [act.obj for act in acts if isinstance(act.obj, Model)]

    before = _values_by_field(objs, fields)
    for act in acts:
        getattr(act.obj, f"_{move.name}")(at=at, given=act.params)
    after = _values_by_field(objs, fields)

    _store(objs, {name: values for name, values in after.items() if values != before[name]})


def _values_by_field(objs: Sequence[Model], fields: Sequence[Field]) -> dict[str, list[object]]:
    """Read these fields of the objects: for each field's name a list with a value an object."""
    values: dict[str, list[object]] = {}
    for field in fields:
        values[field.name] = [field.value_from_object(obj) for obj in objs]
    return values


def _store(objs: Sequence[Model], changed: Mapping[str, Sequence[object]]) -> None:
    """Write the changed fields: in one statement those that came out the same for every object."""
    if len(objs) == 1:
        if changed:
            batches.write(objs, changed)  # a statement that is composed once
        return
    same, differing = {}, []
    for name, values in changed.items():
        if all(value == values[0] for value in values):
            same[name] = values[0]
        else:
            differing.append(name)

    if same:
        manager: Manager[Model] = type(objs[0])._default_manager
        manager.filter(pk__in=[obj.pk for obj in objs]).update(**same)
    if differing:
        batches.write(objs, differing)


def open_to(workflow: Workflow, obj: WorkflowObject, *, by: User, at: datetime) -> list[Move]:
    """List the moves open to `by` on one object now; one query, for its windows."""
    return workflow.open_to(obj, by=by, at=at, windows=Window.objects.concerning([obj]))


def why_closed(
    workflow: Workflow, obj: WorkflowObject, name: str, *, by: User | None, at: datetime
) -> str:
    """Say why `by` may not make this move now, "" when they may; makes no change."""
    move, windows = workflow[name], Window.objects.concerning([obj])
    if why := workflow.why_not(obj, move, by=by, at=at, windows=windows):
        return why
    return workflow.open_matters([obj], move, at=at, windows=windows).get(obj.pk, "")


class AdministrationTarget:
    """The row that an act of administration is done on, and the agency it concerns, if any.

    Acts of administration need no workflow of their own, so any row will do. For a role or a person
    it knows the holder of the role, which role it is and who delegated it.
    """

    cycle_id = None

    def __init__(self, obj: Model, agency: Agency | None = None) -> None:
        self.obj = obj
        self.pk = obj.pk
        self._meta = obj._meta

        self.agency = agency
        self.agency_id = agency.pk if agency else None

        self.holder: User | None = obj if isinstance(obj, User) else getattr(obj, "holder", None)
        self.holder_id = self.holder.pk if self.holder else None
        self.role = getattr(obj, "role", "")
        self.delegated_by_id = getattr(obj, "delegated_by_id", None)

    def __str__(self) -> str:
        return str(self.obj)


@transaction.atomic
def administer(
    name: str,
    obj: Model,
    *,
    by: User | None,
    at: datetime,
    agency: Agency | None = None,
    note: str = "",
    **params: Any,
) -> None:
    """Check and record an act of administration on any row."""
    perform(
        ADMINISTRATION, [AdministrationTarget(obj, agency)], name, by=by, at=at, note=note, **params
    )


def why_not_administer(
    name: str, *, by: User, at: datetime, agency: Agency | None = None, obj: Model | None = None
) -> str:
    """Say why `by` may not do an act of administration now, "" when they may; makes no change.

    `obj` is the row that the act would be on, where it matters which.
    """
    return why_closed(
        ADMINISTRATION, AdministrationTarget(obj or Agency(), agency), name, by=by, at=at
    )
