"""The official record: one row an act, made here and never changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Move, Windows, Workflow, model_label


def append(
    workflow: Workflow,
    move: Move,
    objs: Iterable[Any],
    *,
    sources: Iterable[str],
    by: Any,
    at: datetime,
    windows: Windows,
    note: str = "",
    facts: Iterable[Mapping[str, Any]],
) -> None:
    """Write one row an object: the act, who in which role, from and to, the statutory date and days late."""
    rows = []
    with translation.override("fa"):
        name = str(by) if by else ""
        for obj, source, fact in zip(objs, sources, facts, strict=True):
            statutory, late = windows.lateness(move.phase, obj, at)
            row = Entry(
                workflow=workflow.label,
                act=move.name,
                model=model_label(obj),
                object_pk=obj.pk,
                object_label=str(obj)[:300],
                cycle_id=getattr(obj, "cycle_id", None),
                agency_code=obj.agency.code if getattr(obj, "agency", None) else "",
                source=source,
                target=getattr(obj, "state", "") or "",
                params={key: plain(value) for key, value in sorted(fact.items())},
                note=note,
                actor_id=by.pk if by else None,
                actor_name=name,
                actor_role=move.who.code,
                at=at,
                statutory_at=statutory,
                days_late=late,
            )
            row.body = canonical(row)
            row.digest = hashlib.sha256(row.body.encode()).hexdigest()
            rows.append(row)
    Entry.objects.bulk_create(rows, batch_size=500)


def canonical(row: Any) -> str:
    """The text a row's digest is taken of: its facts as JSON with sorted keys."""
    skipped = {"id", "body", "digest", "recorded_at"}
    facts = {f.attname: plain(getattr(row, f.attname)) for f in row._meta.fields if f.attname not in skipped}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value as JSON holds it: moments in UTC, decimals as text, objects by key."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return getattr(value, "pk", str(value))
