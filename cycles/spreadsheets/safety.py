"""Whether an XLSX file, which is a ZIP archive of XML parts, is safe to open: refused with the part
named, if not.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import unquote
from xml.parsers import expat

from django.utils.translation import gettext as _

from agencies.persian import in_locale

MOST_PARTS = 300
MOST_UNPACKED = 40 * 2**20
MOST_SHEET = 200 * 2**20
"""What a worksheet may unpack to: a million empty rows with their heights and styles come to more
than a hundred MB.
"""
MOST_RATIO = 200
"""How many times larger than packed a part may be; spreadsheets that people make stay under 50."""
SMALL = 2**20
"""Up to this size a part may be packed as well as it likes."""
CHUNK = 2**16

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)

OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
ENCRYPTED_FLAG = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")

MACROS = re.compile(r"vbaproject|macrosheets/|dialogsheets/|activex/|ctrlprops/", re.IGNORECASE)
OUTSIDE = re.compile(r"externallinks/|connections\.xml|querytables/|webextensions/", re.IGNORECASE)
NESTED = re.compile(
    r"embeddings/|\.(zip|xls[xmb]?|doc[xm]?|ppt[xm]?|jar|gz|7z|rar)$", re.IGNORECASE
)


class Unreadable(Exception):
    """A file that is no such table as is asked for, with the sentence that says why and where."""


class Outside(Unreadable):
    """A part that leads out of its document: the kind of the relationship, and its target."""

    def __init__(self, sentence: str, kind: str = "", target: str = "") -> None:
        super().__init__(sentence)
        self.kind, self.target = kind, target


Watch = Callable[[expat.XMLParserType, bytes], bytes]
"""Given the parser of a part and the next piece of the part, it answers with what of it is to be
parsed.
"""


def check_archive(content: bytes, *, watch: Callable[[str], Watch | None] | None = None) -> None:
    """Pass a workbook whose parts are few, small when unpacked, and plain XML without macros, links
    or entities.

    What the directory declares is judged first; then every part is unpacked in pieces, and no
    further than allowed. `watch` is asked by a part's name for who looks on while it is parsed.
    """
    if content.startswith(OLD_OR_ENCRYPTED):
        raise Unreadable(
            _("The file is encrypted or in the old XLS format. Save it as XLSX without a password.")
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive.infolist())
            left = {False: MOST_UNPACKED, True: MOST_SHEET}
            for part in archive.infolist():
                is_sheet = SHEET.fullmatch(part.filename) is not None
                watching = watch(part.filename) if watch else None
                left[is_sheet] = _check_part(archive, part, left[is_sheet], watching)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise Unreadable(
            _("The file is not a whole XLSX workbook: it cannot be unpacked.")
        ) from error


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Unreadable(
            _("The file has more than %(most)s parts inside.") % {"most": in_locale(MOST_PARTS)}
        )
    names = [part.filename.lower() for part in parts]
    for part, name in zip(parts, names, strict=True):
        if names.count(name) > 1:
            raise _refusal(part, _("it stands twice in the file"))
        if why := _why_unsafe(part, name):
            raise _refusal(part, why)
    for most, is_sheet in ((MOST_UNPACKED, False), (MOST_SHEET, True)):
        sizes = [
            part.file_size
            for part in parts
            if (SHEET.fullmatch(part.filename) is not None) == is_sheet
        ]
        if sum(sizes) > most:
            raise too_large(is_sheet=is_sheet)


def _why_unsafe(part: zipfile.ZipInfo, name: str) -> str:
    """Say what speaks against a part by what the directory declares of it, "" when nothing does."""
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        return _("its name leads out of the file")
    if part.flag_bits & ENCRYPTED_FLAG:
        return _("it is encrypted")
    if MACROS.search(name):
        return _("it holds a program (macro)")
    if OUTSIDE.search(name):
        return _("it fetches data from outside the file")
    if NESTED.search(name):
        return _("it is a file within the file")
    if part.compress_type not in METHODS:
        return _("it is packed in an unusual way")
    if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
        return _("it unpacks to far more than a spreadsheet holds")
    return ""


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, watching: Watch | None = None
) -> int:
    """Unpack one part and parse it, if it is XML; answers with how many bytes the others may still
    unpack to.
    """
    parser, is_well_formed = _parser(part), True
    for number, chunk in enumerate(_unpack(archive, part)):
        left -= len(chunk)
        if left < 0:
            raise too_large(is_sheet=SHEET.fullmatch(part.filename) is not None)
        if number == 0 and chunk.startswith(PACKED):
            raise _refusal(part, _("it is a file within the file"))
        piece = watching(parser, chunk) if watching else chunk
        is_well_formed = is_well_formed and _parses(parser, piece)
    is_well_formed = is_well_formed and _parses(
        parser, b"", is_last=True
    )  # expat may put off the last bytes until then
    if not is_well_formed and part.filename.lower().endswith((".xml", ".rels")):
        raise _refusal(part, _("it is not well-formed"))
    # a part of another name may be a picture or the like: no reader of XML gets further than ours
    return left


def _parses(parser: expat.XMLParserType, chunk: bytes, *, is_last: bool = False) -> bool:
    try:
        parser.Parse(chunk, is_last)
    except (expat.ExpatError, LookupError, ValueError):
        return False
    return True


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def check_relationships(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, also: tuple[str, ...]
) -> None:
    """Refuse a list of relationships that leads out of its document (`Outside`), other than by
    links to click on, by the types in `also`, and to the writer's own disk: such a template or
    picture is a name that leads nowhere.
    """
    parser = _parser(part, also)
    is_well_formed = all(_parses(parser, piece) for piece in _unpack(archive, part))
    if not is_well_formed or not _parses(parser, b"", is_last=True):
        raise _refusal(part, _("it is not well-formed"))


OWN_DISK = re.compile(r"(/?[a-z]:)?(/(?!/))?[^/:?|][^:?|]*", re.IGNORECASE)
"""A way on one's own disk, its slashes turned: no scheme and no server before it."""


