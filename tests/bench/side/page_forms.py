"""The forms of a page as a browser would send them, so that acts need know no field's token."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the fields of every form, those outside that name it by `form` included."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.inside = False
        self.text_of: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
            self.inside = True
        if not self.inside or not self.forms:
            return
        fields = self.forms[-1]
        if tag == "input" and name:
            self._input(fields, name, given)
        elif tag == "textarea" and name:
            self.text_of = name
            fields[name] = ""
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and ("selected" in given):
            fields[self.select] = given.get("value", "")

    def _input(self, fields: dict[str, str], name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        is_choice = kind in ("checkbox", "radio")
        if kind not in ("submit", "button", "file") and (not is_choice or "checked" in given):
            fields[name] = given.get("value", "on" if is_choice else "")

    def handle_data(self, data: str) -> None:
        if self.text_of:
            self.forms[-1][self.text_of] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.text_of:
            self.forms[-1][self.text_of] = self.forms[-1][self.text_of].removeprefix("\n")
            self.text_of = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False


def form_with(html: str, field: str) -> dict[str, str]:
    """The form that has a field whose name ends so, filled as it is on the page."""
    parser = _Forms()
    parser.feed(html)
    found = next(
        (form for form in parser.forms if any(name.endswith(field) for name in form)), None
    )
    if found is None:
        raise LookupError(f"No form of the page has a field named *{field}.")
    found.pop("csrfmiddlewaretoken", None)
    return found
