"""The official record: one row an act, made here and never changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import get_language

from agencies.json_values import JsonValue
from agencies.models import User
from cycles.clock import request_id
from cycles.models import Entry
from cycles.workflow import Move, Windows, Workflow
from cycles.workflow_objects import WorkflowObject, model_label

FORM = 1
"""The number of the canonical form: the first thing in every body, so that a later form can stand
beside it.
"""

MOMENTS = frozenset({"at", "recorded_at", "statutory_at"})
FACTS = (
    "workflow", "act", "model", "object_pk", "object_label", "cycle_id", "agency_code",
    "source", "target", "params", "note", "actor_id", "actor_name", "actor_role",
    "at", "recorded_at", "statutory_at", "days_late", "request_id",
)  # fmt: skip
"""The columns whose values make up a row's body, in this order."""

_VALUES = ", ".join(f"{c} AT TIME ZONE 'UTC'" if c in MOMENTS else c for c in FACTS)
BODY = f"json_build_array({FORM}, {_VALUES})::text"
"""The body as the database itself makes it of a row's columns; the same text as `canonical`."""

as_json = json.JSONEncoder(ensure_ascii=False).encode

AT_ONCE = 500
_COLUMNS = (*FACTS, "body", "digest")
_PARAMS = FACTS.index("params")
_INSERT = f"INSERT INTO {Entry._meta.db_table} ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 -- names of this file
_ROW = f"({', '.join('%s::jsonb' if c == 'params' else '%s' for c in _COLUMNS)})"


@dataclass(frozen=True)
class Act:
    """A move on one object, with the state it came from and the parameters kept in the record."""

    obj: WorkflowObject
    source: str
    params: Mapping[str, object]


def append(
    workflow: Workflow,
    move: Move,
    acts: Iterable[Act],
    *,
    by: User | None,
    at: datetime,
    windows: Windows,
    note: str = "",
    letter: str = "",
) -> list[int]:
    """Write one row an object: the act, who in which role, from and to, the statutory date and days
    late.

    Returns the keys of the rows, in the order of the acts.
    """
    rows, recorded_at, request = [], timezone.now(), request_id.get()
    # names stand in the record in Persian; most requests are in it already
    with nullcontext() if get_language() == "fa" else translation.override("fa"):
        key, name = (by.pk, str(by)) if by else (None, "")
        for act in acts:
            obj = act.obj
            params = {**act.params, "letter": letter} if letter else act.params
            statutory, late = windows.lateness(move.phase, obj, at)
            agency_code = getattr(obj.agency, "code", "")
            rows.append(
                (
                    workflow.label,
                    move.name,
                    model_label(obj),
                    obj.pk,
                    str(obj)[:300],
                    obj.cycle_id,
                    agency_code,
                    act.source,
                    getattr(obj, "state", "") or "",
                    plain(dict(params)),
                    str(note),
                    key,
                    name,
                    move.who.acting_role(by, obj, at),
                    at,
                    recorded_at,
                    statutory,
                    late,
                    request,
                )
            )
    keys: list[int] = []
    for start in range(0, len(rows), AT_ONCE):
        keys += _insert(rows[start : start + AT_ONCE])
    return keys


def _insert(rows: Sequence[tuple[object, ...]]) -> list[int]:
    """Insert rows of `FACTS` in one statement, without the ORM's: every act waits for it."""
    values: list[Any] = []
    for row in rows:
        body = _body(row)
        values += row
        values[_PARAMS - len(row)] = as_json(row[_PARAMS])
        values += (body, hashlib.sha256(body.encode()).hexdigest())
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT}{', '.join([_ROW] * len(rows))} RETURNING id", values)
        return [key for (key,) in cursor.fetchall()]


def canonical(row: object) -> str:
    """Write the text a row's digest is taken of: its facts as one JSON array, letter for letter as
    `BODY` gives it.
    """
    return _body([getattr(row, column) for column in FACTS])


def _body(values: Sequence[object]) -> str:
    """Write the canonical text of the values of `FACTS`."""
    return as_json([FORM, *(_moment(v) if isinstance(v, datetime) else v for v in values)])


def _moment(value: datetime) -> str:
    """Write UTC to the microsecond, without zeros at the end of a second's fraction."""
    text = value.astimezone(UTC).isoformat()[: -len("+00:00")]
    return text.rstrip("0") if value.microsecond else text


def _jsonb_order(name: str) -> tuple[int, bytes]:
    encoded = name.encode()
    return len(encoded), encoded


def plain(value: object) -> JsonValue:
    """Write a value as JSON holds it: moments in UTC, decimals as text, objects by key, names in
    the database's order.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        named = {str(k): plain(v) for k, v in value.items()}
        return {k: named[k] for k in sorted(named, key=_jsonb_order)}
    key: int | str = getattr(value, "pk", str(value))
    return key
