"""The one door through which every act goes, and the acts on cycles, roles and interests."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from uuid_utils import uuid7

from agencies.locks import locked
from agencies.models import Agency, Province, Sector, User
from agencies.persian import language
from cycles.administration_workflow import EXTENSIONS
from cycles.calendar import PHASES, Phase, format_deadline
from cycles.clashes import Seen
from cycles.engine.perform import administer, perform, why_closed
from cycles.models import (
    PRACTICE,
    RULES,
    Cycle,
    Extension,
    Group,
    Holiday,
    Participation,
    Window,
)
from cycles.presets import PRESETS, PlannedWindow, spare_holidays, why_out_of_order, windows_for
from cycles.ui import files as ui_files
from cycles.workflow import CYCLE, CycleState, Refused, Windows


@transaction.atomic
def plan_cycle(
    *,
    year: int,
    preset: str,
    by: User,
    at: datetime,
    windows: Sequence[PlannedWindow] | None = None,
    **rules: Any,
) -> Cycle:
    """Plan the assessment of a Jalali year with the windows of a preset, or with those given.

    `rules` are fields of the cycle; those not given are as RULES says.
    """
    if preset not in PRESETS:
        raise Refused(_("There is no preset of that name."))
    if Cycle.objects.filter(year=year).exists():
        raise Refused(_("There already is a cycle for this year."))
    rules = RULES | rules
    planned = list(
        windows or proposed_windows(preset, year, spares_holidays=rules["spares_holidays"])
    )
    if why := why_out_of_order(planned):
        raise Refused(why)
    cycle = Cycle.objects.create(year=year, preset=preset, **rules)
    _lay(cycle, planned)
    administer("plan_cycle", cycle, by=by, at=at, preset=preset, **rules)
    return cycle


def proposed_windows(preset: str, year: int, *, spares_holidays: bool) -> list[PlannedWindow]:
    """Lay the windows of a year by a preset, with the closings moved off Fridays and listed
    holidays if wanted.
    """
    planned = windows_for(preset, year)
    if not spares_holidays:
        return planned
    return spare_holidays(
        planned, set(Holiday.objects.filter(is_listed=True).values_list("day", flat=True))
    )


def _lay(cycle: Cycle, planned: Iterable[PlannedWindow]) -> None:
    Window.objects.bulk_create(
        Window(
            cycle=cycle,
            phase=w.phase,
            quarter=w.quarter,
            opens_at=w.opens_at,
            closes_at=w.closes_at,
            binding=PHASES[w.phase].binding,
        )
        for w in planned
    )


@transaction.atomic
def set_windows(
    cycle: Cycle,
    windows: Sequence[PlannedWindow],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Cycle:
    """Give a planned cycle other dates; the record keeps what each window was and became."""
    if why := why_out_of_order(windows):
        raise Refused(why)
    before = {(w.phase, w.quarter): w for w in Window.objects.filter(cycle=cycle, agency=None)}
    if set(before) != {(w.phase, w.quarter) for w in windows}:
        raise Refused(_("Every phase of the year needs its dates."))
    changed = {
        f"{w.phase}-{w.quarter}": {
            "was": (was.opens_at, was.closes_at),
            "became": (w.opens_at, w.closes_at),
        }
        for w in windows
        if (was := before[w.phase, w.quarter])
        and (was.opens_at, was.closes_at) != (w.opens_at, w.closes_at)
    }
    if not changed:
        raise Refused(_("No date was changed."))
    [cycle] = perform(CYCLE, [cycle], "set_windows", by=by, at=at, seen=seen, windows=changed)
    Window.objects.filter(cycle=cycle).delete()
    _lay(cycle, windows)
    return cycle


@transaction.atomic
def extend(
    cycle: Cycle,
    *,
    phase: Phase,
    quarter: int = 0,
    agency: Agency | None = None,
    group: Group | None = None,
    closes_at: datetime,
    decree_number: str,
    decreed_on: date,
    reason: str,
    file: File,
    by: User,
    at: datetime,
) -> Extension:
    """Move a hard window's closing by decree, for one agency, for a group or, where neither is
    named, for all.

    Never shorter, never into the past; those concerned are told.
    """
    cycle = locked(Cycle.objects.all()).get(pk=cycle.pk)
    if why := _why_not_extend(cycle, phase, agency, group):
        raise Refused(why)
    extension = Extension(
        cycle=cycle,
        phase=phase,
        quarter=quarter,
        agency=agency,
        group=group,
        closes_at=closes_at,
        decree_number=decree_number,
        decreed_on=decreed_on,
        reason=reason,
        made_at=at,
    )
    was = _closing_in_force(extension)
    if closes_at <= was:
        raise Refused(
            _("A decree never shortens: the deadline in force is %(when)s.")
            % {"when": format_deadline(was, language())}
        )
    if closes_at <= at:
        raise Refused(_("A decree never reaches back: choose a deadline that lies ahead."))
    extension.file_name, extension.sha256 = ui_files.bare_name(file, 200), ui_files.sha256(file)
    extension.file.save(f"{uuid7()}.pdf", file, save=False)
    extension.save()
    perform(
        EXTENSIONS,
        [extension],
        "extend",
        by=by,
        at=at,
        note=reason,
        letter=decree_number,
        was=was,
        closes_at=closes_at,
        sha256=extension.sha256,
    )
    return extension


def _why_not_extend(cycle: Cycle, phase: Phase, agency: Agency | None, group: Group | None) -> str:
    """Say why the closing of a phase cannot be moved for an agency or a group, or ""."""
    if cycle.state != CycleState.OPEN:
        return _("Only the deadlines of an open cycle can be extended.")
    if not PHASES[phase].is_extendable:
        return _("“%(phase)s” is a duty: it accepts late and counts the days.") % {
            "phase": phase.label
        }
    taking_part = Participation.objects.active().filter(cycle=cycle)
    if agency and not taking_part.filter(agency=agency).exists():
        return _("%(agency)s does not take part in this cycle.") % {"agency": agency}
    if group and group.cycle_id != cycle.pk:
        return _("This group does not belong to this cycle.")
    return ""


def _closing_in_force(extension: Extension) -> datetime:
    """Find the closing a decree must be later than: that of its agency, group or all; where
    agencies have their own, the earliest of those concerned.
    """
    phase, agency_id, group_id = Phase(extension.phase), extension.agency_id, extension.group_id
    scope = Participation.objects.active().filter(cycle=extension.cycle)
    scope = (
        scope.filter(groups=group_id)
        if group_id
        else scope.filter(agency=agency_id)
        if agency_id
        else scope
    )
    if PHASES[phase].is_per_agency:
        windows = Window.objects.terms(
            [extension.cycle_id], list(scope.values_list("agency", flat=True))
        )
        terms = [
            windows.term(w, w.agency_id) for w in windows.rows if w.phase == phase and w.agency_id
        ]
    else:
        windows = Window.objects.terms([extension.cycle_id], [agency_id] if agency_id else [])
        terms = [term] if (term := windows.of(phase, extension)) else []
    if not terms:
        raise Refused(Windows(()).why_closed(phase, extension, extension.made_at))
    of_group = Extension.objects.filter(
        cycle=extension.cycle, phase=phase, quarter=extension.quarter, group=group_id
    )
    decreed = of_group.aggregate(Max("closes_at"))["closes_at__max"] if group_id else None
    return max(min(t.closes_at for t in terms), decreed or datetime.min.replace(tzinfo=UTC))


@transaction.atomic
def open_cycle(cycle: Cycle, *, by: User, at: datetime, note: str = "", letter: str = "") -> Cycle:
    """Open a cycle: every active agency takes part as it is now, in the group of its sector (and
    province).
    """
    cycle = locked(Cycle.objects.all()).get(pk=cycle.pk)
    if why := why_closed(CYCLE, cycle, "open", by=by, at=at):
        raise Refused(why)
    agencies = list(Agency.objects.filter(is_active=True).select_related("province").order_by("pk"))
    groups: dict[str, Group] = {}
    for agency in agencies:
        code = _group_code(agency)
        if code not in groups:
            groups[code] = _group(cycle, code, agency.sector, agency.province)
    for group in groups.values():
        group.save()
    participations = Participation.objects.bulk_create(
        Participation(
            cycle=cycle,
            agency=agency,
            level=agency.level,
            sector=agency.sector,
            province=agency.province,
            name_fa=agency.name_fa,
            name_en=agency.name_en,
            sort_key=agency.sort_key,
            search_key=agency.search_key,
        )
        for agency in agencies
    )
    through = Participation.groups.through
    through.objects.bulk_create(
        through(participation_id=p.pk, group_id=groups[_group_code(a)].pk)
        for p, a in zip(participations, agencies, strict=True)
    )
    # the act comes last: those who take part are told of it
    return perform(CYCLE, [cycle], "open", by=by, at=at, note=note, letter=letter)[0]


TRAINING = timedelta(days=20 * 365)
"""How long every phase of the practice cycle stays open."""


@transaction.atomic
def open_practice(*, by: User, at: datetime) -> Cycle:
    """Open the one cycle in which everybody may try everything: every phase is open, nobody is
    told, nothing counts.

    It has no final results and no festival, so that nothing of it can be frozen or published.
    """
    if Cycle.objects.filter(year=PRACTICE).exists():
        raise Refused(_("The practice cycle is open already."))
    cycle = Cycle.objects.create(year=PRACTICE, preset=next(iter(PRESETS)), spares_holidays=False)
    windows = []
    for spec in PHASES.values():
        if not spec.in_practice or spec.is_per_agency:
            continue
        for quarter in spec.quarters:
            windows.append(PlannedWindow(spec.phase, spec.binding, at, at + TRAINING, quarter))
    _lay(cycle, windows)
    administer("open_practice", cycle, by=by, at=at)
    return open_cycle(cycle, by=by, at=at)


def _group_code(agency: Agency) -> str:
    return f"{agency.province.code}-{agency.sector}" if agency.province else agency.sector


SECTOR_NAMES = {
    Sector.INFRASTRUCTURE: ("زیربنایی", "Infrastructure"),
    Sector.PRODUCTION: ("تولیدی و خدماتی", "Production and services"),
    Sector.ECONOMIC: ("اقتصادی و مالی", "Economic and financial"),
    Sector.HEALTH_WELFARE: ("سلامت و رفاه اجتماعی", "Health and social welfare"),
    Sector.CULTURE_SCIENCE: ("فرهنگی، علمی و آموزشی", "Culture, science and education"),
    Sector.GENERAL_JUDICIAL: ("عمومی، امنیتی و قضایی", "General, security and judicial"),
}


def _group(cycle: Cycle, code: str, sector: str, province: Province | None) -> Group:
    name_fa, name_en = SECTOR_NAMES[Sector(sector)]
    if province:
        name_fa, name_en = f"{name_fa} · {province.name_fa}", f"{name_en} · {province.name_en}"
    return Group(cycle=cycle, code=code, province=province, name_fa=name_fa, name_en=name_en)
