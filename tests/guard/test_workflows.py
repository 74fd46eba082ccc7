"""Every workflow over all its moves, all its states and all people, against a table written by
hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
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
from tests.guard.walks.stages import taken_back
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
    with django_db_blocker.unblock(), taken_back():
        built = build("scheduled")
        Agency.objects.filter(pk=built.power.pk).update(parent=built.health)
        yield built


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


@dataclass(frozen=True)
class Beside:
    """What transitions name besides the person who makes them, looked up once a test."""

    filing: Any
    minutes_pk: int

    @classmethod
    def of(cls, world: World) -> "Beside":
        return cls(filing(world), minutes(world).pk)

    def given(self, world: World, person: Any) -> dict[str, Any]:
        """Whatever any transition of a workflow asks for."""
        return {
            "proposer": person, "hash": "0" * 64, "signer": person or world.head, "reviewer": person, "reason": "because",
            "points": None, "digest": "0" * 64, "publish_at": timezone.now(), "axes": [], "line": 1,
            "text": "because", "writer": person, "chair": person, "minutes": "because", "reporter": person,
            "remarks": "because", "signed_at": world.at, "version": 1, "finding": "Eicar",
            "reader": person or world.assessor, "void": False, "deviation": None, "passed": False,
            "run": world.submission.current_run_id,
            "hours": None, "outcome": "because", "filing": self.filing, "points_before": None, "error": "",
            "letter_number": "1/1", "letter_on": world.at.date(),
            "rank": "winner", "reason_en": "", "number": 1, "minutes_id": self.minutes_pk, "standing_id": None,
            "closer": person or world.administrator, "found_value": None,
            "decided_by": (person or world.administrator).pk, **CONCLUSION,
        }  # fmt: skip


def proposer_of(world: World, label: str) -> dict[str, int]:
    """The column of a set that says who proposed it: its approval is not the proposer's."""
    return {"proposed_by_id": world.head.pk} if label == "indicators.indicatorset" else {}


def set_state(obj: Model, state: str, **columns: int) -> None:
    """Put a row into a state, past the engine; plain SQL, for it is asked 30,000 times."""
    names = ", ".join(f'"{name}" = %s' for name in ("state", *columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{obj._meta.db_table}" SET {names} WHERE id = %s',
            [state, *columns.values(), obj.pk],
        )


def state_and_entries(obj: Model) -> tuple[str, int]:
    """Answer with the row's state and the number of the ledger's rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, (SELECT count(*) FROM cycles_entry) "
            f'FROM "{obj._meta.db_table}" WHERE id = %s',
            [obj.pk],
        )
        state, entries = cursor.fetchone()
    return state, entries


def test_the_tables_of_this_test_name_every_move():
    with_states = {label: w for label, w in Workflow.registry.items() if w.states is not None}

    assert {
        label: set(w.moves) for label, w in with_states.items() if label != "submissions.run"
    } == {label: set(moves) for label, moves in MAY.items()}
    assert {label: set(moves) for label, moves in SOURCES.items()} == {
        label: set(m) for label, m in MAY.items()
    }


ROWS = [(label, name) for label, moves in MAY.items() for name in moves]


def is_made(
    workflow: Workflow, obj: Any, name: str, person: Any, at: datetime, given: dict[str, Any]
) -> bool:
    try:
        with transaction.atomic():
            perform(workflow, [obj], name, by=person, at=at, **given)
    except Refused:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "name"), ROWS, ids=[f"{label}-{name}" for label, name in ROWS])
def test_a_move_is_made_by_the_right_people_from_the_right_states_and_by_nobody_else(
    world: World, label: str, name: str
) -> None:
    workflow = Workflow.registry[label]
    move, obj = workflow[name], subject(world, label)
    settle_other_matters(world, label)
    at, beside = a_moment_within(world, move.phase), Beside.of(world)
    people = {**world.people, "clock": None}
    proposer = proposer_of(world, label)
    wrong = []
    for state in workflow.states.values:
        for who, person in people.items():
            with transaction.atomic():
                set_state(obj, state, **proposer)
                _state, before = state_and_entries(obj)
                made = is_made(workflow, obj, name, person, at, beside.given(world, person))
                after, entries = state_and_entries(obj)
                expected = state in SOURCES[label][name].split() and who in MAY[label][name]
                if made != expected:
                    wrong.append(f"{who} from {state}: {'made' if made else 'refused'}")
                if after != ((move.target or state) if made else state):
                    wrong.append(f"{who} from {state}: now {after}")
                if entries - before != (1 if made and move.recorded else 0):
                    wrong.append(f"{who} from {state}: ledger")
                transaction.set_rollback(True)
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "name"), ROWS, ids=[f"{label}-{name}" for label, name in ROWS])
def test_a_move_is_refused_outside_its_window_in_words_that_say_when(
    world: World, label: str, name: str
) -> None:
    workflow = Workflow.registry[label]
    move, obj = workflow[name], subject(world, label)
    settle_other_matters(world, label)
    if move.phase == Phase.ANYTIME:
        assert move.why_anytime
        return
    own = move.phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION)
    window = world._window(move.phase, world.power if own else None)
    who = sorted(MAY[label][name])[0]
    person = {**world.people, "clock": None}[who]
    set_state(obj, SOURCES[label][name].split()[0], **proposer_of(world, label))
    arguments = Beside.of(world).given(world, person)
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
