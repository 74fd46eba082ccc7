"""Who becomes the steward of a measure, and what is then whose to enter."""

import pytest
from django.urls import reverse
from django.utils import translation

from agencies.models import Clearance
from agencies.roles import Role
from config.home.waiting_tasks import Desk
from cycles.calendar import Phase
from cycles.models import Delivery, Entry
from cycles.workflow import Refused
from indicators.models import Axis, Measure
from submissions.marking import assignment
from submissions.models import (
    Answer,
    Block,
    StewardFigure,
    Stewardship,
)
from submissions.stewards import actions as stewards
from submissions.stewards import appointment
from tests.factories import build, make_user
from tests.submissions.stewards.figures import all_given, fresh, url
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_steward_sees_and_enters_nothing_before_all_interests_are_declared(visit):
    world = build("assigned")
    Clearance.objects.filter(user=world.steward).delete()
    steward, line = fresh(world.steward), steward_line(world)

    with pytest.raises(Refused):
        stewards.save_figures(world.stewardship, {line.pk: figure()}, by=steward, at=world.at)
    client = visit(world, steward)
    page = client.get(url("stewardships")).content.decode()

    assert str(world.stewardship.measure) not in page
    assert reverse("cycles:interests") in page
    assert client.get(url("stewardship", world.stewardship.pk)).status_code == 404
    assert any("Declare your interests" in task.title for task in Desk(steward, world.at).tasks())


def test_a_measure_goes_into_other_hands_with_its_figures_and_a_reason():
    world = build("assigned")
    other = make_user("second_steward", Role.STEWARD)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)

    with pytest.raises(Refused, match="Say why"):
        appointment.appoint(
            world.stewardship.measure, steward=other, by=world.administrator, at=world.at
        )
    held = appointment.appoint(
        world.stewardship.measure,
        steward=other,
        reason="On leave",
        by=world.administrator,
        at=world.at,
    )

    entry = Entry.objects.latest("id")
    assert (held.pk, held.steward) == (world.stewardship.pk, other)
    assert (entry.act, entry.note) == ("assign", "On leave")
    assert entry.params == {"before": world.steward.pk, "steward": other.pk}
    assert StewardFigure.objects.count() == 3
    assert Delivery.objects.filter(entry=entry, recipient=other).exists()
    with pytest.raises(Refused, match="is for the steward of the measure"):
        stewards.save_figures(held, all_given(world, "60"), by=fresh(world.steward), at=world.at)


def test_only_a_steward_whose_reach_is_the_measure_s_is_named():
    world = build("assigned")
    provincial = make_user("provincial_steward", Role.STEWARD, province=world.province)

    for person in (world.assessor, provincial):
        with pytest.raises(Refused, match="is no steward of everybody"):
            appointment.appoint(
                world.stewardship.measure,
                steward=person,
                reason="x",
                by=world.administrator,
                at=world.at,
            )
    with pytest.raises(Refused, match="is the steward of this measure already"):
        appointment.appoint(
            world.stewardship.measure, steward=world.steward, by=world.administrator, at=world.at
        )
    with pytest.raises(Refused, match="Only communicated measures"):
        appointment.appoint(
            Measure.objects.get(code="G1-1"),
            steward=world.steward,
            by=world.administrator,
            at=world.at,
        )


def test_one_act_puts_every_measure_into_the_hands_it_names_and_counts_the_others():
    world = build("assigned")
    Stewardship.objects.all().delete()
    named = Measure.objects.get(code="G1-2")
    for code, steward in (("G1-8", world.assessor), ("G1-9", None)):
        Measure.objects.create(
            indicator=named.indicator, code=code, title_fa="سنجه", points=1, unit_fa="درصد", method="steward",
            steward=steward,
        )  # fmt: skip
    Measure.objects.filter(pk=named.pk).update(steward=world.steward)

    done = appointment.appoint_named(world.cycle, by=world.administrator, at=world.at)

    assert done == (1, 2)
    assert [s.steward for s in Stewardship.objects.all()] == [world.steward]
    Stewardship.objects.all().delete()
    assert appointment.appoint_named(
        world.cycle, by=world.provincial_administrator, at=world.at
    ) == (
        0,
        0,
    )
    with pytest.raises(Refused, match="whoever keeps the set"):
        appointment.appoint_named(world.cycle, by=world.assessor, at=world.at)


def test_assessors_get_no_lines_of_stewards_and_no_block_of_nothing_else():
    world = build("submitted")
    world.at = world.opens(Phase.SCORING)
    axis = Axis.objects.create(set=world.general, code="G3", title_fa="محور", points=1)
    indicator = Measure.objects.get(code="G1-2").indicator
    indicator.pk, indicator.axis, indicator.code = None, axis, "G3-1"
    indicator.save()
    measure = Measure.objects.create(
        indicator=indicator,
        code="G3-1",
        title_fa="سنجه",
        points=1,
        unit_fa="درصد",
        method="steward",
    )
    Answer.objects.create(submission=world.submission, measure=measure)

    assignment.assign_all(world.cycle, by=world.administrator, at=world.at)

    assert not Block.objects.filter(axis=axis).exists()
    block = Block.objects.with_progress().get(submission=world.submission, axis__code="G1")
    assert (block.lines, [a.measure.code for a in Answer.objects.on_desk(block)]) == (1, ["G1-1"])
    with pytest.raises(Refused, match="Assessors mark no line of this axis"):
        assignment.assign(
            world.submission,
            axis=axis,
            assessor=world.assessor,
            by=world.administrator,
            at=world.at,
        )
    assert Block.objects.of_line(steward_line(world), world.assessor) is None
