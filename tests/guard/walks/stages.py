"""A world at a stage of the year, laid out once for all tests of a walk that ask for it in a row."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client

from tests.factories import World

BACKEND = "config.accounts.backends.PasswordBackend"


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo at the end whatever is written meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def cookies_of(world: World, who: str) -> SimpleCookie:
    """Answer with what this person's browser holds once signed in."""
    client = Client()
    if who != "public":
        client.force_login(world.people[who], backend=BACKEND)
    return client.cookies


@dataclass
class Stage:
    """A world and everybody's session in it; each test gets an own copy of the world's objects."""

    name: str
    world: bytes
    sessions: dict[str, SimpleCookie]

    def world_copy(self) -> World:
        copy: World = pickle.loads(self.world)
        return copy

    def visitor(self, who: str, **options: Any) -> Client:
        client = Client(**options)
        client.cookies.update(self.sessions[who])
        return client


class Stages:
    """One stage at a time, in a transaction that stays open until another stage is asked for."""

    def __init__(self, lay_out: Callable[[str], World]) -> None:
        self.lay_out = lay_out
        self.stage: Stage | None = None
        self.transaction: AbstractContextManager[None] | None = None

    def at(self, name: str) -> Stage:
        if self.stage is None or self.stage.name != name:
            self.leave()
            self.transaction = taken_back()
            self.transaction.__enter__()
            world = self.lay_out(name)
            sessions = {who: cookies_of(world, who) for who in ["public", *world.people]}
            self.stage = Stage(name, pickle.dumps(world), sessions)
        return self.stage

    def leave(self) -> None:
        if self.transaction is not None:
            self.transaction.__exit__(None, None, None)
        self.stage = self.transaction = None
