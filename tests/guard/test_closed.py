"""Every address that writes, posted to with a good form while its phase is closed: nothing changes.

Before a window opens, at the stroke of a hard one's closing and long after it; and once while it is
open, so that the form is known to be good. What needs no window stands in
`closed.addresses.ANYTIME` with its reason.
An address without a row fails.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from cycles.calendar import Phase
from indicators.working_groups import actions as working_groups
from tests.factories import ask, build
from tests.guard.acts.public_acts import APPS
from tests.guard.closed.addresses import ANYTIME, CALLS, PREPARED
from tests.guard.test_authorization import HEADERS, ROWS, address

MICROSECOND = timedelta(microseconds=1)
HARD = {Phase.PROPOSAL, Phase.MONITORING, Phase.SELF_ASSESSMENT, Phase.CLARIFICATION, Phase.APPEAL}


def test_every_address_that_writes_has_a_row_or_a_reason() -> None:
    writing = {name for name, methods, *_rest in ROWS if {"POST", "PATCH"} & set(methods.split())}

    assert writing == set(CALLS) | set(ANYTIME)


def snapshot() -> dict[str, str]:
    """Every row of the portal's own tables, in a digest each; what one has seen and when one signed
    in is no act.
    """
    tables = [
        t for t in connection.introspection.table_names() if t.split("_")[0] in (*APPS, "agencies")
    ]
    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(set(tables) - {"agencies_user"}):
            cursor.execute(
                f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "
                f'"{table}" t'
            )
            rows[table] = cursor.fetchone()[0]
    return rows


def send(client: Client, name: str, url: str, body: Any) -> Any:
    """As the page sends it: a form, or for uploads a piece of a file."""
    if name == "submissions:upload":
        return client.patch(
            url, body, content_type="application/offset+octet-stream", headers=HEADERS[name]
        )
    return client.post(url, body, headers=HEADERS.get(name))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_address_changes_nothing_while_its_phase_is_closed(
    name: str, settings: Any, client: Client
) -> None:
    stage, phase, who, typed = CALLS[name]
    world = build("proposed" if stage == "voted" else stage)
    if stage == "voted":
        for voter in ("member", "budget"):
            working_groups.vote(
                world.specific, choice="approve", reason="", by=world.people[voter], at=world.at
            )
    if phase == Phase.CLARIFICATION:
        ask(world)
    PREPARED.get(name, lambda w: None)(world)
    own = world.power if phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION) else None
    opens, closes = world.opens(phase, own), world.closes(phase, own)
    body = typed(world)
    with translation.override("en"):
        url = address(name, world)
    client.force_login(world.people[who])

    for at in [
        opens - MICROSECOND,
        *([closes, closes + timedelta(days=400)] if phase in HARD else []),
    ]:
        before = snapshot()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cycles.clock.now", lambda at=at: at)
            answer = send(client, name, url, body)

        assert answer.status_code in (200, 302, 404, 422)
        assert snapshot() == before, at

    before = snapshot()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cycles.clock.now", lambda: max(world.at, opens))
        send(client, name, url, typed(world))
    assert snapshot() != before
