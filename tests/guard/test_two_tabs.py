"""Two tabs on every form that saves: the second is asked before it writes over what the first has stored.

The list is made from the addresses (`test_authorization.ROWS`, held against the URL patterns there); `tabs.CASES` says
how each form that asks is filled in twice, `tabs.EXEMPT` why the others need not.
"""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cycles.models import Entry
from tests.guard.tabs import CASES, EXEMPT
from tests.guard.test_authorization import ROWS, _real_now, address, world_at
from tests.tabs import Tab

assert world_at  # the fixture of the walk serves here as well

ASKS = "Somebody has changed this since you opened the page."
BACKEND = "django.contrib.auth.backends.ModelBackend"


def said(typed: Any, tab: Tab) -> dict[str, Any]:
    return dict(typed(tab) if callable(typed) else typed)


def test_every_address_that_takes_a_post_asks_or_says_why_it_need_not() -> None:
    posts = {name for name, methods, *_rest in ROWS if "POST" in methods.split()}

    assert CASES.keys() | EXEMPT.keys() == posts
    assert not CASES.keys() & EXEMPT.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_second_tab_is_asked_and_keeps_what_was_typed(name: str, world_at: Any, settings: Any) -> None:
    case, settings.IDENTITY_PROVIDER = CASES[name], True
    world = world_at(case.stage)
    settings.CLOCK_OFFSET = world.at - _real_now()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[case.who], backend=BACKEND)
    with translation.override("en"):
        case.before(world)
        url = address(name, world)
        page = case.page(world) if case.page else url

    first, second = Tab(client, page, url), Tab(client, page, url)
    saved = first.send(**said(case.first, first))
    assert saved.status_code in (200, 302), saved.status_code
    assert ASKS not in text_of(client, saved)
    now, record = Tab(client, page, url).fields, Entry.objects.count()

    typed = said(case.then, second)
    content = text_of(client, second.send(**typed))

    assert ASKS in content
    assert Tab(client, page, url).fields == now
    assert Entry.objects.count() == record

    again = Tab.of(client, page, content, url)
    saved = again.send(**typed)

    assert ASKS not in text_of(client, saved)
    assert Tab(client, page, url).fields != now


def text_of(client: Client, answer: Any) -> str:
    """The page that somebody sees in the end."""
    return (client.get(answer["Location"]) if answer.status_code == 302 else answer).content.decode()
