"""The workspace: lines opened, saved, refused."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.calendar import Phase
from indicators.models import Indicator, Measure
from submissions.answers import actions as answers
from submissions.models import Answer
from tests.factories import build
from tests.submissions.pages import line, url

pytestmark = pytest.mark.django_db


def test_the_workspace_opens_one_line_with_its_formula_and_points(visit):
    world = build("answered")

    page = (
        visit(world, world.staff)
        .get(url("detail", world.submission.pk), {"line": line(world).pk})
        .content.decode()
    )

    assert "300 × 30 ÷ 90 = 100.00 points" in page
    assert page.count('name="value"') == 1
    assert "Next unanswered line" not in page


def test_a_stewarded_line_has_nothing_to_enter(visit):
    world = build("answered")
    stewarded = line(world, "G1-2")

    page = (
        visit(world, world.staff)
        .get(url("detail", world.submission.pk), {"line": stewarded.pk})
        .content.decode()
    )

    assert "The authority supplies this figure" in page
    assert 'name="value"' not in page


def test_a_stranger_finds_no_workspace(visit):
    world = build("answered")

    for person in (world.other_head, world.stranger, world.assessor, world.reviewer):
        assert visit(world, person).get(url("detail", world.submission.pk)).status_code == 404


def test_an_answer_is_saved_in_persian_digits(visit):
    world = build("begun")
    client = visit(world, world.staff)

    response = client.post(url("answer", line(world).pk), {"value": "۴۵٫۵", "note": "گزارش كميته"})

    saved = line(world)
    assert response.status_code == 302
    assert (saved.value, saved.note) == (Decimal("45.5"), "گزارش کمیته")


def test_htmx_answers_with_points_and_progress_only(visit):
    world = build("begun")
    client = visit(world, world.staff)

    response = client.post(
        url("answer", line(world).pk), {"value": "45", "note": ""}, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert "150.00 of 300 points" in page
    assert 'hx-swap-oob="true"' in page
    assert "<html" not in page


def test_what_was_typed_stays_when_it_is_refused(visit):
    world = build("begun")
    client = visit(world, world.staff)

    page = client.post(
        url("answer", line(world).pk), {"value": "12,5", "note": "three surveys"}
    ).content.decode()

    assert 'value="12,5"' in page
    assert "three surveys" in page
    assert line(world).value is None


def test_not_applicable_needs_a_reason(visit):
    world = build("begun")
    client = visit(world, world.staff)

    page = client.post(
        url("answer", line(world).pk), {"claims_not_applicable": "on", "note": ""}
    ).content.decode()

    assert "Please say in the note why the measure does not apply." in page
    assert line(world).claims_not_applicable is False


def test_missing_something_shows_only_such_lines(visit):
    world = build("answered")
    answers.save_answer(line(world), value=None, note="", by=world.staff, at=world.at)
    client = visit(world, world.staff)

    page = client.get(url("detail", world.submission.pk), {"show": "missing"}).content.decode()

    assert "Measure G1-1" in page
    assert "Measure G2-1" not in page


def test_a_closed_workspace_is_read_only_and_says_why(visit):
    world = build("answered")
    client = visit(world, world.staff, at=world.closes(Phase.SELF_ASSESSMENT))
    before = line(world).value

    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()
    refused = client.post(
        url("answer", line(world).pk), {"value": "90", "note": ""}
    ).content.decode()

    assert "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3" in page
    assert 'name="value"' not in page
    assert "closed on 31 May 2027" in refused
    assert line(world).value == before


def test_the_workspace_takes_the_same_queries_for_any_length(visit):
    world = build("answered")
    client = visit(world, world.staff)
    indicator = Indicator.objects.get(code="G1-1")
    taken = []

    for more in (0, 3, 30):
        for number in range(more):
            measure = Measure.objects.create(
                indicator=indicator,
                code=f"{more}-{number}",
                title_fa="سنجه",
                points=1,
                unit_fa="درصد",
                method="survey",
            )
            Answer.objects.create(submission=world.submission, measure=measure, value=50)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("detail", world.submission.pk), {"line": line(world).pk})
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


def test_a_described_level_is_chosen_by_its_words_and_kept_as_its_number(visit):
    world = build("begun")
    levels = [
        {"percent": 0, "fa": "هیچ", "en": "None"},
        {"percent": 100, "fa": "همه", "en": "All of it"},
    ]
    Measure.objects.filter(code="G1-1").update(method="levels", params={"levels": levels})
    line = Answer.objects.get(submission=world.submission, measure__code="G1-1")
    client = visit(world, world.staff)
    address = f"/en/submissions/{world.submission.pk}/?line={line.pk}"

    offered = client.get(address).content.decode()
    client.post(f"/en/submissions/lines/{line.pk}/answer/", {"value": "1", "note": "x"})
    foreign = client.post(f"/en/submissions/lines/{line.pk}/answer/", {"value": "7", "note": "x"})
    chosen = client.get(address).content.decode()

    assert '<option value="1">All of it</option>' in offered
    assert world.fresh(line).value == 1
    assert "Select a valid choice" in foreign.content.decode()
    assert '<option value="1" selected>All of it</option>' in chosen
