"""A long paper set piece by piece, two at a time, and joined: tags, outline and numbers of pages
whole. A piece takes its memory along when its process ends.
"""

import errno
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from django.conf import settings
from pikepdf import Dictionary, Name, ObjectStreamMode, OutlineItem, make_page_destination

from cycles.ui.files import FULL_DISK
from cycles.ui.piece import NUMBERS

AT_ONCE = 2
PAUSE = 0.2

Tell = Callable[[str, int], None]
Numbering = Callable[[Sequence[bool]], str]
"""Composes the page that holds nothing but numbers of pages, for pages that lie `across` or not."""


def typeset(pages: Sequence[str], *, numbering: Numbering, tell: Tell) -> bytes:
    """Set a paper of which each of these pages is a piece, without numbers of its own."""
    names = [str(number) for number in range(len(pages))]
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, page in zip(names, pages, strict=True):
            (folder / f"{name}.html").write_text(page)
        _draw(folder, names, tell)
        with pikepdf.open(folder / f"{names[0]}.pdf") as whole:
            outline = _headings(folder, names[0], 0)
            for name in names[1:]:
                outline += _headings(folder, name, len(whole.pages))
                with pikepdf.open(folder / f"{name}.pdf") as piece:
                    _append(whole, piece)
            _write_outline(whole, outline)
            across = [page.mediabox[2] > page.mediabox[3] for page in whole.pages]
            (folder / f"{NUMBERS}.html").write_text(numbering(across))
            _draw(folder, [NUMBERS], lambda step, percent: tell("pdf", 90))
            with pikepdf.open(folder / f"{NUMBERS}.pdf") as numbers:
                _number(whole, numbers)
            written = io.BytesIO()
            whole.save(
                written,
                object_stream_mode=ObjectStreamMode.generate,  # a quarter of the size
                deterministic_id=True,
                fix_metadata_version=False,
            )
    return written.getvalue()


# --- Pieces -------------------------------------------------------------------------------------


def _draw(folder: Path, names: Sequence[str], tell: Tell) -> None:
    """Have these pieces set, as many at once as there may be; ends them all where one fails."""
    waiting, running, done = list(names), dict[str, subprocess.Popen[bytes]](), 0
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                name = waiting.pop(0)
                running[name] = _start(folder, name)
            time.sleep(PAUSE)
            for name, process in list(running.items()):
                if process.poll() is not None:
                    del running[name]
                    _refuse_failure(name, process.returncode)
                    done += 1
            tell("layout", 15 + 70 * done // len(names))
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def _start(folder: Path, name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cycles.ui.piece", str(folder), name]
    return subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603 -- our own program


def _refuse_failure(name: str, code: int) -> None:
    """Raise what a piece has failed of, as if it had been set here."""
    if code == errno.ENOMEM:
        raise MemoryError
    if code in FULL_DISK:
        raise OSError(code, os.strerror(code))
    if code:
        raise RuntimeError(f"piece {name} of a paper ended with {code}")


# --- Joining ------------------------------------------------------------------------------------


def _append(whole: pikepdf.Pdf, piece: pikepdf.Pdf) -> None:
    """Add the pages of a piece, with the tags that lie over them."""
    first = len(whole.pages)
    whole.pages.extend(piece.pages)
    tree = whole.Root.StructTreeRoot
    copied = whole.copy_foreign(piece.Root.StructTreeRoot)
    numbers = tree.ParentTree.Nums
    offset = len(numbers) // 2
    for index, entry in enumerate(copied.ParentTree.Nums):
        numbers.append(entry if index % 2 else int(entry) + offset)
    document = tree.K[0]
    for element in copied.K[0].K:
        element.P = document
        document.K.append(element)
    for page in list(whole.pages)[first:]:
        page.StructParents = int(page.StructParents) + offset
        for annotation in page.get("/Annots", []):
            if "/StructParent" in annotation:
                annotation.StructParent = int(annotation.StructParent) + offset


def _headings(folder: Path, name: str, first: int) -> list[list[Any]]:
    """Read the headings of a piece, its pages counted from the first of the whole paper."""
    found: list[list[Any]] = json.loads((folder / f"{name}.json").read_text())
    return [[first + page, *rest] for page, *rest in found]


def _write_outline(whole: pikepdf.Pdf, headings: Sequence[list[Any]]) -> None:
    with whole.open_outline() as outline:
        outline.root.clear()
        above: list[tuple[int, list[OutlineItem]]] = [(0, outline.root)]
        for page, level, text, x, y in headings:
            while above[-1][0] >= level:
                above.pop()
            place = make_page_destination(whole, page, "XYZ", left=x, top=y, zoom=0)
            item = OutlineItem(text, place)
            above[-1][1].append(item)
            above.append((level, item.children))


def _number(whole: pikepdf.Pdf, numbers: pikepdf.Pdf) -> None:
    """Lay the number of each page over it, as what screen readers pass over."""
    for page, number in zip(whole.pages, numbers.pages, strict=True):
        drawn = whole.copy_foreign(number.as_form_xobject())
        resources = Dictionary(dict(page.Resources.items()))  # pages of a piece share theirs
        resources.XObject = Dictionary(dict(resources.get("/XObject", Dictionary()).items()))
        page.Resources = resources
        name = page.add_resource(drawn, Name.XObject)
        laid_over = f"Q /Artifact <</Type /Pagination>> BDC q {name} Do Q EMC"
        page.contents_add(b"q ", prepend=True)
        page.contents_add(laid_over.encode(), prepend=False)
