"""A page as it lies open in a tab: its forms with what they hold, sent
later, as a browser would.
"""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: each with its address and the fields that it would
    send.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]], dict[str, list[str]]]] = []
        self._options: dict[str, list[str]] = {}
        self._fields: dict[str, list[str]] | None = None
        self._select = self._area = ""
        self._chosen: list[str] = []
        self._first: str | None = None
        self._text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = said.get("method", "").lower() == "post"
            self._fields = {} if is_post else None
            if is_post:
                self._options = {}
                self.found.append((said.get("action", ""), self._fields or {}, self._options))
                self._fields = self.found[-1][1]
        elif self._fields is None:
            return
        elif tag == "input":
            self._take_input(said)
        elif tag == "select":
            self._select, self._chosen, self._first = said.get("name", ""), [], None
        elif tag == "option" and self._select:
            value = said.get("value", "")
            self._first = value if self._first is None else self._first
            self._options.setdefault(self._select, []).append(value)
            if "selected" in said:
                self._chosen.append(value)
        elif tag == "textarea":
            self._area, self._text = said.get("name", ""), []

    def _take_input(self, said: dict[str, str]) -> None:
        kind, name = said.get("type", "text"), said.get("name", "")
        if name in ("", "csrfmiddlewaretoken") or kind in ("submit", "file", "button"):
            return
        if kind in ("checkbox", "radio") and "checked" not in said:
            return
        assert self._fields is not None
        self._fields.setdefault(name, []).append(
            said.get("value", "on" if kind == "checkbox" else "")
        )

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea" and self._area and self._fields is not None:
            self._fields.setdefault(self._area, []).append("".join(self._text).removeprefix("\n"))
            self._area = ""
        elif tag == "select" and self._select and self._fields is not None:
            chosen = self._chosen or ([self._first] if self._first is not None else [])
            self._fields.setdefault(self._select, []).extend(chosen)
            self._select = ""


def _goes_to(action: str, page: str) -> str:
    """The address to which a form of a page goes; a query alone stays on it."""
    return page if not action or action.startswith("?") else action


class Tab:
    """One form of a page that lies open; `address` is where it goes, `options` what its lists
    offer.
    """

    def __init__(self, client: Client, page: str, address: str = "") -> None:
        shown = client.get(page)
        assert shown.status_code == 200, shown.status_code
        self._read(client, page, address or page, shown.content.decode())

    @classmethod
    def of(cls, client: Client, page: str, content: str, address: str = "") -> "Tab":
        """The form of a page that somebody has been answered with."""
        tab = cls.__new__(cls)
        tab._read(client, page, address or page, content)
        return tab

    def _read(self, client: Client, page: str, address: str, content: str) -> None:
        forms = [form for form in Forms(content).found if _goes_to(form[0], page) == address]
        assert forms, f"no form for {address}"
        self.client, self.address = client, address
        _action, self.fields, self.options = max(forms, key=lambda form: len(form[1]))

    def send(self, **typed: Any) -> Any:
        """Send the form as it stands, with what was typed over it."""
        return self.client.post(self.address, self.fields | typed)
