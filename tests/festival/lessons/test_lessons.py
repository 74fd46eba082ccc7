"""What results say of measures: small examples reckoned by hand, and the pages that show it."""

from datetime import timedelta
from decimal import Decimal
from math import sqrt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import User
from festival.lessons import queries as lessons_queries
from festival.lessons.queries import Figures, Flag, ScoredLine
from festival.models import Edition
from festival.results import actions as results
from indicators.models import Axis, Indicator, Measure
from submissions.models import Score, Submission
from tests.factories import build
from tests.submissions.marked_agencies import another
from tests.worlds.closing import next_set

pytestmark = pytest.mark.usefixtures("english")

HOUR = timedelta(hours=1)


# --- By hand ------------------------------------------------------------------------------------


def test_a_line_is_held_against_all_other_lines_of_its_agency():
    line = ScoredLine(points=30, ceiling=40, whole_points=60, whole_ceiling=100)

    assert (line.percent, line.rest) == (75, 50)
    assert ScoredLine(1, 2, 1, 2).rest is None


@pytest.mark.parametrize(
    ("percents", "expected"),
    (
        ([100.0] * 9, None),
        ([95.0] * 9 + [94.99], 90.0),
        ([100.0] * 5 + [0.0] * 5, 50.0),
    ),
)
def test_the_share_at_full_points_counts_from_95_percent_and_from_ten_agencies(percents, expected):
    assert lessons_queries.full_percent(percents) == expected


def test_the_spread_is_the_sample_standard_deviation():
    # five at 40 and five at 60: ten squares of 10, divided by nine
    assert lessons_queries.spread([40.0] * 5 + [60.0] * 5) == pytest.approx(sqrt(1000 / 9))
    assert lessons_queries.spread([40.0] * 9) is None


def _lines(pairs):
    """Lines of 100 points whose rest is 100 points, too: (percent of the line, percent of the
    rest).
    """
    return [ScoredLine(p, 100, p + rest, 200) for p, rest in pairs]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    (
        ([(n, n) for n in range(10)], 1.0),
        ([(n, 90 - n) for n in range(10)], -1.0),
        # ones and zeros in all four ways: (3 x 4 - 2 x 1) by the root of 5 x 5 x 4 x 6
        ([(1, 1)] * 3 + [(0, 0)] * 4 + [(1, 0)] * 2 + [(0, 1)], 10 / sqrt(600)),
        ([(5, n) for n in range(10)], None),
        ([(n, 7) for n in range(10)], None),
        ([(n, n) for n in range(9)], None),
    ),
)
def test_the_discrimination_is_the_correlation_with_the_rest(pairs, expected):
    found = lessons_queries.discrimination(_lines(pairs))

    assert found == (None if expected is None else pytest.approx(expected))


def test_the_line_itself_is_no_part_of_what_it_is_held_against():
    # the rest is the same for all: with the line left in, the total would go with it perfectly
    lines = [
        ScoredLine(points=n, ceiling=10, whole_points=n + 50, whole_ceiling=110) for n in range(10)
    ]

    assert lessons_queries.discrimination(lines) is None


@pytest.mark.parametrize(
    ("figures", "flags"),
    (
        (Figures(20, 20, 0, full=90.0, spread=5.0, discrimination=0.2), [Flag.SATURATED]),
        (Figures(20, 20, 0, full=89.9, spread=4.99, discrimination=0.2), [Flag.FLAT]),
        (Figures(20, 20, 0, full=0.0, spread=5.0, discrimination=0.19), [Flag.APART]),
        (Figures(20, 20, 0, spread=5.0, filed=3), [Flag.APPEALED]),
        (Figures(40, 40, 0, spread=5.0, filed=3, decided=3, upheld=0), []),
        (Figures(400, 400, 0, spread=5.0, filed=3, decided=3, upheld=1), [Flag.APPEALED]),
        (Figures(400, 400, 0, spread=5.0, filed=4, decided=4, upheld=1), []),
        (Figures(20, 10, 10, spread=5.0), [Flag.VOID]),
        (Figures(9, 4, 5), []),
        (Figures(0, 0, 0), []),
    ),
)
def test_measures_are_flagged_from_the_limit_on_and_not_before(figures, flags):
    assert figures.flags == flags


# --- A year -------------------------------------------------------------------------------------


def frozen(shares):
    """Results of as many more agencies, whose lines of G1-1 are full while the rest is as good as
    they are.
    """
    world = build("decided")
    made = [another(world, f"P{n:02}", share) for n, share in enumerate(shares)]
    Score.objects.filter(answer__submission__in=made, answer__measure__code="G1-1").update(
        points=Decimal(300)
    )
    Submission.objects.filter(pk__in=[s.pk for s in made]).update(
        state="communicated", communicated_at=world.at
    )
    world.at = world._window("final", None).opens_at + 9 * HOUR
    world.edition = results.finalise(world.cycle, by=world.administrator, at=world.at)
    world.cycle = world.fresh(world.cycle)
    publish_at = world._window("festival", None).opens_at + 72 * HOUR
    world.edition = results.schedule(
        world.edition, publish_at=publish_at, by=world.administrator, at=world.at
    )
    return world


