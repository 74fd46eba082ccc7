"""Say what a notice tells its reader."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from agencies.models import Agency, User
from agencies.persian import language
from agencies.statements import Statement, keys_slot, slot
from cycles.administration_workflow import ADMINISTRATION
from cycles.calendar import Phase, phase_label, time_left
from cycles.models import Channel, Cycle, Delivery, Entry

INVITATIONS = frozenset({"invite", "invite_again"})
"""Acts whose mail holds a link by which the person chooses a password."""


@dataclass(frozen=True)
class Notice:
    """A notice in the reader's words. `pk` is that of the inbox's row, whose address leads on to
    `url`.
    """

    pk: int
    title: str
    about: str
    at: datetime
    url: str
    is_official: bool
    letter: str = ""
    closes_at: datetime | None = None
    seen_at: datetime | None = None
    invites: bool = False

    @property
    def sentence(self) -> str:
        """Write the whole notice in one line."""
        return f"{self.title}: {self.about}" if self.about else self.title


def in_words(deliveries: Iterable[Delivery]) -> list[Notice]:
    """Write deliveries (with their entries) in the reader's words; a fixed number of queries for
    any number of them.
    """
    deliveries = list(deliveries)
    objects = _objects(d.entry for d in deliveries if d.entry)
    agencies = Agency.objects.in_bulk({d.params["agency"] for d in deliveries if d.entry is None})
    sent = [d for d in deliveries if d.channel != Channel.INBOX]
    homes: dict[tuple[int, str], int] = {}
    if sent:
        inbox = Delivery.objects.filter(channel=Channel.INBOX, key__in={d.key for d in sent})
        inbox = inbox.filter(recipient__in={d.recipient_id for d in sent})
        homes = {
            (recipient, key): pk
            for pk, recipient, key in inbox.values_list("pk", "recipient_id", "key")
        }
    notices = []
    for d in deliveries:
        pk = homes.get((d.recipient_id, d.key), d.pk)
        if d.entry:
            notices.append(_of_act(d, pk, objects.get((d.entry.model, d.entry.object_pk))))
        else:
            notices.append(_of_deadline(d, pk, agencies.get(d.params["agency"])))
    return notices


def _objects(entries: Iterable[Entry]) -> dict[tuple[str, int], Model]:
    """Read what these entries are about, as it stands now: one query a model."""
    keys: dict[str, set[int]] = {}
    for entry in entries:
        keys.setdefault(entry.model, set()).add(entry.object_pk)
    found: dict[tuple[str, int], Model] = {}
    for label, pks in keys.items():
        for row in _rows_of(label).fetch(keys=list(pks)):
            found[label, row.pk] = row
    return found


@cache
def _rows_of(label: str) -> Statement[Any]:
    """Compose the statement that reads rows of a model with what their names and addresses need."""
    objects = apps.get_model(label).objects
    rows = objects.for_notices() if hasattr(objects, "for_notices") else objects.all()
    return Statement(lambda: rows.filter(pk__in=keys_slot("keys")))


def _of_act(delivery: Delivery, pk: int, obj: Model | None) -> Notice:
    entry = delivery.entry
    assert entry is not None
    return Notice(
        pk=pk,
        title=entry.news,
        about=entry.object_label if obj is None else str(obj),
        at=entry.at,
        url=_address(obj),
        is_official=delivery.is_official,
        letter=entry.params.get("letter", ""),
        seen_at=delivery.seen_at,
        invites=entry.workflow == ADMINISTRATION.label and entry.act in INVITATIONS,
    )


def _address(obj: Model | None) -> str:
    """Name the address of a row, "" where it has no page."""
    address: Callable[[], str] | None = getattr(obj, "get_absolute_url", None)
    return address() if address else ""


def _of_deadline(delivery: Delivery, pk: int, agency: Agency | None) -> Notice:
    params = delivery.params
    closes_at, (name, *args) = datetime.fromisoformat(params["closes_at"]), params["link"]
    todo = {
        "left": _time_left(closes_at, delivery.made_at),
        "todo": apps.get_model(params["model"]).left_to_do(params["count"]),
    }
    phase = phase_label(Phase(params["phase"]), params["quarter"])
    return Notice(
        pk=pk,
        title=gettext("%(left)s left: %(todo)s") % todo,
        about=f"{agency} · {phase} · {Cycle(year=params['year']).label}",
        at=delivery.made_at,
        url=reverse(name, args=args),
        is_official=False,
        letter=params["decree"],
        closes_at=closes_at,
        seen_at=delivery.seen_at,
    )


def _time_left(closes_at: datetime, at: datetime) -> str:
    """Write the time that was left when the reminder was made; an hour begun counts as whole, so
    that it is 3 days.
    """
    hours = -((at - closes_at) // timedelta(hours=1))
    return time_left(closes_at, closes_at - timedelta(hours=hours), language())


MOST_COUNTED, LATEST_SHOWN = 100, 3


def _unseen_deliveries() -> "QuerySet[Delivery]":
    mine = Delivery.objects.visible_to(slot("user"), slot("at"))
    return mine.filter(seen_at=None)


COUNTED = Statement(lambda: _unseen_deliveries().only("pk")[:MOST_COUNTED])
LATEST = Statement(
    lambda: _unseen_deliveries().select_related("entry").order_by("-made_at", "-pk")[:LATEST_SHOWN]
)


def unseen_count(user: User, at: datetime) -> int:
    """Count the notices that somebody has not opened, up to `MOST_COUNTED`."""
    return len(COUNTED.fetch(user=user.pk, at=at))


def latest(user: User, at: datetime) -> list[Notice]:
    """List the newest notices that somebody has not opened, three at most."""
    return in_words(LATEST.fetch(user=user.pk, at=at))
