"""The form that opens half filled: what the last quarter's report begins, and how the agency makes
it its own.
"""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Participation
from indicators.models import Figure, Measure
from indicators.plans import actions as plans
from submissions.answers import actions as answers
from submissions.models import Answer, Submission
from tests.factories import build, enter_figures, lay_plan, plan_of, report_of, report_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported():
    """The power ministry has reported the year's last quarter; the self-assessment is open."""
    w = build("communicated")
    lay_plan(w)
    report_quarter(w, 4)
    w.at = w.opens(Phase.SELF_ASSESSMENT)
    return w


def begin(w):
    answers.begin(Participation.objects.filter(cycle=w.cycle), by=None, at=w.at)
    w.submission = Submission.objects.get(cycle=w.cycle, agency=w.power)
    return w.submission


def lines(w):
    rows = (
        Answer.objects.filter(submission=w.submission)
        .select_related("measure", "submission")
        .order_by("pk")
    )
    return {a.measure.title_en: a for a in rows}


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def test_a_line_begins_with_what_the_last_quarter_reported(reported):
    begin(reported)

    found = {title: (a.value, a.prefilled_from) for title, a in lines(reported).items()}
    assert found == {
        "Non-revenue water": (25, 4),
        "Outage minutes": (Decimal("62.5"), 4),
        "Measure G1-1": (None, None),
        "Measure G1-2": (None, None),
        "Measure G2-1": (None, None),
    }
    assert (
        not Answer.objects.exclude(submission=reported.submission)
        .filter(prefilled_from__isnull=False)
        .exists()
    )


def test_a_draft_of_the_last_quarter_begins_nothing():
    w = build("communicated")
    lay_plan(w)
    enter_figures(w, 4)
    w.at = w.opens(Phase.SELF_ASSESSMENT)

    begin(w)

    assert not Answer.objects.filter(value__isnull=False).exists()


def test_an_earlier_quarter_and_a_report_that_was_opened_again_begin_nothing():
    w = build("communicated")
    lay_plan(w)
    report_quarter(w, 3)
    report_quarter(w, 4)
    plans.move_report(report_of(w, 4), "correct", by=w.head, at=w.at)
    w.at = w.opens(Phase.SELF_ASSESSMENT)

    begin(w)

    assert not Answer.objects.filter(value__isnull=False).exists()


def test_what_a_steward_supplies_is_never_begun(reported):
    w = reported
    stewarded = Measure.objects.of(w.general).get(code="G1-2")
    Figure.objects.create(plan=plan_of(w), measure=stewarded, quarter=4, target=1, actual=1)

    begin(w)

    assert lines(w)["Measure G1-2"].value is None


def test_a_line_added_later_begins_half_filled_and_none_is_overwritten(reported):
    w = reported
    begin(w)
    water, outage = lines(w)["Non-revenue water"], lines(w)["Outage minutes"]
    answers.save_answer(water, value=Decimal(7), note="", by=w.staff, at=w.at)
    Answer.objects.filter(pk=outage.pk).delete()

    begin(w)

    found = lines(w)
    assert (found["Non-revenue water"].value, found["Non-revenue water"].prefilled_from) == (
        7,
        None,
    )
    assert (found["Outage minutes"].value, found["Outage minutes"].prefilled_from) == (
        Decimal("62.5"),
        4,
    )


def test_saving_a_line_confirms_it(reported, visit):
    w = reported
    begin(w)
    water = lines(w)["Non-revenue water"]

    visit(w, w.staff).post(url("answer", water.pk), {"value": "25", "note": ""})

    assert lines(w)["Non-revenue water"].prefilled_from is None
    assert lines(w)["Outage minutes"].prefilled_from == 4


def test_the_workspace_says_where_the_value_comes_from_and_shows_the_quarters(reported, visit):
    w = reported
    begin(w)
    water = lines(w)["Non-revenue water"]
    client = visit(w, w.staff)

    page = client.get(url("detail", w.submission.pk), {"line": water.pk}).content.decode()
    dossier = client.get(url("line", water.pk)).content.decode()

    assert (
        page.count("From the report of quarter 4, not confirmed yet") == 2
    )  # the open line and one of the list
    assert "Quarterly figures" in page
    assert "Amber: slightly behind · 80.00 %" in page
    assert "Quarterly figures" in dossier
    assert "From the report of quarter 4, not confirmed yet" in dossier


def test_a_line_that_is_not_confirmed_counts_as_having_something_missing(reported, visit):
    w = reported
    begin(w)

    page = (
        visit(w, w.staff).get(url("detail", w.submission.pk), {"show": "missing"}).content.decode()
    )

    assert "Non-revenue water" in page


def test_the_review_says_how_many_lines_are_not_confirmed(reported, visit):
    w = reported
    begin(w)
    head = visit(w, w.head)

    review = head.get(url("review", w.submission.pk)).content.decode()
    sign = head.get(url("move", w.submission.pk, "submit")).content.decode()

    assert "Not confirmed (2)" in review
    assert "Not confirmed: 2" in sign


def test_beginning_takes_the_same_queries_for_any_number_of_agencies_with_reports(reported):
    w = reported
    taken = []
    for agencies in ((w.power,), (w.power, w.health, w.unit)):
        Answer.objects.all().delete()
        chosen = Participation.objects.filter(cycle=w.cycle, agency__in=agencies)
        with CaptureQueriesContext(connection) as queries:
            answers.begin(chosen, by=None, at=w.at)
        taken.append(sum("indicators_figure" in q["sql"] for q in queries))

    assert taken == [1, 1]
