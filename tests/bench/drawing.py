"""`python -m tests.bench.drawing DATABASE EDITION`: the report drawn up in a process of its own, as a recycled worker
does it, and the floor in the same process after it; prints what it took as JSON."""

import io
import json
import os
import re
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

from festival import datafiles, figures, pdf, report
from festival.models import Edition
from tests.bench import peak

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)


def drawn(edition: Edition, at: Any) -> dict[str, Any]:
    """The Persian report of an edition, to read and for archives with its data; floor: its tables set bare."""
    data = datafiles.attachments(edition.data_files.all())
    before, began = peak(), time.perf_counter()
    facts = report.gather(edition, at)
    held = figures.record(facts)
    data.append((figures.FILE, figures.written(held, edition=edition, at=at)))
    papers = pdf.article_82(facts, language="fa", attachments=data)
    value, most = time.perf_counter() - began, peak()
    tables = "".join(TABLE.findall(pdf.page(facts, language="fa")))
    began = time.perf_counter()
    weasyprint.HTML(string=f'<html lang="fa" dir="rtl"><body>{tables}</body></html>').write_pdf()
    floor = time.perf_counter() - began
    pages = len(pypdf.PdfReader(io.BytesIO(papers.reading)).pages)
    sizes = {"reading": len(papers.reading), "archive": len(papers.archive)}
    return {"value": value, "floor": floor, "peak": most, "before": before, "pages": pages} | sizes


if __name__ == "__main__":
    connections["default"].settings_dict["NAME"] = sys.argv[1]
    with override_settings(DEBUG=False):
        edition = Edition.objects.select_related("cycle", "run").get(pk=sys.argv[2])
        print(json.dumps(drawn(edition, edition.ranked_at)))
