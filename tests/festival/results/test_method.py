"""The page on method says what the portal does, because it is drawn from
the portal's own tables.
"""

import pytest
from django.utils import translation

from cycles import models
from cycles.calendar import PHASES, Phase
from cycles.models import TieRule
from festival.models import Edition
from indicators.scoring.methods import METHODS
from indicators.scoring.statutory_tree import BANDS
from tests.factories import YEAR

pytestmark = pytest.mark.django_db


def _page(client, language="en"):
    return client.get(f"/{language}/festival/method/").content.decode()


@pytest.mark.parametrize("language", ("en", "fa"))
def test_every_method_stands_there_with_its_formula(client, language):
    page = _page(client, language)

    with translation.override(language):
        for m in METHODS.values():
            assert str(m.label) in page
        formula = str(METHODS["range"].formula)
    assert formula in page


def test_a_method_that_is_added_is_told_without_a_word_changed(client, monkeypatch):
    class Other(type(METHODS["linear"])):
        name, label = "x", "Quite another method"

    monkeypatch.setitem(METHODS, "x", Other())

    assert "Quite another method" in _page(client)


def test_bands_rules_for_ties_and_articles_stand_there(client):
    page = _page(client)

    for band in BANDS:
        assert str(band.label) in page
    for rule in TieRule:
        assert str(rule.label) in page
    assert str(PHASES[Phase.MONITORING].article) in page
    assert str(PHASES[Phase.FINAL].article) in page


@pytest.mark.parametrize(
    ("spreads", "told", "untold"),
    (
        (True, "are spread within their axis", "do not apply leave"),
        (False, "do not apply leave", "are spread within"),
    ),
)
def test_what_becomes_of_points_that_do_not_apply_follows_the_rule(
    client, monkeypatch, spreads, told, untold
):
    monkeypatch.setitem(models.RULES, "spreads_points", spreads)

    page = _page(client)

    assert told in page
    assert untold not in page


def test_results_ranking_and_downloads_lead_to_it(scheduled, client, clock):
    clock(scheduled.edition.publish_at)
    assert Edition.objects.current(scheduled.edition.publish_at).exists()

    for url in ("", f"{YEAR}/", f"{YEAR}/editions/1/data/"):
        assert 'href="/en/festival/method/"' in client.get(f"/en/festival/{url}").content.decode()


def test_it_takes_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/en/festival/method/").status_code == 200
