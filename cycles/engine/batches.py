"""Writing many rows at once: one statement and one parameter, where the ORM's `bulk_update` writes
out every case.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model


def write(objs: Sequence[Model], names: Iterable[str]) -> None:
    """Write these fields of rows of one model, which are there already; one statement for any
    number of them.
    """
    if not objs:
        return
    statement, fields = _statement(type(objs[0]), tuple(names))
    rows = [_row(obj, fields) for obj in objs]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, default=str)])


@cache
def _statement(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    """Compose the statement that writes these fields of a model, once; and find the fields."""
    meta, quoted = model._meta, connection.ops.quote_name
    fields: list[Any] = [meta.pk, *(meta.get_field(name) for name in names)]
    key, *columns = [quoted(field.column) for field in fields]
    types = ", ".join(f"{quoted(field.column)} {field.db_type(connection)}" for field in fields)
    sets = ", ".join(f"{column} = given.{column}" for column in columns)
    statement = (
        f"UPDATE {quoted(meta.db_table)} AS kept SET {sets} "  # noqa: S608 -- names of our models
        f"FROM jsonb_to_recordset(%s::jsonb) AS given ({types}) "
        f"WHERE kept.{key} = given.{key}"
    )
    return statement, fields


def _row(obj: Model, fields: Iterable[Any]) -> dict[str, object]:
    """Read the fields of an object, by column."""
    return {field.column: field.value_from_object(obj) for field in fields}
