"""What the authority owes each year: when each duty was due, when it was done and by how many days
late.

Desk, duties page, public timeline, calendar feed and Article 82 report all read it here, so that
they cannot differ. What still waits is late as of the moment asked about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest, Least
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import User, in_reach
from agencies.roles import Role
from appeals.models import Appeal
from appeals.workflow import DECISIONS, AppealState
from cycles.calendar import Phase
from cycles.models import PRACTICE, Cycle, Entry, Extension, Participation, Window
from cycles.workflow import CycleState
from festival.models import Edition, Language, Report
from festival.workflow import Addressee
from indicators.models import IndicatorSet, Kind
from indicators.workflow import SetState
from submissions.models import Submission
from submissions.workflow import SubmissionState

# --- When each occasion of a duty was due and done -----------------------------------------------


def _of_each_year(phase: Phase, done_at: Any) -> QuerySet[Any]:
    """One occasion a year, due with the phase's general window."""
    years = (
        Cycle.objects.of_years()
        .exclude(state=CycleState.PLANNED)
        .filter(windows__phase=phase, windows__agency=None)
    )
    years = years.annotate(
        of_cycle=F("pk"), of_year=F("year"), due_at=F("windows__closes_at"), done_at=done_at
    )
    occasions: QuerySet[Any] = years.annotate(statutory_at=F("due_at"))
    return occasions


def _of_each(rows: QuerySet[Any], phase: Phase, done_at: Any) -> QuerySet[Any]:
    """One occasion a row of what agencies hand in, due with the phase's general window."""
    rows = rows.filter(
        cycle__windows__phase=phase, cycle__windows__agency=None, cycle__year__gt=PRACTICE
    )
    occasions: QuerySet[Any] = rows.annotate(
        due_at=F("cycle__windows__closes_at"), statutory_at=F("due_at"), done_at=done_at
    )
    return occasions


def _the_last_of(*moments: QuerySet[Any]) -> Case:
    """The latest of several moments once none is missing; PostgreSQL's own GREATEST would pass over
    what is missing.
    """
    all_there = Q()
    for moment in moments:
        all_there &= Q(Exists(moment))
    return Case(When(all_there, then=Greatest(*[Subquery(moment) for moment in moments])))


def _general_sets() -> QuerySet[Any]:
    sets = IndicatorSet.objects.filter(
        cycle=OuterRef("pk"), kind=Kind.GENERAL, state=SetState.COMMUNICATED
    )
    return _of_each_year(Phase.APPROVAL, Subquery(sets.values("communicated_at")[:1]))


def _other_sets() -> QuerySet[Any]:
    """A draft or a returned set waits for its agency, not for the authority; a rejected one for
    nobody.
    """
    states = (SetState.PROPOSED, SetState.APPROVED, SetState.COMMUNICATED)
    sets = IndicatorSet.objects.active().exclude(kind=Kind.GENERAL).filter(state__in=states)
    return _of_each(sets, Phase.APPROVAL, F("communicated_at"))


def _signed_submissions() -> QuerySet[Any]:
    """Whoever ended after the scores were out had them communicated; to whoever ended before,
    nothing is owed.
    """
    states = (SubmissionState.SUBMITTED, SubmissionState.MARKED, SubmissionState.COMMUNICATED)
    signed = Submission.objects.filter(
        Q(state__in=states, participation__ended_by=None) | Q(communicated_at__isnull=False)
    )
    return _of_each(signed, Phase.SCORING, F("communicated_at"))


