"""Papers in tests: asked for as a reader does, and drawn as a worker does in between."""

from typing import Any, NamedTuple

from django.test import Client

from cycles.models import Paper
from tests.jobs import do


class HandedOut(NamedTuple):
    """A paper as its reader gets it."""

    response: Any
    content: bytes


def draw_all() -> int:
    """Draw every paper that was asked for; how many were drawn."""
    asked = list(Paper.objects.filter(drawn_at=None))
    for paper in asked:
        do("paper", paper)
    return len(asked)


def paper_of(client: Client, address: str, data: Any = None) -> HandedOut:
    """Ask for a paper until it is handed out."""
    response = client.get(address, data)
    if response.status_code == 202:
        draw_all()
        response = client.get(address, data)
    assert response.status_code == 200, response.status_code
    return HandedOut(response, body_of(response))


def ordered_pages() -> str:
    """All that the papers show which were ordered and are not drawn yet."""
    return "\n".join(Paper.objects.filter(drawn_at=None).values_list("page", flat=True))


def body_of(response: Any) -> bytes:
    """Read an answer to its end and let go of its file."""
    if not response.streaming:
        return response.content
    body = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()  # closing the answer itself would close the connection of the test
    return body
