"""The audit of the official record: it recomputes every row, root and seal, and names the first
that does not hold.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.calendar import TEHRAN
from cycles.engine.ledger import BODY
from cycles.models import Seal, Verification
from cycles.models.multiranges import Spans, as_multirange
from cycles.record.seals import AT_ONCE, NOTHING, Tree, digest_of, first_to, read_batches

_VERIFYING, _ORDERING = 8282, 8283


@dataclass(frozen=True)
class Verdict:
    """How many rows and seals hold, how many rows wait for a seal, and the first thing that is
    broken, if any.
    """

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
        "%(count)s rows, from %(first)s to %(last)s, were written after this record was moved to "
        "another server "
        "and are not sealed"
    ),
    "unsealed": _(
        "%(count)s rows, from %(first)s to %(last)s, are in no seal and are not waiting for one"
    ),
}


def _fault(kind: str, **given: int) -> str:
    with translation.override("en"):
        return str(FAULTS[kind]) % given


def in_words(broken: str) -> str:
    """Say what is broken in the reader's language."""
    for kind, sentence in FAULTS.items():
        with translation.override("en"):
            pattern = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>-?\\d+)", re.escape(str(FAULTS[kind])))
        if found := re.fullmatch(pattern, broken):
            given = found.groupdict()
            return str(sentence) % {k: in_locale(int(v)) for k, v in given.items()}
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
    SELECT e.id, e.id, {_ROW}, EXISTS (SELECT FROM cycles_unsealed u WHERE u.entry_id = e.id)
    FROM cycles_entry e WHERE NOT e.id <@ ({_FIRST_FORM}) ORDER BY e.id
"""  # noqa: S608 -- constants
"""All other rows, each at its own key."""

OF_TRANSACTIONS = (
    "SELECT from_xid, upto_xid - 1, id, count, root, true FROM cycles_seal WHERE "
    "form = 1 ORDER BY id"
)
OF_KEYS = """
    SELECT lower(span), upper(span) - 1, id, count, root, lower(span) = lower(ids)
    FROM cycles_seal, unnest(ids) span WHERE form > 1 AND id <= %s ORDER BY 1
