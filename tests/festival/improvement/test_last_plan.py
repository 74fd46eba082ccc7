"""Last year's plan beside this year's self-assessment."""

import pytest
from django.urls import reverse

from festival.models import Progress
from tests.factories import build
from tests.festival.visits import at_work, url
from tests.worlds.answers import power_line
from tests.worlds.closing import earlier_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_last_year_s_items_stand_beside_this_year_s_lines_with_target_and_value(client, clock):
    world = build("answered")
    item = earlier_plan(world)
    Progress.objects.create(item=item, status="under_way", by=world.staff, at=world.at)
    at_work(client, clock, world.at, "staff")
    slot = url("last_plan", world.submission.pk)

    workspace = client.get(
        reverse("submissions:detail", args=[world.submission.pk])
    ).content.decode()
    page = client.get(slot).content.decode()
    part = client.get(slot, headers={"HX-Request": "true"}).content.decode()

    assert f'href="{slot}"' in workspace
    assert f'hx-get="{slot}"' in workspace
    assert "<html" in page
    assert "<html" not in part
    for text in (page, part):
        assert "Action taken, not completed" in text
        assert "target set then: 45" in text
        assert "value now: 30" in text


def test_the_slot_of_a_line_shows_the_items_on_its_measure_and_no_others(client, clock):
    world = build("answered")
    item = earlier_plan(world)
    line = power_line(world)
    other = world.submission.answers.exclude(pk=line.pk).first()
    at_work(client, clock, world.at, "staff")
    slot = url("last_plan", world.submission.pk)

    of_line = client.get(f"{slot}?line={line.pk}", headers={"HX-Request": "true"}).content.decode()
    of_other = client.get(
        f"{slot}?line={other.pk}", headers={"HX-Request": "true"}
    ).content.decode()

    assert item.action in of_line
    assert of_other.strip() == ""


def test_whoever_may_not_read_the_plan_is_told_of_none(client, clock):
    world = build("assigned")
    item = earlier_plan(world)
    at_work(client, clock, world.at, "assessor")

    page = client.get(url("last_plan", world.submission.pk)).content.decode()

    assert "no signed improvement plan" in page
    assert item.action not in page
