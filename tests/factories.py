"""Worlds for tests: a small country walked through its year by the portal's own actions, up to any
stage.

`build("submitted")` returns a `World` in which everything up to and including that stage has
happened, at its own date.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from agencies.models import Agency, Interest, Level, Membership, Province, Sector, User
from agencies.persian import search_key
from agencies.roles import Constituency, Role
from appeals.drafting import actions as drafting_actions
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal
from cycles.calendar import Phase
from cycles.models import Cycle, Participation, Window
from cycles.people import interests
from cycles.years import actions as years_actions
from festival.models import Edition
from festival.results import actions as results
from indicators.drafting import actions as drafting
from indicators.models import (
    Axis,
    Indicator,
    IndicatorSet,
    Kind,
    Measure,
    Plan,
    QuarterReport,
    Sheet,
)
from indicators.plans import actions as plans
from indicators.sets import approval
from indicators.working_groups import actions as working_groups
from submissions.answers import actions as answers
from submissions.marking import actions as marking
from submissions.marking import assignment, clarifications
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Clarification,
    Document,
    Evidence,
    Stewardship,
    Submission,
)
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.stewards import actions as stewards
from submissions.stewards import appointment
from submissions.stewards import supply as stewards_supply
from tests.copies import walked_once

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
YEAR = 1405
PASSWORD = "correct horse battery staple"

STAGES = (
    "people",  # agencies and everybody's account
    "planned",  # a cycle with windows
    "open",  # agencies take part
    "drafted",  # general set complete, specific set drafted
    "proposed",
    "approved",
    "communicated",  # sets frozen
    "begun",  # submissions with their lines
    "answered",  # the power ministry's lines answered
    "submitted",  # signed by its head; the health ministry's stays a draft
    # blocks on the assessor's desk, the stewarded measure in the steward's hands; scoring is open
    "assigned",
    "marked",  # every block handed in, and the steward's figures supplied
    "scored",  # communicated to the agency, appeals open
    "drafted_appeal",
    "filed",
    "heard",  # its review has opened, and it is on the reviewer's desk
    "decided",  # upheld in part
    "final",  # frozen and ranked
    "scheduled",
)


@dataclass
class World:
    """What was built; `at` is the moment at which the last stage was reached."""

    at: datetime = EPOCH
    people: dict[str, User] = field(default_factory=dict)
    province: Province | None = None
    power: Agency | None = None
    health: Agency | None = None
    unit: Agency | None = None
    cycle: Cycle | None = None
    general: IndicatorSet | None = None
    specific: IndicatorSet | None = None
    submission: Submission | None = None
    other: Submission | None = None
    block: Block | None = None
    stewardship: Stewardship | None = None
    appeal: Appeal | None = None
    edition: Edition | None = None

    def __getattr__(self, name: str) -> User:
        """People by name: `world.head`, `world.assessor`."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def opens(self, phase: Phase, agency: Agency | None = None) -> datetime:
        return self._window(phase, agency).opens_at

    def closes(self, phase: Phase, agency: Agency | None = None) -> datetime:
        return self._window(phase, agency).closes_at

    def _window(self, phase: Phase, agency: Agency | None) -> Window:
        """The phase's window, of a phase with quarters the first quarter's."""
        return Window.objects.get(cycle=self.cycle, phase=phase, agency=agency, quarter__lte=1)

    def fresh(self, obj: Any) -> Any:
        """The row as it stands in the database now."""
        return type(obj)._default_manager.get(pk=obj.pk)


ANALYSIS = {"strengths": "تجربه", "weaknesses": "زمان", "action": "آموزش"}
"""What an agency says of a line in words, where that is asked for."""


def make_user(username: str, role: str = "", **membership: Any) -> User:
    user = User(
        username=username,
        email=f"{username}@example.org",
        name_fa=f"کاربر {username}",
        name_en=username.title(),
    )
    user.set_password(PASSWORD)
    user.save()
    if role:
        Membership.objects.create(user=user, role=role, valid_from=EPOCH, **membership)
    return user


