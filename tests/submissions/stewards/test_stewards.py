"""Stewards: one person supplies a measure for all agencies, from one source, and of no agency of
their own.
"""

import threading
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency, Clearance, Interest, Membership, User
from agencies.roles import Role
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal
from config.home.waiting_tasks import Desk
from cycles.calendar import Phase
from cycles.models import Cycle, Delivery, Entry, Participation
from cycles.workflow import Refused
from indicators.models import Axis, Measure
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Score,
    StewardFigure,
    Stewardship,
    Submission,
    left_to,
    left_to_administrators,
)
from submissions.permissions import is_figure_giver
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.stewards import actions as stewards
from submissions.stewards import appointment, figure_givers
from submissions.stewards import supply as stewards_supply
from tests.factories import EPOCH, PASSWORD, build, cite, make_agency, make_user, supply
from tests.festival.conftest import decree
from tests.tabs import Tab
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def all_given(world, percent="50"):
    return {
        a.pk: figure(percent) for a in Answer.objects.filter(measure=world.stewardship.measure_id)
    }


def tie(world, agency=None):
    return Interest.objects.create(
        user=world.steward, agency=agency or world.power, reason="Family", declared_at=EPOCH
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def score(line):
    return Score.objects.filter(answer=line, is_current=True).first()


def mark_all(world):
    """Every block of the power ministry handed in."""
    for block in Block.objects.filter(submission=world.submission):
        lines = Answer.objects.on_desk(block).select_related("measure", "own")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=world.assessor, at=world.at)
        marking.hand_in(block, by=world.assessor, at=world.at)


# --- Before anything is shown -------------------------------------------------------------------


def test_a_steward_sees_and_enters_nothing_before_all_interests_are_declared(visit):
    world = build("assigned")
    Clearance.objects.filter(user=world.steward).delete()
    steward, line = fresh(world.steward), steward_line(world)

    with pytest.raises(Refused):
        stewards.save_figures(world.stewardship, {line.pk: figure()}, by=steward, at=world.at)
    client = visit(world, steward)
    page = client.get(url("stewardships")).content.decode()

    assert str(world.stewardship.measure) not in page
    assert reverse("cycles:interests") in page
    assert client.get(url("stewardship", world.stewardship.pk)).status_code == 404
    assert any("Declare your interests" in task.title for task in Desk(steward, world.at).tasks())


# --- In whose hands -----------------------------------------------------------------------------


def test_a_measure_goes_into_other_hands_with_its_figures_and_a_reason():
    world = build("assigned")
    other = make_user("second_steward", Role.STEWARD)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)

    with pytest.raises(Refused, match="Say why"):
        appointment.appoint(
            world.stewardship.measure, steward=other, by=world.administrator, at=world.at
        )
    held = appointment.appoint(
        world.stewardship.measure,
        steward=other,
        reason="On leave",
        by=world.administrator,
        at=world.at,
    )

    entry = Entry.objects.latest("id")
    assert (held.pk, held.steward) == (world.stewardship.pk, other)
    assert (entry.act, entry.note) == ("assign", "On leave")
    assert entry.params == {"before": world.steward.pk, "steward": other.pk}
    assert StewardFigure.objects.count() == 3
    assert Delivery.objects.filter(entry=entry, recipient=other).exists()
    with pytest.raises(Refused, match="is for the steward of the measure"):
        stewards.save_figures(held, all_given(world, "60"), by=fresh(world.steward), at=world.at)


def test_only_a_steward_whose_reach_is_the_measure_s_is_named():
    world = build("assigned")
    provincial = make_user("provincial_steward", Role.STEWARD, province=world.province)

    for person in (world.assessor, provincial):
        with pytest.raises(Refused, match="is no steward of everybody"):
            appointment.appoint(
                world.stewardship.measure,
                steward=person,
                reason="x",
                by=world.administrator,
                at=world.at,
            )
    with pytest.raises(Refused, match="is the steward of this measure already"):
        appointment.appoint(
            world.stewardship.measure, steward=world.steward, by=world.administrator, at=world.at
        )
    with pytest.raises(Refused, match="Only communicated measures"):
        appointment.appoint(
            Measure.objects.get(code="G1-1"),
            steward=world.steward,
            by=world.administrator,
            at=world.at,
        )


