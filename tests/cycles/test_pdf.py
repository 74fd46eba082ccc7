"""Papers for archives: what is made of a paper to read."""

import io
from datetime import UTC, datetime

import pypdf

from cycles import pdf

AT = datetime(2026, 9, 1, tzinfo=UTC)
PAGE = '<html lang="fa"><title>گزارش</title><p><a href="https://example.org/">نشانی</a></p></html>'


def _archived(*attachments: tuple[str, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.archival(pdf.typeset(PAGE), attachments, at=AT)))


def test_links_are_flagged_to_print_with_their_page():
    [link] = _archived().pages[0]["/Annots"]

    assert link.get_object()["/F"] == pdf.PRINTED


def test_attached_files_keep_their_bytes_name_kind_and_date():
    read = _archived(("lines.csv", "کد\n".encode()))

    [held] = read.trailer["/Root"]["/AF"]
    file = held.get_object()
    stream = file["/EF"]["/F"].get_object()
    assert (file["/UF"], stream["/Subtype"], stream.get_data()) == ("lines.csv", "/text/csv", "کد\n".encode())
    assert stream["/Params"]["/ModDate"].startswith("D:20260901")


def test_the_same_paper_is_archived_in_the_same_bytes():
    reading = pdf.typeset(PAGE)

    first, second = (pdf.archival(reading, [("a.json", b"{}")], at=AT) for _time in range(2))

    assert first == second