"""
"""Between which places the rows of a seal lie, and whether it begins there."""


@transaction.atomic
def verify() -> Verdict:
    """Recompute every row, Merkle root and seal, in order, and stop at the first that does not
    hold.

    Memory stays flat however long the record is, and nobody who writes is held up.
    """
    last, broken = _chain()
    if broken:
        return Verdict(0, 0, 0, broken)
    older = _RowsRead()
    if Seal.objects.filter(form=1).exists():
        older = _hold_against_seals(BY_TRANSACTION, OF_TRANSACTIONS)
    newer = _RowsRead() if older.broken else _hold_against_seals(BY_KEY, OF_KEYS, [last])
    rows, seals, waiting = older.rows + newer.rows, older.seals + newer.seals, newer.waiting
    broken = older.broken or newer.broken
    strays = Spans([*older.strays, *newer.strays])
    if strays and not broken:
        left, broken = _strays(strays, last)
        waiting += (
            sum(upto - first + 1 for first, upto in strays) - left
        )  # sealed while this went on
    return Verdict(rows, seals, waiting, broken)


def _chain() -> tuple[int, str]:
    """Find the number of the newest seal, and what is wrong with the first that is no link of the
    chain, else "".
    """
    last, previous = 0, NOTHING
    reached: int | None = 0
    for each in Seal.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        if each.digest != digest_of(each):
            return last, _fault("seal", seal=each.pk)
        # none by transactions may follow one that names its rows, for that reaches no number
        continues = each.form > 1 or each.from_xid == reached
        if each.pk != last + 1 or each.previous != previous or not continues:
            return last, _fault("chain", seal=each.pk)
        last, previous, reached = each.pk, each.digest, each.upto_xid
    return last, ""


@dataclass
class _RowsRead:
    """What was found of the rows that were read; `strays` are in no seal and wait for none."""

    rows: int = 0
    seals: int = 0
    waiting: int = 0
    strays: Spans = field(default_factory=Spans)
    broken: str = ""


@dataclass
class _OpenSeal:
    """A seal some of whose rows are still to come."""

    count: int
    root: str
    tree: Tree = field(default_factory=Tree)


class _Spans:
    """The spans of places under seals, one after the other, and the seals whose last row has not
    come.
    """

    def __init__(self, batches: Iterable[list[tuple[Any, ...]]]) -> None:
        self.first: int
        self.last: int
        self.seal: int
        self.opened: _OpenSeal | None
        self._coming = chain.from_iterable(batches)
        self.incomplete: dict[int, _OpenSeal] = {}
        self.advance()

    def advance(self) -> bool:
        """Go on to the next span; past the last one, false."""
        past = 2**63
        self.first, self.last, self.seal, count, root, begins = next(
            self._coming, (past, past, 0, 0, "", False)
        )
        if begins:
            self.incomplete[self.seal] = _OpenSeal(count, root)
        self.opened = self.incomplete.get(self.seal)
        return bool(self.first < past)

    def close(self) -> str:
        """Be done with the seal whose last row has come; what is wrong with it, if anything."""
        opened, self.opened = self.incomplete.pop(self.seal), None
        return "" if opened.tree.root == opened.root else _fault("root", seal=self.seal)

    def overfull(self) -> str:
        """Say what is wrong with a seal when a row comes after its last one."""
        count = Seal.objects.get(pk=self.seal).count
        return _fault("count", seal=self.seal, count=count, there=count + 1)


def _hold_against_seals(rows: str, spans: str, params: Sequence[int] | None = None) -> _RowsRead:
    """Read rows, each at its place, and hold them against the seals between
    whose places they lie.
    """
    found, sha256 = _RowsRead(), hashlib.sha256
    with (
        closing(read_batches(spans, params)) as span_batches,
        closing(read_batches(rows)) as batches,
    ):
        under = _Spans(span_batches)
        for batch in batches:
            for place, key, body, digest, waits in batch:
                own = sha256(body.encode()).digest()
                if own.hex() != digest:
                    found.broken = _fault("row", row=key)
                    return found
                while place > under.last:
                    under.advance()
                if place < under.first:
                    if waits:
                        found.waiting += 1
                    else:
                        found.strays.add(key)
                    continue
                opened = under.opened
                if opened is None:
                    found.broken = under.overfull()
                    return found
                opened.tree.add(key, own)
                if opened.tree.count == opened.count:
                    found.seals += 1
                    if broken := under.close():
                        found.broken = broken
                        return found
            found.rows += len(batch)
        while under.advance():
            pass
    if under.incomplete:
        number = min(under.incomplete)
        opened = under.incomplete[number]
        found.broken = _fault("count", seal=number, count=opened.count, there=opened.tree.count)
    return found


def _strays(strays: Spans, last: int) -> tuple[int, str]:
    """Count the rows of these that no newer seal covers, and say what that means; "" where there is
    none.
    """
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


NIGHT = range(1, 6)
"""The hours of Tehran in which the record is verified by itself."""


def is_due(at: datetime) -> bool:
    """Say whether the nightly verification is to be ordered: at night, and none was within twenty
    hours.

    Of several who ask at once one is answered yes; the others, until its transaction ends, no.
    """
    if not first_to(_ORDERING):
        return False
    lately = Verification.objects.filter(ordered_at__gt=at - timedelta(hours=20))
    return at.astimezone(TEHRAN).hour in NIGHT and not lately.exists()


@transaction.atomic
def verify_ordered(*, clock: Callable[[], datetime]) -> Verdict | None:
    """Verify the record once for all who have ordered it; None when nobody has or another process
    is at it.

    Nothing is written until the end: a transaction that writes would hold back sealing while it
    runs.
    """
    if not first_to(_VERIFYING):
        return None
    ordered = list(Verification.objects.filter(finished_at=None).values_list("pk", flat=True))
    if not ordered:
        return None
    verdict = verify()
    Verification.objects.filter(pk__in=ordered).update(finished_at=clock(), **asdict(verdict))
    return verdict
