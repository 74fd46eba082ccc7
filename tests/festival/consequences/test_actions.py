"""Consequences of the results: settled, drawn, and followed to a letter or a reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle, Delivery, Entry
from cycles.workflow import Refused
from festival.consequences import actions as consequences
from festival.models import Consequence, ConsequenceRule, Edition, ImprovementPlan, Standing
from tests.factories import build
from tests.festival.consequences.rules import BAD, DAY, draw_consequences, set_bands, settle_rule
from tests.festival.results.standings import more_standings
from tests.worlds.closing import consequence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Rules --------------------------------------------------------------------------------------


def test_a_rule_is_settled_once_and_struck_again_and_both_stand_in_the_record():
    world = build("open")

    rule = settle_rule(world)
    with pytest.raises(Refused, match="settled already"):
        settle_rule(world)
    consequences.strike_rule(rule, by=world.administrator, at=world.at)
    settle_rule(world)

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
        settle_rule(build("open"), days=days)


def test_rules_are_for_national_administrators():
    world = build("open")

    with pytest.raises(Refused, match="national administrator"):
        consequences.settle(
            world.cycle, on="weak", **BAD, by=world.provincial_administrator, at=world.at
        )


# --- Drawing ------------------------------------------------------------------------------------


def test_each_rule_meets_the_agencies_with_its_band_or_that_filed_nothing():
    world = build("final")
    set_bands(world, MOE="weak")
    weak, silent = settle_rule(world, "weak"), settle_rule(world, "not_filed", kind="superior")
    settle_rule(world, "excellent", kind="appreciation")

    found = {(c.rule, c.agency.code) for c in draw_consequences(world)}

    assert found == {(weak, "MOE"), (silent, "MOHME"), (silent, "MOE-QZ")}
    assert set(Consequence.objects.values_list("state", flat=True)) == {"due"}


def test_an_agency_that_filed_nothing_meets_no_rule_of_the_band_its_zero_lies_in():
    world = build("final")
    set_bands(world, MOE="good")
    settle_rule(world, "weak")

    with pytest.raises(Refused, match="nothing follows"):
        draw_consequences(world)


@pytest.mark.parametrize(("before", "met"), (("weak", True), ("average", False), (None, False)))
def test_a_rule_of_the_second_year_asks_what_the_year_before_was(before, met):
    world = build("final")
    set_bands(world, MOE="weak")
    settle_rule(world, "weak")
    again = settle_rule(world, "weak", kind="plan", repeated=True)
    if before:
        earlier = Cycle.objects.create(
            year=world.cycle.year - 1, preset=world.cycle.preset, state="published"
        )
        edition = Edition.objects.create(cycle=earlier, run=world.edition.run)
        row = Standing.objects.get(edition=world.edition, participation__agency=world.power)
        row.pk, row.edition, row.band = None, edition, before
        row.save()

    found = {c.rule for c in draw_consequences(world)}

    assert (again in found) == met


def test_they_are_drawn_once_and_their_rules_then_stand():
    world = build("final")
    set_bands(world, MOE="weak")
    rule = settle_rule(world, "weak")
    draw_consequences(world)

    for act in (
        lambda: draw_consequences(world),
        lambda: settle_rule(world, "good"),
        lambda: consequences.strike_rule(rule, by=world.administrator, at=world.at),
    ):
        with pytest.raises(Refused, match="are drawn"):
            act()


def test_nothing_is_drawn_without_a_rule():
    with pytest.raises(Refused, match="No consequence has been settled"):
        draw_consequences(build("final"))


def test_drawing_takes_the_same_queries_for_any_number_and_records_no_agency_s_name():
    counts = []
    for more in (0, 40):
        with transaction.atomic():
            world = build("final")
            more_standings(world, range(more))
            settle_rule(world, "weak")
            set_bands(world, MOE="weak")
            with CaptureQueriesContext(connection) as captured:
                made = draw_consequences(world)
            counts.append((len(captured), len(made)))
            entry = Entry.objects.get(act="draw_consequences")
            transaction.set_rollback(True)

    assert counts[0][0] == counts[1][0]
    assert (counts[0][1], counts[1][1]) == (1, 41)
    assert entry.params["counts"] == {"warning": 41}
    assert (entry.agency_code, "MOE" in str(entry.params)) == ("", False)


# --- The embargo --------------------------------------------------------------------------------


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
    rule = settle_rule(world, "not_filed", kind="plan", days=90)
    [held] = [c for c in draw_consequences(world) if c.agency == world.health]
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