def is_on_own_disk(target: str) -> bool:
    """Say whether a target is a file on the writer's own disk, not an address and not a share on a
    server.
    """
    way = unquote(target).strip()
    scheme = re.match(r"file:(//(localhost)?(?=/))?", way, re.IGNORECASE)
    return OWN_DISK.fullmatch(way[scheme.end() if scheme else 0 :].replace("\\", "/")) is not None


def _parser(part: zipfile.ZipInfo, also: tuple[str, ...] = ()) -> expat.XMLParserType:
    """Make a parser that stops where a document type begins, in whatever encoding, and at a
    relationship to the outside.
    """

    def doctype(*_args: object) -> None:
        raise _refusal(part, _("it declares a document type (DOCTYPE) or entities"))

    def element(name: str, attributes: dict[str, str]) -> None:
        leads_out = name.endswith("Relationship") and attributes.get("TargetMode") == "External"
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if not leads_out or kind.endswith(("/hyperlink", *also)) or is_on_own_disk(target):
            return
        sentence = str(_refusal(part, _("it fetches data from outside the file")))
        raise Outside(sentence, kind.rpartition("/")[2], target)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    if part.filename.lower().endswith(".rels"):
        parser.StartElementHandler = element
    return parser


def _refusal(part: zipfile.ZipInfo, why: str) -> Unreadable:
    return Unreadable(
        _("The part “%(part)s” of the file is refused: %(why)s.")
        % {"part": part.filename[:80], "why": why}
    )


def too_large(*, is_sheet: bool = False) -> Unreadable:
    if is_sheet:
        return Unreadable(
            _(
                "Unpacked, the sheets are larger than %(most)s MB. Rows or columns that "
                "look empty hold"
                " formats: copy the table itself into a new workbook."
            )
            % {"most": in_locale(MOST_SHEET // 2**20)}
        )
    return Unreadable(
        _("Unpacked, the file is larger than %(most)s MB.")
        % {"most": in_locale(MOST_UNPACKED // 2**20)}
    )
