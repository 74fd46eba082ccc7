"""How long a statement may take and wait for a row: by what a process is, and in this one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections

CONNECTS_WITHIN = 5
"""Seconds for the database to take a connection."""

VARIABLE = "PORTAL_PROCESS"
"""Where a process says what it is, for those that it starts as well; one that says nothing is held
as a web process.
"""


@dataclass(frozen=True)
class Timeouts:
    """Seconds for a whole statement, and for the wait for one lock; 0: no end."""

    statement: int
    lock: int

    @property
    def connection_options(self) -> dict[str, object]:
        """Name the options with which a connection is made, so that none is ever without them."""
        limits = f"-c statement_timeout={self.statement}s -c lock_timeout={self.lock}s"
        # statements that are composed once are planned once too, not five times before that
        options = f"{limits} -c plan_cache_mode=force_generic_plan"
        return {"options": options, "connect_timeout": CONNECTS_WITHIN}


PROCESSES: Mapping[str, Timeouts] = {
    # somebody waits for the answer, and the thread is missing to others meanwhile
    "web": Timeouts(statement=25, lock=5),
    # as long as a task may take, and longer for a row that a person is writing
    "jobs": Timeouts(statement=15 * 60, lock=60),
    # the question whether the database works: its answer is waited for three seconds
    "probe": Timeouts(statement=2, lock=1),
    # an operator watches
    "command": Timeouts(statement=0, lock=60),
}


def of_this_process() -> Timeouts:
    return PROCESSES[os.environ.get(VARIABLE, "web")]


def become(process: str) -> None:
    """Say what this process is, before it speaks with the database or while it does."""
    os.environ[VARIABLE] = process
    connections.settings["default"]["OPTIONS"] |= PROCESSES[process].connection_options
    connections.close_all()
