"""Two tabs that send at the same moment, on PostgreSQL: one is saved and the other asked, twenty
times of twenty.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from appeals.models import Appeal
from cycles.models import Entry
from submissions.models import Mark, Reconciliation, StewardFigure
from tests.factories import PASSWORD, World, build
from tests.guard.test_authorization import _real_now
from tests.tabs import Tab
from tests.worlds.answers import apart, power_line, steward_line

TRIALS = 20
ASKS = (
    "Somebody has changed this since you opened the page.",
    "Somebody has changed these figures meanwhile",
)
BACKEND = "config.accounts.backends.PasswordBackend"


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend=BACKEND)
    return client


def url(name: str, *args: Any) -> str:
    with translation.override("en"):
        return reverse(name, args=args)


def at_once(*tabs: tuple[Tab, dict[str, Any]]) -> list[Any]:
    """Send all of them at the same moment; the answers in their order."""
    start, answers = threading.Barrier(len(tabs)), [None] * len(tabs)

    def send(place: int, tab: Tab, typed: dict[str, Any]) -> None:
        try:
            start.wait()
            answers[place] = tab.send(**typed)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(place, *tab)) for place, tab in enumerate(tabs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def winners(
    open_tabs: Callable[[], list[tuple[Tab, dict[str, Any]]]], stored: Callable[[], Any]
) -> list[Any]:
    """What was stored after each race in which one tab was saved and the other asked."""
    kept = []
    for _trial in range(TRIALS):
        answers = at_once(*open_tabs())
        refused = [
            a
            for a in answers
            if a.status_code != 302 and any(asks in a.content.decode() for asks in ASKS)
        ]
        assert sorted(a.status_code == 302 for a in answers) == [False, True]
        assert len(refused) == 1
        kept.append((stored(), answers[0].status_code == 302))
    return kept


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_mark_a_line_at_once_one_is_asked(settings: Any) -> None:
    world = build("assigned")
    settings.CLOCK_OFFSET = world.at - _real_now()
    client, line = client_of(world, "assessor"), power_line(world)
    page, address = (
        url("submissions:block", world.block.pk),
        url("submissions:marks", world.block.pk),
    )
    trial = iter(range(1, 1000))

    def tabs() -> list[tuple[Tab, dict[str, Any]]]:
        points = [str(next(trial)), str(next(trial))]
        open_tabs = [Tab(client, page, address), Tab(client_of(world, "assessor"), page, address)]
        return [
            (tab, {f"{line.pk}-points": each, f"{line.pk}-reason": f"دلیل {each}"})
            for tab, each in zip(open_tabs, points, strict=True)
        ]

    kept = winners(tabs, lambda: Mark.objects.get(answer=line).points)

    assert [int(points) for points, _first in kept] == [
        2 * trial + (1 if first else 2) for trial, (_points, first) in enumerate(kept)
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_give_a_figure_at_once_one_is_asked(settings: Any) -> None:
    world = build("assigned")
    settings.CLOCK_OFFSET = world.at - _real_now()
    line, page = steward_line(world), url("submissions:stewardship", world.stewardship.pk)
    trial = iter(range(1, 1000))

    def tabs() -> list[tuple[Tab, dict[str, Any]]]:
        open_tabs = [Tab(client_of(world, "steward"), page) for _ in range(2)]
        return [(tab, {f"{line.pk}-percent": str(next(trial))}) for tab in open_tabs]

    kept = winners(tabs, lambda: StewardFigure.objects.get(answer=line).percent)

    assert [int(percent) for percent, _first in kept] == [
        2 * trial + (1 if first else 2) for trial, (_percent, first) in enumerate(kept)
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_assessors_who_propose_at_once_one_is_asked(settings: Any) -> None:
    world = build("assigned")
    settings.CLOCK_OFFSET = world.at - _real_now()
    held = apart(world)
    page = url("submissions:reconciliation", held.pk)
    before = Reconciliation.objects.filter(pk=held.pk).values().get()
    first, second = client_of(world, "assessor"), client_of(world, "other_assessor")

    def tabs() -> list[tuple[Tab, dict[str, Any]]]:
        Reconciliation.objects.filter(pk=held.pk).update(**before)
        said = {"act": "propose", "reason": "میانه"}
        return [
            (Tab(first, page), said | {"points": "60"}),
            (Tab(second, page), said | {"points": "70"}),
        ]

    kept = winners(tabs, lambda: Reconciliation.objects.get(pk=held.pk).points)

    assert [int(points) for points, _first in kept] == [
        60 if first else 70 for _points, first in kept
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_decide_an_appeal_at_once_one_is_refused(settings: Any) -> None:
    world = build("heard")
    settings.CLOCK_OFFSET = world.at - _real_now()
    page = url("appeals:decide", world.appeal.pk)
    before = Appeal.objects.filter(pk=world.appeal.pk).values().get()
    decided = []

    for _trial in range(TRIALS):
        Appeal.objects.filter(pk=world.appeal.pk).update(**before)
        said = {"decision": "dismiss", "password": PASSWORD}
        tabs = [Tab(client_of(world, "reviewer"), page) for _ in range(2)]
        at_once((tabs[0], said | {"reason": "نخست"}), (tabs[1], said | {"reason": "دوم"}))
        decided.append(Appeal.objects.get(pk=world.appeal.pk).state)

    assert decided == ["dismissed"] * TRIALS
    assert Entry.objects.filter(act="dismiss", object_pk=world.appeal.pk).count() == TRIALS
