"""A connection of the cache that starts the embedded server when it is not there, after a crash
too.
"""

from typing import Any

import redis

from . import ensure_valkey


class Connection(redis.UnixDomainSocketConnection):
    def _connect(self) -> Any:
        try:
            return super()._connect()
        except OSError:
            ensure_valkey()  # or find it started by another process in the meantime
            return super()._connect()
