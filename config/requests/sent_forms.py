"""What a form sent, for whoever gives it back to its writer, and by whom it was sent."""

from collections.abc import Sequence

from django.http import HttpRequest


def fields(request: HttpRequest, *, without: Sequence[str]) -> list[tuple[str, str]]:
    """List the names and texts of a form's fields, but those in whose names one of `without`
    stands.
    """
    sent = []
    for name, values in request.POST.lists():
        if not any(part in name for part in without):
            sent += [(name, str(value).replace("\0", "")) for value in values]
    return sent


def is_prose(text: str) -> bool:
    """Tell whether a text has several words: a choice or a number is soon made again."""
    return len(text.split()) > 1


def is_asked_by_script(request: HttpRequest) -> bool:
    """Tell whether a page's own script asks, and so shows no page that it is answered with."""
    return bool(request.headers.get("HX-Request")) or "Tus-Resumable" in request.headers
