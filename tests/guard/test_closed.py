"""Every address that writes, posted to with a good form while its phase is closed: nothing changes.

Before a window opens, at the stroke of a hard one's closing and long after it; and once while it is
open, so that the form is known to be good. What needs no window stands in ANYTIME with its reason.
An address without a row fails.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Phase
from festival.models import Report
from indicators.models import Indicator, Measure
from indicators.working_groups import actions as working_groups
from submissions.models import Answer, Evidence, Mark
from tests.factories import PASSWORD, World, ask, build, enter_figures, lay_plan
from tests.festival.conftest import approved_report
from tests.guard.test_actions import APPS
from tests.guard.test_authorization import HEADERS, ROWS, address
from tests.worlds.answers import (
    CONCLUSION,
    apart,
    complete_line,
    declare,
    declared,
    factor,
    given,
    power_line,
    review_task,
    signed_version,
    steward_line,
    to_verify,
    unit_line,
)
from tests.worlds.awards import award, category, minutes
from tests.worlds.awards import ranked as ranked_category
from tests.worlds.hearings import question
from tests.worlds.institution import (
    AXIS,
    GOAL,
    goal,
    health_set,
    last_year,
    power_measure,
    returned_suggestion,
)

MICROSECOND = timedelta(microseconds=1)
SIGNED = {"note": "because", "password": PASSWORD}

ANYTIME = {
    "cycles:plan": "a cycle must exist before it can have windows",
    "cycles:practice": "training is needed all year; nothing that is done in it counts",
    "cycles:windows": "the dates are laid before the year is opened",
    "cycles:move": "a cycle is opened before the first of its own windows",
    "cycles:extend": "a decree may come at any time; it never shortens and never reaches back",
    "cycles:holiday_add": "holidays are announced through the year",
    "cycles:holidays_expected": "holidays are announced through the year",
    "cycles:holiday_strike": "an expected holiday may turn out to be none",
    "festival:revise": "an error found after the results were frozen is put right when it is "
    "found, in a new edition",
    "cycles:agencies_import": "the register stands outside every cycle",
    "cycles:register_change": "agencies are dissolved, renamed, merged and split whenever the law says so",
    "cycles:register_withdraw": "what was recorded wrongly must not take effect",
    "cycles:grant": "people come and go all year",
    "cycles:invite": "people come and go all year",
    "cycles:invite_again": "a link that was lost must not keep anybody out",
    "cycles:remove_leaver": "a person who leaves must lose access the same day",
    "cycles:delegation": "a head may be away at any time; each delegation carries its own end",
    "cycles:reset_factor": "a device may be lost on any day",
    "cycles:end_role": "a person who leaves must lose access the same day",
    "cycles:close_account": "an account in strange hands must be closed at that moment",
    "cycles:open_account": "whoever was kept out by mistake must be let in the same day",
    "cycles:identify": "people come and go all year",
    "cycles:nomination_decide": "people come and go all year",
    "cycles:interests": "an interest must be declared the moment it is known",
    "cycles:interests_state": "nobody is shown a year's work before saying so, whenever they join it",
    "submissions:training_begin": "training comes before scoring opens, and whenever an assessor joins",
    "submissions:calibration": "training comes before scoring opens, and whenever an assessor joins",
    "submissions:references": "reference lines are laid before scoring opens",
    "submissions:reference_withdraw": "a line that turns out to be wrong must not train anybody a day longer",
    "submissions:stewards": "work is shared out before scoring opens",
    "cycles:notices_seen": "a notice is read when it is read",
    "cycles:notice_settings": "one's own settings",
    "cycles:job_try_again": "what failed for want of memory, room or a server is tried again once that is mended",
    "cycles:job_stop": "a job that does harm is stopped whenever that shows",
    "cycles:send_again": "messages that could not be sent go out once the mail server takes them again",
    "cycles:ledger_verify": "the record may be checked at any time",
    "submissions:assign": "work is shared out before scoring opens",
    "submissions:assign_all": "work is shared out before scoring opens",
    "appeals:correct": "an error that one appeal shows is corrected for all at once, wherever "
    "their clocks stand",
    "festival:improvement_begin": "from the communicated scores on; late days are counted",
    "festival:findings": "a plan is written until it is signed; late days are counted",
    "festival:improvement_item_new": "a plan is written until it is signed; late days are counted",
    "festival:improvement_item": "a plan is written until it is signed; late days are counted",
    "festival:improvement_strike": "a plan is written until it is signed; late days are counted",
    "festival:improvement_move": "a plan is signed late rather than never; late days are counted",
    "festival:improvement_progress": "what is done is reported when it is done, all through the next year",
    "festival:consequence_settle": "what follows from results is best said before anybody knows them",
    "festival:consequence_strike": "until the consequences are drawn, what follows may still be changed",
    "festival:consequences_draw": "follows from frozen results, told to nobody before publication",
    "festival:consequence_letter": "refused before publication; a letter is recorded late rather than never",
    "festival:consequence_waive": "that a consequence is not right may show on any day",
    "festival:survey_new": "a survey has dates of its own",
    "festival:survey_answer": "a survey has dates of its own",
    "festival:ceremonies": "halls are booked long before there are results",
    "festival:ceremony_edit": "day and place of a ceremony may change until it is held",
    "festival:award_categories": "for what there are awards is best said before anybody knows the results",
    "festival:award_category_new": "for what there are awards is best said before anybody knows the results",
    "festival:award_category": "for what there are awards is best said before anybody knows the results",
    "submissions:costs": "bills come late, and work begins before the year's first window",
    "submissions:expense_strike": "what was entered wrongly is struck when it is noticed",
    "festival:measure": "whoever reads published results may say something about them, whenever that is",
    "festival:comment_publish": "comments come all year and are read as they come",
    "festival:comment_reject": "what must not be public is taken back when that is noticed",
    "festival:register_load": "the register of indices stands outside every cycle",
    "festival:index_new": "the register of indices stands outside every cycle",
    "festival:index_edit": "the register of indices stands outside every cycle",
    "festival:edition_new": "publishers bring their editions out whenever they do",
    "festival:index_import": "publishers bring their editions out whenever they do",
    "festival:region_new": "the register of indices stands outside every cycle",
    "festival:region_edit": "the register of indices stands outside every cycle",
    "festival:recommend": "the next plan is drafted on a calendar of its own",
    "festival:recommendation_approve": "the next plan is drafted on a calendar of its own",
    "festival:index_report": "publishers bring their editions out whenever they do",
    "festival:index_report_send": "publishers bring their editions out whenever they do",
}
"""Addresses that write and need no window, each with its reason; reviewed."""

HARD = {Phase.PROPOSAL, Phase.MONITORING, Phase.SELF_ASSESSMENT, Phase.CLARIFICATION, Phase.APPEAL}


def measure() -> dict[str, Any]:
    words = {"title_fa": "سنجهٔ تازه", "unit_fa": "درصد", "direction": "higher", "method": "linear"}
    return {**words, "points": "10", "target": "20"}


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")


def moved(w: World) -> dict[str, Any]:
    """The file stands for another line, so that it can be shown for this one, too."""
    other = Answer.objects.filter(submission=w.submission).exclude(pk=power_line(w).pk).first()
    Evidence.objects.filter(answer=power_line(w)).update(answer=other)
    return {}


def marks(w: World) -> dict[str, Any]:
    lines = Answer.objects.on_desk(w.block)
    return {f"{a.pk}-points": "1" for a in lines} | {f"{a.pk}-reason": "because" for a in lines}


def marked(w: World) -> dict[str, Any]:
    for a in Answer.objects.on_desk(w.block):
        Mark.objects.get_or_create(
            answer=a, block=w.block, assessor=w.assessor, points=1, reason="because", marked_at=w.at
        )
    return SIGNED


def ready(w: World) -> dict[str, Any]:
    """What the page names of those it has shown: the power ministry alone is marked."""
    return {**SIGNED, "shown": hashlib.sha256(str(w.submission.pk).encode()).hexdigest()}


def drafted(w: World) -> dict[str, Any]:
    return {**SIGNED, "appeal": [w.appeal.pk], f"revision-{w.appeal.pk}": w.appeal.revision}


def approvable(w: World) -> dict[str, Any]:
    Report.objects.update(
        approved_at=None, approved_by=None, first_approved_at=None, first_approved_by=None
    )
    return SIGNED


def emptied(w: World) -> dict[str, Any]:
    """The general set without a measure, so that there is something to fill."""
    for rows in (Measure.objects.of(w.general), Indicator.objects.filter(axis__set=w.general)):
        rows.delete()
    w.general.axes.all().delete()
    w.specific = w.general  # whose address is called
    return {}


def ranked(w: World) -> dict[str, Any]:
    return {f"goal_{goal(w).pk}": 1}


def suggested(w: World) -> dict[str, Any]:
    m = power_measure(w)
    return {
        "points": m.points,
        "target": m.target - 1,
        "title_fa": m.title_fa,
        "title_en": m.title_en,
    }


def convened(w: World) -> dict[str, Any]:
    return {"held_at": "2030-01-01 10:00", "place": "x", "sets": [w.specific.pk]}


def minuted(w: World) -> dict[str, Any]:
    return {"present": [w.chair.pk], "minutes": "because", "password": PASSWORD}


def copied(w: World) -> dict[str, Any]:
    last_year(w)
    w.specific = health_set(w)  # whose address is called
    return {}


def issued(w: World) -> dict[str, Any]:
    w.specific = w.general  # whose address is called
    return {"years": 2}


def shared(w: World) -> dict[str, Any]:
    return {"own": "60", "agency_0": w.health.code, "part_0": "40"}


def bared(w: World) -> dict[str, Any]:
    Indicator.objects.filter(axis__set=w.specific).delete()
    return {}


def gridded(w: World) -> dict[str, Any]:
    return {f"t-{power_measure(w).pk}-{w.unit.pk}": "18"}


def uploaded(w: World) -> dict[str, Any]:
    """A file of the set's measures, checked while the phase was open, as
    its confirmation is sent.
    """
    client = Client()
    client.force_login(w.staff)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        export = reverse("indicators:export", args=[w.specific.pk, "measures", "csv"])
        content = client.get(export).content.replace(b"Outage minutes", b"Minutes of outage")
        file = SimpleUploadedFile("measures.csv", content)
        return {
            "token": client.post(address("indicators:import", w), {"file": file}).context["token"]
        }


def filled(w: World) -> dict[str, Any]:
    """A file of the self-assessment's lines, checked while the phase was open, as its confirmation
    is sent.
    """
    client = Client()
    client.force_login(w.staff)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        file = SimpleUploadedFile(
            "a.csv", f"values/1,lineage,value\n,{power_line(w).measure.lineage},7".encode()
        )
        return {
            "token": client.post(address("submissions:import", w), {"file": file}).context["token"]
        }


def figures_file(w: World) -> dict[str, Any]:
    """A file of a steward's figures, checked while the phase was open, as
    its confirmation is sent.
    """
    client = Client()
    client.force_login(w.steward)
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr("cycles.clock.now", lambda: w.at)
        file = SimpleUploadedFile("a.csv", b"figures/1,code,percent\n,MOE,7")
        return {
            "token": client.post(address("submissions:figures_import", w), {"file": file}).context[
                "token"
            ]
        }


def typed_for_unit(w: World) -> dict[str, Any]:
    line = unit_line(w)
    return {"seen": f"{line.pk}:{line.token('value')}", f"v-{line.pk}": "7"}


def given_to_unit(w: World) -> dict[str, Any]:
    line = unit_line(w)
    return {"measure": line.measure_id, "units": [line.submission_id], "file": paper()}


def deliverable(w: World) -> dict[str, Any]:
    if not Report.objects.exists():
        for language in ("fa", "en"):
            approved_report(w, language)
    return {**SIGNED, "addressee": "president", "letter_number": "1"}


def decidable(w: World) -> dict[str, Any]:
    key = award(w, "proposed").pk
    said = {f"take-{key}": "on", f"rank-{key}": "winner", f"reason-{key}": "because"}
    return {**said, "minutes": minutes(w).pk, "password": PASSWORD}


def targets(w: World) -> dict[str, Any]:
    return {f"target-{m.pk}-1": "7" for m in Measure.objects.of(w.specific)}


def figures(w: World) -> dict[str, Any]:
    said = {"actual": "7", "explanation": "because", "forecast": "7"}
    return {
        f"{what}-{m.pk}": value
        for m in Measure.objects.of(w.specific)
        for what, value in said.items()
    }


PREPARED: dict[str, Callable[[World], Any]] = {
    "indicators:plan_move": lambda w: lay_plan(w, signed=False),
    "indicators:quarter": lay_plan,
    "indicators:quarter_move": lambda w: (lay_plan(w), enter_figures(w)),
    "submissions:ready": complete_line,
    "submissions:factor_withdraw": factor,
    "submissions:factor_judge": factor,
    "submissions:declaration_judge": declare,
    "submissions:reconciliation": apart,
    "submissions:verification": to_verify,
    "submissions:close_task": review_task,
    "submissions:take_up": signed_version,
    "appeals:reply": question,
    "submissions:supply": given,
}
"""What has gone before within the phase itself."""

# address: stage, phase, who, what is typed
CALLS: dict[str, tuple[str, Phase, str, Callable[[World], dict[str, Any]]]] = {
    "indicators:new": ("open", Phase.PROPOSAL, "staff", lambda w: {"cycle": w.cycle.pk, "agency": w.power.pk}),
    "indicators:fill": ("drafted", Phase.PROPOSAL, "administrator", emptied),
    "indicators:import": ("drafted", Phase.PROPOSAL, "staff", uploaded),
    "indicators:measure_new": ("drafted", Phase.PROPOSAL, "staff", lambda w: measure()),
    "indicators:measure_edit": ("drafted", Phase.PROPOSAL, "staff", lambda w: measure()),
    "indicators:measure_remove": ("drafted", Phase.PROPOSAL, "staff", lambda w: {}),
    "indicators:vote": ("proposed", Phase.APPROVAL, "member", lambda w: {"choice": "approve"}),
    "indicators:move": ("voted", Phase.APPROVAL, "chair", lambda w: SIGNED),
    "indicators:rank": ("proposed", Phase.APPROVAL, "member", ranked),
    "indicators:vote_measure": (
        "proposed", Phase.APPROVAL, "member", lambda w: {"choice": "approve", "rating": "fair"},
    ),
    "indicators:comment": ("proposed", Phase.APPROVAL, "staff", lambda w: {"text": "why?"}),
    "indicators:suggest": ("proposed", Phase.APPROVAL, "expert", lambda w: suggested(w) | {"reason": "because"}),
    "indicators:settle": (
        "proposed", Phase.APPROVAL, "chair", lambda w: suggested(w) | {"outcome": "returned", "reason": "because"},
    ),
    "indicators:take_suggestion": ("proposed", Phase.APPROVAL, "staff", lambda w: bool(returned_suggestion(w)) and {}),
    "indicators:rules": ("open", Phase.PROPOSAL, "administrator", lambda w: {"quorum": 3, "majority": 60}),
    "indicators:convene": ("proposed", Phase.APPROVAL, "chair", convened),
    "indicators:minute": ("proposed", Phase.APPROVAL, "chair", minuted),
    "indicators:cancel": ("proposed", Phase.APPROVAL, "chair", lambda w: {"note": "because"}),
    "indicators:copy": ("drafted", Phase.PROPOSAL, "other_staff", copied),
    "indicators:issue": ("drafted", Phase.PROPOSAL, "administrator", issued),
    "indicators:take": ("drafted", Phase.PROPOSAL, "staff", lambda w: {}),
    "indicators:share": ("drafted", Phase.PROPOSAL, "staff", shared),
    "indicators:take_share": ("drafted", Phase.PROPOSAL, "other_staff", lambda w: {}),
    "indicators:axis_new": ("drafted", Phase.PROPOSAL, "staff", lambda w: AXIS),
    "indicators:axis_edit": ("drafted", Phase.PROPOSAL, "staff", lambda w: AXIS),
    "indicators:axis_remove": ("drafted", Phase.PROPOSAL, "staff", bared),
    "indicators:goal_new": ("drafted", Phase.PROPOSAL, "staff", lambda w: GOAL),
    "indicators:goal_edit": ("drafted", Phase.PROPOSAL, "staff", lambda w: GOAL | {"article": "7"}),
    "indicators:goal_remove": ("drafted", Phase.PROPOSAL, "staff", lambda w: {}),
    "indicators:grid": ("communicated", Phase.MONITORING, "headquarters", gridded),
    "indicators:communicate_all": ("approved", Phase.APPROVAL, "administrator", lambda w: SIGNED),
    "indicators:plan": ("communicated", Phase.MONITORING, "staff", targets),
    "indicators:plan_move": ("communicated", Phase.MONITORING, "head", lambda w: SIGNED),
    "indicators:quarter": ("communicated", Phase.MONITORING, "staff", figures),
    "indicators:quarter_move": ("communicated", Phase.MONITORING, "head", lambda w: SIGNED),
    "submissions:begin": ("communicated", Phase.SELF_ASSESSMENT, "staff", lambda w: {}),
    "submissions:answer": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"value": "7", "note": "x"}),
    "submissions:import": ("begun", Phase.SELF_ASSESSMENT, "staff", filled),
    "submissions:grid": ("begun", Phase.SELF_ASSESSMENT, "headquarters", typed_for_unit),
    "submissions:units_document": ("begun", Phase.SELF_ASSESSMENT, "headquarters", given_to_unit),
    "submissions:declaration": ("begun", Phase.SELF_ASSESSMENT, "staff", declared),
    "submissions:declaration_judge": (
        "assigned", Phase.SCORING, "assessor", lambda w: {"verdict": "accepted", "reason": "seen"},
    ),
    "submissions:share_out": (
        "begun", Phase.SELF_ASSESSMENT, "staff",
        lambda w: {"axis": power_line(w).measure.indicator.axis_id, "assignee": w.staff.pk},
    ),
    "submissions:ready": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"is_ready": "on"}),
    "submissions:comment": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"text": "x"}),
    "submissions:factor": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"kind": "law", "text": "x"}),
    "submissions:factor_withdraw": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {}),
    "submissions:factor_judge": (
        "assigned", Phase.SCORING, "assessor", lambda w: {"verdict": "accepted", "reason": "seen"},
    ),
    "submissions:take_up": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {}),
    "submissions:attach": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"file": paper()}),
    "submissions:uploads": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {}),
    "submissions:upload": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: b"y"),
    "submissions:reuse": ("begun", Phase.SELF_ASSESSMENT, "staff", moved),
    "submissions:refer": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {"reference": "7"}),
    "submissions:detach": ("begun", Phase.SELF_ASSESSMENT, "staff", lambda w: {}),
    "submissions:move": ("answered", Phase.SELF_ASSESSMENT, "head", lambda w: SIGNED),
    "submissions:marks": ("assigned", Phase.SCORING, "assessor", marks),
    "submissions:hand_in": ("assigned", Phase.SCORING, "assessor", marked),
    "submissions:reconciliation": (
        "assigned", Phase.SCORING, "assessor", lambda w: {"act": "propose", "points": "60", "reason": "because"},
    ),
    "submissions:verification": (
        "assigned", Phase.SCORING, "other_assessor",
        lambda w: {"act": "conclude", **CONCLUSION, "password": PASSWORD},
    ),
    "submissions:sample": ("marked", Phase.SCORING, "administrator", lambda w: {}),
    "submissions:close_task": ("marked", Phase.SCORING, "administrator", lambda w: {"note": "because"}),
    "submissions:ask": ("assigned", Phase.SCORING, "assessor", lambda w: {"question": "which file?"}),
    "submissions:reply": ("assigned", Phase.CLARIFICATION, "staff", lambda w: {"reply": "because"}),
    "submissions:compute": ("marked", Phase.SCORING, "administrator", lambda w: {}),
    "submissions:reliability": ("marked", Phase.SCORING, "administrator", lambda w: {}),
    "submissions:communicate_all": ("marked", Phase.SCORING, "administrator", ready),
    "submissions:stewardship": (
        "assigned", Phase.SCORING, "steward",
        lambda w: {f"{steward_line(w).pk}-percent": "7", f"{steward_line(w).pk}-seen": ""},
    ),
    "submissions:source": ("assigned", Phase.SCORING, "steward", lambda w: {"title": "x", "document": paper()}),
    "submissions:figures_import": ("assigned", Phase.SCORING, "steward", figures_file),
    "submissions:supply": ("assigned", Phase.SCORING, "steward", lambda w: SIGNED),
    "submissions:open_again": ("marked", Phase.SCORING, "administrator", lambda w: SIGNED),
    "appeals:draft": (
        "scored", Phase.APPEAL, "staff", lambda w: {"ground": "value", "argument": "x", "proposed_value": "60"},
    ),
    "appeals:file": ("drafted_appeal", Phase.APPEAL, "head", drafted),
    "appeals:move": ("filed", Phase.APPEAL, "head", lambda w: SIGNED),
    "appeals:ask": ("heard", Phase.APPEAL_REVIEW, "reviewer", lambda w: {"of": "agency", "question": "x"}),
    "appeals:reply": ("heard", Phase.APPEAL_REVIEW, "staff", lambda w: {"reply": "x"}),
    "appeals:hand_over": ("heard", Phase.APPEAL_REVIEW, "administrator", lambda w: {"reviewer": w.reviewer.pk}),
    "appeals:share_out": ("filed", Phase.APPEAL_REVIEW, "administrator", lambda w: {}),
    "appeals:decide": (
        "heard", Phase.APPEAL_REVIEW, "reviewer",
        lambda w: {"decision": "dismiss", "reason": "because", "password": PASSWORD},
    ),
    "festival:finalise": ("decided", Phase.FINAL, "administrator", lambda w: SIGNED),
    "festival:schedule": ("final", Phase.FINAL, "administrator", lambda w: SIGNED | {"publish_at": "2027-09-04 10:00"}),
    "festival:ask_for_report": ("final", Phase.FINAL, "administrator", lambda w: {"languages": ["fa"]}),
    "festival:cancel_report": ("final", Phase.FINAL, "administrator", lambda w: SIGNED),
    "festival:report_text": ("final", Phase.FINAL, "administrator", lambda w: {"text": "{lines}", "after": 0}),
    "festival:approve_report": ("final", Phase.FINAL, "administrator", approvable),
    "festival:deliver": ("final", Phase.FINAL, "administrator", deliverable),
    "festival:minutes_new": (
        "final", Phase.FINAL, "administrator",
        lambda w: {"held_at": "2027-01-01 10:00", "members": "x", "text": "because"},
    ),
    "festival:award_propose": ("final", Phase.FINAL, "administrator", lambda w: bool(ranked_category(w)) and {}),
    "festival:award_add": (
        "final", Phase.FINAL, "administrator",
        lambda w: {"category": category(w).pk, "agency": w.power.code, "rank": "winner", "reason": "because"},
    ),
    "festival:award_decide": ("final", Phase.FINAL, "administrator", decidable),
    "festival:award_move": (
        "final", Phase.FINAL, "administrator", lambda w: {"reason": "because", "password": PASSWORD},
    ),
}  # fmt: skip


def test_every_address_that_writes_has_a_row_or_a_reason() -> None:
    writing = {name for name, methods, *_rest in ROWS if {"POST", "PATCH"} & set(methods.split())}

    assert writing == set(CALLS) | set(ANYTIME)


def snapshot() -> dict[str, str]:
    """Every row of the portal's own tables, in a digest each; what one has seen and when one signed
    in is no act.
    """
    tables = [
        t for t in connection.introspection.table_names() if t.split("_")[0] in (*APPS, "agencies")
    ]
    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(set(tables) - {"agencies_user"}):
            cursor.execute(
                f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "
                f'"{table}" t'
            )
            rows[table] = cursor.fetchone()[0]
    return rows


def send(client: Client, name: str, url: str, body: Any) -> Any:
    """As the page sends it: a form, or for uploads a piece of a file."""
    if name == "submissions:upload":
        return client.patch(
            url, body, content_type="application/offset+octet-stream", headers=HEADERS[name]
        )
    return client.post(url, body, headers=HEADERS.get(name))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_address_changes_nothing_while_its_phase_is_closed(
    name: str, settings: Any, client: Client
) -> None:
    stage, phase, who, typed = CALLS[name]
    world = build("proposed" if stage == "voted" else stage)
    if stage == "voted":
        for voter in ("member", "budget"):
            working_groups.vote(
                world.specific, choice="approve", reason="", by=world.people[voter], at=world.at
            )
    if phase == Phase.CLARIFICATION:
        ask(world)
    PREPARED.get(name, lambda w: None)(world)
    own = world.power if phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION) else None
    opens, closes = world.opens(phase, own), world.closes(phase, own)
    body = typed(world)
    with translation.override("en"):
        url = address(name, world)
    client.force_login(world.people[who])

    for at in [
        opens - MICROSECOND,
        *([closes, closes + timedelta(days=400)] if phase in HARD else []),
    ]:
        before = snapshot()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cycles.clock.now", lambda at=at: at)
            answer = send(client, name, url, body)

        assert answer.status_code in (200, 302, 404, 422)
        assert snapshot() == before, at

    before = snapshot()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cycles.clock.now", lambda: max(world.at, opens))
        send(client, name, url, typed(world))
    assert snapshot() != before