def make_agency(
    code: str, name_fa: str, name_en: str, sector: str = Sector.INFRASTRUCTURE, **fields: Any
) -> Agency:
    fields.setdefault("level", Level.PROVINCIAL if fields.get("province") else Level.MINISTRY)
    return Agency.objects.create(
        code=code, name_fa=name_fa, name_en=name_en, sector=sector, **fields
    )


def build(upto: str, *, year: int = YEAR, preset: str = "statutory_gregorian") -> World:
    """A world in which every stage up to `upto` has happened."""
    if upto not in STAGES:
        raise ValueError(upto)
    return walked_once((upto, year, preset), lambda: _walk(upto, year=year, preset=preset))


def _walk(upto: str, *, year: int, preset: str) -> World:
    """The world of the stage before, one stage on."""
    reached = STAGES.index(upto)
    world = build(STAGES[reached - 1], year=year, preset=preset) if reached else World()
    plan = {"year": year, "preset": preset} if upto == "planned" else {}
    globals()[f"_{upto}"](world, **plan)
    return world


def _people(w: World) -> None:
    w.province = Province.objects.create(
        code="IR-26", name_fa="قزوین", name_en="Qazvin", capital_fa="قزوین", capital_en="Qazvin"
    )
    w.power = make_agency("MOE", "وزارت نیرو", "Ministry of Energy")
    w.health = make_agency("MOHME", "وزارت بهداشت", "Ministry of Health", Sector.HEALTH_WELFARE)
    w.unit = make_agency(
        "MOE-QZ",
        "شرکت آب منطقه‌ای قزوین",
        "Qazvin Regional Water",
        province=w.province,
        parent=w.power,
    )
    people = {
        "staff": (Role.STAFF, {"agency": w.power}),
        "head": (Role.HEAD, {"agency": w.power}),
        "headquarters": (Role.HEADQUARTERS, {"agency": w.power}),
        "agency_administrator": (Role.AGENCY_ADMINISTRATOR, {"agency": w.power}),
        "other_staff": (Role.STAFF, {"agency": w.health}),
        "other_head": (Role.HEAD, {"agency": w.health}),
        "unit_head": (Role.HEAD, {"agency": w.unit}),
        "administrator": (Role.ADMINISTRATOR, {}),
        "provincial_administrator": (Role.ADMINISTRATOR, {"province": w.province}),
        "member": (Role.MEMBER, {"constituency": Constituency.AUTHORITY}),
        "chair": (Role.MEMBER, {"constituency": Constituency.AUTHORITY, "is_chair": True}),
        "budget": (Role.MEMBER, {"constituency": Constituency.BUDGET}),
        "representative": (Role.MEMBER, {"constituency": Constituency.AGENCY, "agency": w.power}),
        "expert": (Role.MEMBER, {"constituency": Constituency.EXPERT}),
        "assessor": (Role.ASSESSOR, {}),
        "other_assessor": (Role.ASSESSOR, {}),
        "provincial_assessor": (Role.ASSESSOR, {"province": w.province}),
        "steward": (Role.STEWARD, {}),
        "reviewer": (Role.REVIEWER, {}),
        "auditor": (Role.AUDITOR, {}),
    }
    for name, (role, membership) in people.items():
        w.people[name] = make_user(name, role, **membership)
    w.people["stranger"] = make_user("stranger")
    w.people["interested"] = make_user("interested", Role.ASSESSOR)
    Interest.objects.create(
        user=w.people["interested"], agency=w.power, reason="Family", declared_at=EPOCH
    )


def deputise(w: World) -> Membership:
    """A deputy of the power ministry's head, for twenty years."""
    w.people["deputy"] = make_user("deputy")
    years = {"valid_from": EPOCH, "valid_until": EPOCH + timedelta(days=20 * 365)}
    return Membership.objects.create(
        user=w.deputy, role=Role.DEPUTY, agency=w.power, delegated_by=w.head, **years
    )