def test_one_act_puts_every_measure_into_the_hands_it_names_and_counts_the_others():
    world = build("assigned")
    Stewardship.objects.all().delete()
    named = Measure.objects.get(code="G1-2")
    for code, steward in (("G1-8", world.assessor), ("G1-9", None)):
        Measure.objects.create(
            indicator=named.indicator, code=code, title_fa="سنجه", points=1, unit_fa="درصد", method="steward",
            steward=steward,
        )  # fmt: skip
    Measure.objects.filter(pk=named.pk).update(steward=world.steward)

    done = appointment.appoint_named(world.cycle, by=world.administrator, at=world.at)

    assert done == (1, 2)
    assert [s.steward for s in Stewardship.objects.all()] == [world.steward]
    Stewardship.objects.all().delete()
    assert appointment.appoint_named(
        world.cycle, by=world.provincial_administrator, at=world.at
    ) == (
        0,
        0,
    )
    with pytest.raises(Refused, match="whoever keeps the set"):
        appointment.appoint_named(world.cycle, by=world.assessor, at=world.at)


# --- No longer the assessors' -------------------------------------------------------------------


def test_assessors_get_no_lines_of_stewards_and_no_block_of_nothing_else():
    world = build("submitted")
    world.at = world.opens(Phase.SCORING)
    axis = Axis.objects.create(set=world.general, code="G3", title_fa="محور", points=1)
    indicator = Measure.objects.get(code="G1-2").indicator
    indicator.pk, indicator.axis, indicator.code = None, axis, "G3-1"
    indicator.save()
    measure = Measure.objects.create(
        indicator=indicator,
        code="G3-1",
        title_fa="سنجه",
        points=1,
        unit_fa="درصد",
        method="steward",
    )
    Answer.objects.create(submission=world.submission, measure=measure)

    assignment.assign_all(world.cycle, by=world.administrator, at=world.at)

    assert not Block.objects.filter(axis=axis).exists()
    block = Block.objects.with_progress().get(submission=world.submission, axis__code="G1")
    assert (block.lines, [a.measure.code for a in Answer.objects.on_desk(block)]) == (1, ["G1-1"])
    with pytest.raises(Refused, match="Assessors mark no line of this axis"):
        assignment.assign(
            world.submission,
            axis=axis,
            assessor=world.assessor,
            by=world.administrator,
            at=world.at,
        )
    assert Block.objects.of_line(steward_line(world), world.assessor) is None


# --- Whose figure -------------------------------------------------------------------------------


def test_an_administrator_enters_only_what_the_steward_has_an_interest_in():
    world = build("assigned")
    tie(world)
    line, other = steward_line(world), steward_line(world, world.health)

    with pytest.raises(Refused, match="declared an interest in this agency"):
        stewards.save_figures(
            world.stewardship, {line.pk: figure()}, by=fresh(world.steward), at=world.at
        )
    with pytest.raises(Refused, match="The steward gives this figure"):
        stewards.save_figures(
            world.stewardship, {other.pk: figure()}, by=world.administrator, at=world.at
        )
    [held] = stewards.save_figures(
        world.stewardship, {line.pk: figure()}, by=world.administrator, at=world.at
    )

    assert (held.percent, held.entered_by) == (Decimal(50), world.administrator)


def test_an_administrator_with_an_interest_does_not_enter_it_either():
    world = build("assigned")
    tie(world)
    Interest.objects.create(
        user=world.administrator, agency=world.power, reason="Family", declared_at=EPOCH
    )

    with pytest.raises(Refused, match="an administrator in scope without an interest"):
        stewards.save_figures(
            world.stewardship,
            {steward_line(world).pk: figure()},
            by=fresh(world.administrator),
            at=world.at,
        )


@pytest.mark.parametrize("outside", (True, False))
def test_the_authority_s_own_figure_is_for_outsiders(outside):
    world = build("assigned")
    Agency.objects.filter(pk=world.power.pk).update(is_authority=True)
    Membership.objects.filter(user=world.steward).update(is_outsider=outside)
    given = {steward_line(world).pk: figure()}

    if outside:
        assert stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
    else:
        with pytest.raises(Refused, match="for outsiders"):
            stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
        with pytest.raises(Refused):
            stewards.save_figures(world.stewardship, given, by=world.administrator, at=world.at)


