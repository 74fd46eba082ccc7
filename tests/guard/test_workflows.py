"""Every workflow over all its moves, all its states and all people, against a table written by
hand.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from appeals.models import Question
from appeals.workflow import QuestionState
from cycles.calendar import Binding, Phase
from cycles.engine.perform import perform
from cycles.models import Entry, Window
from cycles.workflow import Refused, Workflow
from indicators.models import Meeting, Plan, QuarterReport, WorkingGroup
from submissions.models import Answer, Clarification, Document
from submissions.workflow import ClarificationState
from tests.factories import World, build, shown
from tests.guard.test_authorization import EVERYBODY
from tests.jobs import failed_job
from tests.worlds.answers import CONCLUSION, proposed, review_task, sitting, to_verify
from tests.worlds.appointments import nomination
from tests.worlds.awards import award, minutes
from tests.worlds.closing import consequence, plan_for_improvement
from tests.worlds.comments import comment
from tests.worlds.hearings import filing, question
from tests.worlds.indices import index_report
from tests.worlds.reorganisations import waiting_change

OWN = {"staff", "head"}
AUTHORITY = {"member", "chair", "budget", "expert"}
ABOVE = {"other_head"}
"""At the headquarters: in this world the power ministry is a unit of the health ministry's."""

MAY: dict[str, dict[str, set[str]]] = {
    "cycles.cycle": {
        "set_windows": {"administrator"},
        "open": {"administrator"},
        "finalise": {"administrator"},
        "publish": {"clock"},
    },
    "cycles.job": {"try_again": {"administrator"}, "stop": {"administrator"}, "fail": {"clock"}},
    "cycles.nomination": {
        "propose": {"administrator"},
        "confirm": {"administrator"},
        "decline": {"administrator"},
        "withdraw": set(),  # the proposer is not of this world
    },
    "cycles.registerchange": {
        "record": {"administrator"},
        "take_effect": {"clock"},
        "withdraw": {"administrator"},
    },
    "indicators.indicatorset": {
        "edit": OWN,
        "revise": OWN,
        "propose": {"head"},
        "propose_again": {"head"},
        "vote": AUTHORITY | {"representative"},
        "approve": {"chair"},
        "send_back": {"chair"},
        "reject": {"chair"},
        "communicate": {"administrator"},
        "comment": OWN | AUTHORITY | {"representative"},
        "rank": AUTHORITY | {"representative"},
        "suggest": AUTHORITY | {"representative"},
        "settle": {"chair"},
        "carry_over": {"administrator"},
        "set_targets": OWN | {"headquarters"},
    },
    "indicators.meeting": {
        "convene": {"chair", "administrator"},
        "minute": {"chair"},
        "cancel": {"chair", "administrator"},
    },
    "indicators.plan": {"plan": OWN, "sign": {"head"}, "revise": {"head"}},
    "indicators.quarterreport": {"enter": OWN, "report": {"head"}, "correct": {"head"}},
    "submissions.submission": {
        "begin": OWN | {"clock"},
        "end_with_agency": {"clock"},
        "answer": OWN,
        "take_in": OWN,
        "fill": ABOVE,
        "attach": OWN,
        "upload": OWN,
        "refer": OWN,
        "provide": ABOVE,
        "detach": OWN,
        "declare": OWN,
        "comment": OWN | ABOVE,
        "take_up": OWN,
        "submit": {"head"},
        "withdraw": {"head"},
        "check": ABOVE,
        "send_back": ABOVE,
        "stand": {"clock"},
        "lapse": {"clock"},
        "reopen": {"clock"},
        "assign": {"administrator"},
        "sample": {"administrator"},
        "judge_declaration": {"assessor", "other_assessor"},
        "complete": {"assessor", "other_assessor", "clock"},
        "take_back": {"administrator"},
        "communicate": {"administrator"},
        "rescore": {"reviewer"},
    },
    "submissions.stewardship": {
        "assign": {"administrator"},
        "enter": {"steward", "administrator", "provincial_administrator"},
        "take_in": {"steward", "administrator", "provincial_administrator"},
        "cite": {"steward"},
        "supply": {"steward"},
        "reopen": {"administrator"},
    },
    "submissions.document": {
        "pass": {"clock"},
        "quarantine": {"clock"},
        "give_up": {"clock"},
        "skip": {"clock"},
    },
    "submissions.clarification": {"ask": {"assessor"}, "reply": OWN},
    "submissions.calibration": {
        "begin": {"assessor"},
        "mark": {"assessor"},
        "hand_in": {"assessor"},
    },
    "submissions.block": {"mark": {"assessor"}, "judge": {"assessor"}, "hand_in": {"assessor"}},
    "submissions.verification": {
        "note": {"other_assessor"},
        "show": {"other_assessor"},
        "take_back": {"other_assessor"},
        "conclude": {"other_assessor"},
        "hand_over": {"administrator"},
    },
    "submissions.reviewtask": {"close": {"administrator"}},
    "submissions.reconciliation": {
        "propose": {"assessor", "other_assessor"},
        "agree": {"other_assessor"},
        "settle": {"administrator"},
    },
    "appeals.appeal": {
        "edit": OWN,
        "attach": OWN,
        "detach": OWN,
        "discard": OWN,
        "file": {"head"},
        "withdraw": {"head"},
        "assign": {"administrator", "clock"},
        "uphold": {"reviewer"},
        "uphold_partly": {"reviewer"},
        "dismiss": {"reviewer"},
        "declare_inadmissible": {"reviewer"},
        "end_with_agency": {"clock"},
    },
    "appeals.question": {
        "ask": {"reviewer"},
        "consult": {"reviewer"},
        "reply": OWN,
        "explain": {"assessor"},
    },
    "festival.improvementplan": {
        "begin": OWN,
        "edit": OWN,
        "sign": {"head"},
        "impose": {"administrator"},
        "send_back": {"administrator"},
        "report": OWN,
        "close": {"head"},
    },
    "festival.consequence": {"deliver": {"administrator"}, "waive": {"administrator"}},
    "festival.edition": {
        "draw_consequences": {"administrator"},
        "rank": {"administrator"},
        "draft_report": {"administrator"},
        "cancel_report": {"administrator"},
        "write_text": {"administrator"},
        "approve_report": {"administrator"},
        "deliver_report": {"administrator"},
        "schedule": {"administrator"},
        "revise": {"administrator"},
        "write_data": {"administrator", "clock"},
        "publish": {"clock"},
    },
    "festival.indexreport": {"write": OWN, "send": {"head"}},
    "festival.award": {
        "propose": {"administrator"},
        "put_forward": {"administrator"},
        "supersede": {"administrator"},
        "strike": {"administrator"},
        "decide": {"administrator"},
        "confirm": {"administrator"},
        "withdraw": {"administrator"},
        "revoke": {"administrator"},
    },
    "festival.measurecomment": {
        "write": EVERYBODY - {"deputy"} | {"clock"},
        "publish": {"administrator"},
        "reject": {"administrator"},
    },
}
"""Who may make which move on the power ministry's objects: everybody not named is refused."""

