"""What follows from results: settled as rules, drawn once frozen, told to nobody before
publication, followed up.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import User
from cycles.models import Cycle, Delivery, Entry
from cycles.workflow import Refused
from festival.consequences import actions as consequences
from festival.models import Consequence, ConsequenceRule, Edition, ImprovementPlan, Standing
from tests.factories import PASSWORD, build
from tests.festival.results.test_views import _more_standings
from tests.worlds.closing import consequence

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BAD = {"kind": "warning", "words_fa": "نامهٔ اخطار", "words_en": "A letter of warning"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"festival:{name}", args=args)


def at_work(client, clock, at, name):
    clock(at)
    client.force_login(
        User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def settled(world, on="average", **fields):
    return consequences.settle(
        world.cycle, on=on, **BAD | fields, by=world.administrator, at=world.at
    )


def drawn(world):
    return consequences.draw(world.edition, by=world.administrator, at=world.at)


def banded(world, **bands):
    """The frozen results, with these bands by agency's code."""
    for code, band in bands.items():
        Standing.objects.filter(edition=world.edition, participation__agency__code=code).update(
            band=band
        )


# --- Rules --------------------------------------------------------------------------------------


def test_a_rule_is_settled_once_and_struck_again_and_both_stand_in_the_record():
    world = build("open")

    rule = settled(world)
    with pytest.raises(Refused, match="settled already"):
        settled(world)
    consequences.strike_rule(rule, by=world.administrator, at=world.at)
    settled(world)

    assert ConsequenceRule.objects.count() == 2
    assert [
        e.act for e in Entry.objects.filter(workflow="festival.consequencerule").order_by("pk")
    ] == [
        "settle",
        "strike",
        "settle",
    ]


@pytest.mark.parametrize("days", (0, 366))
def test_a_consequence_is_due_within_a_year(days):
    with pytest.raises(Refused, match="within a year"):
        settled(build("open"), days=days)


def test_rules_are_for_national_administrators():
    world = build("open")

    with pytest.raises(Refused, match="national administrator"):
        consequences.settle(
            world.cycle, on="weak", **BAD, by=world.provincial_administrator, at=world.at
        )


# --- Drawing ------------------------------------------------------------------------------------


def test_each_rule_meets_the_agencies_with_its_band_or_that_filed_nothing():
    world = build("final")
    banded(world, MOE="weak")
    weak, silent = settled(world, "weak"), settled(world, "not_filed", kind="superior")
    settled(world, "excellent", kind="appreciation")

    found = {(c.rule, c.agency.code) for c in drawn(world)}

    assert found == {(weak, "MOE"), (silent, "MOHME"), (silent, "MOE-QZ")}
    assert set(Consequence.objects.values_list("state", flat=True)) == {"due"}


def test_an_agency_that_filed_nothing_meets_no_rule_of_the_band_its_zero_lies_in():
    world = build("final")
    banded(world, MOE="good")
    settled(world, "weak")

    with pytest.raises(Refused, match="nothing follows"):
        drawn(world)


@pytest.mark.parametrize(("before", "met"), (("weak", True), ("average", False), (None, False)))
def test_a_rule_of_the_second_year_asks_what_the_year_before_was(before, met):
    world = build("final")
    banded(world, MOE="weak")
    settled(world, "weak")
    again = settled(world, "weak", kind="plan", repeated=True)
    if before:
        earlier = Cycle.objects.create(
            year=world.cycle.year - 1, preset=world.cycle.preset, state="published"
        )
        edition = Edition.objects.create(cycle=earlier, run=world.edition.run)
        row = Standing.objects.get(edition=world.edition, participation__agency=world.power)
        row.pk, row.edition, row.band = None, edition, before
        row.save()

    found = {c.rule for c in drawn(world)}

    assert (again in found) == met


def test_they_are_drawn_once_and_their_rules_then_stand():
    world = build("final")
    banded(world, MOE="weak")
    rule = settled(world, "weak")
    drawn(world)

    for act in (
        lambda: drawn(world),
        lambda: settled(world, "good"),
        lambda: consequences.strike_rule(rule, by=world.administrator, at=world.at),
    ):
        with pytest.raises(Refused, match="are drawn"):
            act()


def test_nothing_is_drawn_without_a_rule():
    with pytest.raises(Refused, match="No consequence has been settled"):
        drawn(build("final"))


def test_drawing_takes_the_same_queries_for_any_number_and_names_no_agency_in_the_record():
    counts = []
    for more in (0, 40):
        with transaction.atomic():
            world = build("final")
            _more_standings(world, range(more))
            settled(world, "weak")
            banded(world, MOE="weak")
            with CaptureQueriesContext(connection) as captured:
                made = drawn(world)
            counts.append((len(captured), len(made)))
            entry = Entry.objects.get(act="draw_consequences")
            transaction.set_rollback(True)

    assert counts[0][0] == counts[1][0]
    assert (counts[0][1], counts[1][1]) == (1, 41)
    assert entry.params["counts"] == {"warning": 41}
    assert (entry.agency_code, "MOE" in str(entry.params)) == ("", False)


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
    settled(world, "not_filed")
    drawn(world)
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


