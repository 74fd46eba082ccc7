"""Somebody at a terminal and at a browser who writes down what was typed and what answered."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.image.compose import Fault
from tests.image.deployment import Deployment
from tests.image.mailserver import MailServer
from tests.image.person import Person

T = TypeVar("T")
PATIENCE = 180
"""Seconds after which what the portal does by itself will not be done any more."""

FULL = 120
"""Signs of a line that is printed whole."""


def shown(text: str) -> list[str]:
    """The lines of an answer as the transcript has them: no keys of links, no long digests, no long
    lines.
    """
    text = re.sub(r"(/reset/key/)\S+", r"\1…/", text)
    text = re.sub(r"\b([0-9a-f]{12})[0-9a-f]{20,}\b", r"\1…", text)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return [line if len(line) <= FULL else f"{line[: FULL - 1]}…" for line in lines]


@dataclass
class Stranger:
    """Somebody at a terminal and at a browser, who notes both."""

    deployment: Deployment
    mail: MailServer
    say: Callable[[str], None] = print
    people: dict[str, Person] = field(default_factory=dict)

    # -- At the terminal

    def note(self, command: str, answer: str = "") -> str:
        self.say(f"$ {shown(command)[0]}")
        for line in shown(answer):
            self.say(f"  {line}")
        return answer

    def manage(self, *command: str) -> str:
        """A command of the portal in the service `web`."""
        typed = " ".join(f"'{word}'" if " " in word else word for word in command)
        answer = self.deployment.execute("web", "python", "manage.py", *command)
        return self.note(f"docker compose exec web python manage.py {typed}", answer)

    def up(self, *options: str) -> None:
        self.deployment.up()
        self.note(" ".join(["docker compose up --detach", *options]))
        for name in self.deployment.running:
            self.deployment.wait_until_healthy(name)
        healthy, ended = (
            ", ".join(self.deployment.running),
            " and ".join(sorted(self.deployment.has_run)),
        )
        self.note("docker compose ps", f"healthy: {healthy}\nended with 0: {ended}")

    # -- At the browser

    def at(self, name: str, what: str, answer: str = "") -> None:
        self.say(f"[{name}] {shown(what)[0]}")
        for line in shown(answer):
            self.say(f"  {line}")

    def person(self, name: str, address: str, *, link: str = "", needs_app: bool = True) -> Person:
        """Whoever was invited chooses a password and, where the role asks
        for it, sets up an app.
        """
        someone = Person(self.deployment, address)
        self.people[name] = someone
        someone.choose_password(link or self.mail.invitation(address))
        if needs_app:
            someone.set_up_app()
        means = "password chosen, app set up" if needs_app else "password chosen"
        self.at(name, f"opens the link{'' if link else ' in the mail'}: {means}")
        return someone

    def send(self, name: str, what: str, path: str, **fields: str) -> None:
        self.at(name, what, self.people[name].send(path, fields))

    def sign(self, name: str, what: str, path: str, **fields: str) -> None:
        """An act that asks for the password again."""
        self.send(name, what, path, password=self.people[name].password, **fields)

    def seal(self) -> dict[str, Any]:
        """The newest seal, as anybody may read it."""
        answer = Person(self.deployment, "nobody").open("/record.json")
        newest: dict[str, Any] = json.loads(answer)["newest"]
        return newest

    def seal_of(self, number: int) -> dict[str, Any]:
        answer = Person(self.deployment, "nobody").open(f"/record.json?from={number}")
        seals: list[dict[str, Any]] = json.loads(answer)["seals"]
        return seals[0]


def until(find: Callable[[], T], complaint: str) -> T:
    """What is found once there is something to find."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if found := find():
            return found
        time.sleep(1)
    raise Fault(complaint)
