"""Recording the delivery of the Article 82 report."""

from datetime import timedelta

import pytest

from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from festival.duties.catalogue import DutyCode
from festival.models import Language
from festival.report import actions as report
from festival.results import actions as results
from tests.factories import PASSWORD, YEAR
from tests.festival.conftest import approved_report
from tests.festival.duties.counts import numbers_of, sign_in

pytestmark = pytest.mark.usefixtures("english")


def test_a_delivery_needs_both_languages_its_letter_and_happens_once_to_each(final):
    def deliver(to="president", letter="82/1"):
        return report.deliver(
            final.edition, addressee=to, letter=letter, by=final.administrator, at=final.at
        )

    approved_report(final, "fa")
    with pytest.raises(Refused, match="approved in both languages"):
        deliver()
    english = approved_report(final, "en")
    for wrong in ({"letter": ""}, {"to": "the press"}):
        with pytest.raises(Refused, match="names its addressee and the number of its letter"):
            deliver(**wrong)
    deliver()
    with pytest.raises(Refused, match="recorded already: The President"):
        deliver()

    [entry] = Entry.objects.filter(act="deliver_report")
    assert (entry.params["addressee"], entry.params["letter"]) == ("president", "82/1")
    assert entry.params["reports"]["en"] == english.sha256


def test_a_late_delivery_is_recorded_with_its_days_even_after_publication(scheduled):
    approved_report(scheduled, "fa")
    approved_report(scheduled, "en")
    results.publish_due(at=scheduled.edition.publish_at)
    at = scheduled.closes(Phase.FINAL) + timedelta(days=40)

    for addressee in ("president", "parliament"):
        report.deliver(
            scheduled.edition, addressee=addressee, letter="1", by=scheduled.administrator, at=at
        )

    assert Entry.objects.filter(act="deliver_report", days_late=41).count() == 2
    assert numbers_of(at, DutyCode.DELIVER_REPORT) == (0, 1, 0, 0, 41)


def test_the_secretariat_records_a_delivery_on_a_page_with_the_password(final, client, clock):
    manage, url = (f"/en/festival/manage/{YEAR}/{tail}" for tail in ("", "deliver/"))
    sign_in(client, clock, final, "administrator")
    assert url not in client.get(manage).content.decode()
    for language in Language.values:
        approved_report(final, language)

    offered = client.get(manage).content.decode()
    wrong = client.post(
        url, {"addressee": "president", "letter_number": "82/7", "password": "guessed"}
    )
    client.post(url, {"addressee": "president", "letter_number": "۸۲/۷", "password": PASSWORD})
    again = client.post(
        url, {"addressee": "president", "letter_number": "82/8", "password": PASSWORD}
    )

    assert url in offered
    assert "82/7" in wrong.content.decode()
    assert "recorded already" in again.content.decode()
    page = client.get(manage).content.decode()
    assert "The President, letter 82/7" in page
    client.post(url, {"addressee": "parliament", "letter_number": "82/8", "password": PASSWORD})
    assert url not in client.get(manage).content.decode()
