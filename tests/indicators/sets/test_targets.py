"""Targets of single agencies, units of a headquarters, shared measures."""

from decimal import Decimal

import pytest
from django.utils import translation

from cycles.calendar import Phase
from cycles.workflow import Refused
from indicators.models import Change, Kind, Measure, MeasureShare, MeasureTarget
from indicators.sets import targets
from indicators.sets.targets import AgencyTarget
from submissions.answers import actions as answers
from submissions.models import Answer
from tests.factories import build
from tests.worlds.institution import health_set, power_measure

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def w():
    """Sets communicated, in the first quarter."""
    world = build("communicated")
    world.at = world.opens(Phase.MONITORING)
    return world


def give(w, *rows, by="headquarters", of=None):
    return targets.set_targets(of or w.specific, rows, by=w.people[by], at=w.at)


# --- Targets ------------------------------------------------------------------------------------


def test_a_unit_is_asked_the_measures_its_headquarters_gives_it_with_its_own_target(w):
    m = power_measure(w)
    give(w, AgencyTarget(m.pk, w.unit.pk, target=D(10)))
    w.at = w.opens(Phase.SELF_ASSESSMENT)
    answers.begin(w.cycle.participations.all(), by=None, at=w.at)

    lines = {
        a.measure_id: a
        for a in Answer.objects.filter(submission__agency=w.unit).select_related("own", "measure")
    }
    line = lines[m.pk]
    line.value = D(20)

    assert [
        key for key, a in lines.items() if a.measure.indicator.axis.set.kind == Kind.SPECIFIC
    ] == [m.pk]
    assert (line.target, m.target) == (10, 20)
    assert line.self_points == m.points / 2
    assert Answer.objects.get(submission__agency=w.power, measure=m).own is None


def test_a_target_may_be_given_again_and_taken_away_for_a_reason(w):
    m = power_measure(w)
    give(w, AgencyTarget(m.pk, w.unit.pk, target=D(10)))
    give(w, AgencyTarget(m.pk, w.unit.pk, target=D(12)))
    give(w, AgencyTarget(m.pk, w.unit.pk, applies=False, reason="ندارد"))

    row = MeasureTarget.objects.get()
    assert (row.applies, row.reason, row.set_by) == (False, "ندارد", w.headquarters)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            lambda w: AgencyTarget(power_measure(w).pk, w.health.pk, target=D(1)),
            "none for which this set",
        ),
        (
            lambda w: AgencyTarget(
                Measure.objects.of(w.general).first().pk, w.unit.pk, target=D(1)
            ),
            "does not stand in this set",
        ),
        (lambda w: AgencyTarget(power_measure(w).pk, w.unit.pk, target=D(0)), "more than zero"),
        (lambda w: AgencyTarget(power_measure(w).pk, w.unit.pk, applies=False), "say why"),
    ],
)
def test_one_wrong_row_refuses_all(w, row, why):
    good = AgencyTarget(power_measure(w).pk, w.unit.pk, target=D(10))

    with pytest.raises(Refused, match=why):
        give(w, good, row(w))
    assert not MeasureTarget.objects.exists()


def test_an_administrator_sets_targets_of_general_measures_and_headquarters_do_not(w):
    m = Measure.objects.of(w.general).order_by("pk").first()

    give(w, AgencyTarget(m.pk, w.health.pk, target=D(80)), by="administrator", of=w.general)

    assert MeasureTarget.objects.get().participation.agency == w.health
    with pytest.raises(Refused, match="is for"):
        give(w, AgencyTarget(m.pk, w.power.pk, target=D(80)), of=w.general)


# --- Shared measures ----------------------------------------------------------------------------


def share(w, **parts):
    agencies = {"power": w.power, "health": w.health, "unit": w.unit}
    given = {agencies[name]: D(part) for name, part in parts.items()}
    return targets.share(w.specific, power_measure(w), given, by=w.staff, at=w.at)


def test_each_agency_takes_its_part_of_a_shared_target_into_its_own_set():
    w = build("drafted")
    Measure.objects.filter(pk=power_measure(w).pk).update(
        is_additive=True, target=D(1000), base=D(100)
    )
    share(w, power=60, health=40)
    own = health_set(w)

    [part] = targets.shares_to_take(own)
    taken = targets.take_share(own, part, by=w.other_staff, at=w.at)

    assert (taken.lineage, taken.target, taken.base) == (power_measure(w).lineage, 400, 40)
    assert targets.shares_to_take(own) == []
    with pytest.raises(Refused, match="in the set already"):
        targets.take_share(own, part, by=w.other_staff, at=w.at)


def test_a_target_that_does_not_add_up_is_the_same_for_all_who_share_it():
    w = build("drafted")
    share(w, power=60, health=40)
    own = health_set(w)

    assert (
        targets.take_share(own, targets.shares_to_take(own)[0], by=w.other_staff, at=w.at).target
        == 20
    )


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"power": 60, "health": 30}, "exactly 100"),
        ({"power": 100}, "at least one other"),
        ({"health": 60, "unit": 40}, "the agency itself"),
        ({"power": 110, "health": -10}, "exactly 100"),
    ],
)
def test_parts_make_a_hundred_among_the_agency_and_others(parts, why):
    w = build("drafted")

    with pytest.raises(Refused, match=why):
        share(w, **parts)
    assert not MeasureShare.objects.exists()


def test_sharing_can_end_and_its_history_is_kept():
    w = build("drafted")
    share(w, power=60, health=40)
    share(w)

    assert not MeasureShare.objects.exists()
    fields = [
        c.fields["shares"]
        for c in Change.objects.filter(lineage=power_measure(w).lineage, deed="changed").order_by(
            "pk"
        )
    ]
    assert fields == [
        [[], [["MOE", "60"], ["MOHME", "40"]]],
        [[["MOE", "60"], ["MOHME", "40"]], []],
    ]


def test_another_agency_s_part_cannot_be_taken():
    w = build("drafted")
    share(w, power=60, health=40)
    own_part = MeasureShare.objects.get(agency=w.power)

    with pytest.raises(Refused, match="another agency's"):
        targets.take_share(health_set(w), own_part, by=w.other_staff, at=w.at)
