"""Every address, read by everybody whom the table lets in at any time of the year, tells nobody
anything too early.
"""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zipfile import ZipFile, is_zipfile

import pypdf
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.test import Client
from django.utils import timezone

from agencies.persian import persian_digits
from cycles.models import Entry
from cycles.workflow import Refused
from festival.models import Award, Consequence, ConsequenceRule, Standing
from submissions.models import Mark, Score
from tests.factories import World, build, deputise
from tests.guard.test_authorization import HEADERS, OWN, ROWS, address
from tests.guard.walks.stages import cookies_of
from tests.papers import ordered_pages
from tests.worlds.awards import award
from tests.worlds.closing import consequence

REASON = "این را جز دارندگان حق نخواند"
POINTS, PLACE, PERCENT = Decimal("123.4567"), 4321, Decimal("76.5432")
OVERSEERS = {"administrator", "auditor"}

READERS: dict[str, set[str]] = {}
for _name, _methods, _stage, _allowed in ROWS:
    if "GET" in _methods.split():
        READERS.setdefault(_name, set()).update(_allowed)


PAPERS = {
    "submissions:report_file",
    "submissions:extract_file",
    "submissions:receipt",
    "indicators:minutes_file",
    "appeals:receipt",
    "appeals:paper",
    "appeals:bundle",
    "festival:certificate",
}
"""Ordered by the page: what is told is what they are drawn from. Two readers of those who may not know are enough."""

ALIKE = {
    "deputy": "head",
    "budget": "member",
    "expert": "member",
    "interested": "other_assessor",
    "other_staff": "other_head",
}
"""Who sees a page by the same predicates as another: the other is asked, where he may not know
either.
"""


def written(number: Decimal | int, places: int = 2) -> list[str]:
    """How a number may be written: in either digits, to so many places, with either separator."""
    latin = f"{number:.{places}f}" if isinstance(number, Decimal) else str(number)
    persian = persian_digits(latin)
    return [latin, persian, persian.replace(".", "٫"), persian.replace(".", "/")]


def as_pattern(secret: str) -> str:
    """A whole number is a secret by itself only: within a longer one (a size, a measured time) it
    is chance.
    """
    return rf"(?<![\d.]){secret}(?!\d)" if secret.isdigit() else re.escape(secret)


