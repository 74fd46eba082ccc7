"""Pages of consequences, and who reads them before publication."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Entry
from festival.models import Consequence, ConsequenceRule, Standing
from tests.factories import PASSWORD, build
from tests.festival.consequences.rules import HOUR, draw_consequences, set_bands, settle_rule
from tests.festival.results.standings import more_standings
from tests.festival.visits import at_work, url
from tests.worlds.closing import consequence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- The embargo --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ("staff", "head", "headquarters", "provincial_administrator", "member", "stranger")
)
def test_before_publication_nobody_but_the_secretariat_and_auditors_sees_them(client, clock, who):
    world = build("scheduled")
    held = consequence(world)
    before, after = world.edition.publish_at - HOUR, world.edition.publish_at + HOUR

    at_work(client, clock, before, who)
    assert client.get(url("consequence", held.pk)).status_code == 404
    assert client.get(url("consequences", world.cycle.year)).status_code == 404
    assert not Consequence.objects.visible_to(world.people[who], before).exists()
    at_work(client, clock, after, who)

    own = who in ("staff", "head", "headquarters")
    assert client.get(url("consequence", held.pk)).status_code == (200 if own else 404)


def test_a_provincial_administrator_sees_those_of_the_province_once_published(client, clock):
    world = build("scheduled")
    settle_rule(world, "not_filed")
    draw_consequences(world)
    at_work(client, clock, world.edition.publish_at + HOUR, "provincial_administrator")

    page = client.get(url("consequences", world.cycle.year)).content.decode()

    assert "Qazvin Regional Water" in page
    assert "Ministry of Health" not in page


def test_reading_them_under_embargo_stands_in_the_record(client, clock):
    world = build("scheduled")
    held = consequence(world)
    at_work(client, clock, world.at, "auditor")

    client.get(url("consequence", held.pk))
    client.get(url("consequences", world.cycle.year))

    assert Entry.objects.filter(act="read_embargoed", actor_id=world.auditor.pk).count() == 1


# --- Pages --------------------------------------------------------------------------------------


def test_an_administrator_goes_from_rules_to_letters_page_by_page(client, clock):
    world = build("scheduled")
    set_bands(world, MOE="weak")
    year = world.cycle.year
    at_work(client, clock, world.at, "administrator")
    typed = {
        "on": "weak",
        "kind": "warning",
        "words_fa": "نامهٔ اخطار",
        "words_en": "Warning",
        "days": "۲۰",
    }

    client.post(url("consequence_settle", year), typed)
    client.post(url("consequences_draw", year))
    held = Consequence.objects.get()
    page = client.get(url("consequence", held.pk)).content.decode()
    assert "Under embargo" in page
    assert url("consequence_letter", held.pk) not in page
    at_work(client, clock, world.edition.publish_at + HOUR, "administrator")
    assert (
        url("consequence_letter", held.pk)
        in client.get(url("consequence", held.pk)).content.decode()
    )
    paper = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 letter", "application/pdf")
    letter = {"letter": "82/۵", "letter_on": "1406/06/15", "file": paper, "password": PASSWORD}
    client.post(url("consequence_letter", held.pk), letter)

    held = world.fresh(held)
    assert (held.state, held.letter_number, held.letter_on) == ("done", "82/5", date(2027, 9, 6))
    assert held.file_name == "letter.pdf"
    answer = client.get(url("consequence_file", held.pk))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 letter"
    answer.close()


def test_a_letter_that_is_no_pdf_is_refused_in_words_and_nothing_is_written(client, clock):
    world = build("scheduled")
    held = consequence(world)
    at_work(client, clock, world.edition.publish_at + HOUR, "administrator")
    letter = {
        "letter": "1",
        "letter_on": "2027-09-06",
        "file": SimpleUploadedFile("a.pdf", b"text"),
        "password": PASSWORD,
    }

    page = client.post(url("consequence_letter", held.pk), letter).content.decode()

    assert "must be a PDF file" in page
    assert world.fresh(held).state == "due"


@pytest.mark.parametrize("typed", ({"days": "0"}, {"words_fa": ""}, {"on": "unheard-of"}))
def test_a_rule_typed_wrongly_is_shown_again(client, clock, typed):
    world = build("open")
    at_work(client, clock, world.at, "administrator")
    whole = {"on": "weak", "kind": "warning", "words_fa": "این می‌ماند", "days": "20"}

    answer = client.post(url("consequence_settle", world.cycle.year), whole | typed)

    assert answer.status_code == 200
    assert not ConsequenceRule.objects.exists()


def test_the_list_takes_the_same_queries_for_any_number_of_agencies(client, clock):
    world = build("scheduled")
    held = consequence(world)
    at_work(client, clock, world.edition.publish_at + HOUR, "administrator")
    counts = []
    for numbers in (range(1), range(1, 15)):
        more_standings(world, numbers)
        standings = Standing.objects.filter(
            participation__agency__code__in=[f"X{n}" for n in numbers]
        )
        Consequence.objects.bulk_create(
            Consequence(
                cycle=world.cycle,
                agency_id=s.participation.agency_id,
                edition=world.edition,
                rule=held.rule,
            )
            for s in standings.select_related("participation")
        )
        client.get(url("consequences", world.cycle.year))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("consequences", world.cycle.year)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
