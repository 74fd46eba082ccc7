"""PDF files out of templates; no database is touched here."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation

from cycles.ui import long_paper
from cycles.ui.pdf import archival, typeset
from festival.report import texts as report_texts
from festival.report.contents import Facts
from festival.report.pieces import ROWS, Piece, cut


class Papers(NamedTuple):
    """The report in one language: for readers (PDF/UA), and for archives with its data attached
    (PDF/A-3).
    """

    reading: bytes
    archive: bytes


NO_TEXTS: Mapping[str, str] = {}


def article_82(
    facts: Facts,
    *,
    language: str,
    reference: str = "",
    texts: Mapping[str, str] = NO_TEXTS,
    attachments: Sequence[tuple[str, bytes]] = (),
    tell: Callable[[str, int], None] = lambda step, percent: None,
    rows: int = ROWS,
) -> Papers:
    """Draw the Article 82 report in one language, painted once; `tell` hears the step and the
    percent done.

    `reference` is the report's number; `texts` what people wrote in place of the drafts, by
    chapter. Where the annex has more than so many `rows`, the report is set in pieces.
    """
    tell("write", 10)
    pages = [
        page(facts, language=language, reference=reference, texts=texts, piece=piece)
        for piece in cut(facts.groups, rows=rows)
    ]
    if len(pages) > 1:
        reading = long_paper.typeset(pages, numbering=partial(_numbers, language), tell=tell)
    else:
        with _progress_told_to(tell):
            reading = typeset(pages[0])
    return Papers(reading, archival(reading, attachments, at=facts.at))


def page(
    facts: Facts,
    *,
    language: str,
    reference: str = "",
    texts: Mapping[str, str] = NO_TEXTS,
    piece: Piece | None = None,
) -> str:
    """Draw the report, or a piece of it, as one page of HTML."""
    with translation.override(language):
        context = {
            "facts": facts,
            "edition": facts.edition,
            "texts": report_texts.chapter_texts(facts, texts),
            "reference": reference,
            "piece": piece or Piece(facts.groups, is_first=True, is_last=True),
        }
        return render_to_string("festival/report/report.html", context)


def _numbers(language: str, across: Sequence[bool]) -> str:
    """Draw the numbers of the report's pages, some of which lie across, as one page of HTML."""
    with translation.override(language):
        return render_to_string("festival/report/report_numbers.html", {"pages": across})


STEPS = {"4": ("layout", 40), "5": ("layout", 50), "6": ("pdf", 85), "7": ("pdf", 95)}
"""WeasyPrint's numbered steps as ours, with the percent done when each begins; the earlier ones
read styles.
"""


class _ProgressHandler(logging.Handler):
    """WeasyPrint's own progress messages as percent: "Step 5 - Creating layout - Page 12"."""

    def __init__(self, tell: Callable[[str, int], None]) -> None:
        super().__init__(logging.INFO)
        self.tell, self.last = tell, 10

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage().split(" - ")
        step, percent = STEPS.get(words[0].removeprefix("Step "), ("style", 20))
        page = words[2].removeprefix("Page ") if len(words) > 2 else ""
        if page.isdigit():
            percent += min(
                int(page), 30
            )  # how many pages there will be is not known before the last
        if percent > self.last:
            self.last = percent
            self.tell(step, percent)


@contextmanager
def _progress_told_to(tell: Callable[[str, int], None]) -> Iterator[None]:
    ear, logger = _ProgressHandler(tell), logging.getLogger("weasyprint.progress")
    level, logger.propagate = logger.level, False
    logger.setLevel(logging.INFO)
    logger.addHandler(ear)
    try:
        yield
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)
        logger.propagate = True
