"""Seals chain the official record without slowing those who write to it, and `verify` names the first broken thing.

A row carries the number of the transaction that wrote it (column `xid`, filled by the database). Once no running
transaction is older, rows of a range of transactions can neither grow nor shrink lawfully, and are sealed together.
docs/record.md tells how the record is checked by hand.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model, Sum
from django.db.models.functions import TruncDate
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agencies.text import localised
from cycles.calendar import TEHRAN
from cycles.ledger import BODY, plain
from cycles.models import Entry, Seal, Verification

NOTHING = "0" * 64
AT_ONCE = 2000
SHORTEST = 12
"""So many characters of a digest name a seal."""

_SEALING, _VERIFYING, _ORDERING = 8281, 8282, 8283


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps no more than one branch of each height; an odd one moves up.

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
        """In hexadecimal; zeros where there is no leaf."""
        if not self._branches:
            return NOTHING
        *rest, node = self._branches
        for branch in reversed(rest):
            node = hashlib.sha256(b"\x01" + branch + node).digest()
        return node.hex()


def facts(seal: Seal) -> dict[str, Any]:
    """What a seal says, with its digest: that of all the rest as JSON with sorted names."""
    return {
        "number": seal.pk,
        "from": seal.from_xid,
        "upto": seal.upto_xid,
        "count": seal.count,
        "root": seal.root,
        "previous": seal.previous,
        "sealed_at": plain(seal.sealed_at),
        "digest": seal.digest,
    }


def _digest(seal: Seal) -> str:
    said = {name: fact for name, fact in facts(seal).items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _first_to(work: int) -> bool:
    """Whether no other process is at this work; if so, others are kept from it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [work])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Seal every finished row that has no seal; None when there is none or another process is sealing."""
    if not _first_to(_SEALING):
        return None
    with connection.cursor() as cursor:
        last = newest()
        since = last.upto_xid if last else 0
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        upto = cursor.fetchone()[0]
    tree = Tree()
    rows = "SELECT id, digest FROM cycles_entry WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 ORDER BY xid, id"
    with closing(_read(rows, [since, upto])) as batches:
        for batch in batches:
            for key, digest in batch:
                tree.add(key, bytes.fromhex(digest))
    if not tree.count:
        return None
    made = Seal(
        pk=last.pk + 1 if last else 1,  # without gaps, so that a missing one is missed
        from_xid=since,
        upto_xid=upto,
        count=tree.count,
        root=tree.root,
        previous=last.digest if last else NOTHING,
        sealed_at=at,
    )
    made.digest = _digest(made)
    made.save(force_insert=True)
    return made


@dataclass(frozen=True)
class Verdict:
    """How many rows and seals hold, how many rows wait for a seal, and the first thing that is broken, if any."""

    rows: int
    seals: int
    waiting: int
    broken: str = ""


FAULTS = {
    "row": _("row %(row)s was changed"),
    "seal": _("seal %(seal)s was changed"),
    "chain": _("seal %(seal)s does not follow the seal before it"),
    "count": _("seal %(seal)s is over %(count)s rows, of which %(there)s are there"),
    "root": _("seal %(seal)s does not fit its rows"),
}


def _fault(kind: str, **given: int) -> str:
    with translation.override("en"):
        return str(FAULTS[kind]) % given


def in_words(broken: str) -> str:
    """What is broken, in the reader's language."""
    for kind, sentence in FAULTS.items():
        with translation.override("en"):
            pattern = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>\\d+)", re.escape(str(FAULTS[kind])))
        if found := re.fullmatch(pattern, broken):
            given = found.groupdict()
            return str(sentence) % {k: localised(int(v)) for k, v in given.items()}
    return broken


