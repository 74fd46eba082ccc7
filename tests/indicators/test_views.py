"""Pages of indicator sets: seen and drafted."""

from datetime import timedelta
from io import BytesIO

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.calendar import Phase
from indicators.drafting import actions as drafting
from indicators.models import IndicatorSet, Kind, Measure
from tests.factories import build, make_agency
from tests.indicators.pages import address, text

pytestmark = pytest.mark.django_db

MEASURE = {
    "title_fa": "سهم انرژي هاي نو",
    "points": "۱۲٫۵",
    "unit_fa": "درصد",
    "direction": "higher",
    "method": "linear",
    "target": "٢٠",
}


# --- Seeing -------------------------------------------------------------------------------------


def test_the_board_shows_agencies_their_own_and_narrows_by_kind_state_and_name(as_):
    w = build("proposed")

    own = text(as_(w.staff, w.at).get("/en/indicators/"))
    foreign = text(as_(w.other_staff, w.at).get("/en/indicators/"))
    board = as_(w.administrator, w.at)

    assert "Ministry of Energy" in own
    assert "Ministry of Energy" not in foreign
    assert [
        row.record for row in board.get("/en/indicators/?kind=general").context["table"].rows
    ] == [w.general]
    assert [row.record for row in board.get("/en/indicators/?q=نيرو").context["table"].rows] == [
        w.specific
    ]
    assert list(board.get("/en/indicators/?state=draft").context["table"].rows) == []


def test_the_board_counts_days_late_once_the_phase_is_over(as_):
    w = build("proposed")

    in_time = text(as_(w.administrator, w.at).get("/en/indicators/"))
    late = text(
        as_(w.administrator, w.closes(Phase.APPROVAL) + timedelta(days=11)).get("/en/indicators/")
    )

    assert "26 days and" in in_time
    assert "12 days late" in late


def test_a_draft_is_not_found_by_the_working_group_nor_by_another_agency(as_):
    w = build("drafted")

    for name in ("member", "representative", "other_staff", "assessor", "stranger"):
        assert as_(w.people[name], w.at).get(address(w.specific)).status_code == 404
    assert as_(w.staff, w.at).get(address(w.specific)).status_code == 200


def test_the_detail_adds_the_points_up_and_says_what_stands_against_proposing(as_):
    w = build("drafted")
    client = as_(w.staff, w.at)
    lesser = Measure.objects.of(w.specific).get(points=400)

    whole = text(client.get(address(w.specific)))
    client.post(address(w.specific, "measures", lesser.pk, "remove"))
    part = text(client.get(address(w.specific)))

    assert "1,000 of 1,000" in whole
    assert "What stands against" not in whole
    assert "The points add up to 600; they must be exactly 1,000." in part
    assert "400 points are still to be given" in part


def test_a_persian_detail_has_persian_digits_in_points_and_targets(as_):
    w = build("drafted")

    page = text(as_(w.staff, w.at).get(f"/fa/indicators/{w.specific.pk}/"))

    assert "۱٬۰۰۰" in page
    assert "<dd>۲۰</dd>" in page


def test_pages_take_the_same_queries_for_any_number_of_measures(as_):
    w = build("drafted")
    client, counts = as_(w.staff, w.at), {}
    fields = {
        "title_fa": "سنجه",
        "title_en": "",
        "points": 1,
        "unit_fa": "درصد",
        "method": "survey",
    }

    for size in (1, 3, 30):
        for _number in range(size):
            drafting.save_measure(w.specific, fields=fields, by=w.staff, at=w.at)
        for page in (
            address(w.specific),
            address(w.specific, "files"),
            address(w.specific, "files", "measures", "xlsx"),
        ):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(page).status_code == 200
            counts.setdefault(page, []).append(len(caught))

    assert {page: len(set(found)) for page, found in counts.items()} == dict.fromkeys(counts, 1), (
        counts
    )


def test_the_board_takes_the_same_queries_for_any_number_of_sets(as_):
    w = build("drafted")
    client, counts = as_(w.administrator, w.at), set()

    for size in (1, 3, 30):
        for number in range(size):
            agency = make_agency(f"A{size}-{number}", f"سازمان {size}-{number}", "")
            IndicatorSet.objects.create(cycle=w.cycle, kind=Kind.SPECIFIC, agency=agency)
        with CaptureQueriesContext(connection) as caught:
            assert "سازمان 1-0" in text(client.get("/en/indicators/"))
        counts.add(len(caught))

    assert len(counts) == 1, counts