SOURCES: dict[str, dict[str, str]] = {
    "cycles.nomination": {"propose": "proposed", "confirm": "proposed", "decline": "proposed", "withdraw": "proposed"},
    "cycles.registerchange": {"record": "recorded", "take_effect": "recorded", "withdraw": "recorded"},
    "cycles.cycle": {"set_windows": "planned", "open": "planned", "finalise": "open", "publish": "final"},
    "cycles.job": {"try_again": "failed cancelled", "stop": "waiting running", "fail": "waiting running"},
    "indicators.indicatorset": {
        "edit": "draft", "revise": "returned", "propose": "draft", "propose_again": "returned", "vote": "proposed",
        "approve": "proposed", "send_back": "proposed", "reject": "proposed", "communicate": "approved",
        "comment": "proposed returned", "rank": "proposed", "suggest": "proposed", "settle": "proposed",
        "carry_over": "draft", "set_targets": "approved communicated",
    },
    "indicators.meeting": {"convene": "convened", "minute": "convened", "cancel": "convened"},
    "indicators.plan": {"plan": "draft", "sign": "draft", "revise": "signed"},
    "indicators.quarterreport": {"enter": "draft", "report": "draft", "correct": "reported"},
    "submissions.submission": {
        "begin": "draft returned", "answer": "draft returned", "fill": "draft returned", "attach": "draft returned",
        "upload": "draft returned", "refer": "draft returned",
        "take_in": "draft returned", "provide": "draft returned", "judge_declaration": "submitted marked",
        "detach": "draft returned", "declare": "draft returned", "comment": "draft returned submitted",
        "take_up": "draft returned", "submit": "draft returned", "withdraw": "submitted", "check": "submitted",
        "send_back": "submitted", "stand": "draft returned", "lapse": "draft returned", "reopen": "lapsed",
        "assign": "draft returned submitted", "sample": "submitted marked",
        "complete": "submitted", "take_back": "marked", "communicate": "marked", "rescore": "communicated",
        "end_with_agency": "draft submitted returned lapsed marked communicated",
    },
    "submissions.stewardship": {
        "assign": "open", "enter": "open", "take_in": "open", "cite": "open", "supply": "open", "reopen": "supplied",
    },
    "submissions.document": {
        "pass": "pending unscanned", "quarantine": "pending unscanned", "give_up": "pending unscanned",
        "skip": "pending",
    },
    "submissions.clarification": {"ask": "asked", "reply": "asked"},
    "submissions.calibration": {"begin": "open", "mark": "open", "hand_in": "open"},
    "submissions.block": {"mark": "open", "judge": "open", "hand_in": "open"},
    "submissions.verification": {
        "note": "drawn", "show": "drawn", "take_back": "drawn", "conclude": "drawn", "hand_over": "drawn",
    },
    "submissions.reviewtask": {"close": "open"},
    "submissions.reconciliation": {"propose": "apart proposed", "agree": "proposed", "settle": "apart proposed"},
    "appeals.appeal": {
        "edit": "draft", "attach": "draft", "detach": "draft", "discard": "draft", "file": "draft",
        "withdraw": "filed", "assign": "filed", "uphold": "filed", "uphold_partly": "filed",
        "dismiss": "filed", "declare_inadmissible": "filed", "end_with_agency": "draft filed",
    },
    "appeals.question": {"ask": "asked", "consult": "asked", "reply": "asked", "explain": "asked"},
    "festival.improvementplan": {
        "begin": "draft", "edit": "draft returned", "sign": "draft returned", "impose": "draft returned signed",
        "send_back": "signed", "report": "signed", "close": "signed",
    },
    "festival.consequence": {"deliver": "due", "waive": "due"},
    "festival.edition": {
        "draw_consequences": "ranked scheduled published",
        "rank": "prepared", "draft_report": "ranked scheduled published",
        "cancel_report": "ranked scheduled published", "write_text": "ranked scheduled published",
        "approve_report": "ranked scheduled published", "deliver_report": "ranked scheduled published",
        "schedule": "ranked scheduled", "revise": "ranked scheduled published",
        "write_data": "ranked scheduled published", "publish": "scheduled",
    },
    "festival.indexreport": {"write": "draft", "send": "draft"},
    "festival.award": {
        "propose": "proposed", "put_forward": "proposed", "supersede": "proposed", "strike": "proposed",
        "decide": "proposed", "confirm": "decided", "withdraw": "decided", "revoke": "decided",
    },
    "festival.measurecomment": {"write": "waiting", "publish": "waiting", "reject": "waiting published"},
}  # fmt: skip
"""From which states each move is possible, written by hand."""


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """One world for the module, rolled back at its end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            built = build("scheduled")
            Agency.objects.filter(pk=built.power.pk).update(parent=built.health)
            yield built
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


def clarification(world: World) -> Clarification:
    """A question about a line of the block, asked when scoring opened."""
    line = Answer.objects.filter(
        submission=world.submission, measure__indicator__axis=world.block.axis
    ).first()
    of = {
        "cycle": world.cycle,
        "agency": world.power,
        "submission": world.submission,
        "assessor": world.assessor,
    }
    opens_at = world.opens(Phase.SCORING)
    Window.objects.get_or_create(
        cycle=world.cycle, phase=Phase.CLARIFICATION, agency=world.power, line=line.pk,
        defaults={"opens_at": opens_at, "closes_at": opens_at + timedelta(days=3), "binding": Binding.HARD},
    )  # fmt: skip
    return Clarification.objects.get_or_create(line=line, defaults=of)[0]


def document(world: World) -> Document:
    """A file of the power ministry."""
    return (
        Document.objects.first()
        or shown(world, Answer.objects.filter(submission=world.submission).first()).document
    )


def meeting(world: World) -> Meeting:
    """A meeting of the power ministry's working group."""
    group = WorkingGroup.objects.get_or_create(cycle=world.cycle, sector=world.power.sector)[0]
    when = {"held_at": world.opens(Phase.APPROVAL), "cycle": world.cycle}
    return Meeting.objects.get_or_create(group=group, number=1, defaults=when)[0]


