"""Seals chain the official record without slowing those who write to it, and `verify` names the first broken thing.

A row waits for its seal in a queue that a trigger fills; a seal names the rows it covers by their keys, so that the
record is the same in whichever server it lies. docs/record.md tells how it is checked by hand.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
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
from cycles.models.multiranges import Spans, as_multirange

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
    if seal.form == 1:
        covered: dict[str, Any] = {"from": seal.from_xid, "upto": seal.upto_xid}
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


def _digest(seal: Seal) -> str:
    said = {name: fact for name, fact in facts(seal).items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _first_to(work: int) -> bool:
    """Whether no other process is at this work; if so, others are kept from it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [work])
        return bool(cursor.fetchone()[0])


QUEUE = """
    SELECT u.entry_id, e.digest FROM cycles_unsealed u JOIN cycles_entry e ON e.id = u.entry_id
    WHERE NOT EXISTS (SELECT FROM cycles_seal s WHERE s.ids @> u.entry_id)
    ORDER BY u.entry_id
"""
"""The rows that wait. A running transaction shows none of its own; when it ends, they are there for the next seal."""


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Seal every row that waits; None when there is none or another process is sealing."""
    if not _first_to(_SEALING):
        return None
    tree, spans = Tree(), Spans()
    with closing(_read(QUEUE)) as batches:
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
    made.digest = _digest(made)
    made.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cycles_unsealed WHERE entry_id <@ %s::int8multirange", [as_multirange(spans)])
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
    "moved": _(
        "%(count)s rows, from %(first)s to %(last)s, were written after this record was moved to another server "
        "and are not sealed"
    ),
    "unsealed": _("%(count)s rows, from %(first)s to %(last)s, are in no seal and wait for none"),
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


_FIRST_FORM = "SELECT coalesce(range_agg(ids), '{}') FROM cycles_seal WHERE form = 1"
# a digest is answered only where the body is what the columns say
_ROW = f"e.body, CASE WHEN e.body = {BODY} THEN e.digest END"
BY_TRANSACTION = f"""
    SELECT e.xid::text::bigint, e.id, {_ROW}, false FROM cycles_entry e
    WHERE e.id <@ ({_FIRST_FORM}) ORDER BY e.xid, e.id
"""  # noqa: S608 -- constants
"""Rows under seals of form 1, each at the number of its transaction."""

BY_KEY = f"""
    SELECT e.id, e.id, {_ROW}, u.entry_id IS NOT NULL
    FROM cycles_entry e LEFT JOIN cycles_unsealed u ON u.entry_id = e.id
    WHERE NOT e.id <@ ({_FIRST_FORM}) ORDER BY e.id
"""  # noqa: S608 -- constants
"""All other rows, each at its own key."""

OF_TRANSACTIONS = "SELECT from_xid, upto_xid - 1, id, count, root, true FROM cycles_seal WHERE form = 1 ORDER BY id"
OF_KEYS = """
    SELECT lower(span), upper(span) - 1, id, count, root, lower(span) = lower(ids)
    FROM cycles_seal, unnest(ids) span WHERE form > 1 AND id <= %s ORDER BY 1
