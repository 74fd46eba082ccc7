"""Freezing, scheduling and publishing: what is refused changes nothing, and the embargo holds to
the microsecond.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation

from config.home.waiting_tasks import Desk
from cycles.calendar import Phase
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from festival.models import Edition, Report, Standing
from festival.report import actions as report_actions
from festival.results import actions as results
from festival.results import views as results_views
from submissions.models import ScoreRun
from tests.factories import PASSWORD, YEAR, build, second_administrator
from tests.festival.conftest import approved_report, delivered_report

pytestmark = pytest.mark.usefixtures("english")

INSTANT = timedelta(microseconds=1)


def _traces():
    return (
        Edition.objects.count(),
        Standing.objects.count(),
        ScoreRun.objects.count(),
        Entry.objects.count(),
    )


def test_results_are_frozen_with_totals_places_and_bands(final):
    found = {s.participation.agency.code: s for s in Standing.objects.for_list()}

    power = found["MOE"]
    assert (power.general, power.specific, power.total) == (
        Decimal(600),
        Decimal(800),
        Decimal(1400),
    )
    assert (power.percent, power.place, power.band, power.submitted) == (
        Decimal("70.00"),
        1,
        "average",
        True,
    )
    assert [(found[code].total, found[code].submitted) for code in ("MOHME", "MOE-QZ")] == [
        (0, False),
        (0, False),
    ]
    assert final.edition.digest
    assert final.edition.run.input_digest


def test_freezing_is_refused_while_an_appeal_is_open_and_nothing_changed(db):
    world = build("filed")
    at, before = world.opens(Phase.FINAL) + timedelta(hours=9), _traces()

    with pytest.raises(Refused, match="1 appeal is not decided"):
        results.finalise(world.cycle, by=world.administrator, at=at)

    assert _traces() == before
    assert Cycle.objects.get().state == "open"


def test_freezing_is_refused_while_scores_are_not_communicated_and_nothing_changed(db):
    world = build("marked")
    at, before = world.opens(Phase.FINAL) + timedelta(hours=9), _traces()

    with pytest.raises(Refused, match="have not been communicated"):
        results.finalise(world.cycle, by=world.administrator, at=at)

    assert _traces() == before
    assert Cycle.objects.get().state == "open"


def test_freezing_is_refused_before_its_window_opens_and_to_a_province(db):
    world = build("decided")
    opens = world.opens(Phase.FINAL)

    with pytest.raises(Refused, match="opens on"):
        results.finalise(world.cycle, by=world.administrator, at=opens - INSTANT)
    with pytest.raises(Refused, match="national administrator"):
        results.finalise(world.cycle, by=world.provincial_administrator, at=opens)

    assert not Edition.objects.exists()


def test_publication_is_set_not_in_the_past_nor_before_the_festival_nor_by_auditors(final):
    opens = final.opens(Phase.FESTIVAL)

    with pytest.raises(Refused, match="in the past"):
        results.schedule(
            final.edition, publish_at=final.at - INSTANT, by=final.administrator, at=final.at
        )
    with pytest.raises(Refused, match="before it opens"):
        results.schedule(
            final.edition, publish_at=opens - INSTANT, by=final.administrator, at=final.at
        )
    with pytest.raises(Refused, match="national administrator"):
        results.schedule(final.edition, publish_at=opens, by=final.auditor, at=final.at)

    assert final.fresh(final.edition).publish_at is None
    assert (
        results.schedule(
            final.edition, publish_at=opens, by=final.administrator, at=final.at
        ).publish_at
        == opens
    )


def test_the_moment_can_be_moved_until_it_has_come_and_not_afterwards(scheduled):
    moment, later = scheduled.edition.publish_at, scheduled.edition.publish_at + timedelta(days=2)

    moved = results.schedule(
        scheduled.edition, publish_at=later, by=scheduled.administrator, at=moment - INSTANT
    )
    with pytest.raises(Refused, match="published already"):
        results.schedule(
            moved, publish_at=later + timedelta(days=1), by=scheduled.administrator, at=later
        )

    assert scheduled.fresh(moved).publish_at == later


def _anonymous(at, path="/", **data):
    request = RequestFactory().get(path, data)
    request.at, request.user, request.htmx = at, AnonymousUser(), False
    return request


PAGES = {
    "the ranking": lambda w, at: results_views.edition(_anonymous(at), YEAR),
    "the file": lambda w, at: results_views.ranking_file(_anonymous(at), YEAR, "csv"),
    "the report": lambda w, at: results_views.report_file(_anonymous(at), w.report.uuid),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_not_there_one_microsecond_before_its_moment_and_is_there_at_it(scheduled, name):
    moment = scheduled.edition.publish_at

    with pytest.raises(Http404):
        PAGES[name](scheduled, moment - INSTANT)
    shown = PAGES[name](scheduled, moment)
    for close in (
        shown._resource_closers
    ):  # `close` of the response would close the test's database connection
        close()

    assert shown.status_code == 200
    assert scheduled.fresh(scheduled.edition).state == "scheduled"  # no scheduler ran


def test_the_lists_are_empty_a_microsecond_before_the_moment_and_complete_at_it(scheduled):
    moment = scheduled.edition.publish_at

    before = [
        results_views.results(_anonymous(moment - INSTANT)),
        results_views.agency(_anonymous(moment - INSTANT), "MOE"),
    ]
    at_it = [
        results_views.results(_anonymous(moment)),
        results_views.agency(_anonymous(moment), "MOE"),
    ]

    assert ["70.00" in page.content.decode() for page in before] == [False, False]
    assert ["70.00" in page.content.decode() for page in at_it] == [True, True]


def test_a_report_that_is_not_approved_stays_closed_to_the_public(scheduled):
    [drawn] = report_actions.ask_for_report(
        scheduled.edition, languages=["fa"], by=scheduled.administrator, at=scheduled.at
    )
    report_actions.store_report(drawn, pdf=b"%PDF-1.7 draft", at=scheduled.at)

    with pytest.raises(Http404):
        results_views.report_file(_anonymous(scheduled.edition.publish_at), drawn.uuid)


def test_the_scheduler_only_moves_the_labels_and_twice_does_no_harm(scheduled):
    moment = scheduled.edition.publish_at

    assert results.publish_due(at=moment - INSTANT) == []
    [published] = results.publish_due(at=moment)
    assert results.publish_due(at=moment + timedelta(hours=1)) == []

    assert (published.state, published.published_at) == ("published", moment)
    assert Cycle.objects.get().state == "published"


def test_only_a_finished_report_is_approved_and_only_once(final):
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["en"], by=final.administrator, at=final.at
    )

    with pytest.raises(Refused, match="not finished"):
        report_actions.approve_report(asked, by=final.administrator, at=final.at)
    approved = approved_report(final)
    with pytest.raises(Refused, match="approved already"):
        report_actions.approve_report(approved, by=final.administrator, at=final.at)

    assert [r.pk for r in Report.objects.filter(approved_at__isnull=False)] == [approved.pk]
    entries = list(Entry.objects.filter(act="approve_report").order_by("pk"))
    assert [(e.params["sha256"], e.params["approval"]) for e in entries] == [
        (approved.sha256, 1),
        (approved.sha256, 2),
    ]


def test_a_version_is_not_approved_silently_after_another_was_delivered(final):
    delivered_report(final)
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    report = report_actions.store_report(asked, pdf=b"%PDF-1.7 another", at=final.at)

    with pytest.raises(Refused, match=r"was delivered to .* by letter 82/1"):
        report_actions.approve_report(report, by=final.administrator, at=final.at)
    assert Report.objects.get(pk=report.pk).first_approved_at is None


def test_a_version_that_takes_anothers_place_is_delivered_anew(final):
    delivered_report(final)
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    report = report_actions.store_report(asked, pdf=b"%PDF-1.7 another", at=final.at)
    for person in (final.administrator, second_administrator(final)):
        report = report_actions.approve_report(report, redelivers=True, by=person, at=final.at)

    assert report_actions.current_deliveries(final.edition) == {}
    report_actions.deliver(
        final.edition, addressee="president", letter="82/2", by=final.administrator, at=final.at
    )

    assert [e.params["letter"] for e in report_actions.deliveries_of(final.cycle.pk)] == [
        "82/1",
        "82/1",
        "82/2",
    ]
    assert list(report_actions.current_deliveries(final.edition)) == ["president"]
    approvals = Entry.objects.filter(act="approve_report").order_by("-pk")[:2]
    assert [entry.params["redelivers"] for entry in approvals] == [True, True]


def test_the_page_of_an_approval_after_a_delivery_asks_for_the_new_one_by_name(
    final, client, clock
):
    delivered_report(final)
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    report = report_actions.store_report(asked, pdf=b"%PDF-1.7 another", at=final.at)
    clock(final.at)
    client.force_login(final.administrator)
    address = f"/en/festival/manage/reports/{report.uuid}/approve/"

    shown = client.get(address).content.decode()
    unticked = client.post(address, {"note": "read", "password": PASSWORD}).content.decode()
    client.post(address, {"note": "read", "password": PASSWORD, "redelivers": "on"})

    assert "by letter 82/1 on" in shown
    assert "read" in unticked
    assert Report.objects.get(pk=report.pk).first_approved_by == final.administrator


def test_the_second_approver_finds_the_report_on_the_desk(final):
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["fa"], by=final.administrator, at=final.at
    )
    report = report_actions.store_report(asked, pdf=b"%PDF-1.7 kept", at=final.at)
    report_actions.approve_report(report, by=final.administrator, at=final.at)
    address = f"/en/festival/manage/reports/{report.uuid}/approve/"

    with translation.override("en"):
        first = [task.url for task in Desk(final.administrator, final.at).tasks()]
        second = [task.url for task in Desk(second_administrator(final), final.at).tasks()]

    assert address in second
    assert address not in first


def test_two_people_approve_a_report_and_nobody_for_both(final):
    [asked] = report_actions.ask_for_report(
        final.edition, languages=["en"], by=final.administrator, at=final.at
    )
    kept = report_actions.store_report(asked, pdf=b"%PDF-1.7 kept", at=final.at)

    once = report_actions.approve_report(kept, by=final.administrator, at=final.at)
    with pytest.raises(Refused, match="Two people"):
        report_actions.approve_report(kept, by=final.administrator, at=final.at)
    assert (once.first_approved_by, once.approved_at) == (final.administrator, None)

    twice = report_actions.approve_report(kept, by=second_administrator(final), at=final.at)
    assert twice.approved_by == final.second_administrator


def test_the_drawings_up_of_a_year_are_numbered_and_both_languages_bear_one_number(final):
    asked = [
        report_actions.ask_for_report(
            final.edition, languages=languages, by=final.administrator, at=final.at
        )
        for languages in (["fa", "en"], ["en"])
    ]

    assert [[r.reference for r in reports] for reports in asked] == [
        ["82/1405/1"] * 2,
        ["82/1405/2"],
    ]