def _reviews() -> QuerySet[Any]:
    """One occasion an agency that appealed, due with its own window and done with the last
    decision.

    A decree that moves the agency's appeals moves their review by as much, as `Windows.term` has
    it.
    """
    of_years = Appeal.objects.filter(cycle__year__gt=PRACTICE).order_by()
    standing = of_years.exclude(
        state__in=(AppealState.DRAFT, AppealState.WITHDRAWN, AppealState.ENDED)
    )
    standing = standing.filter(
        cycle__windows__phase=Phase.APPEAL_REVIEW, cycle__windows__agency=F("agency")
    )
    rows: QuerySet[Any, Any] = standing.values(
        "cycle", "agency", statutory_at=F("cycle__windows__closes_at")
    )
    undecided = Count("pk", filter=Q(state=AppealState.FILED))
    rows = rows.annotate(
        row=Min("pk"), done_at=Case(When(Exact(undecided, 0), then=Max("decided_at")))
    )
    before = Window.objects.filter(
        cycle=OuterRef("cycle"), agency=OuterRef("agency"), phase=Phase.APPEAL
    )
    before = before.filter(closes_at=OuterRef("cycle__windows__opens_at"))
    of_group = Exists(
        Participation.objects.filter(groups=OuterRef("group"), agency=OuterRef(OuterRef("agency")))
    )
    decrees = Extension.objects.filter(
        Q(agency=None, group=None) | Q(agency=OuterRef("agency")) | of_group,
        cycle=OuterRef("cycle"),
        phase=Phase.APPEAL,
    )
    until = decrees.order_by("-closes_at").values("closes_at")[:1]
    shift = Subquery(until) - Subquery(before.values("closes_at")[:1])
    moved = ExpressionWrapper(F("statutory_at") + shift, output_field=DateTimeField())
    occasions: QuerySet[Any] = rows.annotate(due_at=Greatest("statutory_at", moved))
    return occasions


def _reports_approved() -> QuerySet[Any]:
    approved = Report.objects.filter(
        edition__cycle=OuterRef("pk"), approved_at__isnull=False
    ).order_by("approved_at")
    first = [approved.filter(language=language).values("approved_at")[:1] for language in Language]
    return _of_each_year(Phase.FINAL, _the_last_of(*first))


def _reports_delivered() -> QuerySet[Any]:
    deliveries = Entry.objects.filter(
        model="festival.edition", act="deliver_report", cycle_id=OuterRef("pk")
    )
    first = [
        deliveries.filter(params__addressee=a).order_by("at").values("at")[:1]
        for a in Addressee.values
    ]
    return _of_each_year(Phase.FINAL, _the_last_of(*first))


def _publications() -> QuerySet[Any]:
    first = _published().filter(cycle=OuterRef("pk")).order_by("number")
    return _of_each_year(Phase.FESTIVAL, Subquery(first.values("publish_at")[:1]))


def _published() -> QuerySet[Edition]:
    """Editions whose moment is set; whether it has come is for the asker's clock to say."""
    return Edition.objects.filter(state__in=("scheduled", "published"), publish_at__isnull=False)


# --- The duties ---------------------------------------------------------------------------------


class DutyCode(TextChoices):
    COMMUNICATE_INDICATORS = "communicate_indicators", _("Communicate the indicators")
    COMMUNICATE_SCORES = "communicate_scores", _("Communicate the scores")
    DECIDE_APPEALS = "decide_appeals", _("Decide the appeals")
    APPROVE_REPORT = "approve_report", _("Approve the Article 82 report")
    DELIVER_REPORT = "deliver_report", _("Deliver the Article 82 report")
    PUBLISH = "publish", _("Publish the results")


@dataclass(frozen=True)
class Duty:
    """One official duty: the phase in which it falls due, the acts of the ledger that end it, and
    what it is owed for.

    Each row `once_a_year` or `by_agency` is one occasion, with what it is due by and when it was
    done.
    """

    code: DutyCode
    phase: Phase
    workflow: str
    acts: tuple[str, ...]
    owed_for: str | Promise
    once_a_year: Callable[[], QuerySet[Any]] | None = None
    by_agency: Callable[[], QuerySet[Any]] | None = None

    @property
    def title(self) -> str:
        """What is to be done, in the reader's words."""
        return str(self.code.label)


