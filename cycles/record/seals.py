"""Seals chain the official record without slowing those who write to it.

A row waits for its seal in a queue that a trigger fills; a seal names the rows it covers by their
keys, so that the record is the same in whichever server it lies. docs/record.md tells how it is
checked by hand.
"""

import hashlib
import json
import re
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model, Sum
from django.db.models.functions import TruncDate

from agencies.json_values import JsonValue
from cycles.calendar import TEHRAN
from cycles.engine.ledger import plain
from cycles.models import Entry, Seal
from cycles.models.multiranges import Spans, as_multirange

NOTHING = "0" * 64
AT_ONCE = 2000
SHORTEST = 12
"""So many characters of a digest name a seal."""

_SEALING = 8281


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps no more than one branch of each height; an
    odd one moves up.

    A leaf is a row's key and digest; leaves and branches are hashed apart.
    """

    def __init__(self) -> None:
        self.count = 0
        self._branches: list[bytes] = []

    def add(self, key: int, digest: bytes) -> None:
        node = hashlib.sha256(b"\x00" + key.to_bytes(8, "big", signed=True) + digest).digest()
        self.count = size = self.count + 1
        while not size & 1:
            node = hashlib.sha256(b"\x01" + self._branches.pop() + node).digest()
            size >>= 1
        self._branches.append(node)

    @property
    def root(self) -> str:
        """Compute the root in hexadecimal; zeros where there is no leaf."""
        if not self._branches:
            return NOTHING
        *rest, node = self._branches
        for branch in reversed(rest):
            node = hashlib.sha256(b"\x01" + branch + node).digest()
        return node.hex()


def seal_statement(seal: Seal) -> dict[str, JsonValue]:
    """Write what a seal says, with its digest: that of all the rest as JSON with sorted names."""
    if seal.form == 1:
        covered: dict[str, JsonValue] = {"from": seal.from_xid, "upto": seal.upto_xid}
    else:
        covered = {"form": seal.form, "rows": [list(span) for span in seal.ids]}
    return {
        "number": seal.pk,
        **covered,
        "count": seal.count,
        "root": seal.root,
        "previous": seal.previous,
        "sealed_at": plain(seal.sealed_at),
        "digest": seal.digest,
    }


def digest_of(seal: Seal) -> str:
    said = {name: fact for name, fact in seal_statement(seal).items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def first_to(work: int) -> bool:
    """Say whether no other process is at this work; if so, others are kept from it until this
    transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [work])
        return bool(cursor.fetchone()[0])


QUEUE = """
    SELECT u.entry_id, e.digest FROM cycles_unsealed u JOIN cycles_entry e ON e.id = u.entry_id
    WHERE NOT EXISTS (SELECT FROM cycles_seal s WHERE s.ids @> u.entry_id)
    ORDER BY u.entry_id
"""
"""The rows that wait. A running transaction shows none of its own; when it ends, they are there for
the next seal.
"""


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Seal every row that waits; None when there is none or another process is sealing."""
    if not first_to(_SEALING):
        return None
    tree, spans = Tree(), Spans()
    with closing(read_batches(QUEUE)) as batches:
        for batch in batches:
            for key, digest in batch:
                tree.add(key, bytes.fromhex(digest))
                spans.add(key)
    if not tree.count:
        return None
    last = newest()
    made = Seal(
        pk=last.pk + 1 if last else 1,  # without gaps, so that a missing one is missed
        ids=list(spans),
        count=tree.count,
        root=tree.root,
        previous=last.digest if last else NOTHING,
        sealed_at=at,
    )
    made.digest = digest_of(made)
    made.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cycles_unsealed WHERE entry_id <@ %s::int8multirange",
            [as_multirange(spans)],
        )
    return made


def read_batches(
    statement: str, params: Sequence[int] | None = None
) -> Generator[list[tuple[Any, ...]], None, None]:
    """Read rows in batches through the server's cursor; while one batch is worked on, the database
    prepares the next.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling costs more than it saves
    with connection.chunked_cursor() as cursor, ThreadPoolExecutor(1) as ahead:
        cursor.execute(statement, params)
        batch = cursor.fetchmany(AT_ONCE)
        while batch:
            coming = ahead.submit(cursor.fetchmany, AT_ONCE)
            time.sleep(
                0.0001
            )  # until the question is on its way; else it waits for this thread to pause
            yield batch
            batch = coming.result()


def newest() -> Seal | None:
    """Find the seal that stands over all others."""
    return Seal.objects.order_by("-pk").first()


def of_entry(entry_id: int) -> Seal | None:
    """Find the seal that covers a row of the record; None for the seconds until it is sealed."""
    covering = "SELECT * FROM cycles_seal WHERE ids @> %s::bigint"
    return next(iter(Seal.objects.raw(covering, [entry_id])), None)


@dataclass(frozen=True)
class Stamp:
    """What a paper says of its act: the seal over it, None for the seconds until there is one."""

    seal: Seal | None


def stamp(obj: Model, *acts: str) -> Stamp | None:
    """Find the seal over the newest of these acts on an object; None where there was no such
    act.
    """
    entry = Entry.objects.of(obj).filter(act__in=acts).first()
    return Stamp(of_entry(entry.pk)) if entry else None


def find_seal(digest: str) -> Seal | None:
    """Find the seal of this digest, or of which these are the first characters (twelve at
    least).
    """
    digest = digest.strip().rstrip("….").lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", digest):
        return None
    return Seal.objects.filter(digest__startswith=digest).order_by("pk").first()


@dataclass(frozen=True)
class Day:
    """The last seal of a day, and how many rows were sealed by then."""

    seal: Seal
    rows: int


def daily(days: int) -> list[Day]:
    """Find the last seal of each of the newest days on which something was sealed, newest first;
    two queries.
    """
    sealed = (
        Seal.objects.annotate(day=TruncDate("sealed_at", tzinfo=TEHRAN))
        .order_by("day")
        .values("day")
    )
    counted: list[tuple[date, int, int]] = list(
        sealed.annotate(last=Max("pk"), rows=Sum("count")).values_list("day", "last", "rows")
    )
    so_far = list(accumulate(rows for _day, _last, rows in counted))
    shown = [(last, total) for (_day, last, _rows), total in zip(counted, so_far, strict=True)][
        -days:
    ]
    seals = Seal.objects.in_bulk([last for last, _total in shown])
    return [Day(seals[last], total) for last, total in reversed(shown)]
