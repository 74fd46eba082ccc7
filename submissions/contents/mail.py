"""E-mails (EML): their head, their text, and the names of what is attached, which is neither unpacked nor run."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import IO

from django.utils.translation import gettext as _

from submissions.contents.signs import HEAD, Unacceptable, refuse_other, sign_of
from submissions.contents.texts import shown

HEADERS = ("From", "To", "Cc", "Date", "Subject")
"""The lines of the head that are shown."""

PROGRAMS = re.compile(
    r"\.(exe|com|scr|pif|msi|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|jar|lnk|dll|reg|iso|img|apk|app|dmg|sh"
    r"|docm|dotm|xlsm|xlsb|xltm|pptm|potm|ppsm)$",
    re.IGNORECASE,
)
MOST_PARTS = 1000
FIELD = re.compile(rb"(\xef\xbb\xbf)?(From [^\n]*\n)?[!-9;-~]+:")
"""How an e-mail begins: with the name of a field of its head."""


def check(file: IO[bytes]) -> None:
    """Pass an e-mail that says who wrote it and carries no program."""
    file.seek(0)
    head = file.read(HEAD)
    if not FIELD.match(head) or sign_of(head):
        refuse_other(head)
    message = parsed(file)
    if not message["From"] or not (message["Date"] or message["Received"] or message["Subject"]):
        raise Unacceptable(_("it is no e-mail: it does not say who wrote it and when"))
    for name in attached_names(message):
        if PROGRAMS.search(name.strip()):
            raise Unacceptable(
                _("it carries a program (“%(name)s”); save the e-mail without it, or as PDF") % {"name": name}
            )


def parsed(file: IO[bytes]) -> EmailMessage:
    file.seek(0)
    return BytesParser(EmailMessage, policy=policy.default).parse(file)


def head_of(message: EmailMessage) -> list[list[str]]:
    """The lines of the head that are shown, each a name and what stands there."""
    return [[name, shown(_field(message, name))[:500]] for name in HEADERS if message[name]]


def _field(message: EmailMessage, name: str) -> str:
    return " ".join(str(message[name]).split())


def attached_names(message: EmailMessage) -> list[str]:
    """The names of all that is attached, of what is attached to attached e-mails, too."""
    names = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Unacceptable(_("it has too many parts"))
        name = part.get_filename()
        if part.get_content_type() == "message/rfc822" and not name:
            name = "message.eml"
        if name:
            names.append(" ".join(shown(str(name)).split())[:200])
    return names


def text_of(message: EmailMessage) -> str:
    """The words of an e-mail: its plain text, or those of its page where it has no other."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        text = body.get_content()
    except (LookupError, ValueError):  # an encoding that nobody knows
        content = body.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    if body.get_content_subtype() == "html":
        words = _Words()
        words.feed(text)
        text = words.text
    return shown(text)


class _Words(HTMLParser):
    """The words of a page, without its markup, styles and scripts."""

    SILENT = {"script", "style", "head", "title"}
    BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(self.silent - (tag in self.SILENT), 0)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data.replace("\n", " "))
