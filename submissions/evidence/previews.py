"""What is shown of a file beside a line: read and drawn in processes that may use little, from
which only data come.
"""

import base64
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from cycles import sandbox
from submissions.contents.pictures import MOST_PAGES, WIDEST, Undrawable

SECONDS, MEGABYTES = 60, 1024
CHUNK = 2**20
_LIMITED = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEGABYTES * 2**20},) * 2)
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS},) * 2)
resource.setrlimit(resource.RLIMIT_FSIZE, ({100 * 2**20},) * 2)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Puts a process under limits and becomes the program it is given."""


@dataclass(frozen=True)
class Preview:
    """What there is to show of a file: pictures of its first pages, its words, and what it holds
    beside them.
    """

    pictures: list[ContentFile] = field(default_factory=list)
    page_count: int = 0
    excerpt: str = ""
    inside: dict[str, object] = field(default_factory=dict)


def preview(file: IO[bytes], content_type: str) -> Preview:
    """Read and draw what can be shown of a file; of one that can be neither read nor drawn there is
    nothing.
    """
    try:
        found = sandbox.run(
            "submissions.contents.reading:read",
            file,
            content_type,
            limits=sandbox.PICTURE,
            refusal=Undrawable,
        )
    except (Undrawable, sandbox.Broken):
        found = {}
    pictures = [ContentFile(base64.b64decode(drawn)) for drawn in found.pop("pictures", [])]
    if content_type == "application/pdf":
        pictures = _page_pictures(file)
    return Preview(pictures=pictures, **found)


def _page_pictures(file: IO[bytes]) -> list[ContentFile]:
    """Draw the first pages of a PDF as PNG."""
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        place = Path(folder)
        _draw_pages(_copy(file, place), place)
        drawn = sorted(place.glob("page-*.png"), key=lambda path: int(path.stem.rpartition("-")[2]))
        return [ContentFile(path.read_bytes()) for path in drawn[:MOST_PAGES]]


def _copy(file: IO[bytes], place: Path) -> Path:
    """Copy the content to a file of its own, wherever it is stored."""
    file.seek(0)
    copy = place / "document.pdf"
    with copy.open("wb") as target:
        while piece := file.read(CHUNK):
            target.write(piece)
    return copy


def _draw_pages(document: Path, place: Path) -> None:
    """Draw pages with poppler; what it says is of no interest, and half of its pages are better
    than none.

    One that is ended before its first page costs more than a file may.
    """
    scale, pages = ["-scale-to", str(WIDEST)], ["-f", "1", "-l", str(MOST_PAGES)]
    program = ["pdftoppm", "-png", "-q", *scale, *pages, str(document), str(place / "page")]
    try:
        done = subprocess.run(  # noqa: S603 -- our own words, and a file name of our own making
            [sys.executable, "-I", "-c", _LIMITED, *program],
            cwd=place,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
        was_ended = done.returncode < 0
    except subprocess.TimeoutExpired:
        was_ended = True
    if was_ended and not any(place.glob("page-*.png")):
        raise sandbox.Exceeded(
            _("Drawing the pages of this file takes more time or memory than one file may take.")
        )
