"""One set of indicators all the way, in Persian: proposed, discussed, agreed, communicated,
reported on, copied.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from cycles.calendar import Phase
from cycles.models import Cycle, Entry
from cycles.years import actions as years
from indicators.models import Change, Comment, Figure, IndicatorSet, Measure, Review
from indicators.models.sheets import field_of
from tests.browser.conftest import Walker
from tests.factories import World, plan_of, report_of

pytestmark = pytest.mark.django_db(transaction=True)

HOURS = timedelta(hours=9)


def add_measure(
    walker: Walker, indicator_set: IndicatorSet, title: str, points: str, target: str
) -> None:
    walker.follow("indicators:measure_new", indicator_set.pk)
    for name, text in (
        ("title_fa", title),
        ("points", points),
        ("unit_fa", "درصد"),
        ("target", target),
    ):
        walker.field(name).fill(text)
    walker.field("direction").select_option("lower")
    walker.field("method").select_option("inverse_linear")
    walker.press("Save the measure")


def propose(walker: Walker, world: World) -> IndicatorSet:
    """Draft a set as the agency, and propose it."""
    walker.sign_in(world.staff)
    walker.go("indicators:list")
    walker.press("Begin this set")
    drafted = IndicatorSet.objects.get(agency=world.power)
    walker.follow("indicators:goal_new", drafted.pk)
    walker.field("title_fa").fill("کاهش هدررفت آب")
    walker.page.locator("main form button[type=submit]").click()
    add_measure(walker, drafted, "سهم آب بدون درآمد", "۶۰۰", "۲۰")
    walker.reads(walker.said("%(points)s points are still to be given", points="۴۰۰"))
    add_measure(walker, drafted, "دقیقهٔ خاموشی", "۴۰۰", "۵۰")
    walker.reads("کاهش هدررفت آب")
    walker.sign_in(world.head)
    walker.go("indicators:detail", drafted.pk)
    walker.follow("indicators:move", drafted.pk, "propose")
    walker.sign()
    return drafted


def discuss_and_approve(
    walker: Walker, world: World, drafted: IndicatorSet, measure: Measure
) -> None:
    """Comment, suggest and vote as the group; settle with an agreed value and approve as chair."""
    page = walker.page
    walker.sign_in(world.expert)
    walker.go("indicators:detail", drafted.pk)
    walker.follow("indicators:review", drafted.pk, measure.lineage)
    walker.field("text").fill("منبع این عدد چیست؟")
    walker.press("Comment")
    page.locator("#suggest").click()
    suggest = page.locator(
        f"form[action$='{walker.path('indicators:suggest', drafted.pk, measure.lineage)}']"
    )
    suggest.locator("[name=target]").fill("۱۵")
    suggest.locator("[name=reason]").fill("میانگین سه سال گذشته")
    suggest.locator("button[type=submit]").click()
    walker.reads("میانگین سه سال گذشته")
    for member in (world.member, world.budget):
        walker.sign_in(member)
        walker.go("indicators:detail", drafted.pk)
        walker.follow("indicators:vote", drafted.pk)
        page.locator("main [name=choice][value=approve]").check()
        walker.press("Cast this vote")
    walker.sign_in(world.chair)
    walker.go("indicators:review", drafted.pk, measure.lineage)
    walker.reads(walker.said("Carried."))
    page.locator("#settle").click()
    settle = page.locator(
        f"form[action$='{walker.path('indicators:settle', drafted.pk, measure.lineage)}']"
    )
    settle.locator("[name=target]").fill("۱۵")
    settle.locator("[name=outcome][value=approved]").check()
    settle.locator("[name=reason]").fill("با نمایندهٔ دستگاه توافق شد")
    settle.locator("button[type=submit]").click()
    expect(page.get_by_role("row").filter(has_text="هدف").first).to_contain_text("۱۵")
    walker.go("indicators:detail", drafted.pk)
    walker.follow("indicators:move", drafted.pk, "approve")
    walker.sign()


def communicate(walker: Walker, world: World, drafted: IndicatorSet, measure: Measure) -> None:
    """Communicate the set as administrator: it is frozen, and in the record."""
    walker.sign_in(world.administrator)
    walker.go("indicators:detail", drafted.pk)
    walker.follow("indicators:move", drafted.pk, "communicate")
    walker.field("letter").fill("۱۴۰۴/۱۲")
    walker.sign()
    frozen = world.fresh(drafted)
    walker.reads(frozen.hash)
    assert frozen.state == "communicated"
    assert Entry.objects.get(act="communicate", object_pk=drafted.pk).params["hash"] == frozen.hash
    assert Comment.objects.get().text == "منبع این عدد چیست؟"
    assert (
        Review.objects.get(lineage=measure.lineage).proposed["target"],
        world.fresh(measure).target,
    ) == ("20", 15)
    assert Change.objects.filter(deed="agreed").count() == 1
    walker.sign_in(world.staff)
    walker.go("indicators:detail", drafted.pk)
    new_measure = walker.path("indicators:measure_new", drafted.pk)
    expect(walker.page.locator(f"a[href='{new_measure}']")).to_have_count(0)


def plan_and_report(walker: Walker, world: World, drafted: IndicatorSet) -> None:
    """Plan the year as the agency's staff, and report its first quarter."""
    plan, report = plan_of(world), report_of(world)
    walker.sign_in(world.staff)
    measures = list(Measure.objects.of(drafted))
    walker.go("indicators:plan", plan.pk)
    for m in measures:
        for quarter in (1, 2, 3, 4):
            walker.field(field_of("target", m.pk, quarter)).fill(f"{world.fresh(m).target:f}")
    walker.press("Save the plan")
    walker.reads(walker.said("Saved"))
    walker.sign_in(world.head)
    walker.go("indicators:plan", plan.pk)
    walker.follow("indicators:plan_move", plan.pk, "sign")
    walker.sign()
    walker.sign_in(world.staff)
    walker.go("indicators:quarter", report.pk)
    for m in measures:
        walker.field(field_of("actual", m.pk, 1)).fill("۳۰")
        walker.field(field_of("explanation", m.pk, 1)).fill("خشکسالی")
        walker.field(field_of("forecast", m.pk, 1)).fill("۲۵")
    walker.press("Save the figures")
    walker.sign_in(world.head)
    walker.go("indicators:quarter", report.pk)
    walker.follow("indicators:quarter_move", report.pk, "report")
    walker.sign()
    assert world.fresh(report).state == "reported"
    assert set(Figure.objects.filter(quarter=1).values_list("actual", flat=True)) == {Decimal(30)}


