"""Lines of a desk narrowed, and what a mark may say."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Axis, Measure
from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Block, Mark
from tests.factories import build
from tests.submissions.marking.desk import assigned, block_of, line, url
from tests.tabs import Tab

pytestmark = pytest.mark.django_db


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
