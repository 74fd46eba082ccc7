"""The pages of who hears what and how appeals ended, and the flags on a set's page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from appeals.models import Appeal
from cycles.calendar import Phase
from tests.appeals.outcomes.test_queries import contested, next_set
from tests.factories import build, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def url(name, *args, app="appeals"):
    with translation.override("en"):
        return reverse(f"{app}:{name}", args=args)


# --- Outcomes -----------------------------------------------------------------------------------


def test_the_page_tells_figures_loads_and_what_nobody_hears(visit):
    world = build("heard")
    unheard = contested(world)
    late = world.closes(Phase.APPEAL_REVIEW, world.power) + timedelta(days=1)

    page = (
        visit(world, world.administrator, at=late)
        .get(url("outcomes", world.cycle.pk))
        .content.decode()
    )

    assert "Appeals that have no reviewer" in page
    assert url("detail", unheard.pk) in page
    assert "Reviewer</th>" in page
    assert 'data-label="Of these, late"><span class="text-danger">1</span>' in page
    assert f"?cycle={world.cycle.pk}&amp;measure={unheard.answer.measure_id}" in page


@pytest.mark.parametrize(
    ("by", "shown"),
    (
        ("", "Measure G1-1"),
        ("ground", "The value"),
        ("giver", "Assessor"),
        ("reviewer", "Reviewer"),
    ),
)
def test_the_outcomes_are_told_in_four_ways(visit, by, shown):
    world = build("decided")

    page = (
        visit(world, world.auditor)
        .get(url("outcomes", world.cycle.pk), {"by": by})
        .content.decode()
    )

    table = page[page.index("How the appeals ended</caption>") :]
    assert shown in table
    assert 'data-label="Points moved">50.00</td>' in table


def test_a_row_s_link_lists_the_appeals_of_its_measure(visit):
    world = build("filed")
    other = contested(world, code="G2-1")
    client = visit(world, world.administrator)

    page = client.get(
        url("list"), {"cycle": world.cycle.pk, "measure": other.answer.measure_id}
    ).content.decode()

    assert url("detail", other.pk) in page
    assert url("detail", world.appeal.pk) not in page


@pytest.mark.parametrize("by", ("giver", "reviewer"))
def test_people_are_compared_for_those_alone_who_oversee_the_country(visit, by):
    world = build("decided")
    contested(world, "dismissed", province=world.province)
    client = visit(world, world.provincial_administrator)

    page = client.get(url("outcomes", world.cycle.pk), {"by": by}).content.decode()

    assert 'href="?by=ground#outcomes"' in page
    assert 'href="?by=giver#outcomes"' not in page
    assert 'href="?by=reviewer#outcomes"' not in page
    assert 'data-label="Measure"' in page
    assert "Reviewer</td>" not in page


def test_a_province_s_page_counts_its_own_appeals(visit):
    world = build("filed")
    own = contested(world, province=world.province)

    page = (
        visit(world, world.provincial_administrator)
        .get(url("outcomes", world.cycle.pk))
        .content.decode()
    )

    assert url("detail", own.pk) in page
    assert url("detail", world.appeal.pk) not in page
    assert "<dd" in page
    assert '<dt class="col-sm-4">Filed</dt><dd class="col-sm-8">1</dd>' in page


def test_a_draft_is_counted_nowhere(visit):
    world = build("drafted_appeal")

    page = visit(world, world.administrator).get(url("outcomes", world.cycle.pk)).content.decode()

    assert '<dt class="col-sm-4">Filed</dt><dd class="col-sm-8">0</dd>' in page
    assert "No appeal has been filed." in page


@pytest.mark.parametrize("name", ("head", "staff", "assessor", "reviewer", "stranger"))
def test_the_page_is_not_there_for_others(visit, name):
    world = build("filed")

    assert (
        visit(world, getattr(world, name)).get(url("outcomes", world.cycle.pk)).status_code == 404
    )


def test_an_administrator_shares_out_and_an_auditor_finds_no_button(visit):
    world = build("filed")
    at = world.opens(Phase.APPEAL_REVIEW, world.power)
    page = url("outcomes", world.cycle.pk)

    read = visit(world, world.auditor, at=at).get(page).content.decode()
    client = visit(world, world.administrator, at=at)
    offered = client.get(page).content.decode()
    client.post(url("share_out", world.cycle.pk))

    assert url("share_out", world.cycle.pk) not in read
    assert url("share_out", world.cycle.pk) in offered
    assert Appeal.objects.get().reviewer == world.reviewer


@pytest.mark.parametrize("by", ("", "ground", "giver", "reviewer"))
def test_the_page_takes_the_same_queries_for_any_number(visit, by):
    world = build("heard")
    client = visit(world, world.administrator)
    taken = []

    for more in (1, 3):
        for number in range(more):
            contested(world)
            contested(world, reviewer=make_user(f"hears-{more}-{number}"))
            contested(
                world,
                "dismissed",
                "G2-1",
                decided_by=make_user(f"decides-{more}-{number}"),
                ground="formula",
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(url("outcomes", world.cycle.pk), {"by": by})
        taken.append(len(queries))

    assert taken[0] == taken[1]


# --- Flags --------------------------------------------------------------------------------------


def test_a_set_s_page_asks_for_its_flags_and_links_to_them(visit):
    world = build("filed")

    page = (
        visit(world, world.member)
        .get(url("detail", world.general.pk, app="indicators"))
        .content.decode()
    )

    assert f'hx-get="{url("flags", world.general.pk)}"' in page
    assert f'href="{url("flags", world.general.pk)}"' in page


def test_the_flags_tell_counts_and_name_nobody(visit):
    world = build("filed")
    made = [contested(world, "upheld", decided_points=Decimal(1)) for _number in range(3)]
    later = next_set(world)
    client = visit(world, world.administrator)

    slot = client.get(url("flags", later.pk), headers=HTMX).content.decode()
    whole = client.get(url("flags", later.pk)).content.decode()

    assert "<html" not in slot
    for page in (slot, whole):
        assert "in 1405, of 3 decided appeals 3 were upheld and 0 upheld in part" in page
        assert "Measure G1-1" in page
    for name in (*(a.agency.name_en for a in made), "Assessor", world.reviewer.name):
        assert name not in slot


def test_a_set_without_such_measures_says_so(visit):
    world = build("filed")

    slot = (
        visit(world, world.member)
        .get(url("flags", world.general.pk), headers=HTMX)
        .content.decode()
    )

    assert "There is no such measure in this set." in slot


@pytest.mark.parametrize("name", ("other_staff", "stranger"))
def test_the_flags_are_for_whoever_may_see_the_set(visit, name):
    world = build("filed")
    client = visit(world, getattr(world, name))

    assert client.get(url("flags", world.specific.pk)).status_code == 404
