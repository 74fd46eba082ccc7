"""The assessors' pages."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Axis, Measure
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Mark
from tests.factories import PASSWORD, build
from tests.tabs import Tab

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=args)


def block_of(world, axis="G1"):
    return Block.objects.get(submission=world.submission, axis__code=axis)


def line(world, code="G1-1"):
    return Answer.objects.select_related("measure").get(
        submission=world.submission, measure__code=code
    )


def assigned():
    """A desk with two lines in the first axis, beside the steward's, which is on none."""
    world = build("assigned")
    indicator = line(world).measure.indicator
    measure = Measure.objects.create(
        indicator=indicator,
        code="G1-3",
        title_fa="سنجه",
        points=300,
        unit_fa="درصد",
        method="survey",
    )
    Answer.objects.create(submission=world.submission, measure=measure, value=50)
    return world


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


@pytest.mark.parametrize("name", ("block", "blocks"))
def test_marking_takes_the_same_queries_for_any_length(visit, name):
    world = build("assigned")
    client, block = visit(world, world.assessor), block_of(world)
    indicator = line(world).measure.indicator
    taken = []

    for more in (0, 3, 30):
        for number in range(more):
            measure = Measure.objects.create(
                indicator=indicator,
                code=f"{more}-{number}",
                title_fa="سنجه",
                points=1,
                unit_fa="درصد",
                method="survey",
            )
            Answer.objects.create(submission=world.submission, measure=measure, value=50)
            if name == "blocks":
                axis = Axis.objects.create(
                    set=world.general, code=f"{more}-{number}", title_fa="محور", points=1
                )
                fields = {
                    "cycle": world.cycle,
                    "agency": world.power,
                    "submission": world.submission,
                }
                Block.objects.create(axis=axis, assessor=world.assessor, **fields)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, *([block.pk] if name == "block" else [])))
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


def test_lines_are_narrowed_to_what_is_asked_for_with_how_many_there_are(visit):
    world = assigned()
    block, client = block_of(world), visit(world, world.assessor)
    marking.save_marks(
        block, {line(world).pk: {"points": 7, "reason": "x"}}, by=world.assessor, at=world.at
    )
    Answer.objects.filter(pk=line(world, "G1-3").pk).update(outliers=["history"])

    shown = {
        show: client.get(url("block", block.pk), {"show": show}).content.decode()
        for show in ("", "unmarked", "differs", "factor", "flagged", "nonsense")
    }

    counts = {show: page.count("data-line=") for show, page in shown.items()}
    assert counts == {"": 2, "unmarked": 1, "differs": 1, "factor": 0, "flagged": 1, "nonsense": 2}
    assert "Marked otherwise than the method (1)" in shown[""]
    assert "No line is shown by this choice" in shown["factor"]
    assert "Differs from last year by more than half" in shown["flagged"]


def test_saving_what_a_narrowed_page_shows_leaves_the_other_marks_alone(visit):
    world = assigned()
    block, client = block_of(world), visit(world, world.assessor)
    marking.save_marks(
        block, {line(world).pk: {"points": 7, "reason": "x"}}, by=world.assessor, at=world.at
    )

    client.post(url("marks", block.pk), {f"{line(world, 'G1-3').pk}-points": "150"})

    assert [m.points for m in Mark.objects.order_by("answer__measure__code")] == [
        Decimal(7),
        Decimal(150),
    ]


def test_a_usual_reason_stands_before_one_s_own_words(visit):
    world = build("assigned")
    key = line(world).pk
    given = {f"{key}-points": "7", f"{key}-usual": "0", f"{key}-reason": "صفحهٔ ۳"}

    visit(world, world.assessor).post(url("marks", block_of(world).pk), given)

    assert Mark.objects.get().reason == "The evidence does not show the value.\nصفحهٔ 3"


@pytest.mark.parametrize(
    ("away", "is_saved"), [(0.1, True), (-0.1, True), (0.1001, False), (-0.1001, False)]
)
def test_a_mark_within_the_year_s_tolerance_needs_no_reason(away, is_saved):
    world = build("assigned")
    answer = Answer.objects.select_related("measure", "own").get(pk=line(world).pk)
    Answer.objects.filter(pk=answer.pk).update(value=answer.value / 2)
    answer.refresh_from_db(fields=["value"])
    Cycle.objects.filter(pk=world.cycle.pk).update(reason_percent=10)
    points = marking_rules.suggestion(answer) + answer.measure.points * Decimal(str(away))
    marks = {answer.pk: {"points": points, "reason": ""}}

    if is_saved:
        marking.save_marks(block_of(world), marks, by=world.assessor, at=world.at)
    else:
        with pytest.raises(Refused):
            marking.save_marks(block_of(world), marks, by=world.assessor, at=world.at)

    assert Mark.objects.exists() == is_saved


def test_a_mark_of_another_tab_is_shown_and_written_over_only_when_asked_again(visit):
    world = assigned()
    client, key = visit(world, world.assessor), line(world).pk
    page, address = (
        url("block", world.block.pk, language="fa"),
        url("marks", world.block.pk, language="fa"),
    )
    first, second = Tab(client, page, address), Tab(client, page, address)
    first.send(**{f"{key}-points": "20", f"{key}-reason": "نخست", "only": key})

    typed = {f"{key}-points": "10", f"{key}-reason": "یک واژه درست شد", "only": key}
    asked = second.send(**typed).content.decode()
    kept = Mark.objects.get(answer=key).points
    Tab.of(client, address, asked, address).send(**typed)

    assert asked.count("اکنون ذخیره است: ۲۰") == 1
    assert "یک واژه درست شد" in asked
    assert kept == 20
    assert Mark.objects.get(answer=key).points == 10
