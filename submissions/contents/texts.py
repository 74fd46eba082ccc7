"""Plain text: what of it is shown, in the encodings that Persian is written in."""

import codecs
import re
import unicodedata
from typing import IO

from submissions.contents.signs import HEAD, MARKUP

MOST_LETTERS = 20_000
"""Of a text that is shown beside a line; the rest is in the file."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
KEPT = "\n\t\u200c\u200d"
"""Signs without a shape that belong to a text: lines, columns, and the half-space of Persian with
its opposite.
"""


def excerpt(file: IO[bytes]) -> str:
    """Read the beginning of a text, fit to be shown."""
    file.seek(0)
    return displayed_part(decode(file.read(4 * MOST_LETTERS)))


def decode(head: bytes) -> str:
    """Decode the beginning of a text: UTF-16 with its mark, UTF-8, or Windows's Persian and
    Arabic.
    """
    if head.startswith(UTF_16):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(
            head
        )  # the last letter may be cut in two
    except UnicodeDecodeError:
        return head.decode("cp1256", "replace")


def displayed_part(text: str) -> str:
    """Cut a text to the length that is shown, without signs that are unseen or turn the direction
    of reading.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")[: 2 * MOST_LETTERS]
    text = "".join(
        letter for letter in text if letter in KEPT or unicodedata.category(letter)[0] != "C"
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")[:MOST_LETTERS]


def one_line(text: str) -> str:
    """Write a name or the like in one line, fit to be shown."""
    return " ".join(displayed_part(text).split())


def is_markup(file: IO[bytes]) -> bool:
    """Say whether a content begins as a web page or a drawing does; what merely mentions markup is
    text.
    """
    file.seek(0)
    head = file.read(HEAD)
    return MARKUP.match(decode(head).encode() if head.startswith(UTF_16) else head) is not None