def test_a_letter_is_recorded_and_told_only_once_the_results_are_out():
    world = build("scheduled")
    held = consequence(world)
    said = {"letter": "82/1", "letter_on": date(2027, 9, 6), "by": world.administrator}

    with pytest.raises(Refused, match="not published"):
        consequences.record_letter(held, **said, at=world.edition.publish_at - timedelta(seconds=1))
    assert not Delivery.objects.filter(
        entry__act="deliver", entry__workflow="festival.consequence"
    ).exists()
    held = consequences.record_letter(held, **said, at=world.edition.publish_at)

    assert (held.state, held.letter_number, held.letter_on) == ("done", "82/1", date(2027, 9, 6))
    told = Delivery.objects.filter(
        entry__act="deliver", entry__workflow="festival.consequence", channel="inbox"
    )
    assert set(told.values_list("recipient__username", flat=True)) == {"staff", "head"}
    assert set(told.values_list("is_official", flat=True)) == {True}


# --- To their end -------------------------------------------------------------------------------


def test_the_letter_of_a_compulsory_plan_begins_the_plan_with_its_day():
    world = build("scheduled")
    rule = settled(world, "not_filed", kind="plan", days=90)
    [held] = [c for c in drawn(world) if c.agency == world.health]
    at = world.edition.publish_at + DAY
    letter_on = at.date()

    consequences.record_letter(
        held, letter="82/2", letter_on=letter_on, by=world.administrator, at=at
    )

    plan = ImprovementPlan.objects.get(agency=world.health)
    assert (plan.is_compulsory, plan.due_on, plan.state) == (
        True,
        letter_on + timedelta(days=rule.days),
        "draft",
    )
    assert Entry.objects.filter(act="impose", agency_code=world.health.code).count() == 1


def test_a_warning_begins_no_plan():
    world = build("scheduled")
    at = world.edition.publish_at

    consequences.record_letter(
        consequence(world), letter="1", letter_on=at.date(), by=world.administrator, at=at
    )

    assert not ImprovementPlan.objects.exists()


@pytest.mark.parametrize(("after", "late"), ((30, 0), (31, 1), (45, 15)))
def test_the_days_that_a_letter_is_late_stand_in_the_record(after, late):
    world = build("scheduled")
    held = consequence(world)
    at = world.edition.publish_at + after * DAY

    consequences.record_letter(held, letter="1", letter_on=at.date(), by=world.administrator, at=at)

    assert Entry.objects.get(act="deliver", workflow="festival.consequence").params["late"] == late


def test_a_consequence_is_waived_with_a_reason_and_then_gets_no_letter():
    world = build("scheduled")
    held = consequence(world)

    with pytest.raises(Refused, match="Say why"):
        consequences.waive(held, reason=" ", by=world.administrator, at=world.at)
    held = consequences.waive(
        held, reason="Flood in the province", by=world.administrator, at=world.at
    )
    with pytest.raises(Refused, match="Waived"):
        consequences.record_letter(
            held,
            letter="1",
            letter_on=date(2027, 9, 6),
            by=world.administrator,
            at=world.edition.publish_at,
        )

    assert (held.state, held.reason, held.settled_by) == (
        "waived",
        "Flood in the province",
        world.administrator,
    )


def test_a_rule_meets_an_agency_once_even_past_the_acts():
    world = build("scheduled")
    held = consequence(world)

    with pytest.raises(IntegrityError, match="a_rule_meets_an_agency_once"), transaction.atomic():
        Consequence.objects.create(
            cycle=held.cycle, agency=held.agency, edition=held.edition, rule=held.rule
        )
    with pytest.raises(IntegrityError, match="what_is_done_has_its_letter"), transaction.atomic():
        Consequence.objects.filter(pk=held.pk).update(state="done", letter_number="")


# --- Pages --------------------------------------------------------------------------------------


def test_an_administrator_goes_from_rules_to_letters_page_by_page(client, clock):
    world = build("scheduled")
    banded(world, MOE="weak")
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
        _more_standings(world, numbers)
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


def test_bands_are_those_of_the_frozen_percent():
    world = build("final")
    standing = Standing.objects.get(edition=world.edition, participation__agency=world.power)

    found = consequences.occasions(world.cycle.year)

    assert standing.percent > Decimal(0)
    assert found == {
        world.power.pk: standing.band,
        world.health.pk: "not_filed",
        world.unit.pk: "not_filed",
    }