SHARES = [f"0.{n:02}" for n in range(10, 90, 4)]


@pytest.mark.django_db
def test_a_year_s_measures_are_told_apart_from_its_frozen_lines():
    world = frozen(SHARES)

    found = {
        lesson.measure.code: lesson.figures for lesson in lessons_queries.lessons(world.edition)
    }

    assert set(found) == {"G1-1", "G1-2", "G2-1"}
    assert (found["G1-1"].asked, found["G1-1"].scored) == (21, 21)
    assert Flag.SATURATED in found["G1-1"].flags
    assert found["G1-1"].full == pytest.approx(100 * 20 / 21)
    assert Flag.SATURATED not in found["G2-1"].flags
    assert found["G2-1"].discrimination > 0.8
    assert found["G1-1"].filed == 1


@pytest.mark.django_db
def test_what_is_flagged_comes_first_and_what_does_not_apply_is_counted_apart():
    world = frozen(SHARES)
    out = Score.objects.filter(is_current=True, answer__submission__state="communicated").order_by(
        "pk"
    )
    lines = out.filter(answer__measure__code="G2-1").exclude(basis="self")
    keys = list(lines.values_list("pk", flat=True)[:12])
    Score.objects.filter(pk__in=keys).update(state="not_applicable", points=None)

    found = lessons_queries.lessons(world.edition)

    of = next(lesson for lesson in found if lesson.measure.code == "G2-1")
    assert (of.figures.asked, of.figures.void, of.figures.scored) == (21, 12, 9)
    assert of.flags == [Flag.VOID]
    assert [bool(lesson.flags) for lesson in found] == sorted(
        (bool(lesson.flags) for lesson in found), reverse=True
    )


@pytest.mark.django_db
def test_the_figures_of_frozen_results_are_reckoned_once():
    world = frozen(SHARES[:10])
    with CaptureQueriesContext(connection) as first:
        lessons_queries.figures(world.edition)
    with CaptureQueriesContext(connection) as again:
        lessons_queries.figures(world.edition)

    assert (len(first), len(again)) == (3, 0)


def _next(world):
    """The set of the year after asks two of the measures again."""
    later = next_set(world)
    for number, code in enumerate(("G1-1", "G2-1")):
        measure = Measure.objects.of(world.general).get(code=code)
        axis = Axis.objects.create(set=later, code=f"G{number}", title_fa="م", points=500)
        indicator = Indicator.objects.create(axis=axis, code=code, title_fa="ش", points=500)
        measure.pk, measure.indicator = None, indicator
        measure.save()
    return later


@pytest.mark.django_db
def test_the_next_set_is_told_what_is_to_be_looked_at_once_the_results_are_published():
    world = frozen(SHARES)
    later, out = _next(world), world.edition.publish_at

    before = lessons_queries.for_set(later, out - timedelta(seconds=1))
    after = lessons_queries.for_set(later, out)

    assert before == []
    assert [(lesson.measure.code, lesson.year) for lesson in after] == [("G1-1", world.cycle.year)]


@pytest.mark.django_db
def test_the_page_opens_to_the_secretariat_once_frozen_to_groups_once_published(client, clock):
    world = frozen(SHARES)
    where = reverse("festival:lessons", args=[world.cycle.year])

    def status(name, at):
        clock(at)
        client.force_login(
            User.objects.get(username=name), backend="config.accounts.backends.PasswordBackend"
        )
        return client.get(where).status_code

    before, after = world.edition.publish_at - HOUR, world.edition.publish_at + HOUR
    assert [status(name, before) for name in ("administrator", "auditor", "member", "head")] == [
        200,
        200,
        404,
        404,
    ]
    assert [status(name, after) for name in ("member", "provincial_administrator", "head")] == [
        200,
        200,
        404,
    ]


@pytest.mark.django_db
def test_page_and_slot_say_why_and_take_the_same_queries_for_any_number_of_agencies(client, clock):
    counts, pages = [], []
    world = frozen(SHARES)
    clock(world.edition.publish_at + HOUR)
    client.force_login(world.administrator, backend="config.accounts.backends.PasswordBackend")
    where = reverse("festival:lessons", args=[world.cycle.year])
    later = _next(world)
    for more in (0, 10):
        Edition.objects.filter(pk=world.edition.pk).update(digest=f"{more:064}")
        for n in range(more):
            submission = another(world, f"Q{n:02}", "0.50")
            Submission.objects.filter(pk=submission.pk).update(
                state="communicated", communicated_at=world.at
            )
        cache.clear()
        client.get(where)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            pages.append(client.get(where).content.decode())
        counts.append(len(captured))
    slot = client.get(
        reverse("festival:lessons_of_set", args=[later.pk]), headers={"HX-Request": "true"}
    )

    assert counts[0] == counts[1]
    assert "Saturated: nearly every agency has full points" in pages[0]
    assert "Measures that did not tell agencies apart" in slot.content.decode()
    assert "G1-1" in slot.content.decode()
    assert "<html" not in slot.content.decode()
