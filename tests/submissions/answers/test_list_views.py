"""The list of self-assessments, and how one is begun."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tablib import Dataset

from cycles.calendar import Phase
from cycles.models import Participation
from submissions.answers import actions as answers
from submissions.models import Submission
from tests.factories import build, make_agency
from tests.submissions.pages import url

pytestmark = pytest.mark.django_db


def test_an_agency_lists_its_own_self_assessments_only(visit):
    world = build("answered")

    page = visit(world, world.staff).get(url("list")).content.decode()

    assert "Ministry of Energy" in page
    assert "Ministry of Health" not in page
    assert "Blocks handed in" not in page


def test_the_list_is_searched_whatever_the_keyboard(visit):
    world = build("answered")
    client = visit(world, world.administrator)

    found = client.get(url("list"), {"q": "نيرو"}).content.decode()

    assert "Ministry of Energy" in found
    assert "Ministry of Health" not in found


def test_a_filter_without_a_match_says_what_to_do(visit):
    world = build("answered")

    page = visit(world, world.administrator).get(url("list"), {"state": "lapsed"}).content.decode()

    assert "No self-assessment matches." in page


def test_the_export_holds_what_is_shown_and_no_points(visit):
    world = build("marked")

    response = visit(world, world.staff).get(url("export"))
    table = Dataset().load(BytesIO(response.content).read(), format="xlsx")

    assert table["agency_code"] == ["MOE"]
    assert table.headers == [
        "assessed_year", "agency_code", "agency_fa", "agency_en", "state",
        "lines_to_answer", "lines_answered", "submitted_at",
    ]  # fmt: skip


def test_persian_pages_have_persian_digits_and_years(visit):
    world = build("submitted")

    page = visit(world, world.administrator).get(url("list", language="fa")).content.decode()

    assert "۱۴۰۵" in page
    assert "1405" not in page


@pytest.mark.parametrize("name", ("list", "export"))
def test_the_list_takes_the_same_queries_for_any_length(visit, name):
    world = build("answered")
    client = visit(world, world.administrator)
    taken = []

    for more in (0, 2, 20):
        for number in range(more):
            agency = make_agency(f"X{more}-{number}", "سازمان", "Office")
            titles = {
                "name_fa": "سازمان",
                "name_en": "Office",
                "level": agency.level,
                "sector": agency.sector,
            }
            participation = Participation.objects.create(cycle=world.cycle, agency=agency, **titles)
            answers.begin([participation], by=None, at=world.at)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url(name)).status_code == 200
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


def test_an_agency_begins_its_self_assessment_itself(visit):
    world = build("communicated")
    client = visit(world, world.staff, at=world.opens(Phase.SELF_ASSESSMENT))
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    offered = client.get(url("list")).content.decode()
    response = client.post(url("begin", participation.pk))

    submission = Submission.objects.get(agency=world.power)
    assert url("begin", participation.pk) in offered
    assert response.url == url("detail", submission.pk)
    assert submission.answers.count() == 5


def test_beginning_is_not_offered_before_the_window_opens(visit):
    world = build("communicated")
    client = visit(world, world.staff)
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    offered = client.get(url("list")).content.decode()
    client.post(url("begin", participation.pk))

    assert url("begin", participation.pk) not in offered
    assert not Submission.objects.exists()


def test_nobody_begins_for_another_agency(visit):
    world = build("communicated")
    client = visit(world, world.other_staff, at=world.opens(Phase.SELF_ASSESSMENT))
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    response = client.post(url("begin", participation.pk))

    assert response.status_code == 404
    assert not Submission.objects.exists()
