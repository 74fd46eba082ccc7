"""The cache, and what becomes of each use of it while its server is away or does not answer.

Here alone it is decided what happens without the cache; no view and no action asks. What must count
or must be found again (tries to sign in, codes used, sheets that were checked) goes to a table of
the database meanwhile. All else is looked up or made anew, as if it had never been kept: nothing is
remembered, and nobody waits.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ANSWERS_WITHIN = 0.5
"""Seconds for the server to take a connection, and to answer."""

ASKED_AGAIN_AFTER = 5
"""Seconds for which a process does not ask a server that did not answer: a frozen one costs one
request its wait.
"""

TABLE = "cycles_cachereserve"
MOST_KEPT = 100_000

LOCK = ":lock"
"""How the keys of allauth's locks end, for each of which it waits one second at most."""

RESERVED = ("allauth", "factor:", "import:")
"""How the keys begin of what the database keeps meanwhile: counted tries, codes used once, checked
sheets.
"""


class Cache(RedisCache):
    """Redis, or without it the database for what is `RESERVED` and nothing for the rest; it never
    raises.
    """

    silent_until: ClassVar[dict[str, float]] = {}
    """By server, for all threads of the process: before this moment it is not asked."""

    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, params)
        self.server = server
        kept_alike = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.reserve = DatabaseCache(TABLE, kept_alike | {"OPTIONS": {"MAX_ENTRIES": MOST_KEPT}})

    def get(self, key: str, default: object = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version, otherwise=default)

    def add(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        if key.endswith(LOCK):
            # a frozen server takes the lock when it thaws, and nobody is left to give it back: let
            # it end by itself
            timeout = 1
        return bool(self._ask("add", key, value, timeout, version, otherwise=True))

    def set(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._ask("set", key, value, timeout, version, otherwise=None)

    def touch(
        self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(self._ask("touch", key, timeout, version, otherwise=False))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version, otherwise=False))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version, otherwise=False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        counted = self._ask("incr", key, delta, version, otherwise=None)
        if counted is None:
            raise ValueError(
                f"Key {key!r} not found"
            )  # as every backend says of a key it does not hold

        return int(counted)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, object]:
        found = ((key, self.get(key, self, version)) for key in keys)
        return {key: value for key, value in found if value is not self}

    def set_many(
        self,
        data: Mapping[str, object],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> list[str]:
        for key, value in data.items():
            self.set(key, value, timeout, version)
        return []

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        for key in keys:
            self.delete(key, version)

    def clear(self) -> None:
        self._ask("clear", "", otherwise=None)

    def _ask(self, name: str, key: str, *args: object, otherwise: object) -> Any:
        """Ask the server, unless it was silent just now; without it the reserve, or `otherwise`."""
        given = (key, *args) if key else args
        now = time.monotonic()
        if now >= self.silent_until.get(self.server, 0):
            # one thread at a time finds out whether it is back: the others go without it meanwhile
            was_silent = self.server in self.silent_until
            if was_silent:
                self.silent_until[self.server] = now + ASKED_AGAIN_AFTER
            try:
                answer = getattr(super(), name)(*given)
            except (RedisError, OSError) as error:
                self.silent_until[self.server] = time.monotonic() + ASKED_AGAIN_AFTER
                logger.warning("the cache does not answer: %s", error)
            else:
                if self.silent_until.pop(self.server, None):
                    logger.info("the cache answers again")
                return answer

        if key.startswith(RESERVED):
            return getattr(self.reserve, name)(*given)

        return otherwise
