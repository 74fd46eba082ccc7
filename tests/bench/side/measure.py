"""Asking both sides in turns."""

import itertools
from dataclasses import dataclass, field

from tests.bench.side import client
from tests.bench.side.cases import Act, Page, Session
from tests.bench.side.client import Times
from tests.bench.side.processor import Processor

ROUNDS = 4
SERIAL = 10
"""Requests of a page one after another, in each round."""

FEW, MANY, SECONDS = 8, 64, 2.0
"""Clients at once, and for how long the few ask in each round."""

LONG = 6.0
"""Seconds for which the many ask, and a crowd: once, after the rounds."""


@dataclass
class Figures:
    """What one side took for a page or an act, over all rounds."""

    queries: int = 0
    size: int = 0
    requests: int = 0
    processor: Processor = field(default_factory=Processor)
    alone: Times = field(default_factory=Times)
    few: Times = field(default_factory=Times)
    many: Times = field(default_factory=Times)
    crowd: Times = field(default_factory=Times)

    @property
    def web_ms(self) -> float:
        return self.processor.web / self.requests

    @property
    def database_ms(self) -> float:
        return self.processor.database / self.requests

    @property
    def cpu_ms(self) -> float:
        return self.web_ms + self.database_ms

    def look(self, answer: client.Response) -> None:
        self.queries = int(answer.headers.get("x-queries", 0))
        self.size = len(answer.body)

    def ask_in_turn(self, session: Session, requests: list[bytes], expected: int) -> None:
        """Ask one after another, and count the processor time of the server."""
        before = session.server.processor()
        port = session.server.port
        self.alone += client.load(port, iter(requests), expected, clients=1, seconds=600)
        self.processor += session.server.processor().since(before)
        self.requests += len(requests)


@dataclass
class Comparison:
    """A page or an act on this side, on the other, and the trivial view beside it."""

    this: Figures = field(default_factory=Figures)
    other: Figures = field(default_factory=Figures)
    trivial: Times = field(default_factory=Times)


def measure_page(page: Page, this: Session, other: Session) -> Comparison:
    found = Comparison()
    sides = [(this, found.this, this.page(page)), (other, found.other, other.page(page))]
    floor = this.trivial(page.who(this.server.laid))
    for session, figures, request in sides:
        figures.look(session.counted(request))
        _burst(session, request, FEW)  # warms up every thread
    for _round in range(ROUNDS):
        for session, figures, request in sides:
            figures.ask_in_turn(session, [request] * SERIAL, 200)
            figures.few += _burst(session, request, FEW)
        found.trivial += _burst(this, floor, FEW)
    for session, figures, request in sides:
        figures.many += _burst(session, request, MANY, LONG)
        if page.crowd:
            figures.crowd += _burst(session, request, page.crowd, LONG)
    return found


def _burst(session: Session, request: bytes, clients: int, seconds: float = SECONDS) -> Times:
    requests = itertools.repeat(request)
    return client.load(session.server.port, requests, 200, clients=clients, seconds=seconds)


def measure_act(act: Act, this: Session, other: Session) -> Comparison:
    """Do an act on half of its targets one after another, on the others by several people at
    once.
    """
    found = Comparison()
    sides = [(this, found.this), (other, found.other)]
    prepared = {}
    for session, figures in sides:
        first, second, *targets = act.targets(session.server.laid)
        for target in (first, second):  # the first warms up
            figures.look(session.counted(session.prepare(act, target)))
        prepared[figures is found.this] = [session.prepare(act, target) for target in targets]
    floor = this.trivial(act.targets(this.server.laid)[0].who)
    size = len(prepared[True]) // ROUNDS
    for number in range(ROUNDS):
        for session, figures in sides:
            requests = prepared[figures is found.this][number * size : (number + 1) * size]
            half = len(requests) // 2
            figures.ask_in_turn(session, requests[:half], act.answers)
            together = iter(requests[half:])
            figures.few += client.load(
                session.server.port, together, act.answers, clients=FEW, seconds=600
            )
        found.trivial += _burst(this, floor, FEW)
    return found
