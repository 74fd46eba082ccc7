"""Who gives the figure of an agency in which the steward has an interest."""

from decimal import Decimal

import pytest
from django.utils import translation

from agencies.models import Agency, Interest, Membership
from agencies.roles import Role
from cycles.workflow import Refused
from submissions.models import (
    left_to,
    left_to_administrators,
)
from submissions.permissions import is_figure_giver
from submissions.stewards import actions as stewards
from submissions.stewards import figure_givers
from submissions.stewards import supply as stewards_supply
from tests.factories import EPOCH, build, cite
from tests.submissions.stewards.figures import all_given, fresh, score, tie
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_an_administrator_enters_only_what_the_steward_has_an_interest_in():
    world = build("assigned")
    tie(world)
    line, other = steward_line(world), steward_line(world, world.health)

    with pytest.raises(Refused, match="declared an interest in this agency"):
        stewards.save_figures(
            world.stewardship, {line.pk: figure()}, by=fresh(world.steward), at=world.at
        )
    with pytest.raises(Refused, match="The steward gives this figure"):
        stewards.save_figures(
            world.stewardship, {other.pk: figure()}, by=world.administrator, at=world.at
        )
    [held] = stewards.save_figures(
        world.stewardship, {line.pk: figure()}, by=world.administrator, at=world.at
    )

    assert (held.percent, held.entered_by) == (Decimal(50), world.administrator)


def test_an_administrator_with_an_interest_does_not_enter_it_either():
    world = build("assigned")
    tie(world)
    Interest.objects.create(
        user=world.administrator, agency=world.power, reason="Family", declared_at=EPOCH
    )

    with pytest.raises(Refused, match="an administrator in scope without an interest"):
        stewards.save_figures(
            world.stewardship,
            {steward_line(world).pk: figure()},
            by=fresh(world.administrator),
            at=world.at,
        )


@pytest.mark.parametrize("outside", (True, False))
def test_the_authority_s_own_figure_is_for_outsiders(outside):
    world = build("assigned")
    Agency.objects.filter(pk=world.power.pk).update(is_authority=True)
    Membership.objects.filter(user=world.steward).update(is_outsider=outside)
    given = {steward_line(world).pk: figure()}

    if outside:
        assert stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
    else:
        with pytest.raises(Refused, match="for outsiders"):
            stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
        with pytest.raises(Refused):
            stewards.save_figures(world.stewardship, given, by=world.administrator, at=world.at)


@pytest.mark.parametrize("tied_by", ("interest", "membership", "authority", "outsider"))
def test_the_lines_left_to_administrators_are_those_of_the_predicate(tied_by):
    world = build("assigned")
    if tied_by == "interest":
        tie(world)
    elif tied_by == "membership":
        Membership.objects.create(
            user=world.steward,
            role=Role.STAFF,
            agency=world.unit,
            valid_from=EPOCH,
            valid_until=world.at,
        )
    else:
        Agency.objects.filter(pk=world.health.pk).update(is_authority=True)
        Membership.objects.filter(user=world.steward).update(is_outsider=tied_by == "outsider")
    steward = fresh(world.steward)

    left = set(left_to_administrators([world.cycle]).values_list("submission__agency", flat=True))

    by_predicate = {
        a.pk
        for a in Agency.objects.all()
        if not is_figure_giver(steward, figure_givers.AgencyFigure(a, steward), world.at)
    }
    assert left == by_predicate == set(figure_givers.ties(steward, world.at))
    administrator = fresh(world.administrator)
    mine = {
        a.pk
        for a in Agency.objects.all()
        if is_figure_giver(administrator, figure_givers.AgencyFigure(a, steward), world.at)
    }
    assert (
        set(
            left_to(administrator, [world.cycle], world.at).values_list(
                "submission__agency", flat=True
            )
        )
        == mine
    )


def test_a_figure_whose_giver_declares_an_interest_afterwards_is_as_good_as_none():
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)
    tie(world)

    with pytest.raises(Refused, match="somebody else has to: Ministry of Energy"):
        stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)
    same = {steward_line(world).pk: figure()}
    stewards.save_figures(world.stewardship, same, by=world.administrator, at=world.at)
    stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)

    assert score(steward_line(world)).scored_by == world.administrator
    assert score(steward_line(world, world.health)).scored_by == world.steward