@pytest.mark.parametrize("tied_by", ("interest", "membership", "authority", "outsider"))
def test_the_lines_left_to_administrators_are_those_of_the_predicate(tied_by):
    world = build("assigned")
    if tied_by == "interest":
        tie(world)
    elif tied_by == "membership":
        Membership.objects.create(
            user=world.steward,
            role=Role.STAFF,
            agency=world.unit,
            valid_from=EPOCH,
            valid_until=world.at,
        )
    else:
        Agency.objects.filter(pk=world.health.pk).update(is_authority=True)
        Membership.objects.filter(user=world.steward).update(is_outsider=tied_by == "outsider")
    steward = fresh(world.steward)

    left = set(left_to_administrators([world.cycle]).values_list("submission__agency", flat=True))

    by_predicate = {
        a.pk
        for a in Agency.objects.all()
        if not is_figure_giver(steward, figure_givers.AgencyFigure(a, steward), world.at)
    }
    assert left == by_predicate == set(figure_givers.ties(steward, world.at))
    administrator = fresh(world.administrator)
    mine = {
        a.pk
        for a in Agency.objects.all()
        if is_figure_giver(administrator, figure_givers.AgencyFigure(a, steward), world.at)
    }
    assert (
        set(
            left_to(administrator, [world.cycle], world.at).values_list(
                "submission__agency", flat=True
            )
        )
        == mine
    )