def subject(world: World, label: str) -> Any:
    return {
        "cycles.cycle": world.cycle,
        "cycles.job": failed_job(world),
        "cycles.nomination": nomination(world),
        "cycles.registerchange": waiting_change(world),
        "indicators.indicatorset": world.specific,
        "indicators.meeting": meeting(world),
        "indicators.plan": Plan.objects.get(cycle=world.cycle, agency=world.power),
        "indicators.quarterreport": QuarterReport.objects.get(
            cycle=world.cycle, agency=world.power, quarter=1
        ),
        "submissions.submission": world.submission,
        "submissions.stewardship": world.stewardship,
        "submissions.document": document(world),
        "submissions.clarification": clarification(world),
        "submissions.calibration": sitting(world),
        "submissions.block": world.block,
        "submissions.reconciliation": proposed(world),
        "submissions.verification": to_verify(world),
        "submissions.reviewtask": review_task(world),
        "appeals.appeal": world.appeal,
        "appeals.question": question(world, world.assessor),
        "festival.improvementplan": plan_for_improvement(world),
        "festival.consequence": consequence(world),
        "festival.edition": world.edition,
        "festival.indexreport": index_report(world),
        "festival.award": award(world),
        "festival.measurecomment": comment(world),
    }[label]


def settle_other_matters(world: World, label: str) -> None:
    """A row's own conditions are tried here; what another open matter holds up is tested beside
    that matter.
    """
    if label != "submissions.clarification":
        Clarification.objects.update(state=ClarificationState.REPLIED)
    if label != "appeals.question":
        Question.objects.update(
            state=QuestionState.REPLIED, replied_at=world.at, replied_by=world.assessor, reply="yes"
        )


