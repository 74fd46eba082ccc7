"""Nothing is shown before interests are declared and reference lines marked near enough; what
nobody may mark moves."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Clearance, User
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.calibration import actions as calibration
from submissions.models import (
    Calibration,
    ReferenceLine,
    ReferenceMark,
)
from tests.factories import World, build
from tests.submissions.calibration.sittings import fresh, visible_blocks

pytestmark = pytest.mark.django_db


def demanding(world: World, percent: int = 10) -> World:
    Cycle.objects.filter(pk=world.cycle.pk).update(calibration_percent=percent)
    world.cycle = world.fresh(world.cycle)
    return world


def lay(world: World, code: str, points: int, **said):
    measure = Measure.objects.get(code=code, indicator__axis__set=world.general)
    said = {
        "value": measure.target,
        "shown": "سند نیمی را نشان می‌دهد",
        "reason": "نیمی بی‌سند است",
    } | said
    return calibration.lay(
        world.cycle, measure=measure, points=Decimal(points), is_not_applicable=False, by=world.administrator,
        at=world.at, **said,
    )  # fmt: skip


def sit(world: World, *points: int, by: User | None = None) -> Calibration:
    by = by or world.assessor
    sitting = calibration.begin_sitting(world.cycle, by=by, at=world.at)
    marks = {
        pk: {"points": Decimal(p), "reason": "x"}
        for pk, p in zip(sitting.lines, points, strict=True)
    }
    calibration.save_sitting(sitting, marks, by=by, at=world.at)
    return calibration.hand_in_sitting(sitting, by=by, at=world.at)


@pytest.mark.parametrize(
    ("given", "passed"), ((150, True), (120, True), (119, False), (300, False))
)
def test_a_threshold_gates_the_desk(given, passed):
    world = demanding(build("assigned"))
    lay(world, "G1-1", 150)
    before = visible_blocks(fresh(world.assessor), world)

    sitting = sit(world, given, by=fresh(world.assessor))

    assert before == (0, 0, 0)
    assert sitting.is_passed is passed
    assert (visible_blocks(world.assessor, world)[0] > 0) is passed
    assert Clearance.objects.filter(user=world.assessor, kind="training").exists() is passed


def test_the_deviation_is_the_mean_distance_in_percent_of_each_ceiling():
    world = demanding(build("assigned"), percent=50)
    one, two = lay(world, "G1-1", 150), lay(world, "G2-1", 400)
    sitting = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)
    marks = {
        one.pk: {"points": Decimal(100), "reason": "x"},
        two.pk: {"points": Decimal(100), "reason": "x"},
    }
    calibration.save_sitting(sitting, marks, by=world.assessor, at=world.at)

    sitting = calibration.hand_in_sitting(sitting, by=world.assessor, at=world.at)

    assert sitting.deviation == Decimal("45.83")  # (50 ÷ 300 + 300 ÷ 400) ÷ 2


@pytest.mark.parametrize(
    ("agreed", "given", "distance"),
    (
        (
            {"points": None, "is_not_applicable": True},
            {"points": None, "is_not_applicable": True},
            0,
        ),
        (
            {"points": None, "is_not_applicable": True},
            {"points": Decimal(0), "is_not_applicable": False},
            100,
        ),
        (
            {"points": Decimal(0), "is_not_applicable": False},
            {"points": None, "is_not_applicable": True},
            100,
        ),
        (
            {"points": Decimal(2), "is_not_applicable": False},
            {"points": Decimal(1), "is_not_applicable": False},
            25,
        ),
    ),
)
def test_not_applicable_and_zero_are_as_far_apart_as_can_be(agreed, given, distance):
    line = ReferenceLine(measure=Measure(points=Decimal(4), method="linear"), **agreed)

    assert calibration.distance(line, ReferenceMark(**given)) == distance


def test_whoever_falls_short_sits_again_over_lines_not_seen_yet(monkeypatch):
    monkeypatch.setattr(calibration, "AT_ONCE", 1)
    world = demanding(build("assigned"))
    lay(world, "G1-1", 150), lay(world, "G2-1", 0)

    first = sit(world, 300)
    second = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)

    assert not first.is_passed
    assert set(first.lines).isdisjoint(second.lines)
    assert calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at) == second


def test_a_sitting_that_is_passed_is_not_repeated_and_one_handed_in_is_not_changed():
    world = demanding(build("assigned"))
    lay(world, "G1-1", 150)

    sitting = sit(world, 150)

    with pytest.raises(Refused):
        calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)
    with pytest.raises(Refused):
        calibration.save_sitting(
            sitting, {sitting.lines[0]: {"points": Decimal(1)}}, by=world.assessor, at=world.at
        )


def test_a_cycle_that_asks_for_training_and_has_no_lines_shows_nothing_and_says_so(client):
    world = demanding(build("assigned"))

    with pytest.raises(Refused):
        calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)
    client.force_login(world.administrator)
    page = client.get(reverse("submissions:references", args=[world.cycle.pk]))

    assert visible_blocks(world.assessor, world) == (0, 0, 0)
    assert "alert-warning" in page.content.decode()


def test_a_withdrawn_line_is_in_no_new_sitting_and_stays_in_one_that_is_open():
    world = demanding(build("assigned"))
    leaked, kept = lay(world, "G1-1", 150), lay(world, "G2-1", 0)
    opened = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)

    calibration.withdraw(leaked, by=world.administrator, at=world.at)

    assert set(opened.lines) == {leaked.pk, kept.pk}
    assert calibration.begin_sitting(world.cycle, by=world.other_assessor, at=world.at).lines == [
        kept.pk
    ]
    with pytest.raises(Refused):
        calibration.withdraw(leaked, by=world.administrator, at=world.at)


@pytest.mark.parametrize(
    "wrong",
    (
        {"value": Decimal(1), "claims_not_applicable": True},
        {"shown": " "},
        {"reason": ""},
        {"points": Decimal(301)},
    ),
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_reference_line_that_says_too_little_or_too_much_is_refused(wrong):
    world = build("assigned")

    said = {
        "measure": Measure.objects.get(code="G1-1"),
        "value": Decimal(30),
        "shown": "x",
        "reason": "x",
    }
    said |= {"points": Decimal(1), "is_not_applicable": False} | wrong
    with pytest.raises(Refused):
        calibration.lay(world.cycle, **said, by=world.administrator, at=world.at)
    assert not ReferenceLine.objects.exists()


def test_a_provincial_administrator_lays_no_lines_and_nobody_trains_for_another():
    world = demanding(build("assigned"))
    said = {
        "measure": Measure.objects.get(code="G1-1"),
        "value": Decimal(30),
        "shown": "x",
        "reason": "x",
    }
    said |= {"points": Decimal(1), "is_not_applicable": False}
    with pytest.raises(Refused):
        calibration.lay(world.cycle, **said, by=world.provincial_administrator, at=world.at)
    lay(world, "G1-1", 150)
    sitting = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)

    with pytest.raises(Refused):
        calibration.save_sitting(sitting, {}, by=world.other_assessor, at=world.at)
    with pytest.raises(Refused):
        calibration.begin_sitting(world.cycle, by=world.staff, at=world.at)


def page_of(client, world, sitting, settings, **typed):
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client.force_login(sitting.assessor)
    address = reverse("submissions:calibration", args=[sitting.pk])
    return client.post(address, typed) if typed else client.get(address)


def test_the_agreed_mark_and_its_reason_are_shown_only_when_it_is_handed_in(client, settings):
    world = demanding(build("assigned"))
    line = lay(world, "G1-1", 137)
    sitting = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)

    before = page_of(client, world, sitting, settings).content.decode()
    key = f"{line.pk}-"
    page_of(
        client,
        world,
        sitting,
        settings,
        **{key + "points": "۱۳۰", key + "reason": "x", "act": "hand_in"},
    )
    after = page_of(client, world, sitting, settings).content.decode()

    assert line.reason not in before
    assert "۱۳۷" not in before
    assert line.reason in after
    assert "۱۳۷" in after


def test_what_was_typed_stays_where_it_cannot_be_saved(client, settings):
    world = demanding(build("assigned"))
    line = lay(world, "G1-1", 150)
    sitting = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)

    key = f"{line.pk}-"
    typed = {key + "points": "۹۹۹", key + "reason": "چون چنین است", "act": "hand_in"}
    page = page_of(client, world, sitting, settings, **typed).content.decode()

    assert "چون چنین است" in page
    assert "۹۹۹" in page
    assert world.fresh(sitting).state == "open"


def test_a_sitting_of_ten_lines_is_read_and_saved_in_few_queries(
    client, settings, django_assert_max_num_queries
):
    world = demanding(build("assigned"))
    lines = [lay(world, "G1-1", 150), lay(world, "G2-1", 0)]
    for n in range(8):
        lay(world, "G1-1", n)
    sitting = calibration.begin_sitting(world.cycle, by=world.assessor, at=world.at)
    typed = {
        f"{pk}-{name}": text
        for pk in sitting.lines
        for name, text in (("points", "10"), ("reason", "x"))
    }

    page_of(client, world, sitting, settings)

    with django_assert_max_num_queries(14):
        client.get(sitting.get_absolute_url())
    with django_assert_max_num_queries(32):
        client.post(sitting.get_absolute_url(), typed | {"act": "hand_in"})
    assert world.fresh(sitting).state == "handed_in"
    assert len(lines) == 2
