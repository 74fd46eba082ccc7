"""E-mails (EML): their head, their text, and the names of what is attached, which is neither
unpacked nor run.
"""

import base64
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value
from html.parser import HTMLParser
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _

from submissions.contents.signs import HEAD, PROGRAMS, Unacceptable, refuse_other, sign_of
from submissions.contents.texts import decode, displayed_part, one_line

HEADERS = ("From", "To", "Cc", "Date", "Subject")
"""The lines of the head that are shown."""

PROGRAM_NAMES = re.compile(
    r"\.(exe|com|scr|pif|ms[ip]|msix|appx|bat|cmd|ps1|vbs?|vbe|jse?|wsf|wsc|sct|hta|chm|cpl|inf"
    r"|scf|url|jar|lnk|dll"
    r"|reg|iso|img|apk|app|dmg|sh|docm|dotm|xls[mb]|xltm|xla|xlam|xll|pptm|potm|ppsm|ppam?)$",
    re.IGNORECASE,
)
MOST_PARTS = 1000
DEEPEST = 5
"""Of e-mails within e-mails."""
FIELD = re.compile(rb"(\xef\xbb\xbf)?(From [^\n]*\n)?[!-9;-~]+:")
"""How an e-mail begins: with the name of a field of its head."""


def check(file: IO[bytes]) -> None:
    """Pass an e-mail that says who wrote it and carries no program."""
    file.seek(0)
    head = file.read(HEAD)
    if not FIELD.match(head) or sign_of(head):
        refuse_other(head)
    message = parse_message(file)
    if "From" not in message or not any(
        name in message for name in ("Date", "Received", "Subject")
    ):
        raise Unacceptable(_("it is no e-mail: it does not say who wrote it and when"))
    for part in _parts(message):
        names = _names(part)
        if any(PROGRAM_NAMES.search(name.strip(" .")) for name in names) or _is_program(part):
            name = names[0] if names else part.get_content_type()
            raise Unacceptable(
                _("it carries a program (“%(name)s”); save the e-mail without it, or as PDF")
                % {"name": name}
            )


def _is_program(part: EmailMessage) -> bool:
    """Say whether a part that is not the text of the e-mail begins as a program does, whatever its
    name.
    """
    is_text = part.get_content_maintype() == "text" and not _names(part)
    return not is_text and _content(part).startswith(PROGRAMS)


def _content(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """List the parts of an e-mail, and those of the e-mails attached to it."""
    waiting, count = [(message, 0)], 0
    while waiting:
        each, depth = waiting.pop(0)
        for part in each.walk():
            count += 1
            if count > MOST_PARTS or depth > DEEPEST:
                raise Unacceptable(_("it has too many parts"))
            yield part
            if inner := _packed_mail(part):
                waiting.append((_parse_bytes(inner), depth + 1))


def _packed_mail(part: EmailMessage) -> bytes:
    """Unpack the content of a part that is an e-mail, but has been packed like a file, so that its
    parts are not seen.
    """
    if part.get_content_type() != "message/rfc822":
        return (
            _content(part) if any(name.lower().endswith(".eml") for name in _names(part)) else b""
        )
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        return b""
    held = part.get_payload()
    packed = (
        held[0].get_payload()
        if isinstance(held, list) and isinstance(held[0], EmailMessage)
        else ""
    )
    try:
        return base64.b64decode(packed) if isinstance(packed, str) else b""
    except ValueError:
        return b""


def parse_message(file: IO[bytes]) -> EmailMessage:
    file.seek(0)
    return BytesParser(EmailMessage, policy=policy.default).parse(file)


def _parse_bytes(content: bytes) -> EmailMessage:
    return parse_message(BytesIO(content))


def head_of(message: EmailMessage) -> list[list[str]]:
    """List the lines of the head that are shown, each a name and its value."""
    fields = [[name, one_line(_field(message, name))[:500]] for name in HEADERS if name in message]
    return [field for field in fields if field[1]]


def _field(message: EmailMessage, name: str) -> str:
    raw = next(str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    if not raw.isascii():  # written in letters, in an encoding that it does not name
        return decode(raw.encode("utf-8", "surrogateescape"))
    try:
        return str(message[name])
    except Exception:  # Python's own reading stumbles over addresses that are none, in several ways
        return raw


def attached_names(message: EmailMessage) -> list[str]:
    """List the names of all that is attached, of what is attached to attached e-mails, too."""
    names = []
    for part in _parts(message):
        found = _names(part)
        if part.get_content_type() == "message/rfc822" and not found:
            found = ["message.eml"]
        names += found[:1]
    return names


def _names(part: EmailMessage) -> list[str]:
    """List the name of a part that is attached, and the other one where its type says another."""
    raw = (part.get_filename(), part.get_param("name"))
    names = (one_line(collapse_rfc2231_value(each))[:200] for each in raw if each)
    return list(dict.fromkeys(name for name in names if name))


def text_of(message: EmailMessage) -> str:
    """Read the words of an e-mail: its plain text, or those of its page where it has no other."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = _words_of(body)
    if body.get_content_subtype() == "html":
        words = _Words()
        words.feed(text)
        text = words.text
    return displayed_part(text)


def _words_of(body: MIMEPart) -> str:
    """Read the text of a part in the encoding that it names; without one, as any text is read."""
    charset, content = body.get_content_charset("us-ascii"), _content(body)
    if charset != "us-ascii":
        try:
            return content.decode(charset, "replace")
        except (LookupError, ValueError):  # an encoding that nobody knows
            pass
    return decode(content)


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