def a_moment_within(world: World, phase: Phase) -> Any:
    if phase == Phase.ANYTIME:
        return world.at
    own = phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION)
    return world.opens(phase, world.power if own else None)


def given(world: World, label: str, person: Any) -> dict[str, Any]:
    """Whatever any transition of the workflow asks for."""
    return {
        "proposer": person, "hash": "0" * 64, "signer": person or world.head, "reviewer": person, "reason": "because",
        "points": None, "digest": "0" * 64, "publish_at": timezone.now(), "axes": [], "line": 1,
        "text": "because", "writer": person, "chair": person, "minutes": "because", "reporter": person,
        "remarks": "because", "signed_at": world.at, "version": 1, "finding": "Eicar",
        "reader": person or world.assessor, "void": False, "deviation": None, "passed": False,
        "run": world.submission.current_run_id,
        "hours": None, "outcome": "because", "filing": filing(world), "points_before": None, "error": "",
        "letter_number": "1/1", "letter_on": world.at.date(),
        "rank": "winner", "reason_en": "", "number": 1, "minutes_id": minutes(world).pk, "standing_id": None,
        "closer": person or world.administrator, "found_value": None,
        "decided_by": (person or world.administrator).pk, **CONCLUSION,
    }  # fmt: skip


def test_the_tables_of_this_test_name_every_move():
    with_states = {label: w for label, w in Workflow.registry.items() if w.states is not None}

    assert {
        label: set(w.moves) for label, w in with_states.items() if label != "submissions.run"
    } == {label: set(moves) for label, moves in MAY.items()}
    assert {label: set(moves) for label, moves in SOURCES.items()} == {
        label: set(m) for label, m in MAY.items()
    }


