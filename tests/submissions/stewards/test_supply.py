"""Supplied figures become scores, count in totals, and are opened again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agencies.models import Membership
from agencies.roles import Role
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal
from cycles.calendar import Phase
from cycles.models import Entry, Participation
from cycles.workflow import Refused
from submissions.models import (
    Answer,
    Score,
    StewardFigure,
    Submission,
)
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.stewards import actions as stewards
from submissions.stewards import supply as stewards_supply
from tests.factories import EPOCH, build, cite, make_agency, supply
from tests.festival.conftest import decree
from tests.submissions.stewards.figures import all_given, fresh, mark_all, score
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_supplying_needs_every_figure_and_a_source():
    world = build("assigned")
    with pytest.raises(Refused, match="Name the source"):
        stewards_supply.supply(world.stewardship, by=world.steward, at=world.at)
    with pytest.raises(Refused, match="Choose the document"):
        stewards.cite(world.stewardship, title="x", document=None, by=world.steward, at=world.at)
    cite(world)
    with pytest.raises(Refused, match="3 figures are missing"):
        stewards_supply.supply(world.stewardship, by=world.steward, at=world.at)
    with pytest.raises(Refused, match="is for the steward"):
        stewards_supply.supply(world.stewardship, by=world.administrator, at=world.at)


def test_supplied_figures_are_scores_and_complete_what_waited_for_them_alone():
    world = build("assigned")
    mark_all(world)
    line, void = steward_line(world), steward_line(world, world.health)
    assert world.fresh(world.submission).state == "submitted"
    given = all_given(world, "12.34567891") | {void.pk: figure(void=True, note="Not theirs")}
    stewards.save_figures(world.stewardship, given, by=world.steward, at=world.at)
    cite(world)

    stewards_supply.supply(world.stewardship, by=world.steward, at=world.at)

    got = score(line)
    assert (got.basis, got.state, got.points) == ("steward", "scored", Decimal("37.03703673"))
    assert (score(void).state, score(void).points, score(void).reason) == (
        "not_applicable",
        None,
        "Not theirs",
    )
    assert world.fresh(world.submission).state == "marked"
    assert world.fresh(world.other).state == "draft"
    entry = Entry.objects.filter(act="supply").get()
    assert (entry.params["lines"], len(entry.params["digest"])) == (3, 64)
    assert [e.act for e in Entry.objects.order_by("pk")][-2:] == ["supply", "complete"]


def test_of_the_two_who_score_the_last_lines_the_later_completes_the_self_assessment():
    world = build("assigned")
    supply(world)
    assert world.fresh(world.submission).state == "submitted"

    mark_all(world)

    assert world.fresh(world.submission).state == "marked"
    total = world.fresh(world.submission).current_run.nodes.get(
        submission=world.submission, kind=""
    )
    assert not total.is_provisional


def test_who_signs_after_a_decree_keeps_the_figure_and_who_lapsed_has_none():
    world = build("assigned")
    supply(world)
    line = steward_line(world, world.health)
    signing._score_themselves([world.other], by=world.other_head, at=world.at)
    assert score(line).basis == "steward"

    signing.lapse(world.cycle, at=world.at)
    assert (score(line).basis, score(line).state) == ("agreed", "not_answered")
    Submission.objects.filter(pk=world.other.pk).update(state="lapsed")
    world.stewardship = stewards_supply.open_again(
        world.stewardship, reason="x", by=world.administrator, at=world.at
    )
    stewards_supply.supply(world.stewardship, by=world.steward, at=world.at)
    assert score(line).state == "not_answered"

    decree(world, Phase.SELF_ASSESSMENT, world.at + timedelta(days=5))
    reopened = signing.reopen(world.cycle, at=world.at)

    assert world.other in reopened
    assert (score(line).basis, score(line).points) == ("steward", Decimal(150))


def test_opened_again_figures_count_no_longer_and_what_was_complete_waits():
    world = build("marked")
    with pytest.raises(Refused, match="Say why"):
        stewards_supply.open_again(
            world.stewardship, reason=" ", by=world.administrator, at=world.at
        )
    with pytest.raises(Refused, match="is for whoever keeps the set"):
        stewards_supply.open_again(
            world.stewardship, reason="x", by=world.provincial_administrator, at=world.at
        )

    stewards_supply.open_again(
        world.stewardship, reason="Two columns changed places", by=world.administrator, at=world.at
    )

    assert score(steward_line(world)) is None
    assert world.fresh(world.submission).state == "submitted"
    assert [e.act for e in Entry.objects.order_by("pk")][-2:] == ["reopen", "take_back"]
    held = world.fresh(world.stewardship)
    stewards.save_figures(
        held, {steward_line(world).pk: figure("60")}, by=world.steward, at=world.at
    )
    stewards_supply.supply(held, by=world.steward, at=world.at)
    assert score(steward_line(world)).points == 180
    assert world.fresh(world.submission).state == "marked"


def test_of_whom_scores_are_communicated_the_figure_stands():
    world = build("marked")
    release.communicate([world.submission], by=world.administrator, at=world.at)
    line = steward_line(world)

    held = stewards_supply.open_again(
        world.stewardship, reason="x", by=world.administrator, at=world.at
    )

    assert score(line).points == 150
    with pytest.raises(Refused, match="is for an appeal"):
        stewards.save_figures(held, {line.pk: figure("60")}, by=world.steward, at=world.at)
    stewards_supply.supply(held, by=world.steward, at=world.at)
    assert Score.objects.filter(answer=line, basis="steward").count() == 1

    Submission.objects.exclude(pk=world.submission.pk).update(state="lapsed")
    with pytest.raises(Refused, match="of every agency with this measure have been communicated"):
        stewards_supply.open_again(
            world.fresh(held), reason="x", by=world.administrator, at=world.at
        )


@pytest.mark.parametrize("agencies", (3, 60))
def test_supplying_takes_the_same_queries_for_any_number_of_agencies(agencies):
    world = build("assigned")
    measure = world.stewardship.measure
    for number in range(agencies):
        agency = make_agency(f"X{number}", f"دستگاه {number}", f"Agency {number}")
        taking_part = Participation.objects.create(
            cycle=world.cycle, agency=agency, level=agency.level, sector=agency.sector
        )
        s = Submission.objects.create(
            cycle=world.cycle, agency=agency, participation=taking_part, state="submitted", submitted_at=world.at,
            submitted_by=world.head,
        )  # fmt: skip
        Answer.objects.create(submission=s, measure=measure)
    given = all_given(world)
    cite(world)

    with CaptureQueriesContext(connection) as saving:
        stewards.save_figures(world.stewardship, given, by=world.steward, at=world.at)
    with CaptureQueriesContext(connection) as supplying:
        stewards_supply.supply(world.stewardship, by=world.steward, at=world.at)

    assert Submission.objects.filter(state="marked").count() == agencies
    assert (len(saving), len(supplying)) == (12, 34)


def test_an_agency_appeals_the_steward_s_figure_and_whoever_gave_it_does_not_decide():
    world = build("scored")
    line = steward_line(world)
    Membership.objects.create(user=world.steward, role=Role.REVIEWER, valid_from=EPOCH)
    fields = {
        "ground": "steward",
        "argument": "The ranking names another agency",
        "proposed_value": None,
    }
    draft = drafting.save_draft(line, fields=fields, by=world.staff, at=world.at)
    [filed] = drafting.file([draft], by=world.head, at=world.at)
    at = world.opens(Phase.APPEAL_REVIEW, world.power)

    hearing.share_out(world.cycle, by=None, at=at)
    filed = world.fresh(filed)
    assert world.steward.pk in filed.handlers
    assert not Appeal.objects.visible_to(fresh(world.steward), at).exists()
    with pytest.raises(Refused, match="had a part in the score"):
        decision.decide(
            filed, "uphold_partly", reason="x", awarded=Decimal(200), by=fresh(world.steward), at=at
        )
    decision.decide(
        filed, "uphold_partly", reason="x", awarded=Decimal(200), by=world.reviewer, at=at
    )

    assert (score(line).basis, score(line).points) == ("appeal", Decimal(200))
    assert StewardFigure.objects.get(answer=line).percent == 50