def test_the_export_holds_every_measure_of_the_set_and_no_other(as_):
    w = build("drafted")

    answer = as_(w.staff, w.at).get(address(w.specific, "files", "measures", "xlsx"))

    table = tablib.Dataset().load(BytesIO(answer.content), format="xlsx", read_only=False)
    assert table["title_en"] == ["Non-revenue water", "Outage minutes"]
    assert (
        as_(w.other_staff, w.at).get(address(w.specific, "files", "measures", "xlsx")).status_code
        == 404
    )


# --- Drafting -----------------------------------------------------------------------------------


def test_staff_begin_the_set_of_their_own_agency_and_of_no_other(as_):
    w = build("open")
    client = as_(w.staff, w.opens(Phase.PROPOSAL))
    offered = text(client.get("/en/indicators/"))

    client.post("/en/indicators/new/", {"cycle": w.cycle.pk, "agency": w.power.pk})
    foreign = client.post("/en/indicators/new/", {"cycle": w.cycle.pk, "agency": w.health.pk})
    general = client.post("/en/indicators/new/", {"cycle": w.cycle.pk}, follow=True)

    assert offered.count("Begin this set") == 1
    assert foreign.status_code == 404
    assert "is for whoever owns the set" in text(general)
    assert [(s.kind, s.agency) for s in IndicatorSet.objects.all()] == [(Kind.SPECIFIC, w.power)]


def test_a_measure_is_read_from_persian_and_arabic_letters_and_digits(as_):
    w = build("drafted")

    as_(w.staff, w.at).post(address(w.specific, "measures", "new"), MEASURE)

    saved = Measure.objects.of(w.specific).get(code="S1-03")
    assert (saved.title_fa, str(saved.points), saved.target) == ("سهم انرژی های نو", "12.5000", 20)


def test_steps_are_typed_as_text_and_shown_again_in_the_readers_digits(as_):
    w = build("drafted")
    client = as_(w.staff, w.at)
    form = MEASURE | {"method": "bands", "direction": "lower", "bands": "۰:۱۰۰، ۷:۷۰، ۱۴:۴۰"}

    client.post(address(w.specific, "measures", "new"), form)
    saved = Measure.objects.of(w.specific).get(method="bands")
    page = text(client.get(f"/fa/indicators/{w.specific.pk}/measures/{saved.pk}/"))

    assert saved.params == {"bands": [[0, 100], [7, 70], [14, 40]], "direction": "lower"}
    assert "۰:۱۰۰، ۷:۷۰، ۱۴:۴۰" in page


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"points": "12,5"}, "points"),
        ({"points": "0"}, "points"),
        ({"target": ""}, "target"),
        ({"target": "-1"}, "target"),
        ({"method": "range"}, "floor"),
        ({"method": "growth"}, "base"),
        ({"method": "growth", "base": "20"}, "target"),
        ({"method": "bands"}, "bands"),
        ({"method": "bands", "bands": "7=70"}, "bands"),
        ({"method": "bands", "bands": "0:50, 7:70"}, "bands"),
        ({"method": "checklist"}, "items"),
        ({"method": "checklist", "items": "2.5"}, "items"),
        ({"method": "magic"}, "method"),
    ],
)
def test_what_is_wrong_with_a_measure_stands_beside_its_field_and_nothing_is_saved(
    as_, changed, wrong
):
    w = build("drafted")

    page = as_(w.staff, w.at).post(address(w.specific, "measures", "new"), MEASURE | changed)

    assert list(page.context["form"].errors) == [wrong]
    assert "سهم انرژي هاي نو" in text(page)
    assert Measure.objects.of(w.specific).count() == 2


def test_a_measure_typed_a_second_after_the_deadline_is_refused_and_kept_on_the_page(as_):
    w = build("drafted")

    page = as_(w.staff, w.closes(Phase.PROPOSAL) + timedelta(seconds=1)).post(
        address(w.specific, "measures", "new"), MEASURE
    )

    assert "Indicator proposal closed on 21 February 2026, 24:00" in text(page)
    assert "سهم انرژي هاي نو" in text(page)
    assert Measure.objects.of(w.specific).count() == 2


def test_the_administrator_fills_the_general_set_and_reads_it_is_composed(as_):
    w = build("drafted")

    page = as_(w.administrator, w.at).post(address(w.general, "fill"), follow=True)

    assert Measure.objects.of(w.general).count() == 60
    assert "1,000 of 1,000" in text(page)
    assert "they are not official" in text(page)
    assert "What stands against" not in text(page)


def test_a_measure_of_another_set_is_not_reached_through_ones_own(as_):
    w = build("drafted")
    foreign = Measure.objects.of(w.general).first()
    client = as_(w.staff, w.at)

    assert client.get(address(w.specific, "measures", foreign.pk)).status_code == 404
    assert client.post(address(w.specific, "measures", foreign.pk, "remove")).status_code == 404
    assert Measure.objects.filter(pk=foreign.pk).exists()
