"""The acts that change the register: recorded under a signature, in force from their day on."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Agency, Membership, User
from cycles.administration_workflow import ADMINISTRATION
from cycles.calendar import day_of
from cycles.engine.perform import AdministrationTarget, perform, why_closed
from cycles.models import ChangeKind, Cycle, LegalBasis, Participation, RegisterChange
from cycles.people import actions as people
from cycles.register_workflow import REGISTER
from cycles.workflow import CycleState, Refused

SETTLED = (CycleState.FINAL, CycleState.PUBLISHED)
"""States of a cycle whose results stand, whatever becomes of an agency afterwards."""


@transaction.atomic
def record_change(
    agencies: Iterable[Agency],
    *,
    kind: str,
    effective_on: date,
    legal_basis: str,
    letter: str,
    dated_on: date,
    successors: Sequence[Agency] = (),
    name_fa: str = "",
    name_en: str = "",
    by: User,
    at: datetime,
    note: str = "",
) -> list[RegisterChange]:
    """Record what becomes of agencies on a day, and on what legal basis; those concerned are told.

    It takes effect at once where its day has come, else by the clock.
    """
    if why := why_closed(REGISTER, RegisterChange(), "record", by=by, at=at):
        raise Refused(why)
    absorbing = set(successors) if kind == ChangeKind.MERGED else set()
    agencies = list(agencies)
    named = [agency.pk for agency in (*agencies, *successors)]
    fresh = list(locked(Agency.objects.filter(pk__in=named).order_by("pk")))
    successors = [agency for agency in fresh if agency in successors]
    acted_on = set(agencies) - absorbing
    changed = [agency for agency in fresh if agency in acted_on]
    if why := _why_not(
        changed, kind, successors, name_fa=name_fa, name_en=name_en, dated_on=dated_on, at=at
    ):
        raise Refused(why)
    _refuse_crossing_changes(changed, kind, successors, effective_on)

    basis = LegalBasis(effective_on, legal_basis, letter, dated_on)
    changes = []
    for agency in changed:
        change = _create_change(agency, kind, basis, name_fa=name_fa, name_en=name_en, at=at)
        change.successors.set(successors)
        changes.append(change)
    changes = perform(
        REGISTER,
        changes,
        "record",
        by=by,
        at=at,
        note=note,
        letter=letter,
        kind=kind,
        effective_on=effective_on,
        legal_basis=legal_basis,
        dated_on=dated_on,
        successors=[agency.code for agency in successors],
        new_name_fa=name_fa,
        new_name_en=name_en,
    )
    if effective_on <= day_of(at):
        changes = _apply(changes, at=at)
    return changes


def _create_change(
    agency: Agency, kind: str, basis: LegalBasis, *, name_fa: str, name_en: str, at: datetime
) -> RegisterChange:
    return RegisterChange.objects.create(
        kind=kind,
        agency=agency,
        effective_on=basis.effective_on,
        legal_basis=basis.legal_basis,
        letter=basis.letter,
        dated_on=basis.dated_on,
        name_fa=agency.name_fa,
        name_en=agency.name_en,
        new_name_fa=name_fa,
        new_name_en=name_en,
        recorded_at=at,
    )


@transaction.atomic
def import_register(
    write: Callable[[], Sequence[Agency]],
    *,
    basis: LegalBasis | None,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[Agency]:
    """Let a checked file of agencies be written; new names, ends and returns in it become acts on
    the legal basis.
    """
    before = {agency.pk: agency for agency in Agency.objects.all()} if basis else {}
    written = people.import_agencies(
        write, by=by, at=at, file_name=file_name, sha256=sha256, left_out=left_out
    )
    if basis is None:
        return written
    for agency in written:
        known = before.get(agency.pk)
        if known is not None:
            _change_as_in_file(known, agency, basis, by=by, at=at)
    return written


def _change_as_in_file(
    known: Agency, wanted: Agency, basis: LegalBasis, *, by: User, at: datetime
) -> None:
    """Put back what an act has to change, and let the act change it."""
    is_renamed = (known.name_fa, known.name_en) != (wanted.name_fa, wanted.name_en)
    ends_or_returns = known.is_active != wanted.is_active
    Agency.objects.filter(pk=known.pk).update(
        name_fa=known.name_fa,
        name_en=known.name_en,
        sort_key=known.sort_key,
        search_key=known.search_key,
        is_active=known.is_active,
    )
    record = partial(
        record_change,
        [known],
        effective_on=basis.effective_on,
        legal_basis=basis.legal_basis,
        letter=basis.letter,
        dated_on=basis.dated_on,
        by=by,
        at=at,
    )
    if is_renamed:
        record(kind=ChangeKind.RENAMED, name_fa=wanted.name_fa, name_en=wanted.name_en)
    if ends_or_returns:
        record(kind=ChangeKind.RESTORED if wanted.is_active else ChangeKind.DISSOLVED)


def _why_not(
    agencies: Sequence[Agency],
    kind: str,
    successors: Sequence[Agency],
    *,
    name_fa: str,
    name_en: str,
    dated_on: date,
    at: datetime,
) -> str:
    """Say why these agencies cannot be changed so, in a sentence, or ""."""
    if not agencies:
        return _("An agency cannot be merged into itself.")
    if dated_on > day_of(at):
        return _("The legal basis has a date that is still to come.")
    if kind == ChangeKind.RENAMED and (len(agencies) > 1 or not name_fa):
        return _("A new name is given to one agency.")
    if why := _why_not_succeed(agencies, kind, successors):
        return why

    changes = RegisterChange.objects.waiting().filter(agency__in=agencies)
    waiting = {change.agency_id: change for change in changes}
    for agency in agencies:
        change = waiting.get(agency.pk)
        if change is not None and agency.is_active != (kind == ChangeKind.RESTORED):
            return _("Another change waits for its day: %(change)s. Withdraw it first.") % {
                "change": change
            }
        is_called_so = (agency.name_fa, agency.name_en) == (name_fa, name_en)
        if why := _why_not_change(agency, kind, successors, is_called_so=is_called_so):
            return why
    return ""


def _why_not_succeed(agencies: Sequence[Agency], kind: str, successors: Sequence[Agency]) -> str:
    """Say why these successors do not fit a kind of change, in a sentence, or ""."""
    if kind == ChangeKind.MERGED and len(successors) != 1:
        return _("Agencies are merged into one: name it.")
    if kind == ChangeKind.SPLIT and len(set(successors)) < 2:
        return _(
            "A split leaves at least two agencies: name all of them, the old one too if it goes on."
        )
    if kind in (ChangeKind.RENAMED, ChangeKind.RESTORED) and successors:
        return _("An agency that goes on has no successor.")
    for successor in successors:
        if not successor.is_active or (kind == ChangeKind.DISSOLVED and successor in agencies):
            return _("%(agency)s has ended itself and can succeed nobody.") % {"agency": successor}
    return ""


def _why_not_change(
    agency: Agency, kind: str, successors: Sequence[Agency], *, is_called_so: bool
) -> str:
    """Say why one agency cannot undergo a kind of change, in a sentence, or ""."""
    if agency.is_active == (kind == ChangeKind.RESTORED):
        if agency.is_active:
            return _("%(agency)s has not ended.") % {"agency": agency}
        return _("%(agency)s has ended already.") % {"agency": agency}
    if kind == ChangeKind.RENAMED and is_called_so:
        return _("%(agency)s is called so already.") % {"agency": agency}
    if agency.is_authority and _ends(agency, kind, successors):
        return _(
            "The authority that assesses all others cannot end here: name another authority first."
        )
    return ""


def _refuse_crossing_changes(
    agencies: Sequence[Agency], kind: str, successors: Sequence[Agency], day: date
) -> None:
    """Refuse a change that would cross another one, waiting or in force from a later day."""
    ending = [agency for agency in agencies if _ends(agency, kind, successors)]
    if crossing := _crossing(ending, successors, day):
        raise Refused(
            _("Another change waits for its day: %(change)s. Withdraw it first.")
            % {"change": crossing}
        )
    if later := _later_name(agencies, kind, day):
        raise Refused(
            _("From a later day on it has another name already: %(change)s.") % {"change": later}
        )


def _crossing(
    ending: Sequence[Agency], successors: Sequence[Agency], day: date
) -> RegisterChange | None:
    """Find a change that waits and would end a successor by this day, or that gives way to a body
    which this one ends.
    """
    waiting = RegisterChange.objects.waiting().prefetch_related("successors")
    ends_successor = waiting.filter(agency__in=successors, effective_on__lte=day)
    before = next((c for c in ends_successor if _ends(c.agency, c.kind, c.successors.all())), None)
    after = waiting.filter(successors__in=ending, effective_on__gte=day).exclude(agency__in=ending)
    return before or after.first()


def _later_name(agencies: Sequence[Agency], kind: str, day: date) -> RegisterChange | None:
    """Find a renaming in force that a new name from this day on would undo without a word."""
    if kind != ChangeKind.RENAMED:
        return None
    names = RegisterChange.objects.in_force().filter(kind=ChangeKind.RENAMED, agency__in=agencies)
    return names.filter(effective_on__gt=day).order_by("-effective_on", "-pk").first()


def _ends(agency: Agency, kind: str, successors: Iterable[Agency]) -> bool:
    return kind not in (ChangeKind.RENAMED, ChangeKind.RESTORED) and agency not in successors


@transaction.atomic
def withdraw_change(
    change: RegisterChange, *, by: User, at: datetime, note: str = "", letter: str = ""
) -> RegisterChange:
    """Withdraw a change whose day has not come; those who were told of it are told."""
    [change] = perform(REGISTER, [change], "withdraw", by=by, at=at, note=note, letter=letter)
    return change


@transaction.atomic
def take_effect_due(*, at: datetime) -> list[RegisterChange]:
    """Let every change take effect whose day has come; two at once do it once."""
    due = RegisterChange.objects.due(day_of(at)).order_by("effective_on", "pk")
    return _apply(list(locked(due, skip_locked=True)), at=at)


def _apply(changes: Sequence[RegisterChange], *, at: datetime) -> list[RegisterChange]:
    """Write what changes say into the register, end the roles in agencies that end and their part
    in open cycles.

    What they had in hand ends after it, by the clock of each app.
    """
    if not changes:
        return []
    # a cycle that is just being opened or frozen comes before or after the change, never into its
    # midst
    unsettled = locked(Cycle.objects.exclude(state__in=SETTLED).order_by("pk"))
    open_cycles = [cycle.pk for cycle in unsettled]
    changes = perform(REGISTER, changes, "take_effect", by=None, at=at)
    ended = []
    for change in changes:
        agency, successors = change.agency, list(change.successors.order_by("pk"))
        if change.kind == ChangeKind.RENAMED:
            agency.name_fa, agency.name_en = change.new_name_fa, change.new_name_en
            agency.save(update_fields=["name_fa", "name_en", "sort_key", "search_key"])
        elif change.kind == ChangeKind.RESTORED:
            agency.is_active, agency.succeeded_by = True, None
            agency.save(update_fields=["is_active", "succeeded_by"])
        elif _ends(agency, change.kind, successors):
            agency.is_active = False
            agency.succeeded_by = successors[0] if len(successors) == 1 else None
            agency.save(update_fields=["is_active", "succeeded_by"])
            ended.append(agency)
            taking_part = Participation.objects.active().filter(
                agency=agency, cycle__in=open_cycles
            )
            taking_part.update(ended_by=change)
    if ended:
        _end_roles(ended, at=at)
    return changes


def _end_roles(agencies: Sequence[Agency], *, at: datetime) -> None:
    """End all roles in agencies that have ended, those that were to begin among them; each holder
    is told.
    """
    rows = locked(Membership.objects.filter(agency__in=agencies))
    held = list(rows.ending_after(at).select_related("agency", "province", "user").order_by("pk"))
    perform(
        ADMINISTRATION,
        [AdministrationTarget(m, m.agency) for m in held],
        "end_with_agency",
        by=None,
        at=at,
    )
    for membership in held:
        people.end_at(membership, at)