ROWS = [(label, name) for label, moves in MAY.items() for name in moves]


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "name"), ROWS, ids=[f"{label}-{name}" for label, name in ROWS])
def test_a_move_is_made_by_the_right_people_from_the_right_states_and_by_nobody_else(
    world: World, label: str, name: str
) -> None:
    workflow = Workflow.registry[label]
    move, obj, model = workflow[name], subject(world, label), apps.get_model(label)
    settle_other_matters(world, label)
    at = a_moment_within(world, move.phase)
    people = {**world.people, "clock": None}
    wrong = []
    for state in workflow.states.values:
        for who, person in people.items():
            with transaction.atomic():
                model.objects.filter(pk=obj.pk).update(state=state)
                if label == "indicators.indicatorset":
                    model.objects.filter(pk=obj.pk).update(proposed_by=world.head)
                rows = Entry.objects.count()
                try:
                    with transaction.atomic():
                        perform(
                            workflow, [obj], name, by=person, at=at, **given(world, label, person)
                        )
                    made = True
                except Refused:
                    made = False
                after = model.objects.get(pk=obj.pk).state
                expected = state in SOURCES[label][name].split() and who in MAY[label][name]
                if made != expected:
                    wrong.append(f"{who} from {state}: {'made' if made else 'refused'}")
                if after != ((move.target or state) if made else state):
                    wrong.append(f"{who} from {state}: now {after}")
                if Entry.objects.count() - rows != (1 if made and move.recorded else 0):
                    wrong.append(f"{who} from {state}: ledger")
                transaction.set_rollback(True)
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "name"), ROWS, ids=[f"{label}-{name}" for label, name in ROWS])
def test_a_move_is_refused_outside_its_window_in_words_that_say_when(
    world: World, label: str, name: str
) -> None:
    workflow = Workflow.registry[label]
    move, obj, model = workflow[name], subject(world, label), apps.get_model(label)
    settle_other_matters(world, label)
    if move.phase == Phase.ANYTIME:
        assert move.why_anytime
        return
    own = move.phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION)
    window = world._window(move.phase, world.power if own else None)
    who = sorted(MAY[label][name])[0]
    person = {**world.people, "clock": None}[who]
    model.objects.filter(pk=obj.pk).update(state=SOURCES[label][name].split()[0])
    if label == "indicators.indicatorset":
        model.objects.filter(pk=obj.pk).update(proposed_by=world.head)
    arguments = given(world, label, person)
    microsecond = timedelta(microseconds=1)

    with pytest.raises(Refused, match="opens on"):
        perform(workflow, [obj], name, by=person, at=window.opens_at - microsecond, **arguments)
    if window.binding == "hard":
        with pytest.raises(Refused, match="closed on"):
            perform(workflow, [obj], name, by=person, at=window.closes_at, **arguments)
        with transaction.atomic():
            perform(
                workflow, [obj], name, by=person, at=window.closes_at - microsecond, **arguments
            )
            transaction.set_rollback(True)
    else:
        with transaction.atomic():
            perform(workflow, [obj], name, by=person, at=window.closes_at, **arguments)
            if move.recorded:
                assert Entry.objects.latest("id").days_late == 1
            transaction.set_rollback(True)
