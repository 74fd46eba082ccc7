"""`python -m cycles.ui.piece FOLDER NAME`: sets one piece of a long paper in a process of its own.

Reads NAME.html, writes NAME.pdf and, of a tagged piece, its headings as NAME.json. Without tags
where NAME is `numbers`.
"""

import errno
import gc
import json
import os
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import weasyprint

from cycles.ui import pdf

NUMBERS = "numbers"
"""The piece that holds the numbers of pages alone."""

POINTS = 0.75
"""Of a pixel."""


def set_piece(folder: Path, name: str) -> None:
    document = pdf.laid_out((folder / f"{name}.html").read_text())
    # the boxes from which the pages were laid out hold each other: a fifth of all memory
    gc.collect()
    target = folder / f"{name}.pdf"
    if name == NUMBERS:
        document.write_pdf(target)
        return
    (folder / f"{name}.json").write_text(json.dumps(_headings(document)))
    document.write_pdf(
        target,
        finisher=partial(_rename_headers, name),
        pdf_variant="pdf/ua-1",
        output_intent="srgb",
    )


def _headings(document: weasyprint.Document) -> list[list[Any]]:
    """List page, level, text and place of each heading, for the outline of the whole paper."""
    found = []
    for number, page in enumerate(document.pages):
        for level, text, (x, y), _state in page.bookmarks:
            found.append([number, level, text, x * POINTS, (page.height - y) * POINTS])
    return found


def _rename_headers(name: str, document: weasyprint.Document, written: Any) -> None:
    """Give the header cells of this piece names that no other piece has; cells that refer to them
    hold the same objects.
    """
    for each in written.objects:
        if isinstance(each, dict) and "ID" in each:
            each["ID"].string = f"{name}-{each['ID'].string}"


def _end_with(parent: int) -> None:
    """End when whoever wants the piece has ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(errno.ESRCH)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        set_piece(Path(sys.argv[1]), sys.argv[2])
    except MemoryError:
        sys.exit(errno.ENOMEM)
    except OSError as error:
        sys.exit(error.errno or errno.EIO)
