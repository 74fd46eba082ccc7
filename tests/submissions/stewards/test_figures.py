"""What a figure may be, and how it is saved and taken away."""

from decimal import Decimal

import pytest
from django.utils import translation

from cycles.workflow import Refused
from submissions.models import (
    Answer,
    StewardFigure,
)
from submissions.stewards import actions as stewards
from tests.factories import build
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (figure("100.00000001"), "between 0 and 100"),
        (figure("-1"), "between 0 and 100"),
        (figure(void=True), "Say why"),
        (figure(void=True, note="x") | {"percent": Decimal(5)}, "not both"),
        (figure(note="x") | {"percent": None}, "A note alone"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(said, why):
    world = build("assigned")

    with pytest.raises(Refused, match=why):
        stewards.save_figures(
            world.stewardship, {steward_line(world).pk: said}, by=world.steward, at=world.at
        )

    assert not StewardFigure.objects.exists()


def test_a_figure_is_taken_away_again_and_a_foreign_line_refused():
    world = build("assigned")
    line = steward_line(world)
    stewards.save_figures(world.stewardship, {line.pk: figure()}, by=world.steward, at=world.at)

    stewards.save_figures(
        world.stewardship, {line.pk: figure() | {"percent": None}}, by=world.steward, at=world.at
    )

    assert not StewardFigure.objects.exists()
    foreign = Answer.objects.get(submission=world.submission, measure__code="G1-1")
    with pytest.raises(Refused, match="does not belong to this measure"):
        stewards.save_figures(
            world.stewardship, {foreign.pk: figure()}, by=world.steward, at=world.at
        )


def test_what_somebody_has_changed_since_it_was_seen_is_not_written_over():
    world = build("assigned")
    line = steward_line(world)
    seen = stewards.held_token(line)
    stewards.save_figures(world.stewardship, {line.pk: figure("40")}, by=world.steward, at=world.at)

    with pytest.raises(stewards.FiguresChanged, match="Ministry of Energy"):
        stewards.save_figures(
            world.stewardship,
            {line.pk: figure("60")},
            seen={line.pk: seen},
            by=world.steward,
            at=world.at,
        )

    assert StewardFigure.objects.get().percent == 40
