"""Pictures of documents, drawn by programs that may use little and from which nothing but pixels comes back."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

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
    """By poppler; what it says is of no interest, and half of its pages are better than none."""
    scale, pages = ["-scale-to", str(WIDEST)], ["-f", "1", "-l", str(MOST_PAGES)]
    program = ["pdftoppm", "-png", "-q", *scale, *pages, str(document), str(place / "page")]
    try:
        subprocess.run(  # noqa: S603 -- our own words, and a file name of our own making
            [sys.executable, "-I", "-c", _LIMITED, *program],
            cwd=place,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return


def _draw_image(file: IO[bytes], place: Path) -> None:
    """Decoded and written anew, so that nothing but its pixels is kept."""
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                return
            image.draft("RGB", (WIDEST, WIDEST))  # a JPEG is decoded no larger than needed
            drawn = ImageOps.exif_transpose(image).convert("RGB")
            drawn.thumbnail((WIDEST, WIDEST))
            drawn.save(place / "page-1.png")
    except OSError as error:
        if error.errno is not None:  # the disk's fault, not the picture's: the job is tried again
            raise
    except (
        ValueError,
        SyntaxError,
        MemoryError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return
