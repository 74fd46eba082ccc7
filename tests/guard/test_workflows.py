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
from tests.guard.moves import MAY, SOURCES
from tests.jobs import failed_job
from tests.worlds.answers import CONCLUSION, proposed, review_task, sitting, to_verify
from tests.worlds.appointments import nomination
from tests.worlds.awards import award, minutes
from tests.worlds.closing import consequence, plan_for_improvement
from tests.worlds.comments import comment
from tests.worlds.hearings import filing, question
from tests.worlds.indices import index_report
from tests.worlds.reorganisations import waiting_change


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
