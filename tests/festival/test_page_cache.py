"""Public pages that are kept: the same for everybody without a session, and never past a moment of
publication.
"""

from datetime import timedelta

import pytest
from django.core.cache import cache

from festival import page_cache
from festival.models import Standing
from festival.results import actions as results
from tests.faults.parts.away import refusing_cache

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def page(published, clock):
    clock(published.at + timedelta(minutes=5))
    return f"/en/festival/{published.cycle.year}/"


def test_a_page_is_made_with_five_queries_at_most_and_then_with_none(
    page, client, django_assert_max_num_queries
):
    for address in ("/en/festival/", page):
        with django_assert_max_num_queries(5):
            first = client.get(address)
        with django_assert_max_num_queries(0):
            second = client.get(address)

        assert first.status_code == 200
        assert second.content == first.content
        assert second["ETag"] == first["ETag"]


def test_who_has_the_page_is_told_that_it_still_holds(page, client):
    response = client.get(page)

    again = client.get(page, headers={"If-None-Match": response["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert response["Cache-Control"].startswith("public, max-age=")
    assert "Cookie" in response["Vary"]
    assert "csrftoken" not in response.cookies


def test_what_is_shown_to_somebody_signed_in_is_never_kept(page, client, published):
    client.force_login(published.administrator, backend="config.accounts.backends.PasswordBackend")
    own = client.get(page)
    client.logout()
    client.cookies.clear()

    response = client.get(page)

    assert "ETag" not in own
    assert published.administrator.name in own.content.decode()
    assert published.administrator.name not in response.content.decode()


def test_a_page_kept_before_publication_ends_with_the_embargo(scheduled, client, clock):
    moment = scheduled.edition.publish_at
    clock(moment - timedelta(seconds=20))
    before = client.get("/en/festival/")
    assert int(before["Cache-Control"].split("=")[1]) <= 20

    clock(moment + timedelta(seconds=1))

    assert client.get("/en/festival/").context is not None  # made anew
    assert f"/en/festival/{scheduled.cycle.year}/" in client.get("/en/festival/").content.decode()
    assert f"/en/festival/{scheduled.cycle.year}/" not in before.content.decode()


def test_setting_the_moment_anew_forgets_what_is_kept(
    final, client, clock, django_capture_on_commit_callbacks
):
    opens = final.opens("festival")
    clock(final.at)
    client.get("/en/festival/")
    with django_capture_on_commit_callbacks(execute=True):
        results.schedule(final.edition, publish_at=opens, by=final.administrator, at=final.at)

    response = client.get("/en/festival/")

    assert response.context is not None


def test_without_the_cache_every_page_is_made_anew(page, client, settings):
    settings.CACHES = refusing_cache()
    first = client.get(page)
    Standing.objects.update(band="weak")

    second = client.get(page)

    assert first.status_code == second.status_code == 200
    assert first.content != second.content
    page_cache.forget()  # says so in the log, and nothing else
