"""The assessors' pages."""

from decimal import Decimal

import pytest

from indicators.models import Axis
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.models import Mark
from tests.factories import PASSWORD, build
from tests.submissions.marking.desk import assigned, block_of, line, url

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_an_assessor_lists_own_blocks_only(visit):
    world = build("assigned")
    assignment.assign(
        world.submission,
        axis=Axis.objects.get(code="G2"),
        assessor=world.other_assessor,
        by=world.administrator,
        at=world.at,
    )

    page = visit(world, world.assessor).get(url("blocks")).content.decode()

    assert "E-government" in page
    assert "Human capital" not in page
    assert "scoring ends on 30 June 2027, 24:00" in page


def test_another_s_block_is_not_there(visit):
    world = build("assigned")

    for person in (world.other_assessor, world.staff, world.administrator, world.stranger):
        assert visit(world, person).get(url("block", world.block.pk)).status_code == 404


def test_the_marking_page_shows_both_points_and_the_note(visit):
    world = assigned()

    page = visit(world, world.assessor).get(url("block", block_of(world).pk)).content.decode()

    assert "Agree: 100.00 points" in page
    assert "سی" in page
    assert page.count("data-line=") == 2


def test_agreeing_is_one_button_a_line(visit):
    world = build("assigned")
    client = visit(world, world.assessor)

    response = client.post(url("marks", block_of(world).pk), {"agree": line(world).pk})

    mark = Mark.objects.get()
    assert response.status_code == 302
    assert (mark.answer, mark.points, mark.assessor) == (line(world), Decimal(100), world.assessor)


def test_htmx_answers_with_the_mark_alone_and_names_the_next(visit):
    world = assigned()
    client = visit(world, world.assessor)

    response = client.post(
        url("marks", block_of(world).pk), {"agree": line(world).pk}, headers=HTMX
    )

    page = response.content.decode()
    assert page.count("data-agree") == 1
    assert "Evidence files" not in page
    assert f'id="entry-{line(world).pk}" hx-swap-oob="true"' in page
    assert str(line(world, "G1-3").pk) in response["HX-Trigger-After-Settle"]
    assert "<html" not in page


def test_another_mark_than_the_method_s_needs_a_reason_and_keeps_what_was_typed(visit):
    world = build("assigned")
    client, field = visit(world, world.assessor), f"{line(world).pk}-points"

    page = client.post(url("marks", block_of(world).pk), {field: "۹۰٫۵"}).content.decode()

    assert "a mark other than the method&#x27;s needs a reason" in page
    assert 'value="۹۰٫۵"' in page
    assert not Mark.objects.exists()


def test_points_over_the_ceiling_are_refused_beside_the_line(visit):
    world = build("assigned")
    client, pk = visit(world, world.assessor), line(world).pk

    response = client.post(
        url("marks", block_of(world).pk),
        {"only": pk, f"{pk}-points": "301", f"{pk}-reason": "x"},
        headers=HTMX,
    )

    assert "points lie between 0 and 300" in response.content.decode()
    assert "HX-Trigger-After-Settle" not in response
    assert not Mark.objects.exists()


def test_a_line_saved_while_it_is_typed_leaves_its_fields_alone_and_names_no_next(visit):
    world = build("assigned")
    client, pk = visit(world, world.assessor), line(world).pk
    typed = {"only": pk, "quiet": "1", f"{pk}-points": "90", f"{pk}-reason": "x"}

    response = client.post(url("marks", block_of(world).pk), typed, headers=HTMX)

    page = response.content.decode()
    assert Mark.objects.get().points == 90
    assert "HX-Trigger-After-Settle" not in response
    assert f'id="state-{pk}"' in page
    assert "textarea" not in page


def test_an_incomplete_line_is_not_saved_and_the_state_says_what_is_missing(visit):
    world = build("assigned")
    client, pk = visit(world, world.assessor), line(world).pk
    typed = {"only": pk, "quiet": "1", f"{pk}-points": "90", f"{pk}-reason": ""}

    page = client.post(url("marks", block_of(world).pk), typed, headers=HTMX).content.decode()

    assert "Not saved yet:" in page
    assert "needs a reason" in page
    assert not Mark.objects.exists()


def test_without_javascript_all_that_is_filled_in_is_saved_at_once(visit):
    world = assigned()
    client = visit(world, world.assessor)
    first, second = line(world), line(world, "G1-3")
    typed = {
        f"{first.pk}-points": "90",
        f"{first.pk}-reason": "Two services counted twice",
        f"{second.pk}-points": "150",
    }

    client.post(url("marks", block_of(world).pk), typed)

    assert [m.points for m in Mark.objects.order_by("answer__measure__code")] == [
        Decimal(90),
        Decimal(150),
    ]


def test_a_line_of_another_block_cannot_be_marked(visit):
    world = build("assigned")

    response = visit(world, world.assessor).post(
        url("marks", block_of(world).pk), {"agree": line(world, "G2-1").pk}
    )

    assert response.status_code == 404
    assert not Mark.objects.exists()


def test_the_new_assessor_of_a_block_goes_on_from_the_former_s_marks(visit):
    world = build("assigned")
    block = block_of(world)
    given = {line(world).pk: {"points": Decimal("77.25"), "reason": "The register says otherwise"}}
    marking.save_marks(block, given, by=world.assessor, at=world.at)
    assignment.assign(
        world.submission,
        axis=block.axis,
        assessor=world.other_assessor,
        by=world.administrator,
        at=world.at,
    )

    page = visit(world, world.other_assessor).get(url("block", block.pk)).content.decode()

    assert "77.25" in page
    assert "The register says otherwise" in page
    assert visit(world, world.assessor).get(url("block", block.pk)).status_code == 404


def test_a_block_is_handed_in_when_every_line_is_marked(visit):
    world = assigned()
    block, client = block_of(world), visit(world, world.assessor)
    client.post(url("marks", block.pk), {"agree": line(world).pk})

    early = client.post(
        url("hand_in", block.pk), {"note": "", "password": PASSWORD}
    ).content.decode()
    typed = {f"{line(world).pk}-points": "100", f"{line(world, 'G1-3').pk}-points": "150"}
    client.post(url("marks", block.pk), typed)
    offered = client.get(url("block", block.pk)).content.decode()
    client.post(url("hand_in", block.pk), {"note": "", "password": PASSWORD})

    assert "1 lines are not marked yet." in early
    assert url("hand_in", block.pk) in offered
    assert world.fresh(block).state == "handed_in"


def test_a_handed_in_block_is_read_only_and_says_why(visit):
    world = build("marked")
    client = visit(world, world.assessor)

    page = client.get(url("block", block_of(world).pk)).content.decode()

    assert "is “Handed in”" in page
    assert "-points" not in page.split('id="marks"')[1]