def second_administrator(w: World) -> User:
    """Another administrator of the whole country: two people approve a report."""
    if "second_administrator" not in w.people:
        w.people["second_administrator"] = make_user("second_administrator", Role.ADMINISTRATOR)
    return w.people["second_administrator"]


def _planned(w: World, *, year: int, preset: str) -> None:
    w.at = EPOCH + timedelta(days=30)
    # one assessor a line, and no training, but where a test says otherwise
    alone = {"second_percent": 0, "second_heaviest": 0, "calibration_percent": 0}
    w.cycle = years_actions.plan_cycle(
        year=year, preset=preset, **alone, by=w.administrator, at=w.at
    )


def _open(w: World) -> None:
    w.cycle = years_actions.open_cycle(w.cycle, by=w.administrator, at=w.at)


def _drafted(w: World) -> None:
    w.at = w.opens(Phase.PROPOSAL) + timedelta(hours=9)
    w.general = drafting.draft_set(
        cycle=w.cycle, kind=Kind.GENERAL, agency=None, by=w.administrator, at=w.at
    )
    axes = (
        ("G1", "دولت الکترونیک", "E-government", 600),
        ("G2", "سرمایه انسانی", "Human capital", 400),
    )
    rows = (
        ("G1-1", 0, 300, "linear", 90),
        ("G1-2", 0, 300, "steward", None),
        ("G2-1", 1, 400, "linear", 40),
    )
    made = [
        Axis.objects.create(
            set=w.general, code=code, title_fa=fa, title_en=en, points=points, position=position
        )
        for position, (code, fa, en, points) in enumerate(axes)
    ]
    for position, (code, axis, points, method, target) in enumerate(rows):
        titles = {
            "code": code,
            "title_fa": f"سنجهٔ {code}",
            "title_en": f"Measure {code}",
            "points": points,
        }
        indicator = Indicator.objects.create(axis=made[axis], position=position, **titles)
        Measure.objects.create(
            indicator=indicator,
            unit_fa="درصد",
            unit_en="percent",
            method=method,
            target=target,
            **titles,
        )
    w.specific = drafting.draft_set(
        cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.power, by=w.staff, at=w.at
    )
    for fa, en, points, target in (
        ("کاهش آب بدون درآمد", "Non-revenue water", 600, 20),
        ("دقیقهٔ خاموشی", "Outage minutes", 400, 50),
    ):
        fields = {
            "title_fa": fa,
            "title_en": en,
            "points": Decimal(points),
            "unit_fa": "درصد",
            "unit_en": "percent",
            "method": "inverse_linear",
            "direction": "lower",
            "target": Decimal(target),
            "params": {},
        }
        drafting.save_measure(w.specific, fields=fields, by=w.staff, at=w.at)


def _proposed(w: World) -> None:
    w.at += timedelta(days=1)
    w.general = approval.move(w.general, "propose", by=w.administrator, at=w.at)
    w.specific = approval.move(w.specific, "propose", by=w.head, at=w.at)


def _approved(w: World) -> None:
    w.at += timedelta(days=1)
    for each in (w.general, w.specific):
        for voter in (w.member, w.budget):
            working_groups.vote(each, choice="approve", reason="", by=voter, at=w.at)
    w.general = approval.move(w.general, "approve", by=w.chair, at=w.at)
    w.specific = approval.move(w.specific, "approve", by=w.chair, at=w.at)


def _communicated(w: World) -> None:
    w.at += timedelta(days=1)
    w.general, w.specific = approval.communicate(
        [w.general, w.specific], by=w.administrator, at=w.at
    )


