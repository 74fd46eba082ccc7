"""Published pages and files after an agency was renamed, merged or dissolved."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from festival.open_data import files as open_data_files
from festival.open_data.rows import ROWS
from tests.factories import World
from tests.worlds.reorganisations import change, let_the_clock_follow

pytestmark = pytest.mark.usefixtures("english")


def page(client: Client, settings: Any, at: Any, url: str) -> str:
    settings.CLOCK_OFFSET = at - timezone.now()
    return client.get(url).content.decode()


@pytest.mark.django_db
def test_a_published_year_keeps_the_old_name_and_the_agencys_page_says_it(
    published, client, settings
):
    w = published
    change(
        w,
        w.power,
        "renamed",
        name_fa="سازمان راهبردی برنامه",
        name_en="Strategic Planning Organization",
    )

    year = page(client, settings, w.at, f"/fa/festival/{w.cycle.year}/")
    agency = page(client, settings, w.at, "/fa/festival/agencies/MOE/")

    assert "وزارت نیرو" in year
    assert "سازمان راهبردی برنامه" not in year
    assert "<h1>سازمان راهبردی برنامه" in agency
    assert "وزارت نیرو" in agency
    assert "قانون ساختار دولت" in agency


@pytest.mark.django_db
def test_pages_of_a_merged_body_and_its_successor_lead_to_each_other(published, client, settings):
    w = published
    change(w, w.power, "merged", successors=[w.health])

    ended = page(client, settings, w.at, "/en/festival/agencies/MOE/")
    successor = page(client, settings, w.at, "/en/festival/agencies/MOHME/")

    assert 'href="/en/festival/agencies/MOHME/"' in ended
    assert 'href="/en/festival/agencies/MOE/"' in successor
    assert "merged into another on" in successor


def data_of(w: World) -> dict[str, list[Any]]:
    """What the open data say of the edition when they are read anew, and the digest of each file
    that stands.
    """
    files = open_data_files.write(w.edition, at=w.at)
    return {name: list(rows(w.edition)) for name, rows in ROWS.items()} | {
        f.name: [f.sha256] for f in files
    }


@pytest.mark.django_db
def test_published_open_data_stays_as_it_is_whatever_becomes_of_an_agency(published):
    w = published
    before = data_of(w)

    change(w, w.power, "renamed", name_fa="سازمان راهبردی برنامه")
    change(w, w.health)
    let_the_clock_follow(w)

    assert data_of(w) == before


@pytest.mark.django_db
def test_software_reads_what_became_of_an_agency_and_its_successors_codes(
    published, client, settings
):
    w = published
    change(w, w.power, "merged", successors=[w.health])
    settings.CLOCK_OFFSET = w.at - timezone.now()

    told = client.get("/api/agencies/MOE/").json()

    [merged] = told["changes"]
    assert (merged["kind"], merged["successors"]) == ("merged", ["MOHME"])
    assert len(told["results"]) == 1
