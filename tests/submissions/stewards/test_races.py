"""Two who enter or supply figures at once."""

import threading

import pytest
from django.db import connection
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Score,
    StewardFigure,
)
from submissions.stewards import actions as stewards
from submissions.stewards import supply as stewards_supply
from tests.factories import build, cite
from tests.submissions.stewards.figures import all_given, fresh, mark_all
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def at_once(*works):
    start, outcomes = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait()
            work()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_from_the_same_page_one_is_told_of_the_other():
    world = build("assigned")
    line = steward_line(world)
    seen = {line.pk: stewards.held_token(line)}

    def save(percent):
        given = {line.pk: figure(percent)}
        return lambda: stewards.save_figures(
            world.stewardship, given, seen=seen, by=fresh(world.steward), at=world.at
        )

    assert at_once(save("10"), save("20")) == ["done", "refused"]
    assert StewardFigure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_supply_at_once_one_does_and_every_line_has_one_score():
    world = build("assigned")
    mark_all(world)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    def work():
        return stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)

    assert at_once(work, work) == ["done", "refused"]
    assert Score.objects.filter(basis="steward").count() == 3
    assert Entry.objects.filter(act="complete", object_pk=world.submission.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_block_and_the_figures_at_once_leave_the_self_assessment_complete():
    world = build("assigned")
    blocks = list(Block.objects.filter(submission=world.submission).order_by("pk"))
    for block in blocks:
        lines = Answer.objects.on_desk(block).select_related("measure", "own")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=world.assessor, at=world.at)
    for block in blocks[:-1]:
        marking.hand_in(block, by=world.assessor, at=world.at)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    done = at_once(
        lambda: stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at),
        lambda: marking.hand_in(blocks[-1], by=fresh(world.assessor), at=world.at),
    )

    assert done == ["done", "done"]
    assert world.fresh(world.submission).state == "marked"
