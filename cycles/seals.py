"""Seals chain the official record without slowing those who write to it, and `verify` names the first broken thing.

A row carries the number of the transaction that wrote it (column `xid`, filled by the database). Once no running
transaction is older, rows of a range of transactions can neither grow nor shrink lawfully, and are sealed together.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from cycles.ledger import canonical, plain
from cycles.models import Entry, Seal

NOTHING = "0" * 64
_LOCK = 8281


def merkle_root(digests: Iterable[str]) -> str:
    """The root over hexadecimal digests in their order; leaves and branches are hashed apart, an odd one moves up."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(digest)).digest() for digest in digests]
    while len(level) > 1:
        pairs = [b"\x01" + level[i] + level[i + 1] for i in range(0, len(level) - 1, 2)]
        level = [hashlib.sha256(pair).digest() for pair in pairs] + level[len(level) - len(level) % 2 :]
    return level[0].hex() if level else NOTHING


def _digest(seal: Seal) -> str:
    facts = {
        "from": seal.from_xid,
        "upto": seal.upto_xid,
        "count": seal.count,
        "root": seal.root,
        "previous": seal.previous,
        "sealed_at": plain(seal.sealed_at),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Seal every finished row that has no seal; None when there is none or another process is sealing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = Seal.objects.order_by("-pk").first()
        since = last.upto_xid if last else 0
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        upto = cursor.fetchone()[0]
        cursor.execute(
            "SELECT digest FROM cycles_entry WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 ORDER BY xid, id",
            [since, upto],
        )
        digests = [row[0] for row in cursor.fetchall()]
    if not digests:
        return None
    made = Seal(
        from_xid=since,
        upto_xid=upto,
        count=len(digests),
        root=merkle_root(digests),
        previous=last.digest if last else NOTHING,
        sealed_at=at,
    )
    made.digest = _digest(made)
    made.save()
    return made


@dataclass(frozen=True)
class Verdict:
    """How many rows and seals hold, how many rows wait for a seal, and the first thing that is broken, if any."""

    rows: int
    seals: int
    waiting: int
    broken: str = ""


def verify() -> Verdict:
    """Recompute every row, Merkle root and seal, in order, and stop at the first that does not hold."""
    seals = list(Seal.objects.order_by("pk"))
    previous, reached = NOTHING, 0
    for each in seals:
        if each.digest != _digest(each):
            return Verdict(0, 0, 0, f"seal {each.pk} was changed")
        if each.previous != previous or each.from_xid != reached:
            return Verdict(0, 0, 0, f"seal {each.pk} does not follow the seal before it")
        previous, reached = each.digest, each.upto_xid
    ends = [each.upto_xid for each in seals]
    found: dict[int, tuple[int, str]] = {}
    rows = 0
    for number, part in groupby(_rows(), lambda row: bisect_right(ends, row.xid)):  # type: ignore[attr-defined]
        digests = []
        for row in part:
            if row.body != canonical(row) or row.digest != hashlib.sha256(row.body.encode()).hexdigest():
                return Verdict(rows, 0, 0, f"row {row.pk} was changed")
            digests.append(row.digest)
        found[number] = (len(digests), merkle_root(digests))
        rows += len(digests)
    for number, each in enumerate(seals):
        count, root = found.pop(number, (0, NOTHING))
        if count != each.count:
            return Verdict(rows, number, 0, f"seal {each.pk} is over {each.count} rows, of which {count} are there")
        if root != each.root:
            return Verdict(rows, number, 0, f"seal {each.pk} does not fit its rows")
    return Verdict(rows, len(seals), sum(count for count, _root in found.values()))


def _rows() -> Iterator[Entry]:
    numbered = Entry.objects.annotate(xid=RawSQL("xid::text::bigint", [], BigIntegerField()))
    yield from numbered.order_by("xid", "pk").iterator(chunk_size=2000)
