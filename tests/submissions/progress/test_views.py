"""The administrators' pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Entry, Participation
from indicators.models import Axis
from submissions.models import Block, NodeScore, ScoreRun, Submission
from submissions.scoring import totals
from tests.factories import PASSWORD, build, make_agency
from tests.jobs import work_off

pytestmark = pytest.mark.django_db


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def test_the_board_has_one_row_an_agency(visit):
    world = build("assigned")

    page = visit(world, world.administrator).get(url("board", world.cycle.pk)).content.decode()

    assert page.count('data-label="Agency"') == 3
    assert "0 / 3" in page


def test_the_board_is_narrowed_by_state_and_by_name_however_it_was_typed(visit):
    world = build("assigned")
    client, address = visit(world, world.administrator), url("board", world.cycle.pk)

    signed = client.get(address, {"state": "submitted"}).content.decode()
    named = client.get(address, {"q": "وزارت بهداشت"}).content.decode()
    absent = client.get(address, {"q": "nobody"}).content.decode()

    assert signed.count('data-label="Agency"') == 1
    assert "Ministry of Energy" in signed
    assert named.count('data-label="Agency"') == 1
    assert "Ministry of Health" in named
    assert "No self-assessment matches." in absent


def test_the_board_of_a_province_holds_its_own_units(visit):
    world = build("assigned")

    page = (
        visit(world, world.provincial_administrator)
        .get(url("board", world.cycle.pk))
        .content.decode()
    )

    assert "Qazvin Regional Water" in page
    assert "Ministry of Energy" not in page


@pytest.mark.parametrize("name", ("head", "assessor", "reviewer", "stranger"))
def test_the_board_is_not_there_for_others(visit, name):
    world = build("marked")
    client = visit(world, getattr(world, name))
    run = totals.request_run(world.cycle, why="test", by=None, at=world.at)

    for address in (
        url("board", world.cycle.pk),
        url("communicate_all", world.cycle.pk),
        url("assign", world.submission.pk),
        url("run", run.pk),
    ):
        assert client.get(address).status_code == 404
    for address in (url("assign_all", world.cycle.pk), url("compute", world.cycle.pk)):
        assert client.post(address).status_code == 404


def test_an_auditor_reads_the_board_but_finds_no_button(visit):
    world = build("marked")
    client = visit(world, world.auditor)

    page = client.get(url("board", world.cycle.pk)).content.decode()
    client.post(url("communicate_all", world.cycle.pk), {"note": "", "password": PASSWORD})

    assert 'method="post"' not in page.split("<main")[1]
    assert world.fresh(world.submission).state == "marked"


def test_all_axes_are_assigned_at_once(visit):
    world = build("submitted")
    client = visit(world, world.administrator, at=world.opens(Phase.SCORING))

    client.post(url("assign_all", world.cycle.pk))

    assert Block.objects.filter(submission=world.submission).count() == 3
    assert not Block.objects.filter(assessor=world.interested, agency=world.power).exists()


def test_a_provincial_administrator_assigns_the_own_province_only(visit):
    world = build("submitted")

    visit(world, world.provincial_administrator).post(url("assign_all", world.cycle.pk))

    assert set(Block.objects.values_list("agency__code", flat=True)) == {"MOE-QZ"}


def test_one_block_is_assigned_to_an_assessor_without_interest(visit):
    world = build("submitted")
    client = visit(world, world.administrator)
    axis = Axis.objects.get(code="G1")

    page = client.get(url("assign", world.submission.pk)).content.decode()
    refused = client.post(
        url("assign", world.submission.pk), {"axis": axis.pk, "assessor": world.interested.pk}
    )
    client.post(
        url("assign", world.submission.pk), {"axis": axis.pk, "assessor": world.other_assessor.pk}
    )

    assert "Interested" not in page
    assert refused.status_code == 200
    assert Block.objects.get().assessor == world.other_assessor


def test_computing_is_ordered_on_record_and_done_by_the_job(visit):
    world = build("marked")
    client = visit(world, world.administrator)

    response = client.post(url("compute", world.cycle.pk))
    run = ScoreRun.objects.get(why=totals.ORDERED)
    waiting = client.get(url("run", run.pk), headers={"HX-Request": "true"}).content.decode()
    work_off()
    done = client.get(url("run", run.pk), headers={"HX-Request": "true"}).content.decode()

    assert response.url == url("run", run.pk)
    assert Entry.objects.filter(act="compute", actor_id=world.administrator.pk).exists()
    assert "every 2s" in waiting
    assert "<html" not in waiting
    assert "every 2s" not in done
    assert NodeScore.objects.filter(run=run, submission=world.submission, kind="").exists()


def test_a_provincial_administrator_may_not_compute_the_country(visit):
    world = build("marked")

    visit(world, world.provincial_administrator).post(url("compute", world.cycle.pk))

    assert not ScoreRun.objects.filter(why=totals.ORDERED).exists()


def test_the_board_takes_the_same_queries_for_any_length(visit):
    world = build("scored")
    client, taken = visit(world, world.administrator), []

    for more in (0, 3, 30):
        for number in range(more):
            agency = make_agency(f"X{more}-{number}", "سازمان", "Office")
            titles = {
                "name_fa": "سازمان",
                "name_en": "Office",
                "level": agency.level,
                "sector": agency.sector,
            }
            participation = Participation.objects.create(cycle=world.cycle, agency=agency, **titles)
            Submission.objects.create(cycle=world.cycle, agency=agency, participation=participation)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("board", world.cycle.pk))
        taken.append(len(queries))

    assert max(taken) == taken[0]  # fewer where nobody on the page is anybody's to judge
