"""`python -m tests.bench.drawing WHAT DATABASE EDITION`, in a process of its own as a recycled
worker does it: the report drawn up (`report`), or its tables set bare, over and over (`tables`);
prints what it took as JSON.
"""

import io
import json
import os
import re
import resource
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

import config.wsgi  # noqa: F401, I001 -- sets up what a web process is
import pypdf
import weasyprint
from django.db import connections
from django.test import override_settings

from festival.open_data import files as open_data_files
from festival.report import figures
from festival.report import paper as report_paper
from festival.report import facts as report_facts
from festival.models import Edition
from tests.bench import peak

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
TIMES = 2
"""How often the bare tables are set."""


def drawn(edition: Edition) -> dict[str, Any]:
    """The Persian report of an edition, to read and for archives with its data."""
    at, data = edition.ranked_at, open_data_files.attachments(edition.data_files.all())
    began = time.perf_counter()
    facts = report_facts.gather(edition, at)
    held = figures.record(facts)
    data.append((figures.FILE, figures.figures_file(held, edition=edition, at=at)))
    papers = report_paper.article_82(facts, language="fa", attachments=data)
    pieces = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    took = {"seconds": time.perf_counter() - began, "peak": peak(), "pieces": pieces}
    pages = len(pypdf.PdfReader(io.BytesIO(papers.reading)).pages)
    return took | {"pages": pages, "reading": len(papers.reading), "archive": len(papers.archive)}


def bare(edition: Edition) -> dict[str, Any]:
    """The tables of the same report set with no style of ours, no tags and no data, by the mean of
    a few times.
    """
    tables = "".join(
        TABLE.findall(
            report_paper.page(report_facts.gather(edition, edition.ranked_at), language="fa")
        )
    )
    began = time.perf_counter()
    for _time in range(TIMES):
        weasyprint.HTML(
            string=f'<html lang="fa" dir="rtl"><body>{tables}</body></html>'
        ).write_pdf()
    return {"seconds": (time.perf_counter() - began) / TIMES}


if __name__ == "__main__":
    connections["default"].settings_dict["NAME"] = sys.argv[2]
    with override_settings(DEBUG=False):
        edition = Edition.objects.select_related("cycle", "run").get(pk=sys.argv[3])
        print(json.dumps({"report": drawn, "tables": bare}[sys.argv[1]](edition)))
