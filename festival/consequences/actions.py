"""What follows from results: the rules of a year, drawn once they are frozen, and followed to a
letter or a reason.

Nobody outside the secretariat learns of it before the results are published
(`Consequence.visible_to`); a letter is recorded, and with it the agency told, only then.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from uuid_utils import uuid7

from agencies.locks import locked
from agencies.models import Agency, User
from cycles.engine import ledger
from cycles.engine.perform import perform
from cycles.models import Cycle, Participation
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from festival.improvement import actions as improvement
from festival.models import (
    NOT_FILED,
    Consequence,
    ConsequenceKind,
    ConsequenceRule,
    Edition,
    Standing,
)
from festival.workflow import CONSEQUENCES, EDITIONS, RULES

MOST_DAYS = 365


# --- The rules of a year ------------------------------------------------------------------------


@transaction.atomic
def settle(
    cycle: Cycle,
    *,
    on: str,
    kind: str,
    words_fa: str,
    words_en: str = "",
    repeated: bool = False,
    days: int = 30,
    by: User,
    at: datetime,
) -> ConsequenceRule:
    """Settle what follows from a band, or from not filing; possible until the year's consequences
    are drawn.
    """
    _refuse_once_drawn(cycle)
    if not 0 < days <= MOST_DAYS:
        raise Refused(_("A consequence is due within a year of the publication."))
    same = ConsequenceRule.objects.filter(cycle=cycle, on=on, kind=kind, repeated=repeated)
    if same.filter(struck_at=None).exists():
        raise Refused(
            _("This consequence is settled already; strike it first to change its words.")
        )
    rule = ConsequenceRule.objects.create(
        cycle=cycle,
        on=on,
        kind=kind,
        repeated=repeated,
        words_fa=words_fa,
        words_en=words_en,
        days=days,
        settled_by=by,
        settled_at=at,
    )
    perform(
        RULES,
        [rule],
        "settle",
        by=by,
        at=at,
        on=on,
        kind=kind,
        repeated=repeated,
        words_fa=words_fa,
        words_en=words_en,
        days=days,
    )
    return rule


@transaction.atomic
def strike_rule(rule: ConsequenceRule, *, by: User, at: datetime) -> ConsequenceRule:
    """Strike a rule; it stays on record."""
    rule = locked(ConsequenceRule.objects.select_related("cycle"), with_keys=True).get(pk=rule.pk)
    _refuse_once_drawn(rule.cycle)
    if rule.struck_at:
        raise Refused(_("This has been struck already."))
    perform(RULES, [rule], "strike", by=by, at=at)
    rule.struck_at = at
    rule.save(update_fields=["struck_at"])
    return rule


def _refuse_once_drawn(cycle: Cycle) -> None:
    if Consequence.objects.filter(cycle=cycle).exists():
        raise Refused(_("The consequences of this year are drawn; their rules no longer change."))


# --- Drawing them -------------------------------------------------------------------------------


def occasions(year: int) -> dict[int, str]:
    """Return each agency's band in a year's frozen results, or that it did not file."""
    editions = Edition.objects.newest().filter(cycle__year=year)
    rows = Standing.objects.filter(edition__in=editions.values("pk")).order_by("pk")
    named = rows.values_list("participation__agency", "submitted", "band")
    return {agency: band if submitted else NOT_FILED for agency, submitted, band in named}


@transaction.atomic
def draw(edition: Edition, *, by: User, at: datetime) -> list[Consequence]:
    """Draw the consequences of frozen results by the year's rules, all at once; five statements for
    any number.

    The record keeps how many of each kind and their digest, no agency's name.
    """
    edition = locked(Edition.objects.select_related("cycle")).get(pk=edition.pk)
    _refuse_once_drawn(edition.cycle)
    rules = list(ConsequenceRule.objects.filter(cycle=edition.cycle).standing())
    if not rules:
        raise Refused(_("No consequence has been settled for this year."))
    now, before = occasions(edition.cycle.year), occasions(edition.cycle.year - 1)
    ended = set(Agency.objects.filter(pk__in=now, is_active=False).values_list("pk", flat=True))
    agencies = sorted(now.keys() - ended)
    rows = []
    for rule in rules:
        rows += [
            Consequence(cycle_id=edition.cycle_id, agency_id=agency, edition=edition, rule=rule)
            for agency in agencies
            if _meets(rule, agency, now, before)
        ]
    if not rows:
        raise Refused(_("By these rules nothing follows for any agency."))
    digest = hashlib.sha256(
        ledger.as_json([[row.rule_id, row.agency_id] for row in rows]).encode()
    ).hexdigest()
    counts = Counter(row.rule.kind for row in rows)
    perform(
        EDITIONS,
        [edition],
        "draw_consequences",
        by=by,
        at=at,
        counts=dict(sorted(counts.items())),
        digest=digest,
    )
    return Consequence.objects.bulk_create(rows, batch_size=1000)


def _meets(
    rule: ConsequenceRule, agency: int, now: Mapping[int, str], before: Mapping[int, str]
) -> bool:
    return now[agency] == rule.on and (not rule.repeated or before.get(agency) == rule.on)


# --- To their end -------------------------------------------------------------------------------


@transaction.atomic
def record_letter(
    consequence: Consequence,
    *,
    letter: str,
    letter_on: date,
    file: File | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> Consequence:
    """Record the letter by which a consequence was done; the agency is told, a compulsory plan is
    begun.
    """
    consequence = _lock(consequence)
    if not consequence.edition.is_published(at):
        raise Refused(_("The results are not published; a letter now would tell them."))
    if not consequence.agency.is_active:
        raise Refused(
            _("%(agency)s has ended: waive what follows.") % {"agency": consequence.agency}
        )
    if not letter.strip():
        raise Refused(_("Give the number of the letter."))
    [consequence] = perform(
        CONSEQUENCES,
        [consequence],
        "deliver",
        by=by,
        at=at,
        note=note,
        letter=letter,
        letter_number=letter,
        letter_on=letter_on,
        signer=by,
        late=consequence.late_by(at),
    )
    if file is not None:
        consequence.file_name, consequence.sha256 = (
            ui_files.bare_name(file, 200),
            ui_files.sha256(file),
        )
        consequence.file.save(f"{uuid7()}.pdf", file, save=False)
        consequence.save(update_fields=["file", "file_name", "sha256"])
    if consequence.rule.kind == ConsequenceKind.PLAN:
        entered = Participation.objects.get(
            cycle=consequence.cycle_id, agency=consequence.agency_id
        )
        due_on = letter_on + timedelta(days=consequence.rule.days)
        improvement.impose(entered, due_on=due_on, letter=letter, by=by, at=at)
    return consequence


@transaction.atomic
def waive(consequence: Consequence, *, reason: str, by: User, at: datetime) -> Consequence:
    """Let a consequence rest, with a reason."""
    if not reason.strip():
        raise Refused(_("Say why the consequence is waived."))
    [consequence] = perform(
        CONSEQUENCES,
        [_lock(consequence)],
        "waive",
        by=by,
        at=at,
        note=reason,
        reason=reason,
        signer=by,
    )
    return consequence


def _lock(consequence: Consequence) -> Consequence:
    rows = Consequence.objects.select_related("edition", "rule", "cycle", "agency")
    return locked(rows).get(pk=consequence.pk)