def open_next_year(world: World) -> Cycle:
    following = years.plan_cycle(
        year=world.cycle.year + 1, preset=world.cycle.preset, by=world.administrator, at=world.at
    )
    return years.open_cycle(following, by=world.administrator, at=world.at)


def copy_and_compare(walker: Walker, world: World, following: Cycle, measure: Measure) -> None:
    """Copy the set for next year in one step, and see what is changed against this year's."""
    walker.sign_in(world.staff)
    walker.go("indicators:list")
    walker.press("Begin this set")
    copy = IndicatorSet.objects.get(cycle=following, agency=world.power)
    walker.press("Copy the last communicated set")
    walker.reads(walker.said("The two sets ask the same."))
    copied = Measure.objects.of(copy).get(lineage=measure.lineage)
    walker.go("indicators:measure_edit", copy.pk, copied.pk)
    walker.field("target").fill("۱۲")
    walker.press("Save the measure")
    walker.follow("indicators:differences", copy.pk)
    expect(walker.page.locator("main del")).to_have_text("۱۵")
    expect(walker.page.locator("main ins")).to_have_text("۱۲")
    assert world.fresh(measure).target == 15


def test_a_set_is_proposed_agreed_communicated_reported_on_and_copied_next_year(
    served, walker, clock
):
    world = served("open")

    def at(moment):
        world.at = moment
        clock(moment)

    at(world.opens(Phase.PROPOSAL) + HOURS)
    drafted = propose(walker, world)
    measure = Measure.objects.of(drafted).get(title_fa="سهم آب بدون درآمد")

    at(world.opens(Phase.APPROVAL) + HOURS)
    discuss_and_approve(walker, world, drafted, measure)
    communicate(walker, world, drafted, measure)

    at(world.opens(Phase.MONITORING) + HOURS)
    plan_and_report(walker, world, drafted)

    following = open_next_year(world)
    at(World(at=world.at, people=world.people, cycle=following).opens(Phase.PROPOSAL) + HOURS)
    copy_and_compare(walker, world, following, measure)
