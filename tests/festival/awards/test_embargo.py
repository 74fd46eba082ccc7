"""Awards under embargo: public at the moment of publication, read before only on record."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from cycles.models import Entry
from festival.models import Award
from tests.festival.awards.ceremonies import (
    SECOND,
    correct,
    decide,
    given_award,
    lay_ceremony,
    of_province,
    proposals,
)
from tests.papers import paper_of

pytestmark = pytest.mark.usefixtures("english")

ADDRESSES = {
    "awards": lambda a: ("festival:awards", a.cycle.year),
    "certificate in Persian": lambda a: ("festival:certificate", a.uuid, "fa"),
    "certificate in English": lambda a: ("festival:certificate", a.uuid, "en"),
    "verification": lambda a: ("verify_certificates", a.uuid),
    "list": lambda a: ("festival:ceremony_list", a.ceremony_id),
    "list as a file": lambda a: ("festival:ceremony_list_file", a.ceremony_id, "xlsx"),
}


@pytest.mark.parametrize("who", (None, "head", "other_head", "assessor", "stranger"))
def test_one_second_before_there_is_nothing_and_one_second_after_everything(scheduled, visit, who):
    award = given_award(scheduled)
    moment, user = scheduled.edition.publish_at, getattr(scheduled, who) if who else None
    urls = {name: reverse(of(award)[0], args=of(award)[1:]) for name, of in ADDRESSES.items()}

    before = visit(user, moment - 5 * SECOND)
    early = {name: before.get(url).status_code for name, url in urls.items()}
    after = visit(user, moment + SECOND)
    late = {name: paper_of(after, url).response for name, url in urls.items()}

    assert set(early.values()) == {404}
    assert "Ministry of Energy" in late["awards"].content.decode()
    assert "Service without interruption" in late["verification"].content.decode()


def test_the_very_moment_divides(scheduled):
    given_award(scheduled)
    moment = scheduled.edition.publish_at

    assert not Award.objects.public(moment - timedelta(microseconds=1)).exists()
    assert Award.objects.public(moment).exists()


def test_nothing_is_public_that_is_only_proposed(scheduled):
    proposals(scheduled, lay_ceremony(scheduled))

    assert not Award.objects.public(scheduled.edition.publish_at).exists()


def test_whoever_reads_awards_early_stands_in_the_record_once_a_day(scheduled, visit):
    award = given_award(scheduled)
    for _again in range(2):
        visit(scheduled.auditor, scheduled.at).get(
            reverse("festival:ceremony", args=[award.ceremony_id])
        )
        visit(scheduled.auditor, scheduled.at).get(
            reverse("festival:ceremony_list", args=[award.ceremony_id])
        )

    rows = Entry.objects.filter(act="read_embargoed", actor_id=scheduled.auditor.pk)
    assert [r.params["what"] for r in rows] == ["awards"]
    later = visit(scheduled.auditor, scheduled.edition.publish_at + SECOND)
    assert later.get(reverse("festival:ceremony", args=[award.ceremony_id])).status_code == 200
    assert rows.count() == 1


def test_awards_on_a_later_edition_are_read_on_record_by_the_secretariat_alone(scheduled, visit):
    ceremony = lay_ceremony(scheduled)
    correct(scheduled, percent=Decimal("66.00"))
    scheduled.at = scheduled.edition.publish_at
    decide(scheduled, *proposals(scheduled, ceremony))
    url, moment = reverse("festival:ceremony_list", args=[ceremony.pk]), scheduled.at + SECOND

    pages = [
        visit(user, moment).get(url).content.decode()
        for user in (None, scheduled.head, scheduled.auditor)
    ]

    assert ["Ministry of Energy" in page for page in pages] == [False, False, True]
    assert Entry.objects.filter(act="read_embargoed").get().actor_id == scheduled.auditor.pk


def test_a_province_reads_its_own_ceremony_early_on_record_and_no_other(scheduled, visit):
    national, own = lay_ceremony(scheduled), of_province(scheduled)
    client = visit(scheduled.provincial_administrator, scheduled.at)

    assert client.get(reverse("festival:ceremony", args=[own.pk])).status_code == 200
    assert client.get(reverse("festival:ceremony", args=[national.pk])).status_code == 404
    assert Entry.objects.filter(act="read_embargoed").get().object_pk == own.pk
