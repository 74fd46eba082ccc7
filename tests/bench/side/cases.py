"""What is measured: the pages, the acts and the floors, by the world in which they are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.side import client
from tests.bench.side.client import Person
from tests.bench.side.page_forms import form_with
from tests.bench.side.server import Server

Laid = dict[str, Any]
Change = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A page that one person asks for again and again; `crowd` clients ask once more at the end."""

    name: str
    world: str
    who: Callable[[Laid], str]
    path: Callable[[Laid], str]
    shows: Callable[[Laid], str]
    crowd: int = 0


@dataclass(frozen=True)
class Target:
    """One sending of an act: the page with its form, known by a field, and what is typed there."""

    who: str
    page: str
    field: str
    typed: Callable[[dict[str, str]], Change]
    action: str = ""
    by_script: bool = False


@dataclass(frozen=True)
class Act:
    """An act done once on each of its targets."""

    name: str
    world: str
    targets: Callable[[Laid], list[Target]]
    answers: int = 302


Case = Page | Act


TRIVIAL = "/fa/side/trivial/"


def _pages() -> list[Page]:
    return [
        Page("trivial", "submitted", _head, lambda laid: TRIVIAL, _head),
        Page("frame", "submitted", _head, lambda laid: "/fa/side/frame/", lambda laid: "<nav"),
        Page("home_page", "submitted", _head, lambda laid: "/fa/", lambda laid: "<nav", crowd=200),
        Page(
            "home_page_administrator", "submitted", lambda laid: "administrator",
            lambda laid: "/fa/", lambda laid: "<nav",
        ),
        Page(
            "workspace_page", "submitted", lambda laid: laid["staff"],
            lambda laid: f"/fa/submissions/{laid['submission']}/?line={laid['lines'][0]}",
            lambda laid: f'id="line-{laid["lines"][-1]}"',
        ),
        Page(
            "score_report", "submitted", lambda laid: laid["scored_head"],
            lambda laid: f"/fa/submissions/{laid['scored']}/report/", lambda laid: 'id="line-',
        ),
        Page(
            "marking_page", "desks", lambda laid: laid["assessor"],
            lambda laid: f"/fa/submissions/blocks/{laid['blocks'][0]}/", lambda laid: "data-line=",
        ),
        Page(
            "progress_board", "board", lambda laid: "administrator",
            lambda laid: f"/fa/submissions/board/{laid['cycle']}/", lambda laid: "data-label=",
        ),
        Page(
            "appeal_page", "appeals", _head,
            lambda laid: f"/fa/appeals/agencies/{laid['submission']}/", lambda laid: 'id="case-',
        ),
    ]  # fmt: skip


def _head(laid: Laid) -> str:
    return str(laid["head"])


def _answers(laid: Laid) -> list[Target]:
    return [
        Target(
            laid["staff"], f"/fa/submissions/{laid['submission']}/?line={line}", "note",
            lambda form: {"note": "آنچه سند نشان می‌دهد."},
            action=f"/fa/submissions/lines/{line}/answer/", by_script=True,
        )
        for line in laid["lines"]
    ]  # fmt: skip


def _single_marks(laid: Laid) -> list[Target]:
    return [_marks(laid, block, 1) for block in laid["blocks"][1:41]]


def _whole_blocks(laid: Laid) -> list[Target]:
    return [_marks(laid, block, 13) for block in laid["blocks"][41:73]]


def _marks(laid: Laid, block: int, count: int) -> Target:
    def typed(form: dict[str, str]) -> Change:
        lines = [name for name in form if name.endswith("-points")][:count]
        assert len(lines) == count
        points = {name: f"4.{number:02}" for number, name in enumerate(lines)}
        return points | ({"only": lines[0].removesuffix("-points")} if count == 1 else {})

    address = f"/fa/submissions/blocks/{block}/"
    return Target(
        laid["assessor"], address, "-points", typed, action=f"{address}marks/", by_script=count == 1
    )


def _quarters(laid: Laid) -> list[Target]:
    return [
        Target(
            report["staff"], f"/fa/indicators/plans/quarters/{report['pk']}/",
            next(iter(report["fields"])), lambda form, fields=report["fields"]: fields,
        )
        for report in laid["reports"]
    ]  # fmt: skip


def _signatures(laid: Laid) -> list[Target]:
    return [
        Target(
            report["head"], f"/fa/indicators/plans/quarters/{report['pk']}/report/", "password",
            lambda form: {"password": laid["password"]},
        )
        for report in laid["reports"]
    ]  # fmt: skip


CASES: list[Case] = [
    *_pages(),
    Act("answer_save", "submitted", _answers, answers=200),
    Act("mark_save", "desks", _single_marks, answers=200),
    Act("marks_save_13", "desks", _whole_blocks),
    Act("quarter_save", "quarters", _quarters),
    Act("quarter_sign", "quarters", _signatures),
]
WORLDS = ("submitted", "desks", "board", "appeals", "quarters")


class Session:
    """The people of one server, each signed in when first needed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.people: dict[str, Person] = {}

    def person(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = client.sign_in(self.server.port, username)
        return self.people[username]

    def page(self, page: Page) -> bytes:
        """The request of a page, which is looked at once."""
        laid = self.server.laid
        request = self.person(page.who(laid)).get(page.path(laid))
        answer = client.ask(self.server.port, request)
        assert answer.status == 200, (page.name, answer.status, answer.text[-2000:])
        assert page.shows(laid) in answer.text, (page.name, self.server.checkout.name)
        return request

    def trivial(self, username: str) -> bytes:
        return self.person(username).get(TRIVIAL)

    def prepare(self, act: Act, target: Target) -> bytes:
        """The request of an act, from the form that stands on its page."""
        person = self.person(target.who)
        shown = client.ask(self.server.port, person.get(target.page))
        assert shown.status == 200, (act.name, target.page, shown.status)
        form = form_with(shown.text, target.field)
        typed = form | target.typed(form)
        headers = {"HX_Request": "true"} if target.by_script else {}
        return person.post(target.action or target.page, typed.items(), **headers)

    def counted(self, request: bytes) -> client.Response:
        """The answer to a request that is asked for the number of its queries as well."""
        line, _newline, rest = request.partition(b"\r\n")
        asked = b"\r\n".join([line, b"X-Count-Queries: 1", rest])
        return client.ask(self.server.port, asked)