@transaction.atomic
def verify() -> Verdict:
    """Recompute every row, Merkle root and seal, in order, and stop at the first that does not hold.

    Memory stays flat however long the record is, and nobody who writes is held up.
    """
    seals = list(Seal.objects.order_by("pk"))
    previous, reached = NOTHING, 0
    for number, each in enumerate(seals, 1):
        if each.digest != _digest(each):
            return Verdict(0, 0, 0, _fault("seal", seal=each.pk))
        if each.pk != number or each.previous != previous or each.from_xid != reached:
            return Verdict(0, 0, 0, _fault("chain", seal=each.pk))
        previous, reached = each.digest, each.upto_xid

    rows, held, tree = 0, 0, Tree()
    ends = [each.upto_xid for each in seals]
    end = ends[0] if ends else None

    def closed() -> str:
        """What is wrong with the seal whose last row was read; "" if nothing, and then the next one is begun."""
        nonlocal held, tree, end
        each = seals[held]
        if tree.count != each.count:
            return _fault("count", seal=each.pk, count=each.count, there=tree.count)
        if tree.root != each.root:
            return _fault("root", seal=each.pk)
        held, tree = held + 1, Tree()
        end = ends[held] if held < len(ends) else None
        return ""

    sha256, writer = hashlib.sha256, ""
    # a digest is answered only where the body is what the columns say
    agreed = f"CASE WHEN body = {BODY} THEN digest END"
    with closing(_read(f"SELECT xid, id, body, {agreed} FROM cycles_entry ORDER BY xid, id")) as batches:  # noqa: S608 -- constants
        for batch in batches:
            for xid, key, body, digest in batch:
                if xid != writer:
                    writer = xid
                    while end is not None and int(xid) >= end:
                        if broken := closed():
                            return Verdict(rows, held, 0, broken)
                own = sha256(body.encode()).digest()
                if own.hex() != digest:
                    return Verdict(rows, held, 0, _fault("row", row=key))
                tree.add(key, own)
                rows += 1
    while end is not None:
        if broken := closed():
            return Verdict(rows, held, 0, broken)
    return Verdict(rows, held, tree.count)


def _read(statement: str, params: list[Any] | None = None) -> Generator[list[tuple[Any, ...]], None, None]:
    """Rows in batches through the server's cursor; while one batch is worked on, the database prepares the next."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling costs more than it saves
    with connection.chunked_cursor() as cursor, ThreadPoolExecutor(1) as ahead:
        cursor.execute(statement, params)
        batch = cursor.fetchmany(AT_ONCE)
        while batch:
            coming = ahead.submit(cursor.fetchmany, AT_ONCE)
            time.sleep(0.0001)  # until the question is on its way; else it waits for this thread to pause
            yield batch
            batch = coming.result()


def newest() -> Seal | None:
    """The seal that stands over all others."""
    return Seal.objects.order_by("-pk").first()


def of_entry(entry_id: int) -> Seal | None:
    """The seal that covers a row of the record; None for the seconds until it is sealed."""
    covering = """SELECT * FROM cycles_seal WHERE upto_xid > (SELECT xid::text::bigint FROM cycles_entry WHERE id = %s)
        ORDER BY id LIMIT 1"""
    return next(iter(Seal.objects.raw(covering, [entry_id])), None)


@dataclass(frozen=True)
class Stamp:
    """What a paper says of its act: the seal over it, None for the seconds until there is one."""

    seal: Seal | None


def stamp(obj: Model, *acts: str) -> Stamp | None:
    """The seal over the newest of these acts on an object; None where there was no such act."""
    entry = Entry.objects.of(obj).filter(act__in=acts).first()
    return Stamp(of_entry(entry.pk)) if entry else None


def named(digest: str) -> Seal | None:
    """The seal of this digest, or of which these are the first characters (twelve at least)."""
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
    """The last seal of each of the newest days on which something was sealed, newest first; two queries."""
    sealed = Seal.objects.annotate(day=TruncDate("sealed_at", tzinfo=TEHRAN)).order_by("day").values("day")
    counted: list[tuple[date, int, int]] = list(
        sealed.annotate(last=Max("pk"), rows=Sum("count")).values_list("day", "last", "rows")
    )
    so_far = list(accumulate(rows for _day, _last, rows in counted))
    shown = [(last, total) for (_day, last, _rows), total in zip(counted, so_far, strict=True)][-days:]
    seals = Seal.objects.in_bulk([last for last, _total in shown])
    return [Day(seals[last], total) for last, total in reversed(shown)]


NIGHT = range(1, 6)
"""The hours of Tehran in which the record is verified by itself."""


def is_due(at: datetime) -> bool:
    """Whether the nightly verification is to be ordered: at night, and none was within twenty hours.

    Of several who ask at once one is answered yes; the others, until its transaction ends, no.
    """
    if not _first_to(_ORDERING):
        return False
    lately = Verification.objects.filter(ordered_at__gt=at - timedelta(hours=20))
    return at.astimezone(TEHRAN).hour in NIGHT and not lately.exists()


@transaction.atomic
def verify_ordered(*, clock: Callable[[], datetime]) -> Verdict | None:
    """Verify the record once for all who have ordered it; None when nobody has or another process is at it.

    Nothing is written until the end: a transaction that writes would hold back sealing while it runs.
    """
    if not _first_to(_VERIFYING):
        return None
    ordered = list(Verification.objects.filter(finished_at=None).values_list("pk", flat=True))
    if not ordered:
        return None
    verdict = verify()
    Verification.objects.filter(pk__in=ordered).update(finished_at=clock(), **asdict(verdict))
    return verdict
