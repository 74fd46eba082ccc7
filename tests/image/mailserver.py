"""The operator's mail server, which the compose file does not bring: it keeps what it is given."""

import email
import logging
import re
import time
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.image.compose import Fault
from tests.image.container import inside
from tests.image.deployment import HOST, Deployment

NAME, PORT = "mail", 25
INVITATION = re.compile(rf"https://{re.escape(HOST)}(/\S+/reset/key/\S+)")
logging.getLogger("mail.log").setLevel(
    logging.WARNING
)  # the library tells of every line that passes
PATIENCE = 180
"""Seconds after which a mail that has not come will not."""


class MailServer:
    """Stands on the network on which the deployment's mail goes out, and is named `mail` there."""

    def __init__(self, deployment: Deployment) -> None:
        self.letters: list[EmailMessage] = []
        self.used: set[str] = set()
        self.deployment = deployment
        self.network = deployment.networks.join(NAME, ["outward"])
        self.server = Controller(self, hostname=deployment.networks.address(NAME), port=PORT)
        with inside(self.network):  # the thread that it starts stays where it was started
            self.server.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = email.message_from_bytes(envelope.content, policy=default)
        self.letters.append(letter)
        return "250 Kept"

    def invitation(self, address: str) -> str:
        """The way to the page on which a person chooses a password, once the mail has come."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for link in self._links(address):
                if link not in self.used:
                    self.used.add(link)
                    return link
            time.sleep(0.5)
        raise Fault(f"No invitation came to {address}: {self.deployment.log('worker')}")

    def _links(self, address: str) -> list[str]:
        links = []
        for letter in [kept for kept in self.letters if kept["To"] == address]:
            body = letter.get_body(("plain",))
            assert body is not None
            links += INVITATION.findall(body.get_content())
        return links

    def stop(self) -> None:
        self.server.stop(no_assert=True)
