"""The public results and the secretariat's pages, as the browser gets them."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.calendar import Phase
from cycles.jobs import actions as jobs
from cycles.jobs.kinds import HEAVY
from festival.models import Edition, Report
from festival.report import actions as report
from tests.factories import PASSWORD, YEAR, build, second_administrator
from tests.festival.conftest import approved_report
from tests.festival.results.standings import more_standings

MANAGE = f"/en/festival/manage/{YEAR}/"


@pytest.fixture
def public(scheduled, clock):
    """The world, looked at by a visitor an hour after publication."""
    clock(scheduled.edition.publish_at + timedelta(hours=1))
    return scheduled


def _at_work(client, clock, world, name="administrator"):
    clock(world.at + timedelta(minutes=1))
    client.force_login(world.people[name])


def _queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# -- The public


def test_a_visitor_reads_the_winners_of_each_group_without_signing_in(public, client):
    page = client.get("/en/festival/").content.decode()

    assert "Ministry of Energy" in page
    assert "Ministry of Health" not in page  # first in its group, but submitted nothing
    assert "For the secretariat" not in page


def test_the_ranking_shows_every_agency_with_its_place_and_band(public, client):
    page = client.get(f"/en/festival/{YEAR}/").content.decode()

    for name in (
        "Ministry of Energy",
        "Ministry of Health",
        "Qazvin Regional Water",
        "70.00",
        "Average",
        "Not submitted",
    ):
        assert name in page
    assert "composed for this portal and are not official" in page
    assert f"/en/festival/reports/{public.report.uuid}.pdf" in page


@pytest.mark.parametrize(
    "typed, found", (("نيرو", ["MOE"]), ("health", ["MOHME"]), ("nothing like it", []))
)
def test_the_ranking_is_searched_from_any_keyboard_and_its_file_holds_what_is_shown(
    public, client, typed, found
):
    page = client.get(f"/en/festival/{YEAR}/", {"name": typed}).content.decode()
    file = client.get(f"/en/festival/{YEAR}/ranking.csv", {"name": typed})

    assert [code for code in ("MOE", "MOHME") if f"/agencies/{code}/" in page] == found
    assert [row["code"] for row in csv.DictReader(io.StringIO(file.content.decode()))] == found


@pytest.mark.parametrize(("language", "is_from_the_right"), (("fa", True), ("en", False)))
def test_the_workbook_holds_numbers_and_opens_as_its_reader_reads(
    public, client, language, is_from_the_right
):
    content = client.get(f"/{language}/festival/{YEAR}/ranking.xlsx").content

    worksheet = openpyxl.load_workbook(io.BytesIO(content)).active
    heading, first = list(worksheet.iter_rows(max_row=2))
    kinds = {title.value: cell.data_type for title, cell in zip(heading, first, strict=True)}
    assert {kinds[name] for name in ("place", "general", "total", "percent")} == {"n"}
    assert {kinds[name] for name in ("group", "code", "band")} == {"s"}
    assert bool(worksheet.sheet_view.rightToLeft) is is_from_the_right
    assert worksheet.title == {"fa": "رتبه‌بندی", "en": "Ranking"}[language]


def test_the_file_begins_with_the_mark_by_which_excel_knows_persian(public, client):
    assert client.get(f"/fa/festival/{YEAR}/ranking.csv").content.startswith(b"\xef\xbb\xbf")


def test_the_columns_of_the_file_are_the_documented_ones(public, client):
    text = client.get(f"/en/festival/{YEAR}/ranking.csv").content.decode("utf-8-sig")
    workbook = tablib.Dataset().load(
        client.get(f"/en/festival/{YEAR}/ranking.xlsx").content, format="xlsx"
    )

    columns = "group,place,code,name_en,name_fa,general,specific,total,percent,band"
    assert text.splitlines()[0] == columns
    assert workbook.headers == columns.split(",")
    power = next(row for row in csv.DictReader(io.StringIO(text)) if row["code"] == "MOE")
    assert (power["group"], power["place"], power["total"], power["percent"]) == (
        "infrastructure",
        "1",
        "1400.00",
        "70.00",
    )
    assert client.get(f"/en/festival/{YEAR}/ranking.pdf").status_code == 404


def test_the_report_is_handed_out_once_public(public, client):
    response = client.get(f"/en/festival/reports/{public.report.uuid}.pdf")

    assert b"".join(response.streaming_content) == b"%PDF-1.7 kept"
    assert response["Content-Type"] == "application/pdf"
    response.close()


def test_an_agency_page_shows_its_years_with_a_bar(public, client):
    page = client.get("/en/festival/agencies/MOE/").content.decode()

    assert "1 of 1" in page
    assert 'value="70.00"' in page
    assert client.get("/en/festival/agencies/NONE/").status_code == 404


def test_persian_pages_have_persian_digits_only(public, client):
    for url in ("/fa/festival/", f"/fa/festival/{YEAR}/", "/fa/festival/agencies/MOE/"):
        page = client.get(url).content.decode()

        assert "۷۰٫۰۰" in page
        assert "۱۴۰۵" in page
        assert ">70.00<" not in page


@pytest.mark.parametrize("url", (f"/en/festival/{YEAR}/", "/en/festival/"))
def test_public_lists_take_the_same_queries_for_any_length(public, client, url):
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        more_standings(public, range(first, last))
        counts.append(_queries(client, url))

    assert len(set(counts)) == 1


def test_nothing_is_public_before_the_moment_whoever_asks(scheduled, client, clock):
    _at_work(client, clock, scheduled, "head")

    for url in (
        f"{YEAR}/",
        f"{YEAR}/ranking.csv",
        f"reports/{scheduled.report.uuid}.pdf",
        f"manage/{YEAR}/",
    ):
        assert client.get(f"/en/festival/{url}").status_code == 404
    assert "70.00" not in client.get("/en/festival/agencies/MOE/").content.decode()


# -- The secretariat


@pytest.mark.parametrize("name, status", (("administrator", 200), ("auditor", 200), ("provincial_administrator", 404),
                                          ("assessor", 404), ("head", 404)))  # fmt: skip
def test_only_the_national_secretariat_and_the_auditor_see_results_under_embargo(
    scheduled, client, clock, name, status
):
    _at_work(client, clock, scheduled, name)

    response = client.get(MANAGE)

    assert response.status_code == status
    if status == 200:
        page = response.content.decode()
        assert "Under embargo until" in page
        assert "Ministry of Energy" in page
        assert ("Change the moment of publication" in page) == (name == "administrator")


def test_what_blocks_is_said_and_the_button_is_not_there(db, client, clock):
    world = build("filed")
    world.at = world.opens(Phase.FINAL) + timedelta(hours=9)
    _at_work(client, clock, world)

    page = client.get(MANAGE).content.decode()

    assert "1 appeal is not decided." in page
    assert f"{MANAGE}finalise/" not in page


def test_an_administrator_freezes_the_results_with_the_password(db, client, clock):
    world = build("decided")
    world.at = world.opens(Phase.FINAL) + timedelta(hours=9)
    _at_work(client, clock, world)

    assert f"{MANAGE}finalise/" in client.get(MANAGE).content.decode()
    wrong = client.post(f"{MANAGE}finalise/", {"password": "guessed", "note": "typed"})
    assert "typed" in wrong.content.decode()
    assert not Edition.objects.exists()
    client.post(f"{MANAGE}finalise/", {"password": PASSWORD})

    assert Edition.objects.get().state == "ranked"
    assert "Under embargo" in client.get(MANAGE).content.decode()


def test_publication_is_set_in_either_calendar_and_a_wrong_moment_stays_in_the_form(
    final, client, clock
):
    _at_work(client, clock, final)
    url = f"{MANAGE}schedule/"

    early = client.post(url, {"publish_at": "1406/05/20", "password": PASSWORD}).content.decode()
    client.post(url, {"publish_at": "۱۴۰۶/۰۶/۲۰ ۱۰:۰۰", "password": PASSWORD})

    assert "before it opens" in early
    assert "1406/05/20" in early
    assert final.fresh(final.edition).publish_at.isoformat() == "2027-09-11T06:30:00+00:00"


def test_an_auditor_who_opens_the_form_is_told_whose_act_it_is(final, client, clock):
    _at_work(client, clock, final, "auditor")

    page = client.get(f"{MANAGE}schedule/", follow=True).content.decode()

    assert "is for a national administrator" in page
    assert "Draw up the report in both languages" not in page


def test_a_report_under_way_asks_again_by_itself_with_and_without_javascript(final, client, clock):
    [asked] = report.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    job = jobs.take(HEAVY, worker="test", at=final.at)
    jobs.note_progress(job, step="layout", percent=53, at=final.at)
    _at_work(client, clock, final)
    url = f"{MANAGE.removesuffix(f'{YEAR}/')}reports/{asked.uuid}/"

    page = client.get(url).content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert '<noscript><meta http-equiv="refresh"' in page
    for shown in (page, part):
        assert "Laying out the pages" in shown
        assert 'value="53"' in shown
        assert 'hx-trigger="every 2s"' in shown
    assert part.strip().startswith('<div id="progress"')


def test_a_finished_report_is_read_and_approved_by_the_secretariat_only(final, client, clock):
    [asked] = report.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    kept = report.store_report(asked, pdf=b"%PDF-1.7 kept", at=final.at)
    approve = f"/en/festival/manage/reports/{kept.uuid}/approve/"
    _at_work(client, clock, final, "auditor")
    assert approve not in client.get(MANAGE).content.decode()
    client.post(approve, {"password": PASSWORD})
    assert Report.objects.get().first_approved_at is None

    _at_work(client, clock, final)
    assert approve in client.get(MANAGE).content.decode()
    assert kept.sha256 in client.get(approve).content.decode()
    client.post(approve, {"password": PASSWORD})
    assert Report.objects.get().first_approved_by == final.administrator
    assert approve not in client.get(MANAGE).content.decode()

    second_administrator(final)
    _at_work(client, clock, final, "second_administrator")
    assert "waiting for a second person" in client.get(MANAGE).content.decode()
    client.post(approve, {"password": PASSWORD})
    assert Report.objects.get().approved_by == final.second_administrator


def test_the_page_of_the_secretariat_takes_the_same_queries_for_any_length(final, client, clock):
    _at_work(client, clock, final)
    approved_report(final, "fa")
    few = _queries(client, MANAGE)
    more_standings(final, range(30))
    for language in ("fa", "en", "en"):
        approved_report(final, language)

    assert _queries(client, MANAGE) == few
