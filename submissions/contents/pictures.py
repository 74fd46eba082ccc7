"""Pictures drawn anew, so that nothing but their pixels is kept: on white, and in pages that can be
read.
"""

from io import BytesIO
from math import ceil
from typing import IO

import pi_heif
from PIL import Image, ImageOps

pi_heif.register_heif_opener()

MOST_PAGES = 10
"""Pictures that are drawn of one file."""

WIDEST = 1200
"""Pixels of the longer side; small print of an A4 page can be read."""

LONGEST = 2
"""How many times longer than wide a picture is drawn whole; one that is
longer is cut into pages.
"""

OVERLAP = 40
"""Pixels that a page repeats of the one before, so that no line of writing is only cut in two."""

MOST_PIXELS = 60_000_000
"""Of the picture as it was uploaded: a photograph has 50 million at most."""

MOST_BYTES = 30 * 2**20
"""Of all pages together, as they are handed back."""

FORMATS = {
    "image/png": ("PNG",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
}
"""What may be in a file of each type, so that no other decoder is let near it."""


class Undrawable(Exception):
    """A content that is no picture, or one of more pixels than a photograph has."""


Box = tuple[int, int, int, int]


def pages(file: IO[bytes], content_type: str) -> tuple[list[bytes], int]:
    """Draw the first pages of a picture as PNG, and count how many it has altogether."""
    drawn: list[bytes] = []
    try:
        with Image.open(file, formats=FORMATS[content_type]) as image:
            sheets = getattr(image, "n_frames", 1) if content_type == "image/tiff" else 1
            whole = sheets
            for number in range(sheets):
                sheet = _sheet(image, number)
                boxes = _boxes(sheet)
                whole += len(boxes) - 1
                drawn += [_png(sheet.crop(box)) for box in boxes[: MOST_PAGES - len(drawn)]]
                if len(drawn) == MOST_PAGES or sum(map(len, drawn)) > MOST_BYTES:
                    break
    except (
        Undrawable,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        if not drawn:
            raise Undrawable from error
    return drawn, whole


def _sheet(image: Image.Image, number: int) -> Image.Image:
    """Read one sheet of a scan, or the picture itself: upright, on white, no larger than it is
    drawn.
    """
    if number:
        image.seek(number)
    if image.width * image.height > MOST_PIXELS:
        raise Undrawable
    image.draft("RGB", (WIDEST, WIDEST))  # a JPEG is decoded no larger than needed
    return _on_white(_shrunk(ImageOps.exif_transpose(_in_eight_bits(image))))


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Bring shades of grey that a scanner wrote in more bits than a screen shows into eight; leave
    other modes as Pillow knows them.
    """
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        shades = image if image.mode == "F" else image.convert("I")
        least, most = _range(shades)
        scale = 255 / (most - least or 1)
        return shades.point(lambda value: value * scale - least * scale).convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.has_transparency_data and image.mode != "LA":
        return image.convert("RGBA")
    return image.convert("L") if image.mode == "1" else image


def _range(shades: Image.Image) -> tuple[float, float]:
    """Find the values of black and white: of whole numbers the sixteen bits of a scanner, where
    they fit.
    """
    found: tuple[float, float] = shades.getextrema()  # type: ignore[assignment]
    if shades.mode == "I" and found[0] >= 0 and found[1] < 2**16:
        return 0, 2**16 - 1
    return (0, 1) if shades.mode == "F" and found[0] >= 0 and found[1] <= 1 else found


def _shrunk(image: Image.Image) -> Image.Image:
    """Shrink a picture to the size in which it is drawn: whole within a square, or, where it is
    long, by its shorter side.
    """
    longer, shorter = max(image.size), min(image.size)
    scale = min(1, WIDEST / (longer if longer <= LONGEST * shorter else shorter))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return (
        image
        if size == image.size
        else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    )


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("RGBA", "LA"):
        return image.convert("L" if image.mode == "L" else "RGB")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def _boxes(image: Image.Image) -> list[Box]:
    """Part a picture into pages, from its top or its left: as many as it takes for each to
    be read.
    """
    longer, shorter = max(image.size), min(image.size)
    if longer <= LONGEST * shorter or longer <= WIDEST:
        return [(0, 0, image.width, image.height)]
    count = ceil((longer - OVERLAP) / (max(WIDEST, shorter * 7 // 5) - OVERLAP))
    step = (longer - OVERLAP) / count
    places = [(round(step * n), min(longer, round(step * (n + 1)) + OVERLAP)) for n in range(count)]
    if image.height == longer:
        return [(0, begins, image.width, ends) for begins, ends in places]
    return [(begins, 0, ends, image.height) for begins, ends in places]


def _png(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
