"""The catalogue of general indicators, and beginning a set."""

from datetime import timedelta

import pytest

from agencies.roles import Role
from cycles.calendar import Phase
from cycles.workflow import Refused
from indicators.drafting import actions as drafting
from indicators.drafting import contents
from indicators.drafting.catalogue import general_catalogue
from indicators.models import IndicatorSet, Kind, Measure
from indicators.scoring.methods import METHODS
from indicators.sets import approval
from tests.factories import build, make_agency, make_user

pytestmark = pytest.mark.django_db


def test_the_catalogue_has_60_measures_of_1000_points_each_fit_for_its_method():
    rows = general_catalogue()

    measures = [Measure(**row["measure"]) for row in rows]
    assert len(rows) == 60
    assert sum(row["points"] for row in rows) == 1000
    assert [m.method for m in measures if METHODS[m.method].check(m.scoring_params)] == []
    assert all(m.is_composed for m in measures)


def test_the_general_set_filled_twice_holds_the_catalogue_once_and_may_be_proposed():
    w = build("drafted")

    for _time in range(2):
        contents.fill_general_set(w.general, rows=general_catalogue(), by=w.administrator, at=w.at)

    assert Measure.objects.of(w.general).count() == 60
    assert w.general.axes.count() == 10
    assert approval.why_unready(w.general) == []


def test_the_same_measure_has_the_same_lineage_in_every_cycle():
    assert [r["measure"]["lineage"] for r in general_catalogue()] == [
        r["measure"]["lineage"] for r in general_catalogue()
    ]
    assert len({r["measure"]["lineage"] for r in general_catalogue()}) == 60


def test_no_set_is_begun_in_a_cycle_that_is_only_planned():
    w = build("planned")

    with pytest.raises(Refused, match=r".+"):
        drafting.draft_set(
            cycle=w.cycle,
            kind=Kind.SPECIFIC,
            agency=w.power,
            by=w.staff,
            at=w.opens(Phase.PROPOSAL),
        )

    assert not IndicatorSet.objects.exists()


def test_no_set_is_begun_for_an_agency_that_does_not_take_part():
    w = build("open")
    late_comer = make_agency("NEW", "سازمان نو", "New organization")
    staff = make_user("newcomer", Role.STAFF, agency=late_comer)

    with pytest.raises(Refused, match=r".+"):
        drafting.draft_set(
            cycle=w.cycle,
            kind=Kind.SPECIFIC,
            agency=late_comer,
            by=staff,
            at=w.opens(Phase.PROPOSAL),
        )

    assert not IndicatorSet.objects.exists()


def test_a_set_is_begun_from_the_first_instant_of_the_phase_and_not_a_second_earlier():
    w = build("open")
    opens = w.opens(Phase.PROPOSAL)

    with pytest.raises(Refused):
        drafting.draft_set(
            cycle=w.cycle,
            kind=Kind.SPECIFIC,
            agency=w.power,
            by=w.staff,
            at=opens - timedelta(seconds=1),
        )
    begun = drafting.draft_set(
        cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.power, by=w.staff, at=opens
    )

    assert list(IndicatorSet.objects.all()) == [begun]
