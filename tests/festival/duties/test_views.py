"""The page of duties, and its file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.calendar import TEHRAN, Phase, days_late
from cycles.years.actions import open_cycle, plan_cycle
from festival.duties.queries import reach_of
from indicators.models import IndicatorSet, Kind
from submissions.models import Submission
from tests.factories import EPOCH, YEAR, build, make_agency
from tests.festival.duties.counts import DAY, FILE, URL, sign_in

pytestmark = pytest.mark.usefixtures("english")


def test_the_page_is_for_administrators_and_auditors(db, client, clock):
    world = build("filed")
    at = world.closes(Phase.FINAL) + DAY

    answers = {}
    for name in ("administrator", "auditor", "provincial_administrator", "head", "reviewer"):
        sign_in(client, clock, world, name, at)
        answers[name] = client.get(URL).status_code

    assert answers == dict.fromkeys(
        ("administrator", "auditor", "provincial_administrator"), 200
    ) | {
        "head": 404,
        "reviewer": 404,
    }


def test_the_page_tells_the_finding_draws_each_duty_and_links_to_what_lies_behind(
    db, client, clock
):
    world = build("filed")
    at = world.closes(Phase.FINAL) + DAY
    sign_in(client, clock, world, "administrator", at)

    page = client.get(URL).content.decode()

    assert 'id="finding">Appeals of 1405 are not decided,' in page
    assert page.count('class="bar-overdue"') == 3
    assert "?duty=decide_appeals&amp;year=1405#each" in page
    assert "2 days overdue" in page  # the report's
    assert "style=" not in page


def test_the_bars_begin_at_the_right_in_persian(db, client, clock):
    world = build("filed")
    sign_in(client, clock, world, "administrator", world.closes(Phase.FINAL) + 9 * DAY)

    english, persian = (
        client.get(f"/{language}/duties/").content.decode() for language in ("en", "fa")
    )

    assert 'class="bar-overdue" x="0.00%" width="100.00%"' in english
    assert 'class="bar-late" x="0.00%"' not in persian
    assert 'x1="100.00%" x2="100.00%"' in persian


def rows_of(client, **asked):
    text = client.get(FILE, asked).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_what_is_shown_with_documented_columns(db, client, clock):
    world = build("filed")
    at = world.closes(Phase.FINAL)
    sign_in(client, clock, world, "auditor", at)

    [row] = rows_of(client, duty="decide_appeals")

    columns = "duty,year,code,name_en,name_fa,province_en,province_fa,statutory_at,due_at,done_at,days_late,state"
    assert ",".join(row) == columns
    closes = world.closes(Phase.APPEAL_REVIEW, world.power)
    assert (row["year"], row["code"], row["state"], row["done_at"]) == (
        "1405",
        "MOE",
        "overdue",
        "",
    )
    assert row["due_at"] == closes.astimezone(TEHRAN).isoformat()
    assert int(row["days_late"]) == days_late(closes, at)


@pytest.mark.parametrize(
    "asked, found",
    (
        ({}, 7),
        ({"year": YEAR, "state": "overdue"}, 3),
        ({"state": "in_time"}, 3),
        ({"agency": "نيرو"}, 3),
        ({"agency": "health"}, 0),
        ({"duty": "nonsense", "year": "soon"}, 7),
    ),
)
def test_the_list_is_narrowed_by_duty_year_state_and_agency(db, client, clock, asked, found):
    world = build("filed")
    sign_in(client, clock, world, "administrator", world.closes(Phase.FINAL))

    assert len(rows_of(client, **asked)) == found
    page = client.get(URL, asked).content.decode()
    assert ("No duty matches the filter" in page) == (found == 0)


def test_a_provincial_administrator_lists_the_provinces_agencies_only(db, client, clock):
    world = build("filed")
    Submission.objects.filter(agency=world.unit).update(
        state="marked", submitted_at=world.at, submitted_by=world.unit_head
    )
    sign_in(client, clock, world, "provincial_administrator", world.closes(Phase.FINAL))

    assert [(r["code"], r["duty"], r["province_en"]) for r in rows_of(client)] == [
        ("MOE-QZ", "communicate_scores", "Qazvin")
    ]
    assert "Only the agencies of your province" in client.get(URL).content.decode()


def test_the_page_takes_the_same_queries_for_any_number_of_rows_and_years(db, client, clock):
    world = build("filed")
    sign_in(client, clock, world, "administrator", world.closes(Phase.FINAL))
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            agency = make_agency(
                f"X{number}", f"سازمان {number}", f"Organization {number}", level="presidential_org"
            )
            IndicatorSet.objects.create(
                cycle=world.cycle, kind=Kind.SPECIFIC, agency=agency, state="approved"
            )
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        counts.append(len(captured))
    open_cycle(plan_cycle(year=1406, preset="statutory_gregorian", by=world.administrator, at=EPOCH),
               by=world.administrator, at=EPOCH)  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)

    assert {*counts, len(captured)} == {counts[0]}


def test_who_administers_a_province_and_audits_the_country_sees_the_country(db):
    world = build("open")
    Membership.objects.create(
        user=world.provincial_administrator, role=Role.AUDITOR, valid_from=EPOCH
    )

    assert reach_of(User.objects.get(username="provincial_administrator"), world.at) is None