_DUTIES = (
    Duty(
        DutyCode.COMMUNICATE_INDICATORS,
        Phase.APPROVAL,
        "indicators.indicatorset",
        ("communicate",),
        _(
            "The general set of every year, and each specific set that is proposed and neither "
            "returned nor rejected."
        ),
        once_a_year=_general_sets,
        by_agency=_other_sets,
    ),
    Duty(
        DutyCode.COMMUNICATE_SCORES,
        Phase.SCORING,
        "submissions.submission",
        ("communicate",),
        _("Every agency that signed its self-assessment."),
        by_agency=_signed_submissions,
    ),
    Duty(
        DutyCode.DECIDE_APPEALS,
        Phase.APPEAL_REVIEW,
        "appeals.appeal",
        DECISIONS,
        _(
            "Every agency that appealed, until its last appeal is decided; the days run from its "
            "own scores."
        ),
        by_agency=_reviews,
    ),
    Duty(
        DutyCode.APPROVE_REPORT,
        Phase.FINAL,
        "festival.edition",
        ("approve_report",),
        _("Once a year: done when the report is approved in both languages."),
        once_a_year=_reports_approved,
    ),
    Duty(
        DutyCode.DELIVER_REPORT,
        Phase.FINAL,
        "festival.edition",
        ("deliver_report",),
        _(
            "Once a year: done when the President and the Islamic Consultative Assembly both have "
            "the report."
        ),
        once_a_year=_reports_delivered,
    ),
    Duty(
        DutyCode.PUBLISH,
        Phase.FESTIVAL,
        "festival.edition",
        ("publish",),
        _("Once a year: done at the moment from which the results are public."),
        once_a_year=_publications,
    ),
)
DUTIES: dict[str, Duty] = {duty.code.value: duty for duty in _DUTIES}
"""Every duty, in the order of the year."""


class Timeliness(TextChoices):
    """How an occasion of a duty stands at a moment."""

    IN_TIME = "in_time", _("Done in time")
    LATE = "late", _("Done late")
    OVERDUE = "overdue", _("Waiting and overdue")
    WAITING = "waiting", _("Waiting, not due yet")


@dataclass(frozen=True)
class Asked:
    """What is asked about; where nothing is named, every duty of every opened year in the whole
    country.

    `agencies` narrows the rows that have an agency; a duty done once for the whole country then is
    none of them.
    """

    cycles: Sequence[int] | None = None
    duty: str = ""
    timeliness: str = ""
    agencies: Q | None = None


def reach_of(user: User, at: datetime) -> Q | None:
    """What `Asked.agencies` is for an administrator or auditor: the province's agencies, or None
    for the country.
    """
    return (
        None
        if user.oversees_the_country(at)
        else in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
    )


class DaysLate(Func):
    """`cycles.calendar.days_late` in SQL: the 24-hour periods begun between an instant and a
    closing, 0 before it.
    """

    template = "GREATEST(FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400)::int + 1, 0)"
    arg_joiner = " - "
    output_field = IntegerField()


_NO_NUMBER, _NO_TEXT = Cast(Value(None), BigIntegerField()), Cast(Value(None), CharField())
_NAMED = {
    "agency_code": "agency__code",
    "agency_fa": "agency__name_fa",
    "agency_en": "agency__name_en",
    "agency_key": "agency__sort_key",
    "province_fa": "agency__province__name_fa",
    "province_en": "agency__province__name_en",
}


def occasions(asked: Asked, at: datetime, *, names: bool = True) -> QuerySet[Any, dict[str, Any]]:
    """Every occasion asked about, a dictionary each, in one query: what, of which year and agency,
    due, done, late.
    """
    parts = []
    for duty in DUTIES.values():
        if asked.duty and asked.duty != duty.code:
            continue
        if duty.once_a_year and asked.agencies is None:
            parts.append(_columns(duty, duty.once_a_year(), asked, at, names))
        if duty.by_agency:
            parts.append(_columns(duty, duty.by_agency(), asked, at, names))
    if not parts:
        parts = [_columns(_DUTIES[0], _general_sets().none(), asked, at, names)]
    first, *others = parts
    return first.union(*others, all=True)


def _columns(
    duty: Duty, rows: QuerySet[Any], asked: Asked, at: datetime, names: bool
) -> QuerySet[Any, dict[str, Any]]:
    if rows.model is Cycle:
        rows = rows.annotate(of_agency=_NO_NUMBER)
        named: dict[str, Any] = dict.fromkeys(_NAMED, _NO_TEXT)
    else:
        rows = rows.annotate(of_cycle=F("cycle"), of_year=F("cycle__year"), of_agency=F("agency"))
        rows = rows.filter(asked.agencies) if asked.agencies is not None else rows
        named = {name: F(path) for name, path in _NAMED.items()}
    if "row" not in rows.query.annotations:
        rows = rows.annotate(row=F("pk"))
    if asked.cycles is not None:
        rows = rows.filter(of_cycle__in=asked.cycles)
    is_done = Q(done_at__lte=at)
    rows = rows.annotate(
        duty=Value(duty.code.value, CharField()),
        days_late=DaysLate(Least("done_at", Value(at)), "due_at"),
        timeliness=Case(
            When(is_done & Q(days_late=0), then=Value(Timeliness.IN_TIME.value)),
            When(is_done, then=Value(Timeliness.LATE.value)),
            When(days_late=0, then=Value(Timeliness.WAITING.value)),
            default=Value(Timeliness.OVERDUE.value),
            output_field=CharField(),
        ),
    )
    if asked.timeliness:
        rows = rows.filter(timeliness=asked.timeliness)
    columns = [
        "duty",
        "row",
        "of_cycle",
        "of_year",
        "of_agency",
        "statutory_at",
        "due_at",
        "done_at",
        "days_late",
    ]
    columns.append("timeliness")
    if names:
        rows = rows.annotate(**named)
        columns += _NAMED
    return rows.order_by().values(*columns)


