"""The agencies' reports on an index, and recommendations for the next plan."""

import pytest

from cycles.models import Entry
from cycles.workflow import Refused
from festival.indices import actions as indices
from festival.models import IndexReport, Recommendation
from tests.festival.indices.registers import write_report


def test_staff_write_the_report_and_the_head_sends_it(world, followed):
    report = write_report(world, followed)

    with pytest.raises(Refused, match="head of the agency"):
        indices.send_report(report, by=world.staff, at=world.at)
    sent = indices.send_report(report, by=world.head, at=world.at)

    assert (sent.state, sent.sent_by, sent.sent_at) == ("sent", world.head, world.at)
    assert Entry.objects.get(act="send").agency_code == "MOE"


def test_only_a_responsible_agency_reports_and_only_its_own_people(world, followed):
    with pytest.raises(Refused, match="does not answer for this index"):
        write_report(world, followed, by=world.other_staff, agency=world.health)
    with pytest.raises(Refused, match="is for staff of the agency"):
        write_report(world, followed, by=world.other_staff)

    assert not IndexReport.objects.exists()


def test_what_was_sent_stays_and_a_later_report_stands_in_its_place(world, followed):
    first = indices.send_report(write_report(world, followed), by=world.head, at=world.at)
    draft = write_report(world, followed, done="تکمیل شد")

    assert draft.pk != first.pk
    assert [r.pk for r in IndexReport.objects.newest()] == [first.pk]
    indices.send_report(draft, by=world.head, at=world.at)
    assert [r.pk for r in IndexReport.objects.newest()] == [draft.pk]
    assert IndexReport.objects.get(pk=first.pk).done == "سامانه‌ها یکپارچه شد"


def test_a_draft_is_read_by_its_agency_and_the_national_officers_alone(world, followed):
    report = write_report(world, followed)

    readers = {
        who
        for who, person in world.people.items()
        if report in IndexReport.objects.visible_to(person, world.at)
    }

    assert readers == {
        "staff",
        "head",
        "headquarters",
        "agency_administrator",
        "administrator",
        "auditor",
    }


def test_a_recommendation_is_added_to_in_versions_and_only_the_last_is_approved(world, followed):
    first = indices.recommend(followed, year=1405, text="یک", by=world.administrator, at=world.at)
    second = indices.recommend(followed, year=1405, text="دو", by=world.administrator, at=world.at)

    with pytest.raises(Refused, match="later version"):
        indices.approve_recommendation(first, by=world.administrator, at=world.at)
    with pytest.raises(Refused, match="text of the last version"):
        indices.recommend(followed, year=1405, text="دو", by=world.administrator, at=world.at)
    indices.approve_recommendation(second, by=world.administrator, at=world.at)

    assert [r.text for r in Recommendation.objects.in_force()] == ["دو"]
    assert [r.text for r in Recommendation.objects.visible_to(world.staff, world.at)] == ["دو"]
    assert Recommendation.objects.visible_to(world.auditor, world.at).count() == 2
    with pytest.raises(Refused, match="approved already"):
        indices.approve_recommendation(second, by=world.administrator, at=world.at)
