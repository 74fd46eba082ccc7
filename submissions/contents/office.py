"""Documents of office programs: the picture that the program kept of the
first page, and the words.
"""

import re
import zipfile
from typing import NamedTuple
from xml.parsers import expat

from submissions.contents.texts import MOST_LETTERS

CHUNK = 2**16
THUMBNAILS = {"Thumbnails/thumbnail.png": "image/png", "docProps/thumbnail.jpeg": "image/jpeg"}
"""Where programs keep a picture of the first page."""

OPEN_DOCUMENT = {"ods", "odt", "odp"}
PARAGRAPHS = ["text:p", "text:h"]


class Words(NamedTuple):
    """The words of a document in lines, and the number of its slides."""

    text: str
    slides: int


def thumbnail(archive: zipfile.ZipFile) -> tuple[str, str]:
    """Find the part that is a picture of the first page, with its type; empty where there
    is none.
    """
    names = set(archive.namelist())
    return next(((name, kind) for name, kind in THUMBNAILS.items() if name in names), ("", ""))


def words(archive: zipfile.ZipFile, ending: str) -> Words:
    """Read what is written in a document, up to as much as is shown."""
    if ending in OPEN_DOCUMENT:
        lines = ["table:table-row"] if ending == "ods" else PARAGRAPHS
        return _Reader(lines, PARAGRAPHS, "draw:page").read(archive, ["content.xml"])
    if ending == "docx":
        return _Reader(["w:p"], ["w:t"]).read(archive, ["word/document.xml"])
    if ending == "pptx":
        slides = sorted(
            (
                name
                for name in archive.namelist()
                if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)
            ),
            key=lambda name: int(re.sub(r"\D", "", name)),
        )
        return Words(_Reader(["a:p"], ["a:t"]).read(archive, slides).text, len(slides))
    return Words("", 0)


class _Reader:
    """Collects the words of parts of XML: a line ends with each of `lines`; words stand in
    `within`.
    """

    def __init__(self, lines: list[str], within: list[str], slide: str = "") -> None:
        self.lines, self.within, self.slide = set(lines), set(within), slide
        self.pieces: list[str] = []
        self.length = self.depth = self.slides = 0

    def read(self, archive: zipfile.ZipFile, parts: list[str]) -> Words:
        for part in parts:
            parser = expat.ParserCreate()
            parser.StartElementHandler = self._starts
            parser.EndElementHandler = self._ends
            parser.CharacterDataHandler = self._says
            parser.StartDoctypeDeclHandler = _refuse
            with archive.open(part) as file:
                while piece := file.read(CHUNK):
                    parser.Parse(piece)
            parser.Parse(b"", True)
        return Words("".join(self.pieces), self.slides)

    def _starts(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += name in self.within
        self.slides += name == self.slide
        if name in ("text:tab", "table:table-cell", "w:tab"):
            self._add("\t")
        elif name in ("text:s", "w:br", "a:br", "text:line-break"):
            self._add(" ")

    def _ends(self, name: str) -> None:
        self.depth -= name in self.within
        if name in self.lines:
            self._add("\n")

    def _says(self, text: str) -> None:
        if self.depth:
            self._add(text)

    def _add(self, text: str) -> None:
        if self.length < 2 * MOST_LETTERS:
            self.pieces.append(text)
            self.length += len(text)


def _refuse(*_args: object) -> None:
    raise ValueError("a document type")