# --- Counted by duty and year -------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """A duty of one year over all its occasions; `median` is of those that are late, `worst` the
    largest days late.
    """

    duty: Duty
    cycle_id: int
    year: int
    total: int
    in_time: int
    late: int
    overdue: int
    waiting: int
    agencies_overdue: int
    worst: int
    worst_overdue: int
    median: Decimal | None
    due_from: datetime
    due_at: datetime
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_done(self) -> bool:
        return not self.still

    @property
    def done(self) -> int:
        return self.in_time + self.late

    @property
    def still(self) -> int:
        """How many occasions still wait, due or not."""
        return self.waiting + self.overdue

    @property
    def lates(self) -> int:
        """How many occasions are late, done by now or not."""
        return self.late + self.overdue


_SUMMARY = """
    SELECT duty AS duty_code,
           of_cycle AS cycle_id,
           of_year AS year,
           count(*) AS total,
           count(*) FILTER (WHERE timeliness = 'in_time') AS in_time,
           count(*) FILTER (WHERE timeliness = 'late') AS late,
           count(*) FILTER (WHERE timeliness = 'overdue') AS overdue,
           count(*) FILTER (WHERE timeliness = 'waiting') AS waiting,
           count(of_agency) FILTER (WHERE timeliness = 'overdue') AS agencies_overdue,
           max(days_late) AS worst,
           COALESCE(max(days_late) FILTER (WHERE timeliness = 'overdue'), 0) AS worst_overdue,
           exact_quantile(
               array_agg(days_late::numeric ORDER BY days_late) FILTER (WHERE days_late > 0), 0.5
           )::numeric(8, 1) AS median,
           min(due_at) AS due_from,
           max(due_at) AS due_at,
           min(done_at) FILTER (WHERE timeliness IN ('in_time', 'late')) AS first_at,
           max(done_at) FILTER (WHERE timeliness IN ('in_time', 'late')) AS last_at
    FROM ({occasions}) AS occasion
    WHERE %s::bigint[] IS NULL OR of_cycle = ANY(%s)
    GROUP BY duty, of_cycle, of_year
"""

_AT = datetime(
    1, 1, 1, tzinfo=UTC
)  # stands for the moment in the question that is put together once


@cache
def _of_the_country() -> tuple[str, tuple[Any, ...]]:
    """The question about every occasion in the country, put together once: that takes longer than
    its answer.
    """
    sql, params = occasions(Asked(), _AT, names=False).query.sql_with_params()
    return _SUMMARY.format(occasions=sql), params


def summary(asked: Asked, at: datetime) -> list[Counted]:
    """Each duty of each year asked about, newest year first, in the order of the year; one query of
    any size.
    """
    cycles = None if asked.cycles is None else list(asked.cycles)
    if asked == Asked(cycles=asked.cycles):
        sql, params = _of_the_country()
        params = tuple(at if value == _AT else value for value in params)
    else:
        try:
            occasion, params = occasions(asked, at, names=False).query.sql_with_params()
        except EmptyResultSet:
            return []
        sql = _SUMMARY.format(occasions=occasion)
    counted = []
    with connection.cursor() as cursor:
        cursor.execute(sql, (*params, cycles, cycles))
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            counted.append(Counted(duty=DUTIES[row.pop("duty_code")], **row))
    order = list(DUTIES)
    return sorted(counted, key=lambda c: (-c.year, order.index(c.duty.code)))
