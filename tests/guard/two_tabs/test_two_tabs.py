"""Two tabs on every form that saves: the second is asked before it writes over what the first has
stored.

The list is made from the addresses (`test_authorization.ROWS`, held against the URL patterns
there); `tabs.CASES` says how each form that asks is filled in twice, `tabs.EXEMPT` why the others
need not.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from appeals.models import Appeal
from cycles.models import Entry
from indicators.models import Figure, Measure
from submissions.marking import actions as marking
from submissions.marking import rules as marking_rules
from submissions.models import Answer, Mark, Reconciliation, Score, StewardFigure
from tests.factories import build, enter_figures, lay_plan
from tests.guard.test_authorization import ROWS, _real_now, address, world_at
from tests.guard.two_tabs.exempt_forms import EXEMPT
from tests.guard.two_tabs.forms import CASES, SIGNED
from tests.tabs import Tab
from tests.worlds.answers import given, power_line, proposed
from tests.worlds.awards import award
from tests.worlds.closing import improvement_item
from tests.worlds.indices import index_report
from tests.worlds.institution import power_measure

assert world_at  # the fixture of the walk serves here as well

ASKS = "Somebody has changed this since you opened the page."
BACKEND = "config.accounts.backends.PasswordBackend"


def said(typed: Any, tab: Tab) -> dict[str, Any]:
    return dict(typed(tab) if callable(typed) else typed)


def test_every_address_that_takes_a_post_asks_or_says_why_it_need_not() -> None:
    posts = {name for name, methods, *_rest in ROWS if "POST" in methods.split()}

    assert CASES.keys() | EXEMPT.keys() == posts
    assert not CASES.keys() & EXEMPT.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_second_tab_is_asked_and_keeps_what_was_typed(
    name: str, world_at: Any, settings: Any
) -> None:
    case, settings.IDENTITY_PROVIDER = CASES[name], True
    world = world_at(case.stage)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[case.who], backend=BACKEND)
    with translation.override("en"):
        case.before(world)
        url = address(name, world)
        page = case.page(world) if case.page else url
    settings.CLOCK_OFFSET = world.at - _real_now()

    first, second = Tab(client, page, url), Tab(client, page, url)
    saved = first.send(**said(case.first, first))
    assert saved.status_code in (200, 302), saved.status_code
    assert ASKS not in text_of(client, saved)
    now, record = Tab(client, page, url).fields, Entry.objects.count()

    typed = said(case.then, second)
    asked = second.send(**typed)
    content = text_of(client, asked)

    assert ASKS in content
    assert Tab(client, page, url).fields == now
    assert Entry.objects.count() == record

    again = Tab.of(client, page if asked.status_code == 302 else url, content, url)
    saved = again.send(**typed)

    assert ASKS not in text_of(client, saved)
    assert Tab(client, page, url).fields != now


def text_of(client: Client, answer: Any) -> str:
    """The page that somebody sees in the end."""
    return (
        client.get(answer["Location"]) if answer.status_code == 302 else answer
    ).content.decode()


# --- What is signed -----------------------------------------------------------------------------


def signed_in(world: Any, who: str, settings: Any) -> Client:
    settings.CLOCK_OFFSET = world.at - _real_now()
    client = Client()
    client.force_login(world.people[who], backend=BACKEND)
    return client


def english(name: str, *args: Any) -> str:
    with translation.override("en"):
        return reverse(name, args=args)


def refused_then_signed(tab: Tab, change: Any, **typed: Any) -> None:
    """After a change of what its page showed, an act is refused once, and done when it is sent from
    the new page.
    """
    change()
    asked = tab.send(**SIGNED, **typed)
    content = asked.content.decode()

    assert asked.status_code == 200
    assert ASKS in content

    done = Tab.of(tab.client, tab.address, content).send(**SIGNED, **typed)

    assert done.status_code == 302, ASKS in done.content.decode()


@pytest.mark.django_db
def test_a_head_signs_no_self_assessment_that_changed_since_it_was_read(settings: Any) -> None:
    world = build("answered")
    client = signed_in(world, "head", settings)
    tab = Tab(client, english("submissions:move", world.submission.pk, "submit"))

    refused_then_signed(
        tab, lambda: Answer.objects.filter(pk=power_line(world).pk).update(note="دیگر")
    )


@pytest.mark.django_db
def test_an_assessor_hands_in_no_marks_that_changed_in_another_tab(settings: Any) -> None:
    world = build("assigned")
    client = signed_in(world, "assessor", settings)
    lines = Answer.objects.on_desk(world.block).select_related("measure")
    marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
    marking.save_marks(world.block, marks, by=world.assessor, at=world.at)
    tab = Tab(client, english("submissions:hand_in", world.block.pk))

    refused_then_signed(tab, lambda: Mark.objects.filter(block=world.block).update(reason="دیگر"))


@pytest.mark.django_db
def test_a_steward_supplies_no_figures_that_changed_in_another_tab(settings: Any) -> None:
    world = build("assigned")
    client = signed_in(world, "steward", settings)
    tab = Tab(client, english("submissions:supply", given(world).pk))

    refused_then_signed(tab, lambda: StewardFigure.objects.update(percent=40))


@pytest.mark.django_db
def test_a_plan_is_not_signed_after_its_targets_changed(settings: Any) -> None:
    world = build("communicated")
    plan = lay_plan(world, signed=False)
    tab = Tab(signed_in(world, "head", settings), english("indicators:plan_move", plan.pk, "sign"))

    refused_then_signed(tab, lambda: Figure.objects.filter(plan=plan).update(target=31))


@pytest.mark.django_db
def test_a_set_is_not_proposed_after_a_measure_changed(settings: Any) -> None:
    world = build("drafted")
    tab = Tab(
        signed_in(world, "head", settings), english("indicators:move", world.specific.pk, "propose")
    )

    refused_then_signed(tab, lambda: Measure.objects.of(world.specific).update(title_fa="دیگر"))


@pytest.mark.django_db
def test_a_reviewer_decides_no_appeal_that_changed_since_it_was_read(settings: Any) -> None:
    world = build("heard")
    tab = Tab(signed_in(world, "reviewer", settings), english("appeals:decide", world.appeal.pk))

    refused_then_signed(
        tab,
        lambda: Appeal.objects.filter(pk=world.appeal.pk).update(argument="دیگر"),
        decision="dismiss",
        reason="دلیل",
    )


@pytest.mark.django_db
def test_awards_are_not_decided_after_a_proposal_changed(settings: Any) -> None:
    world = build("final")
    held = award(world, "proposed")
    tab = Tab(
        signed_in(world, "administrator", settings),
        english("festival:award_decide", held.ceremony_id),
    )

    refused_then_signed(tab, lambda: type(held).objects.filter(pk=held.pk).update(reason="دیگر"))


@pytest.mark.django_db
def test_a_suggestion_is_asked_about_when_what_it_stands_beside_has_changed(settings: Any) -> None:
    world = build("proposed")
    page = english("indicators:review", world.specific.pk, power_measure(world).lineage)
    address = english("indicators:suggest", world.specific.pk, power_measure(world).lineage)
    tab = Tab(signed_in(world, "budget", settings), page, address)
    Measure.objects.filter(pk=power_measure(world).pk).update(target=77)

    asked = tab.send(target="55", reason="دلیل").content.decode()

    assert ASKS in asked
    assert "Stored now: 77" in asked


@pytest.mark.django_db
def test_an_agreement_holds_only_for_the_value_that_was_seen(settings: Any) -> None:
    world = build("assigned")
    held = proposed(world)
    client = signed_in(world, "other_assessor", settings)
    tab = Tab(client, english("submissions:reconciliation", held.pk))
    Reconciliation.objects.filter(pk=held.pk).update(points=90)

    page = tab.send(act="agree").content.decode()

    assert ASKS in page
    assert not Score.objects.filter(answer=held.line, basis=Score.Basis.AGREED).exists()


@pytest.mark.django_db
def test_a_quarter_is_not_reported_after_a_figure_changed(settings: Any) -> None:
    world = build("communicated")
    lay_plan(world)
    report = enter_figures(world)
    tab = Tab(
        signed_in(world, "head", settings), english("indicators:quarter_move", report.pk, "report")
    )

    refused_then_signed(
        tab, lambda: Figure.objects.filter(plan=report.plan).update(explanation="دیگر")
    )


@pytest.mark.django_db
def test_a_plan_of_improvement_is_not_signed_after_an_item_changed(settings: Any) -> None:
    world = build("scored")
    item = improvement_item(world)
    tab = Tab(
        signed_in(world, "head", settings),
        english("festival:improvement_move", item.plan_id, "sign"),
    )

    refused_then_signed(tab, lambda: type(item).objects.filter(pk=item.pk).update(action="دیگر"))


@pytest.mark.django_db
def test_a_report_on_an_index_is_not_sent_after_its_text_changed(settings: Any) -> None:
    world = build("people")
    report = index_report(world)
    tab = Tab(signed_in(world, "head", settings), english("festival:index_report_send", report.pk))

    refused_then_signed(tab, lambda: type(report).objects.filter(pk=report.pk).update(done="دیگر"))


@pytest.mark.django_db
def test_the_years_of_a_general_set_are_asked_about_when_another_tab_changed_them(
    settings: Any,
) -> None:
    world = build("drafted")
    page, address = (
        english("indicators:detail", world.general.pk),
        english("indicators:issue", world.general.pk),
    )
    client = signed_in(world, "administrator", settings)
    first, second = Tab(client, page, address), Tab(client, page, address)
    first.send(years="2")

    asked = text_of(client, second.send(years="1"))

    assert ASKS in asked
    assert type(world.general).objects.get(pk=world.general.pk).years == 2