def _begun(w: World) -> None:
    w.at = w.opens(Phase.SELF_ASSESSMENT) + timedelta(hours=9)
    answers.begin(Participation.objects.filter(cycle=w.cycle), by=None, at=w.at)
    w.submission = Submission.objects.get(cycle=w.cycle, agency=w.power)
    w.other = Submission.objects.get(cycle=w.cycle, agency=w.health)


def _answered(w: World) -> None:
    w.at += timedelta(days=1)
    for answer in w.submission.answers.select_related("measure", "submission"):
        if not answer.measure.is_stewarded:
            answers.save_answer(
                answer, value=Decimal(30), note="سی", **ANALYSIS, by=w.staff, at=w.at
            )


def _submitted(w: World) -> None:
    w.at += timedelta(days=1)
    w.submission = signing.move(w.submission, "submit", by=w.head, at=w.at)


def _assigned(w: World) -> None:
    w.at = w.opens(Phase.SCORING) + timedelta(hours=9)
    for name in (
        "assessor",
        "other_assessor",
        "provincial_assessor",
        "interested",
        "steward",
        "reviewer",
    ):
        interests.state_interests(w.cycle, by=w.people[name], at=w.at)
    axes = Axis.objects.filter(set__in=(w.general, w.specific)).order_by("set__kind", "position")
    for axis in axes:
        w.block = assignment.assign(
            w.submission, axis=axis, assessor=w.assessor, by=w.administrator, at=w.at
        )
    w.block = Block.objects.filter(submission=w.submission).order_by("pk").first()
    stewarded = Measure.objects.of(w.general).get(method="steward")
    w.stewardship = appointment.appoint(stewarded, steward=w.steward, by=w.administrator, at=w.at)


def supply(w: World, percent: str = "50") -> Stewardship:
    """The steward's figures for every agency, from a source, signed."""
    given = {"percent": Decimal(percent), "is_not_applicable": False, "note": ""}
    lines = Answer.objects.filter(measure=w.stewardship.measure_id)
    stewards.save_figures(w.stewardship, {a.pk: given for a in lines}, by=w.steward, at=w.at)
    cite(w)
    w.stewardship = stewards_supply.supply(w.stewardship, by=w.steward, at=w.at)
    return w.stewardship


def cite(w: World) -> Stewardship:
    paper = ContentFile(b"%PDF-1.7", name="رتبه‌بندی.pdf")
    w.stewardship = stewards.cite(
        w.stewardship, title="رتبه‌بندی", document=paper, by=w.steward, at=w.at
    )
    return w.stewardship


def ask(w: World) -> Clarification:
    """The assessor's question about a line of the power ministry, at the world's moment."""
    of_desk = Answer.objects.on_desk(w.block)
    line = of_desk.with_submission().order_by("pk").first()
    return clarifications.ask(line, question="سند این عدد کدام است؟", by=w.assessor, at=w.at)


def shown(
    w: World, answer: Answer, content: bytes = b"%PDF-1.7", name: str = "x.pdf", **facts: Any
) -> Evidence:
    """A file of the power ministry's, shown for a line, without a door; checked by nobody, as where
    no scanner is.
    """
    document = Document.objects.create(
        **{
            "cycle": w.cycle,
            "agency": w.power,
            "file": ContentFile(content, name="x"),
            "name": name,
            "search_key": search_key(name),
            "content_type": "application/pdf",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "uploaded_by": w.staff,
            "uploaded_at": w.at,
            "state": "unscanned",
            **facts,
        }
    )
    return Evidence.objects.create(
        answer=answer, document=document, attached_by=w.staff, attached_at=w.at
    )


def plan_of(w: World, agency: Agency | None = None) -> Plan:
    """The annual plan of an agency, the power ministry's unless another is given."""
    return Plan.objects.select_related("agency", "cycle").get(
        cycle=w.cycle, agency=agency or w.power
    )


def report_of(w: World, quarter: int = 1) -> QuarterReport:
    rows = QuarterReport.objects.select_related("agency", "cycle", "plan")
    return rows.get(cycle=w.cycle, agency=w.power, quarter=quarter)


