"""The one door through which every act goes, and the acts on cycles, roles and interests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Interest, Level, Membership, Province, Sector, User
from agencies.roles import AGENCY_ROLES, Constituency, Role
from cycles import ledger
from cycles.calendar import BINDINGS, PRESETS, Phase, PlannedWindow, windows_for
from cycles.models import Cycle, Group, Participation, Window
from cycles.workflow import ADMINISTRATION, CYCLE, Move, Refused, Workflow

T = TypeVar("T")


@transaction.atomic
def perform(
    workflow: Workflow,
    objs: Iterable[T],
    name: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    each: Mapping[int, Mapping[str, Any]] | None = None,
    **given: Any,
) -> list[T]:
    """Make one move on each of `objs` under row locks and write it to the ledger; refuses all or none.

    Returns the fresh objects, ordered by key. `given`, with what `each` holds for an object's key, is passed to the
    transition and kept in the ledger's row.
    """
    move = workflow[name]
    model = apps.get_model(workflow.label) if workflow.states else None
    if model is None:
        locked: list[Any] = list(objs)
    else:
        rows = model._default_manager.filter(pk__in=[o.pk for o in objs]).order_by("pk")  # type: ignore[attr-defined]
        related = [f.name for f in model._meta.fields if f.name in ("agency", "cycle", "submission")]
        locked = list(rows.select_related(*related).select_for_update(of=("self",), no_key=True))
    windows = Window.objects.concerning(locked)
    reasons = {o: why for o in locked if (why := workflow.why_not(o, move, by=by, at=at, windows=windows))}
    if reasons:
        raise Refused(reasons)
    sources = [getattr(o, "state", "") or "" for o in locked]
    facts = [given | dict((each or {}).get(o.pk, {})) for o in locked]
    if model is not None and move.target is not None:
        for o, fact in zip(locked, facts, strict=True):
            getattr(o, f"_{name}")(at=at, given=fact)
        if len(locked) == 1:
            locked[0].save(update_fields=workflow.written_fields)
        else:
            model._default_manager.bulk_update(locked, workflow.written_fields, batch_size=500)
    if move.recorded:
        ledger.append(workflow, move, locked, sources=sources, by=by, at=at, windows=windows, note=note, facts=facts)
    return locked


def open_to(workflow: Workflow, obj: Any, *, by: User, at: datetime) -> list[Move]:
    """The moves open to `by` on one object now; one query, for its windows."""
    return workflow.open_to(obj, by=by, at=at, windows=Window.objects.concerning([obj]))


def why_closed(workflow: Workflow, obj: Any, name: str, *, by: User, at: datetime) -> str:
    """Why `by` may not make this move now, "" when they may; makes no change."""
    return workflow.why_not(obj, workflow[name], by=by, at=at, windows=Window.objects.concerning([obj]))


class Subject:
    """What an act of administration is about, where that is no row with a workflow: an agency or none."""

    cycle_id = None

    def __init__(self, obj: Any, agency: Agency | None = None) -> None:
        self.obj, self.agency, self.agency_id = obj, agency, agency.pk if agency else None
        self.pk, self._meta = obj.pk, obj._meta

    def __str__(self) -> str:
        return str(self.obj)


@transaction.atomic
def administer(
    name: str, obj: Any, *, by: User | None, at: datetime, agency: Agency | None = None, note: str = "", **given: Any
) -> None:
    """Check and record an act of administration on any row."""
    perform(ADMINISTRATION, [Subject(obj, agency)], name, by=by, at=at, note=note, **given)


def why_not_administer(name: str, *, by: User, at: datetime, agency: Agency | None = None) -> str:
    """Why `by` may not do an act of administration now, "" when they may; makes no change."""
    return why_closed(ADMINISTRATION, Subject(Agency(), agency), name, by=by, at=at)


@transaction.atomic
def import_agencies(
    write: Callable[[], Sequence[Agency]], *, by: User, at: datetime, file_name: str, sha256: str
) -> list[Agency]:
    """Let a checked spreadsheet be written, all of it or nothing, and record each agency that it adds or changes.

    `write` comes from `resources`, which reads spreadsheets and stands above; it answers with what it wrote.
    """
    if why := why_not_administer("import_agencies", by=by, at=at):
        raise Refused(why)
    written = list(write())
    if not written:
        raise Refused(_("Nothing in the file differs from the register."))
    subjects = [Subject(agency, agency) for agency in written]
    perform(ADMINISTRATION, subjects, "import_agencies", by=by, at=at, file=file_name, sha256=sha256)
    return written


@transaction.atomic
def plan_cycle(
    *, year: int, preset: str, by: User, at: datetime, windows: Sequence[PlannedWindow] | None = None
) -> Cycle:
    """Plan the assessment of a Jalali year with the windows of a preset, or with those given.

    Phases must follow one another: each opens no earlier than the one before it.
    """
    if preset not in PRESETS:
        raise Refused(_("There is no preset of that name."))
    if Cycle.objects.filter(year=year).exists():
        raise Refused(_("There already is a cycle for this year."))
    planned = list(windows or windows_for(preset, year))
    for before, after in pairwise(planned):
        if after.opens_at < before.opens_at:
            raise Refused(
                _("“%(after)s” may not open before “%(before)s”.")
                % {"after": Phase(after.phase).label, "before": Phase(before.phase).label}
            )
    cycle = Cycle.objects.create(year=year, preset=preset)
    Window.objects.bulk_create(
        Window(
            cycle=cycle,
            phase=w.phase,
            quarter=w.quarter,
            opens_at=w.opens_at,
            closes_at=w.closes_at,
            binding=BINDINGS[w.phase],
        )
        for w in planned
    )
    administer("plan_cycle", cycle, by=by, at=at, preset=preset)
    return cycle


@transaction.atomic
def open_cycle(cycle: Cycle, *, by: User, at: datetime) -> Cycle:
    """Open a cycle: every active agency takes part as it is now, in the group of its sector (and province)."""
    [cycle] = perform(CYCLE, [cycle], "open", by=by, at=at)
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
    return cycle


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


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    by: User,
    at: datetime,
    agency: Agency | None = None,
    province: Province | None = None,
    constituency: str = "",
    is_chair: bool = False,
    is_outsider: bool = False,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Membership:
    """Give a user a role; agency roles name an agency, the others the country or one province."""
    needs_agency = role in AGENCY_ROLES or constituency == Constituency.AGENCY
    if needs_agency != (agency is not None):
        raise Refused(_("This role is held in an agency.") if needs_agency else _("This role names no agency."))
    if (role == Role.MEMBER) != bool(constituency):
        raise Refused(_("A working-group member, and nobody else, belongs to a constituency."))
    membership = Membership.objects.create(
        user=user,
        role=role,
        agency=agency,
        province=province,
        constituency=constituency,
        is_chair=is_chair,
        is_outsider=is_outsider,
        valid_from=valid_from or at,
        valid_until=valid_until,
    )
    reach = scope_of(agency, province)
    administer("grant_role", membership, by=by, at=at, agency=reach, user=user.username, role=role)
    return membership


def scope_of(agency: Agency | None, province: Province | None) -> Agency | None:
    """What a role's scope is judged by: its agency, or an unsaved stand-in for its province."""
    return agency or (Agency(province=province, level=Level.PROVINCIAL) if province else None)


@transaction.atomic
def end_role(membership: Membership, *, by: User, at: datetime) -> Membership:
    """End a role now; the row and all that was done under it stay."""
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("agency", "province").get(pk=membership.pk)
    )
    if not membership.in_force(at):
        raise Refused(_("This role is not in force."))
    if membership.valid_from >= at:
        raise Refused(_("A role cannot end before it begins."))
    membership.valid_until = at
    membership.save(update_fields=["valid_until"])
    reach = scope_of(membership.agency, membership.province)
    administer("end_role", membership, by=by, at=at, agency=reach)
    return membership


@transaction.atomic
def declare_interest(*, agency: Agency, reason: str, by: User, at: datetime) -> Interest:
    """Record that `by` has an interest in an agency; from now on they neither mark, review nor vote on it."""
    interest, created = Interest.objects.get_or_create(
        user=by, agency=agency, defaults={"reason": reason, "declared_at": at}
    )
    if not created:
        raise Refused(_("You have already declared an interest in this agency."))
    administer("declare_interest", interest, by=by, at=at, agency=agency)
    return interest
