"""Text messages: what a provider must do for the portal, and the provider that writes them to
files.
"""

from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Backend(Protocol):
    """A way to send text messages; the setting SMS_BACKEND names the class."""

    def send(self, number: str, text: str, key: str) -> None:
        """Send one message to a number such as +989121234567, or raise.

        `key` is the same each time the same message is sent: a provider that knows it sends it
        once.
        """


class FileBackend:
    """Writes each message to a file of its own in SMS_DIRECTORY; one sent twice is one file."""

    def send(self, number: str, text: str, key: str) -> None:
        folder = Path(settings.SMS_DIRECTORY)
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{key}"
        half.write_text(f"{number}\n{text}\n", encoding="utf-8")
        half.rename(folder / f"{key}.txt")


def backend() -> Backend:
    """Make the provider that the settings name."""
    made: Backend = import_string(settings.SMS_BACKEND)()
    return made
