"""`python -m tests.bench.side COMMIT [name ...]`: all pages and acts, or those named, each printed
when it is measured.
"""

import sys

from tests.bench.side import report
from tests.bench.side.cases import CASES, WORLDS, Case, Page, Session
from tests.bench.side.checkout import ROOT, other_checkout, this_checkout
from tests.bench.side.measure import Comparison, measure_act, measure_page
from tests.bench.side.server import Server, lay

RESULT = ROOT / "var/bench.json"


def main(arguments: list[str]) -> None:
    commit, *names = arguments
    if unknown := set(names) - {case.name for case in CASES}:
        known = ", ".join(case.name for case in CASES)
        raise SystemExit(f"No such page or act: {', '.join(sorted(unknown))}. There are: {known}.")
    this, other = this_checkout(), other_checkout(commit)
    for side in (this, other):
        side.set_up()
    asked = [case for case in CASES if not names or case.name in names]
    worlds = [world for world in WORLDS if any(case.world == world for case in asked)]
    laid = {world: (lay(this, world), lay(other, world)) for world in worlds}
    print(report.head(), flush=True)
    for world, (here, there) in laid.items():
        servers = Server(this, world, here), Server(other, world, there)
        _measure_in(servers, [case for case in asked if case.world == world])


def _measure_in(servers: tuple[Server, Server], cases: list[Case]) -> None:
    """Serve a world of both sides while its pages and acts are measured."""
    try:
        for server in servers:
            server.start()
        here, there = (Session(server) for server in servers)
        for case in cases:
            found = _measure(case, here, there)
            figures = report.row(found, servers[1].checkout.name)
            report.keep(RESULT, case.name, figures)
            print(report.line(case.name, figures), flush=True)
    finally:
        for server in servers:
            server.stop()


def _measure(case: Case, this: Session, other: Session) -> Comparison:
    if isinstance(case, Page):
        return measure_page(case, this, other)
    return measure_act(case, this, other)


if __name__ == "__main__":
    main(sys.argv[1:])
