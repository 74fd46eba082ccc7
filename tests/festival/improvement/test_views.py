"""Pages of improvement plans."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Participation
from festival.improvement import suggestions
from festival.models import ImprovementItem, ImprovementPlan, Progress
from submissions.models import Submission
from tests.factories import PASSWORD, build, make_agency
from tests.festival.improvement.plans import DAY
from tests.festival.visits import at_work, url
from tests.worlds.closing import (
    SAID,
    followed_up,
    improvement_item,
    plan_for_improvement,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_an_agency_goes_from_its_results_to_a_signed_plan_page_by_page(client, clock):
    world = build("scored")
    at_work(client, clock, world.at, "staff")

    assert "Results without a plan yet" in client.get(url("improvements")).content.decode()
    there = client.post(url("improvement_begin", world.submission.pk))
    plan = ImprovementPlan.objects.get()
    assert there["Location"] == url("findings", plan.pk)
    page = client.get(there["Location"]).content.decode()
    assert "Lost 200.00 of 300 points" in page
    key = suggestions.suggest(world.submission)[0].answer.pk
    client.post(url("findings", plan.pk), {"line": [key]})
    item = plan.items.get()
    typed = {
        "finding": "x",
        "action": "آموزش",
        "owner": "مدیرکل",
        "due_on": "1406/09/10",
        "target": "۴۵٫۵",
    }
    assert client.post(url("improvement_item", item.pk), typed).status_code == 302
    item.refresh_from_db()
    assert (item.due_on, item.target) == (date(2027, 12, 1), Decimal("45.5"))
    at_work(client, clock, world.at, "head")
    client.post(url("improvement_move", plan.pk, "sign"), {"password": PASSWORD})

    assert world.fresh(plan).state == "signed"
    assert "Report progress" in client.get(url("improvement", plan.pk)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    (
        ({"finding": "x", "due_on": "soon"}, "Enter a date"),
        ({"finding": "x", "target": "many"}, "Enter one number"),
    ),
)
def test_what_is_typed_wrongly_is_said_and_kept(client, clock, typed, said):
    world = build("scored")
    item = improvement_item(world)
    at_work(client, clock, world.at, "staff")

    page = client.post(
        url("improvement_item", item.pk), {**typed, "action": "this stays"}
    ).content.decode()

    assert said in page
    assert "this stays" in page
    assert world.fresh(item).action == SAID["action"]


def test_the_day_of_an_item_comes_back_as_it_is_typed(client, clock):
    world = build("scored")
    item = improvement_item(world)
    at_work(client, clock, world.at, "staff")

    page = client.get(url("improvement_item", item.pk)).content.decode()

    assert 'value="2027-12-01"' in page


def _items(plan, numbers):
    rows = (ImprovementItem(plan=plan, position=n, **SAID) for n in numbers)
    ImprovementItem.objects.bulk_create(rows)


def test_a_plan_takes_the_same_queries_for_any_number_of_items(client, clock):
    world = build("scored")
    plan = plan_for_improvement(world, "signed")
    at_work(client, clock, world.at, "staff")
    counts = []
    for numbers in (range(1, 3), range(3, 30)):
        _items(plan, numbers)
        for item in plan.items.filter(position__in=numbers):
            Progress.objects.create(item=item, status="under_way", by=world.staff, at=world.at)
        client.get(url("improvement", plan.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("improvement", plan.pk)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_list_takes_the_same_queries_for_any_number_of_agencies_and_counts_items(client, clock):
    world = build("scored")
    item = followed_up(world)
    Progress.objects.create(item=item, status="completed", by=world.staff, at=world.at)
    _items(item.plan, [7])
    at_work(client, clock, world.at, "administrator")
    counts = []
    for numbers in (range(1), range(1, 12)):
        for n in numbers:
            agency = make_agency(f"X{n}", f"دستگاه {n}", f"Agency {n}")
            of = {"cycle": world.cycle, "agency": agency}
            entered = Participation.objects.create(**of, name_fa=agency.name_fa)
            ImprovementPlan.objects.create(
                **of, participation=entered, due_on=date(2027, 9, 30), begun_at=world.at
            )
        client.get(url("improvements"))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url("improvements")).content.decode()
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert "1 of 2" in page


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_the_list_is_handed_out_as_a_file_of_what_is_shown(client, clock, kind):
    world = build("scored")
    followed_up(world)
    at_work(client, clock, world.at, "administrator")

    whole = client.get(url("improvements_file", kind))
    none = client.get(f"{url('improvements_file', kind)}?state=closed")

    assert whole.status_code == none.status_code == 200
    if kind == "csv":
        assert "MOE" in whole.content.decode()
        assert "MOE" not in none.content.decode()
    assert client.get(url("improvements_file", "pdf")).status_code == 404


def test_a_headquarters_reads_a_unit_s_plan_only_once_the_results_are_published(client, clock):
    world = build("scheduled")
    unit = Submission.objects.get(cycle=world.cycle, agency=world.unit)
    of = {"cycle": world.cycle, "agency": world.unit, "participation": unit.participation}
    plan = ImprovementPlan.objects.create(**of, due_on=date(2027, 9, 30), begun_at=world.at)

    before = (
        at_work(client, clock, world.at, "headquarters")
        .get(url("improvement", plan.pk))
        .status_code
    )
    after = at_work(client, clock, world.edition.publish_at + DAY, "headquarters")

    assert (before, after.get(url("improvement", plan.pk)).status_code) == (404, 200)
