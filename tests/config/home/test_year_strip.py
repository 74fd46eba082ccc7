"""The strip of the year on the desk, its overdue duties and decrees."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Membership, Sector, User
from agencies.roles import Role
from config.home.waiting_tasks import Desk
from cycles.calendar import Phase, days_late
from cycles.years import actions as years
from festival.duties import timeline
from festival.results import actions as results
from submissions.models import Submission
from tests.config.home.desks import desk_of, titles_of
from tests.factories import (
    EPOCH,
    build,
    make_agency,
)
from tests.festival.conftest import decree


def test_the_strip_tells_what_is_over_what_is_now_and_the_time_left(db):
    world = build("begun")

    [strip] = desk_of(world, "staff").strips()

    states = {str(item.label): item.state for item in strip.items}
    assert states == {
        "Indicator proposal": "done",
        "Indicator approval": "done",
        "Monitoring": "done",
        "Self-assessment": "now",
        "Scoring": "next",
        "Appeal": "next",
        "Appeal review": "next",
        "Final results": "next",
        "Festival": "next",
    }
    assert strip.deadline_text.endswith("until Self-assessment closes")
    assert [item.sub for item in strip.items if item.state == "now"] == [
        "to 31 May 2027, 24:00 (10 Khordad 1406)"
    ]


def test_an_agency_sees_its_own_days_of_appeal_and_others_the_statutory_ones(db):
    world = build("scored")
    own, statutory = world.closes(Phase.APPEAL, world.power), world.closes(Phase.APPEAL)
    assert own != statutory

    ends = {
        name: desk_of(world, name).windows[world.cycle.pk, Phase.APPEAL].closes_at
        for name in ("head", "auditor")
    }

    assert ends == {"head": own, "auditor": statutory}


@pytest.mark.parametrize(
    "stage, phase, agency",
    (
        ("proposed", "APPROVAL", ""),
        ("assigned", "SCORING", ""),
        ("filed", "APPEAL_REVIEW", "power"),
    ),
)
def test_a_duty_that_is_overdue_is_late_by_days_and_stays_on_the_desk(db, stage, phase, agency):
    world, phase = build(stage), Phase[phase]
    closes = world.closes(phase, getattr(world, agency) if agency else None)

    [strip] = desk_of(world, "administrator", closes + timedelta(days=2, hours=1)).strips()

    [item] = [i for i in strip.items if i.label == phase.label]
    assert (item.state, item.sub) == ("late", "3 days late")


# -- What is overdue


def _overdue(world, name, at):
    return [
        (o.said, o.agencies, o.url.partition("/en")[2]) for o in desk_of(world, name, at).overdue()
    ]


def test_overdue_duties_stand_on_the_administrators_desk_with_the_way_to_the_spot(db):
    world = build("filed")
    at = world.closes(Phase.FINAL)
    days = days_late(world.closes(Phase.APPEAL_REVIEW, world.power), at)

    assert _overdue(world, "administrator", at) == [
        (
            f"Appeals of 1405 are not decided, {days} days after their date",
            1,
            "/appeals/?state=filed",
        ),
        ("The report on 1405 is not approved, 1 day after its date", 0, "/festival/manage/1405/"),
        ("The report on 1405 is not delivered, 1 day after its date", 0, "/festival/manage/1405/"),
    ]


def test_an_auditor_is_led_to_the_list_of_what_is_overdue(db):
    world = build("assigned")

    [(said, agencies, url)] = _overdue(world, "auditor", world.closes(Phase.SCORING))

    assert said == "Scores of 1405 are not communicated, 1 day after their date"
    assert agencies == 1
    assert url == "/duties/?duty=communicate_scores&year=1405&state=overdue#each"


def test_a_provincial_administrator_is_told_of_the_provinces_agencies_only(db):
    world = build("assigned")
    at = world.closes(Phase.SCORING) + timedelta(days=400)

    assert _overdue(world, "provincial_administrator", at) == []
    Submission.objects.filter(agency=world.unit).update(
        state="marked", submitted_at=world.at, submitted_by=world.unit_head
    )
    assert [
        (said[:6], agencies)
        for said, agencies, _url in _overdue(world, "provincial_administrator", at)
    ] == [("Scores", 1)]


@pytest.mark.parametrize("name", ("head", "staff", "assessor", "reviewer", "chair", "stranger"))
def test_nobody_else_has_overdue_duties_on_the_desk(db, name):
    world = build("filed")

    assert desk_of(world, name, world.closes(Phase.FINAL)).overdue() == []


def test_a_published_year_still_owes_what_was_not_done(db):
    world = build("scheduled")
    results.publish_due(at=world.edition.publish_at)

    assert [
        url for _said, _agencies, url in _overdue(world, "administrator", world.edition.publish_at)
    ] == ["/festival/manage/1405/"] * 2


def test_the_strip_and_the_list_and_the_public_timeline_count_the_same_days(db):
    world = build("filed")
    at = world.closes(Phase.FINAL) + timedelta(days=5, hours=3)
    desk = desk_of(world, "administrator", at)

    [strip], overdue = desk.strips(), desk.overdue()
    [year] = timeline.years([world.cycle], at)

    late = {kept.phase: kept.most_days_late for kept in year.phases if kept.most_days_late}
    assert {str(p.label): f"{days} days late" for p, days in late.items()} == {
        str(item.label): item.sub for item in strip.items if item.state == "late"
    }
    for days in late.values():
        assert any(f"{days} days" in o.said for o in overdue)


def test_the_red_list_opens_the_home_page_of_who_answers_for_it(db, client, settings):
    world = build("filed")
    settings.CLOCK_OFFSET = world.closes(Phase.FINAL) - timezone.now()

    pages = {}
    for name in ("administrator", "auditor", "head"):
        client.force_login(world.people[name])
        pages[name] = client.get("/en/").content.decode()

    assert {name: "3 duties are overdue" in page for name, page in pages.items()} == {
        "administrator": True,
        "auditor": True,
        "head": False,
    }
    assert pages["administrator"].index("3 duties are overdue") < pages["administrator"].index(
        "phase-strip"
    )


# -- Decrees


@pytest.mark.parametrize(
    "name, told", (("head", True), ("other_head", False), ("administrator", False))
)
def test_a_decree_stands_on_the_strip_of_those_whom_it_concerns(db, name, told):
    world = build("begun")
    decree(
        world,
        Phase.SELF_ASSESSMENT,
        world.closes(Phase.SELF_ASSESSMENT) + timedelta(days=3),
        agency=world.power,
    )

    [strip] = desk_of(world, name).strips()

    [item] = [i for i in strip.items if i.state == "now"]
    assert item.sub == (
        "extended to 3 June 2027, 24:00 (13 Khordad 1406) by decree 1405/12"
        if told
        else "to 31 May 2027, 24:00 (10 Khordad 1406)"
    )


def test_a_decree_for_all_stands_on_everybodys_strip(db):
    world = build("begun")
    decree(world, Phase.SELF_ASSESSMENT, world.closes(Phase.SELF_ASSESSMENT) + timedelta(days=3))

    subs = {
        i.sub
        for name in ("head", "other_head", "auditor")
        for i in desk_of(world, name).strips()[0].items
    }

    assert "extended to 3 June 2027, 24:00 (13 Khordad 1406) by decree 1405/12" in subs


def test_a_published_year_leaves_the_desk(db):
    world = build("scheduled")
    moment = world.edition.publish_at
    assert len(desk_of(world, "administrator", moment).strips()) == 1

    results.publish_due(at=moment)

    assert (
        desk_of(world, "administrator", moment).strips(),
        titles_of(world, "administrator", moment),
    ) == ([], [])


def test_the_home_page_shows_strip_and_tasks_in_both_languages(db, client, settings):
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client.force_login(world.staff)

    english, persian = (client.get(f"/{language}/").content.decode() for language in ("en", "fa"))

    assert "4 lines are not complete yet" in english
    assert f"/en/submissions/{world.submission.pk}/" in english
    assert "0 of 4" in english
    assert "۱۴۰۵" in persian
    assert client.get("/").headers["Location"] == "/fa/"


def test_the_entrance_leads_a_visitor_to_the_results(db, client):
    arrived = client.get("/", follow=True)

    assert arrived.redirect_chain == [("/fa/festival/", 302)]
    assert arrived.status_code == 200
    page = arrived.content.decode()
    assert 'class="site-title" href="/fa/festival/"' in page
    assert 'href="/fa/accounts/login/"' in page


@pytest.mark.parametrize(
    "name", ("head", "administrator", "chair", "assessor", "reviewer", "auditor")
)
def test_a_desk_takes_the_same_queries_whatever_stands_on_it(db, name):
    world = build("filed")
    at = world.opens(Phase.APPEAL_REVIEW, world.power)

    few = _queries(name, at)
    for number in range(3):
        agency = make_agency(f"X{number}", f"سازمان {number}", "Organization", Sector.ECONOMIC)
        Membership.objects.create(user=world.head, role=Role.HEAD, agency=agency, valid_from=EPOCH)
    for year in (1406, 1407, 1408):
        cycle = years.plan_cycle(
            year=year, preset="statutory_gregorian", by=world.administrator, at=world.at
        )
        if year != 1408:
            years.open_cycle(cycle, by=world.administrator, at=world.at)

    assert _queries(name, at) == few


def _queries(name, at):
    user = User.objects.get(username=name)
    with CaptureQueriesContext(connection) as captured:
        desk = Desk(user, at)
        assert desk.strips()
        desk.overdue()
        desk.tasks()
    return len(captured)