def test_a_figure_whose_giver_declares_an_interest_afterwards_is_as_good_as_none():
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)
    tie(world)

    with pytest.raises(Refused, match="somebody else has to: Ministry of Energy"):
        stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)
    same = {steward_line(world).pk: figure()}
    stewards.save_figures(world.stewardship, same, by=world.administrator, at=world.at)
    stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)

    assert score(steward_line(world)).scored_by == world.administrator
    assert score(steward_line(world, world.health)).scored_by == world.steward


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (figure("100.00000001"), "between 0 and 100"),
        (figure("-1"), "between 0 and 100"),
        (figure(void=True), "Say why"),
        (figure(void=True, note="x") | {"percent": Decimal(5)}, "not both"),
        (figure(note="x") | {"percent": None}, "A note alone"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(said, why):
    world = build("assigned")

    with pytest.raises(Refused, match=why):
        stewards.save_figures(
            world.stewardship, {steward_line(world).pk: said}, by=world.steward, at=world.at
        )

    assert not StewardFigure.objects.exists()


def test_a_figure_is_taken_away_again_and_a_foreign_line_refused():
    world = build("assigned")
    line = steward_line(world)
    stewards.save_figures(world.stewardship, {line.pk: figure()}, by=world.steward, at=world.at)

    stewards.save_figures(
        world.stewardship, {line.pk: figure() | {"percent": None}}, by=world.steward, at=world.at
    )

    assert not StewardFigure.objects.exists()
    foreign = Answer.objects.get(submission=world.submission, measure__code="G1-1")
    with pytest.raises(Refused, match="does not belong to this measure"):
        stewards.save_figures(
            world.stewardship, {foreign.pk: figure()}, by=world.steward, at=world.at
        )


def test_what_somebody_has_changed_since_it_was_seen_is_not_written_over():
    world = build("assigned")
    line = steward_line(world)
    seen = stewards.held_token(line)
    stewards.save_figures(world.stewardship, {line.pk: figure("40")}, by=world.steward, at=world.at)

    with pytest.raises(stewards.Changed, match="Ministry of Energy"):
        stewards.save_figures(
            world.stewardship,
            {line.pk: figure("60")},
            seen={line.pk: seen},
            by=world.steward,
            at=world.at,
        )

    assert StewardFigure.objects.get().percent == 40


# --- Supplying ----------------------------------------------------------------------------------


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


# --- The appeal ---------------------------------------------------------------------------------


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


# --- What is read, and when ---------------------------------------------------------------------

SECRET, NOTE, TITLE = "41.15", "As the register has it", "Ranking of the year"


@pytest.fixture
def secret():
    world = build("assigned")
    mark_all(world)
    tie(world, world.health)
    line = steward_line(world)
    given = all_given(world) | {line.pk: figure(SECRET, note=NOTE)}
    theirs = {steward_line(world, world.health).pk: given.pop(steward_line(world, world.health).pk)}
    stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
    stewards.save_figures(world.stewardship, theirs, by=world.administrator, at=world.at)
    paper = ContentFile(b"%PDF-1.7", name="رتبه‌بندی.pdf")
    world.stewardship = stewards.cite(
        world.stewardship, title=TITLE, document=paper, by=fresh(world.steward), at=world.at
    )
    world.stewardship = stewards_supply.supply(
        world.stewardship, by=fresh(world.steward), at=world.at
    )
    world.submission = world.fresh(world.submission)
    return world


def pages(world):
    line, s, held = steward_line(world).pk, world.submission.pk, world.stewardship.pk
    return [
        url("detail", s), f"{url('detail', s)}?line={line}", url("review", s), url("report", s), url("line", line),
        url("import", s), url("answers_file", s, "xlsx"), url("export"), url("list"),
        url("stewardships"), url("stewardship", held), url("source", held), url("figures_import", held),
        url("figures_file", held, "csv"), url("supply", held), url("stewards", world.cycle.pk),
        f"/en/appeals/lines/{line}/", f"/en/appeals/lines/{line}/draft/",
    ]  # fmt: skip


def leaking(client, world):
    found = []
    for address in pages(world):
        response = client.get(address, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if "spreadsheet" in response["Content-Type"]:
            sheet = openpyxl.load_workbook(BytesIO(body)).worksheets[0]
            body = "\n".join(str(cell) for row in sheet.values for cell in row).encode()
        text = body.decode("utf-8", "replace")
        if any(word in text for word in (SECRET, NOTE, TITLE, "%PDF", "123.45")):
            found.append(address)
    return found


@pytest.mark.parametrize(
    "name", ("staff", "head", "headquarters", "assessor", "reviewer", "other_head", "stranger")
)
def test_before_communication_nobody_outside_the_authority_reads_figure_or_source(
    secret, visit, name
):
    assert leaking(visit(secret, getattr(secret, name)), secret) == []


def test_the_authority_reads_it_and_that_is_on_record(secret, visit):
    found = leaking(visit(secret, secret.administrator), secret)

    assert url("stewardship", secret.stewardship.pk) in found
    assert url("source", secret.stewardship.pk) in found
    assert Entry.objects.filter(act="read_embargoed", params={"what": "figures"}).count() == 1


def test_the_steward_does_not_read_the_figure_of_an_agency_of_interest(secret, visit):
    StewardFigure.objects.filter(answer=steward_line(secret, secret.health)).update(percent="66.66")
    client = visit(secret, secret.steward)

    page = client.get(url("stewardship", secret.stewardship.pk)).content.decode()

    assert SECRET in page
    assert "66.66" not in page
    assert "The steward has declared an interest in this agency." in page
    assert client.get(url("report", secret.submission.pk)).status_code == 404


def test_once_communicated_the_agency_reads_figure_and_source_and_can_appeal(secret, visit):
    release.communicate([secret.submission], by=secret.administrator, at=secret.at)
    client = visit(secret, secret.staff)

    for address in (url("report", secret.submission.pk), url("line", steward_line(secret).pk)):
        page = client.get(address).content.decode()
        assert all(word in page for word in ("41.15", NOTE, TITLE, secret.steward.name_en))
        assert url("source", secret.stewardship.pk) in page
    source = client.get(url("source", secret.stewardship.pk))
    assert b"".join(source.streaming_content) == b"%PDF-1.7"
    assert "attachment" in source["Content-Disposition"]
    draft = client.get(f"/en/appeals/lines/{steward_line(secret).pk}/draft/").content.decode()
    assert "The steward&#x27;s figure" in draft
    assert client.get(url("stewardship", secret.stewardship.pk)).status_code == 404
    assert (
        visit(secret, secret.other_staff).get(url("source", secret.stewardship.pk)).status_code
        == 404
    )


# --- The page -----------------------------------------------------------------------------------


def typed(line, percent="", note="", void=False):
    fields = {"percent": percent, "note": note, "seen": stewards.held_token(line)} | (
        {"is_not_applicable": "on"} if void else {}
    )
    return {f"{line.pk}-{name}": value for name, value in fields.items()}


def test_a_page_of_figures_is_saved_together_in_persian_digits(visit):
    world = build("assigned")
    power, health = steward_line(world), steward_line(world, world.health)
    body = typed(power, "۷۸٫۲۵") | typed(health, note="این دستگاه خدمتی ندارد", void=True)

    response = visit(world, world.steward).post(url("stewardship", world.stewardship.pk), body)

    assert response.status_code == 302
    assert StewardFigure.objects.get(answer=power).percent == Decimal("78.25")
    assert StewardFigure.objects.get(answer=health).is_not_applicable


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(visit):
    world = build("assigned")
    power, health = steward_line(world), steward_line(world, world.health)
    body = typed(power, "۱۲۰") | typed(health, "55.5", note="Kept")

    response = visit(world, world.steward).post(url("stewardship", world.stewardship.pk), body)

    page = response.content.decode()
    assert response.status_code == 422
    assert "less than or equal to 100" in page
    assert all(kept in page for kept in ('value="۱۲۰"', 'value="55.5"', 'value="Kept"'))
    assert not StewardFigure.objects.exists()


def test_a_figure_changed_meanwhile_is_shown_and_saved_over_only_when_asked_again(visit):
    world = build("assigned")
    line, client = steward_line(world), visit(world, world.steward)
    body = typed(line, "60")
    stewards.save_figures(world.stewardship, {line.pk: figure("40")}, by=world.steward, at=world.at)

    refused = client.post(url("stewardship", world.stewardship.pk), body)
    token = refused.content.decode().split(f'name="{line.pk}-seen" value="')[1].split('"')[0]
    client.post(url("stewardship", world.stewardship.pk), body | {f"{line.pk}-seen": token})

    assert "Stored now: 40" in refused.content.decode()
    assert StewardFigure.objects.get().percent == 60


def test_a_figure_that_cannot_be_stands_beside_what_another_tab_has_stored(visit):
    world = build("assigned")
    line, address = steward_line(world), url("stewardship", world.stewardship.pk)
    first, second = (Tab(visit(world, world.steward), address) for _tab in range(2))
    first.send(**typed(line, "40"))

    page = second.send(**typed(line, "120")).content.decode()

    assert "less than or equal to 100" in page
    assert "Stored now: 40" in page
    assert StewardFigure.objects.get().percent == 40


def test_the_list_is_narrowed_to_what_is_missing_searched_or_left_to_others(visit):
    world = build("assigned")
    tie(world, world.unit)
    stewards.save_figures(
        world.stewardship, {steward_line(world).pk: figure()}, by=fresh(world.steward), at=world.at
    )
    client, address = visit(world, world.steward), url("stewardship", world.stewardship.pk)

    def shown(query):
        return [
            row.answer.submission.agency.code for row in client.get(address + query).context["rows"]
        ]

    assert sorted(shown("")) == ["MOE", "MOE-QZ", "MOHME"]
    assert sorted(shown("?show=missing")) == ["MOE-QZ", "MOHME"]
    assert shown("?show=given") == ["MOE"]
    assert shown("?show=tied") == ["MOE-QZ"]
    assert shown("?q=health") == ["MOHME"]
    assert "an administrator without an interest" in client.get(address).content.decode().lower()


def test_the_page_takes_the_same_queries_for_any_number_of_agencies(visit):
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    client, address, taken = (
        visit(world, world.steward),
        url("stewardship", world.stewardship.pk),
        [],
    )

    for more in (0, 20):
        for number in range(more):
            agency = make_agency(f"X{number}", f"دستگاه {number}", f"Agency {number}")
            part = Participation.objects.create(
                cycle=world.cycle, agency=agency, level=agency.level, sector=agency.sector
            )
            s = Submission.objects.create(cycle=world.cycle, agency=agency, participation=part)
            line = Answer.objects.create(submission=s, measure=world.stewardship.measure)
            StewardFigure.objects.create(
                stewardship=world.stewardship,
                answer=line,
                percent=1,
                entered_by=world.steward,
                entered_at=world.at,
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        taken.append(len(queries))

    assert taken[0] == taken[1]


def test_a_source_that_is_no_document_is_refused_and_the_title_kept(visit):
    world = build("assigned")
    client = visit(world, world.steward)
    upload = SimpleUploadedFile("رتبه‌بندی.pdf", b"MZ not a pdf")

    response = client.post(
        url("source", world.stewardship.pk), {"title": "Kept", "document": upload}
    )

    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()
    assert not world.fresh(world.stewardship).source


def test_an_administrator_names_stewards_on_the_cycle_s_page_and_sees_who_has_none(visit):
    world = build("assigned")
    Stewardship.objects.all().delete()
    Measure.objects.filter(code="G1-2").update(steward=world.steward)
    client, address = visit(world, world.administrator), url("stewards", world.cycle.pk)

    before = client.get(address).content.decode()
    client.post(address)
    after = client.get(address).content.decode()
    measure, other = Measure.objects.get(code="G1-2"), make_user("second_steward", Role.STEWARD)
    chosen = {"measure": measure.pk, f"m{measure.pk}-steward": other.pk}
    unsaid = client.post(address, chosen).content.decode()
    client.post(address, chosen | {f"m{measure.pk}-reason": "On leave"})

    assert "1 measure is in nobody" in before
    assert "in nobody" not in after
    assert "Say why the measure goes into other hands." in unsaid
    assert Stewardship.objects.get().steward == other


def test_supplying_and_opening_again_are_confirmed_with_the_password(visit):
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    visit(world, world.steward).post(
        url("supply", world.stewardship.pk), {"note": "", "password": PASSWORD}
    )
    assert world.fresh(world.stewardship).state == "supplied"
    visit(world, world.administrator).post(
        url("open_again", world.stewardship.pk), {"note": "because"}
    )

    assert world.fresh(world.stewardship).state == "open"


def test_the_desk_names_what_waits_for_steward_and_administrator():
    world = build("assigned")
    tie(world)
    steward, administrator = fresh(world.steward), fresh(world.administrator)

    [task] = Desk(steward, world.at).tasks()
    titles = [t.title for t in Desk(administrator, world.at).tasks()]

    assert (task.url, task.done, task.whole) == (url("stewardship", world.stewardship.pk), 0, 3)
    assert "1 figure waits for an administrator without an interest" in titles
    Stewardship.objects.all().delete()
    assert "1 measure has no steward" in [t.title for t in Desk(administrator, world.at).tasks()]


# --- The spreadsheet ----------------------------------------------------------------------------


def sheet_of(client, world):
    content = client.get(url("figures_file", world.stewardship.pk, "xlsx")).content
    return openpyxl.load_workbook(BytesIO(content))


def as_file(book, name="figures.xlsx"):
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def checked(client, world, file):
    return client.post(url("figures_import", world.stewardship.pk), {"file": file})


def test_the_prepared_sheet_comes_back_the_same_with_last_year_s_percent(visit):
    world = build("assigned")
    last = Cycle.objects.create(year=world.cycle.year - 1, preset=world.cycle.preset)
    part = Participation.objects.create(
        cycle=last, agency=world.power, level=world.power.level, sector=world.power.sector
    )
    before = Submission.objects.create(
        cycle=last, agency=world.power, participation=part, state="communicated"
    )
    same = Measure.objects.get(pk=world.stewardship.measure_id)
    same.pk, same.code = None, "last"  # the same lineage in last year's set
    same.save()
    old = Answer.objects.create(submission=before, measure=same)
    Score.objects.create(
        answer=old, basis="steward", state="scored", points="213", scored_at=world.at
    )
    client = visit(world, world.steward)
    book = sheet_of(client, world)
    rows = {row[1].value: row for row in book.worksheets[0].iter_rows(min_row=2)}

    assert [c.value for c in rows["MOE"]][1:4] == ["MOE", "Ministry of Energy", 71]
    rows["MOE"][4].value, rows["MOHME"][5].value, rows["MOHME"][6].value = (
        78.25,
        "true",
        "Not theirs",
    )
    found = checked(client, world, as_file(book))
    assert (len(found.context["check"].changed), found.context["check"].errors) == (2, [])
    assert not StewardFigure.objects.exists()
    client.post(url("figures_import", world.stewardship.pk), {"token": found.context["token"]})

    assert StewardFigure.objects.get(answer=steward_line(world)).percent == Decimal("78.25")
    assert StewardFigure.objects.get(answer=steward_line(world, world.health)).note == "Not theirs"
    entry = Entry.objects.filter(act="take_in", model="submissions.stewardship").get()
    assert (entry.params["rows"], entry.params["file"]) == (2, "figures.xlsx")
    again = checked(client, world, as_file(sheet_of(client, world))).context["check"]
    assert (again.differs, again.errors) == (False, [])


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("MOE,120,,", "percent", "less than or equal to 100"),
        ("MOE,-1,,", "percent", "greater than or equal to 0"),
        ("MOE,many,,", "percent", "Enter one number"),
        ('MOE,"12,5",,', "percent", "may part decimals or thousands"),
        ("MOE,5,true,", "percent", "not both"),
        ("MOE,,true,", "note", "Say why"),
        ("MOE,,,alone", "percent", "A note alone"),
        ("MOE,,maybe,", "not_applicable", "“true” or “false”"),
        ("NONE,5,,", "code", "No agency with this code"),
        ("MOE-QZ,5,,", "code", "declared an interest"),
        ("MOE,5,,=1+1", "note", "may not begin with"),
        ("MOE,5,,\nMOE,6,,", "code", "stands twice"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_row_column_and_reason(visit, row, column, why):
    world = build("assigned")
    tie(world, world.unit)
    file = SimpleUploadedFile(
        "figures.csv",
        f"figures/1,code,percent,not_applicable,note\n,{row.replace(chr(10), chr(10) + ',')}".encode(),
    )

    found = checked(visit(world, world.steward), world, file).context["check"]

    assert (found.errors[0]["row"], found.errors[0]["column"]) == (
        "3" if "\n" in row else "2",
        column,
    )
    assert why in found.errors[0]["message"]
    assert not StewardFigure.objects.exists()


def test_what_is_changed_between_check_and_confirmation_is_not_written_over(visit):
    world = build("assigned")
    client = visit(world, world.steward)
    file = SimpleUploadedFile("figures.csv", b"figures/1,code,percent\n,MOE,70")
    token = checked(client, world, file).context["token"]
    stewards.save_figures(
        world.stewardship, {steward_line(world).pk: figure("40")}, by=world.steward, at=world.at
    )

    client.post(url("figures_import", world.stewardship.pk), {"token": token})

    assert StewardFigure.objects.get().percent == 40


def test_an_administrator_s_sheet_holds_the_lines_that_the_steward_may_not_give(visit):
    world = build("assigned")
    tie(world)

    steward = sheet_of(visit(world, world.steward), world).worksheets[0]
    administrator = sheet_of(visit(world, world.administrator), world).worksheets[0]

    assert [row[1] for row in steward.values][1:] == ["MOHME", "MOE-QZ"] or len(
        list(steward.values)
    ) == 3
    assert [row[1] for row in administrator.values][1:] == ["MOE"]


# --- At once ------------------------------------------------------------------------------------


def at_once(*works):
    start, outcomes = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait()
            work()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_from_the_same_page_one_is_told_of_the_other():
    world = build("assigned")
    line = steward_line(world)
    seen = {line.pk: stewards.held_token(line)}

    def save(percent):
        given = {line.pk: figure(percent)}
        return lambda: stewards.save_figures(
            world.stewardship, given, seen=seen, by=fresh(world.steward), at=world.at
        )

    assert at_once(save("10"), save("20")) == ["done", "refused"]
    assert StewardFigure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_supply_at_once_one_does_and_every_line_has_one_score():
    world = build("assigned")
    mark_all(world)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    def work():
        return stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at)

    assert at_once(work, work) == ["done", "refused"]
    assert Score.objects.filter(basis="steward").count() == 3
    assert Entry.objects.filter(act="complete", object_pk=world.submission.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_block_and_the_figures_at_once_leave_the_self_assessment_complete():
    world = build("assigned")
    blocks = list(Block.objects.filter(submission=world.submission).order_by("pk"))
    for block in blocks:
        lines = Answer.objects.on_desk(block).select_related("measure", "own")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=world.assessor, at=world.at)
    for block in blocks[:-1]:
        marking.hand_in(block, by=world.assessor, at=world.at)
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    done = at_once(
        lambda: stewards_supply.supply(world.stewardship, by=fresh(world.steward), at=world.at),
        lambda: marking.hand_in(blocks[-1], by=fresh(world.assessor), at=world.at),
    )

    assert done == ["done", "done"]
    assert world.fresh(world.submission).state == "marked"
