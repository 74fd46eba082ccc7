"""Writing many rows at once: one statement and one parameter, where the ORM's `bulk_update` writes
out every case.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def write(objs: Sequence[Any], names: Iterable[str]) -> None:
    """Write these fields of rows of one model, which are there already; one statement for any
    number of them.
    """
    if not objs:
        return
    of, quoted = objs[0]._meta, connection.ops.quote_name
    fields = [of.get_field(name) for name in names]
    kept = [[f.value_from_object(o) for f in (of.pk, *fields)] for o in objs]
    columns = [quoted(f.column) for f in (of.pk, *fields)]
    types = ", ".join(
        f"{c} {f.db_type(connection)}" for c, f in zip(columns, (of.pk, *fields), strict=True)
    )
    sets = ", ".join(f"{c} = given.{c}" for c in columns[1:])
    key, given = (
        columns[0],
        [dict(zip((f.column for f in (of.pk, *fields)), row, strict=True)) for row in kept],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(of.db_table)} AS kept SET {sets} FROM jsonb_to_recordset(%s::jsonb) "  # noqa: S608 -- names of our models
            f"AS given ({types})"
            f" WHERE kept.{key} = given.{key}",
            [json.dumps(given, default=str)],
        )
