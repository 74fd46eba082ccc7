"""The cache refuses or is frozen: people sign in, save and reset passwords as ever, and limits go
on counting.
"""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.cache import ANSWERS_WITHIN, ASKED_AGAIN_AFTER, Cache
from cycles.clock import now
from cycles.models import CacheReserve
from cycles.notices import letters
from submissions.models import Answer
from tests.factories import PASSWORD, World, build
from tests.faults.parts.away import cache_at, cache_server, refusing_cache

LOGIN = "/en/accounts/login/"
TOO_MANY = "Too many attempts that failed"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": login, "password": password})


@pytest.fixture
def w(settings: Any) -> World:
    world = build("begun")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


@pytest.mark.django_db
def test_without_the_cache_people_sign_in_save_reset_and_read(
    w: World, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.CACHES = refusing_cache()
    line = (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )
    client = Client()

    signed_in = sign_in(client, "staff")
    saved = client.post(
        f"/en/submissions/lines/{line.pk}/answer/", {"note": "typed"}, HTTP_HX_REQUEST="true"
    )
    reset = Client().post("/en/accounts/password/reset/", {"email": w.staff.email})
    letters.send(at=now())
    public = Client().get("/en/festival/")

    assert signed_in.status_code == reset.status_code == 302
    assert (saved.status_code, public.status_code) == (200, 200)
    line.refresh_from_db()
    assert line.note == "typed"
    assert [m.to for m in mailoutbox] == [[w.staff.email]]


@pytest.mark.django_db
def test_without_the_cache_wrong_passwords_are_counted_and_lock(w: World, settings: Any) -> None:
    settings.CACHES = refusing_cache()

    pages = [sign_in(Client(), "staff", "wrong").content.decode() for _ in range(6)]
    right = sign_in(Client(), "staff")

    assert [TOO_MANY in page for page in pages] == [False] * 5 + [True]
    assert TOO_MANY in right.content.decode()


@pytest.mark.django_db
def test_without_the_cache_a_code_passes_once_only(settings: Any) -> None:
    settings.CACHES = refusing_cache()

    first, second = (cache.add("factor:used:1:123456", True, 90) for _ in range(2))

    assert (first, second) == (True, False)


@pytest.mark.django_db
def test_without_the_cache_what_need_not_be_kept_is_not_written_anywhere(settings: Any) -> None:
    settings.CACHES = refusing_cache()

    cache.set("page:1", "whole page")
    cache.set("import:1", "checked sheet")

    assert cache.get("page:1", "made anew") == "made anew"
    assert cache.get("import:1") == "checked sheet"
    assert cache.get_many(["page:1", "import:1"]) == {"import:1": "checked sheet"}
    assert [row.cache_key for row in CacheReserve.objects.all()] == [":1:import:1"]


@pytest.mark.django_db
def test_a_frozen_cache_costs_one_request_its_wait_and_no_other(w: World, settings: Any) -> None:
    with cache_server() as server:
        settings.CACHES = cache_at(server.location)
        cache.set("bounds:1", "kept")
        server.freeze()
        try:
            begun = time.monotonic()
            first = cache.get("bounds:1")
            waited = time.monotonic() - begun
            begun = time.monotonic()
            signed_in = sign_in(Client(), "staff")
            others = time.monotonic() - begun
        finally:
            server.thaw()

    assert (first, signed_in.status_code) == (None, 302)
    assert ANSWERS_WITHIN <= waited < 2 * ANSWERS_WITHIN
    assert others < ANSWERS_WITHIN


@pytest.mark.django_db
def test_a_cache_that_thaws_keeps_nobody_out_by_what_it_was_asked_while_frozen(
    w: World, settings: Any
) -> None:
    with cache_server() as server:
        settings.CACHES = cache_at(server.location)
        server.freeze()
        try:
            frozen = sign_in(Client(), "staff")  # its lock is set when the server thaws
        finally:
            server.thaw()
        Cache.silent_until[server.location] = 0

        thawed = sign_in(Client(), "staff")

    assert (frozen.status_code, thawed.status_code) == (302, 302)


@pytest.mark.django_db
def test_a_cache_that_is_back_is_used_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with cache_server() as server:
        settings.CACHES = cache_at(server.location)
        cache.set("bounds:1", "kept")
        server.kill()
        assert cache.get("bounds:1") is None
        server.start()
        assert cache.get("bounds:1") is None  # not asked again so soon
        Cache.silent_until[server.location] -= ASKED_AGAIN_AFTER

        cache.set("bounds:1", "kept again")

        assert cache.get("bounds:1") == "kept again"