def text_of(response: Any) -> str:
    """All that an answer says, whatever kind of file it is."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"%PDF") and b"%%EOF" in body:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    if is_zipfile(io.BytesIO(body)):
        archive = ZipFile(io.BytesIO(body))
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return str(body.decode(errors="replace")) + str(response.get("Location", ""))


def leaks(
    world: World, secrets: list[str], may: Callable[[str, str], bool], *, of: str = ""
) -> tuple[list[str], set[str]]:
    """Who is told a secret where, although they may not know it; and the addresses that there are
    not yet.
    """
    found, absent = [], set()
    wanted = re.compile("|".join(map(as_pattern, secrets)))
    sessions = {who: cookies_of(world, who) for who in set().union(*READERS.values())}
    for name, readers in READERS.items():
        if not re.match(of, name):
            continue
        with transaction.atomic():
            try:
                url = address(name, world)
            except (ObjectDoesNotExist, AttributeError, Refused):
                absent.add(name)
                continue
            barred = {who for who in readers if not may(name, who)}
            barred = sorted(who for who in barred if ALIKE.get(who) not in barred)
            for who in barred[:2] if name in PAPERS else barred:
                client = Client(raise_request_exception=True)
                client.cookies.update(sessions[who])
                with transaction.atomic():
                    response = client.get(url, headers=HEADERS.get(name))
                    told = wanted.search(text_of(response) + ordered_pages())
                    transaction.set_rollback(True)
                for close in response._resource_closers:
                    close()
                if told:
                    found.append(f"{name} tells {who}: {told[0]}")
            transaction.set_rollback(True)
    return found, absent


def made(stage: str, settings: Any) -> World:
    world = build(stage)
    deputise(world)
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


@pytest.mark.django_db
def test_marks_and_scores_are_told_to_nobody_before_they_are_communicated(settings):
    world = made("marked", settings)
    Mark.objects.filter(answer__submission=world.submission).update(points=POINTS, reason=REASON)
    Score.objects.filter(answer__submission=world.submission, basis="agreed").update(
        points=POINTS, reason=REASON
    )
    own_pages = {
        "submissions:block",
        "submissions:line",
        "submissions:hand_in",
        "submissions:reconciliation",
    }

    def may(name: str, who: str) -> bool:
        # two assessors who are apart read each other's marks: that is how they come together
        apart = name == "submissions:reconciliation" and who == "other_assessor"
        return who in OVERSEERS or (who == "assessor" and name in own_pages) or apart

    found, absent = leaks(world, [REASON, *written(POINTS)], may)

    assert found == []
    assert not {name for name in absent if name.startswith("submissions:")}


@pytest.mark.django_db
def test_one_agency_s_scores_are_never_told_to_another_before_publication(settings):
    world = made("scored", settings)
    Mark.objects.filter(answer__submission=world.submission).update(reason=REASON)
    Score.objects.filter(answer__submission=world.submission, basis="agreed").update(
        points=POINTS, reason=REASON
    )

    found, _absent = leaks(
        world,
        [REASON, *written(POINTS)],
        lambda name, who: who in OVERSEERS | OWN | {"reviewer", "assessor", "other_assessor"},
        of="submissions:|appeals:|festival:|home|verify",
    )

    assert found == []


@pytest.mark.django_db
def test_places_consequences_and_awards_are_told_only_once_published(settings):
    world = made("scheduled", settings)
    Standing.objects.filter(edition=world.edition).update(place=PLACE, percent=PERCENT)
    ConsequenceRule.objects.filter(pk=consequence(world).rule_id).update(
        words_fa=REASON, words_en=REASON
    )
    Consequence.objects.update(letter_number=str(PLACE), reason=REASON)
    Award.objects.filter(pk=award(world).pk).update(reason=REASON, reason_en="", title_fa=REASON)
    moment, secrets = world.edition.publish_at, [REASON, *written(PLACE), *written(PERCENT)]
    settings.CLOCK_OFFSET = moment - timedelta(hours=1) - timezone.now()  # the walk takes a while

    early, absent = leaks(world, secrets, lambda name, who: who in OVERSEERS)
    settings.CLOCK_OFFSET = moment + timedelta(seconds=1) - timezone.now()
    late, _absent = leaks(
        world, [REASON], lambda name, who: who in OVERSEERS, of="festival:awards|verify_cert"
    )

    assert early == []
    assert not {
        n for n in absent if n.startswith("festival:") or "certificate" in n or "consequence" in n
    }
    assert f"festival:awards tells public: {REASON}" in late
    assert f"verify_certificates tells public: {REASON}" in late


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(OVERSEERS))
def test_who_reads_under_embargo_stands_in_the_record_once_a_day(who, settings):
    world = made("marked", settings)
    client = Client()
    client.force_login(world.people[who], backend="config.accounts.backends.PasswordBackend")
    names = (
        "submissions:report",
        "submissions:line",
        "submissions:reconciliation",
        "submissions:marks_export",
    )

    for name in (*names, *names):
        response = client.get(address(name, world))
        assert response.status_code == 200
        text_of(response)

    rows = Entry.objects.filter(act="read_embargoed").order_by("pk")
    assert [r.params["what"] for r in rows] == ["scores", "line", "marks", "marks"]
    assert {r.actor_id for r in rows} == {world.people[who].pk}


@pytest.mark.django_db
def test_reading_what_is_communicated_leaves_no_row(settings):
    world = made("scored", settings)
    client = Client()
    client.force_login(world.administrator, backend="config.accounts.backends.PasswordBackend")

    for name in ("submissions:report", "submissions:line"):
        assert client.get(address(name, world)).status_code == 200

    assert not Entry.objects.filter(act="read_embargoed").exists()
