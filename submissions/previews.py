"""Pictures of documents, drawn by programs that may use little and from which nothing but pixels comes back."""

import base64
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cycles import sandbox

MOST_PAGES = 10
WIDEST = 1200
"""Pixels of the longer side; small print of an A4 page can be read."""

MOST_PIXELS = 60_000_000
"""Of the picture as it was uploaded: a photograph has 50 million at most."""

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


def draw(file: IO[bytes], content_type: str) -> list[ContentFile]:
    """PNG pictures of the first pages of a PDF, or of a picture itself; none where it is no such or cannot be drawn."""
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        place = Path(folder)
        if content_type == "application/pdf":
            _draw_pages(_copied(file, place), place)
        elif content_type.startswith("image/"):
            _draw_image(file, place)
        drawn = sorted(place.glob("page-*.png"), key=lambda path: int(path.stem.rpartition("-")[2]))
        return [ContentFile(path.read_bytes()) for path in drawn[:MOST_PAGES]]


def _copied(file: IO[bytes], place: Path) -> Path:
    """The content as a file of its own, wherever it is stored."""
    copy = place / "document.pdf"
    with copy.open("wb") as target:
        while piece := file.read(CHUNK):
            target.write(piece)
    return copy


def _draw_pages(document: Path, place: Path) -> None:
    """By poppler; what it says is of no interest, and half of its pages are better than none.

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
        raise sandbox.Exceeded(_("Drawing the pages of this file takes more time or memory than one file may take."))


def _draw_image(file: IO[bytes], place: Path) -> None:
    """By Pillow, in a process of its own; a picture that takes too much of it, or is none, is not drawn."""
    try:
        drawn = sandbox.run("submissions.previews:shrunk", file, limits=sandbox.PICTURE, refusal=Undrawable)
    except (Undrawable, sandbox.Broken):
        return
    (place / "page-1.png").write_bytes(base64.b64decode(drawn))


class Undrawable(Exception):
    """A content that is no picture, or one of more pixels than a photograph has."""


def shrunk(file: IO[bytes]) -> bytes:
    """The picture as a PNG of at most `WIDEST`: decoded and written anew, so that nothing but its pixels is kept."""
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Undrawable
            image.draft("RGB", (WIDEST, WIDEST))  # a JPEG is decoded no larger than needed
            drawn = ImageOps.exif_transpose(image).convert("RGB")
            drawn.thumbnail((WIDEST, WIDEST))
            content = BytesIO()
            drawn.save(content, "PNG")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise Undrawable from error
    return content.getvalue()