"""
"""Between which places the rows of a seal lie, and whether it begins there."""


@transaction.atomic
def verify() -> Verdict:
    """Recompute every row, Merkle root and seal, in order, and stop at the first that does not hold.

    Memory stays flat however long the record is, and nobody who writes is held up.
    """
    last, broken = _chain()
    if broken:
        return Verdict(0, 0, 0, broken)
    older = _Read()
    if Seal.objects.filter(form=1).exists():
        older = _hold_against_seals(BY_TRANSACTION, OF_TRANSACTIONS)
    newer = _Read() if older.broken else _hold_against_seals(BY_KEY, OF_KEYS, [last])
    rows, seals, waiting = older.rows + newer.rows, older.seals + newer.seals, newer.waiting
    broken = older.broken or newer.broken
    strays = Spans([*older.strays, *newer.strays])
    if strays and not broken:
        left, broken = _strays(strays, last)
        waiting += sum(upto - first + 1 for first, upto in strays) - left  # sealed while this went on
    return Verdict(rows, seals, waiting, broken)


def _chain() -> tuple[int, str]:
    """The number of the newest seal, and what is wrong with the first that is no link of the chain, else ""."""
    last, previous = 0, NOTHING
    reached: int | None = 0
    for each in Seal.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        if each.digest != _digest(each):
            return last, _fault("seal", seal=each.pk)
        # none by transactions may follow one that names its rows, for that reaches no number
        continues = each.form > 1 or each.from_xid == reached
        if each.pk != last + 1 or each.previous != previous or not continues:
            return last, _fault("chain", seal=each.pk)
        last, previous, reached = each.pk, each.digest, each.upto_xid
    return last, ""


@dataclass
class _Read:
    """What was found of the rows that were read; `strays` are in no seal and wait for none."""

    rows: int = 0
    seals: int = 0
    waiting: int = 0
    strays: Spans = field(default_factory=Spans)
    broken: str = ""


class _Spans:
    """The spans of places under seals, one after the other, and the seals whose last row has not come."""

    def __init__(self, batches: Iterable[list[tuple[Any, ...]]]) -> None:
        self.first: int
        self.last: int
        self.seal: int
        self._coming = (span for batch in batches for span in batch)
        self.open: dict[int, tuple[Tree, int, str]] = {}
        self.advance()

    def advance(self) -> bool:
        """Go on to the next span; past the last one, false."""
        past = 2**63
        self.first, self.last, self.seal, count, root, begins = next(self._coming, (past, past, 0, 0, "", False))
        if begins:
            self.open[self.seal] = (Tree(), count, root)
        return bool(self.first < past)


def _hold_against_seals(rows: str, spans: str, given: list[Any] | None = None) -> _Read:
    """Read rows, each at its place, and hold them against the seals between whose places they lie."""
    found, sha256 = _Read(), hashlib.sha256
    with closing(_read(spans, given)) as span_batches, closing(_read(rows)) as batches:
        under = _Spans(span_batches)
        for batch in batches:
            for place, key, body, digest, waits in batch:
                own = sha256(body.encode()).digest()
                if own.hex() != digest:
                    found.broken = _fault("row", row=key)
                    return found
                found.rows += 1
                while place > under.last:
                    under.advance()
                if place >= under.first:
                    if broken := _add(under, key, own, found):
                        found.broken = broken
                        return found
                elif waits:
                    found.waiting += 1
                else:
                    found.strays.add(key)
        while under.advance():
            pass
    if under.open:
        number = min(under.open)
        tree, count, _root = under.open[number]
        found.broken = _fault("count", seal=number, count=count, there=tree.count)
    return found


def _add(under: _Spans, key: int, digest: bytes, found: _Read) -> str:
    """Add a row to the tree of its seal; what is wrong with the seal if that was its last row."""
    if under.seal not in under.open:
        count = Seal.objects.get(pk=under.seal).count
        return _fault("count", seal=under.seal, count=count, there=count + 1)
    tree, count, root = under.open[under.seal]
    tree.add(key, digest)
    if tree.count == count:
        if tree.root != root:
            return _fault("root", seal=under.seal)
        del under.open[under.seal]
        found.seals += 1
    return ""


def _strays(strays: Spans, last: int) -> tuple[int, str]:
    """How many of these rows no newer seal covers, and what that means; "" where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), min(id), max(id), count(xid) FROM cycles_entry e
            WHERE id <@ %s::int8multirange
                AND NOT EXISTS (SELECT FROM cycles_seal s WHERE s.id > %s AND s.ids @> e.id)
            """,
            [as_multirange(strays), last],
        )
        count, lowest, highest, of_transactions = cursor.fetchone()
    if not count:
        return 0, ""
    kind = "moved" if of_transactions else "unsealed"
    return count, _fault(kind, count=count, first=lowest, last=highest)


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
    covering = "SELECT * FROM cycles_seal WHERE ids @> %s::bigint"
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