def lay_plan(w: World, *, signed: bool = True) -> Plan:
    """The power ministry's annual plan, on its first day: the year's target in every quarter of its
    own measures.
    """
    plan = plan_of(w)
    w.at = Window.objects.get(
        cycle=w.cycle, phase=Phase.MONITORING, quarter=1
    ).opens_at + timedelta(hours=9)
    targets = {
        p.measure.pk: dict.fromkeys(plan.quarters, p.target)
        for p in Sheet(plan).planned
        if p.is_own
    }
    plan = plans.save_plan(plan, targets, by=w.staff, at=w.at)
    return plans.move_plan(plan, "sign", by=w.head, at=w.at) if signed else plan


def enter_figures(w: World, quarter: int = 1, share: str = "1.25") -> QuarterReport:
    """A quarter's figures in the middle of its window: so many times the target, which here is a
    miss above 1.
    """
    report = report_of(w, quarter)
    window = Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=quarter)
    w.at = window.opens_at + (window.closes_at - window.opens_at) / 2
    figures = {
        p.measure.pk: {
            "actual": p.target * Decimal(share),
            "forecast": p.target,
            "explanation": "خشکسالی",
        }
        for p in Sheet(report.plan).planned
        if p.is_own
    }
    return plans.save_figures(report, figures, by=w.staff, at=w.at)


def report_quarter(w: World, quarter: int = 1, share: str = "1.25") -> QuarterReport:
    return plans.move_report(enter_figures(w, quarter, share), "report", by=w.head, at=w.at)


def _marked(w: World) -> None:
    w.at += timedelta(days=1)
    for block in Block.objects.filter(submission=w.submission).order_by("pk"):
        lines = Answer.objects.on_desk(block).select_related("measure")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=w.assessor, at=w.at)
        marking.hand_in(block, by=w.assessor, at=w.at)
    supply(w)
    w.submission = w.fresh(w.submission)


def _scored(w: World) -> None:
    w.at += timedelta(days=1)
    signing.lapse(w.cycle, at=w.at)
    [w.submission] = release.communicate([w.submission], by=w.administrator, at=w.at)


def _drafted_appeal(w: World) -> None:
    w.at += timedelta(days=1)
    answer = Answer.objects.select_related("measure", "submission").get(
        submission=w.submission, measure__code="G1-1"
    )
    fields = {"ground": "value", "argument": "مقدار درست ۶۰ است", "proposed_value": Decimal(60)}
    w.appeal = drafting_actions.save_draft(answer, fields=fields, by=w.staff, at=w.at)


def _filed(w: World) -> None:
    w.at += timedelta(days=1)
    [w.appeal] = drafting_actions.file([w.appeal], by=w.head, at=w.at)


def _heard(w: World) -> None:
    """The review has begun, and the appeal is on the reviewer's desk."""
    w.at = w.opens(Phase.APPEAL_REVIEW, w.power) + timedelta(hours=9)
    hearing.share_out(w.cycle, by=None, at=w.at)
    w.appeal = w.fresh(w.appeal)


def _decided(w: World) -> None:
    w.appeal = decision.decide(
        w.appeal,
        "uphold_partly",
        reason="بخشی از مستند پذیرفته شد",
        awarded=Decimal(150),
        by=w.reviewer,
        at=w.at,
    )


def _final(w: World) -> None:
    w.at = w.opens(Phase.FINAL) + timedelta(hours=9)
    w.edition = results.finalise(w.cycle, by=w.administrator, at=w.at)
    w.cycle = w.fresh(w.cycle)


def _scheduled(w: World) -> None:
    w.at += timedelta(days=1)
    publish_at = w.opens(Phase.FESTIVAL) + timedelta(days=3)
    w.edition = results.schedule(w.edition, publish_at=publish_at, by=w.administrator, at=w.at)
