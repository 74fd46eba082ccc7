"""Papers for archives: what is made of a paper to read."""

import io
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdf
import pytest
from django.conf import settings

from cycles.ui import pdf

AT = datetime(2026, 9, 1, tzinfo=UTC)
PAGE = '<html lang="fa"><title>گزارش</title><p><a href="https://example.org/">نشانی</a></p></html>'


def _archival_paper(*attachments: tuple[str, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.archival(pdf.typeset(PAGE), attachments, at=AT)))


def test_links_are_flagged_to_print_with_their_page():
    [link] = _archival_paper().pages[0]["/Annots"]

    assert link.get_object()["/F"] == pdf.PRINTED


def test_attached_files_keep_their_bytes_name_kind_and_date():
    read = _archival_paper(("lines.csv", "کد\n".encode()))

    [held] = read.trailer["/Root"]["/AF"]
    file = held.get_object()
    stream = file["/EF"]["/F"].get_object()
    assert (file["/UF"], stream["/Subtype"], stream.get_data()) == (
        "lines.csv",
        "/text/csv",
        "کد\n".encode(),
    )
    assert stream["/Params"]["/ModDate"].startswith("D:20260901")


def test_the_same_paper_is_archived_in_the_same_bytes():
    reading = pdf.typeset(PAGE)

    first, second = (pdf.archival(reading, [("a.json", b"{}")], at=AT) for _time in range(2))

    assert first == second


# --- What a paper may load ----------------------------------------------------------------------


@pytest.fixture
def asked():
    """The addresses that a server on loopback is asked for."""
    addresses = []

    class Keeps(BaseHTTPRequestHandler):
        def do_GET(self):
            addresses.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, addresses
    server.shutdown()
    server.server_close()


def test_a_paper_asks_no_server_and_reads_no_file_but_ours(asked, tmp_path):
    port, addresses = asked
    (tmp_path / "secret.css").write_text("p::after { content: 'a secret' }")
    page = f"""<p>text</p>
        <img src="http://127.0.0.1:{port}/picture.png">
        <link rel="stylesheet" href="http://127.0.0.1:{port}/style.css">
        <link rel="stylesheet" href="{(tmp_path / "secret.css").as_uri()}">
        <link rel="attachment" href="file:///etc/passwd">
        <img src="file:///etc/passwd">
        <style>@import url("http://127.0.0.1:{port}/more.css"); p {{ background: url(file:///etc/passwd) }}</style>"""

    written = pypdf.PdfReader(io.BytesIO(pdf.typeset(page)))

    assert addresses == []
    assert written.attachments == {}
    assert written.pages[0].extract_text().strip() == "text"


@pytest.mark.parametrize(
    "address",
    (
        "file:///etc/passwd", "file://elsewhere/etc/passwd", "http://127.0.0.1/", "https://portal.example/", "ftp://x/y",
        f"{(pdf.FONTS / '..' / '..' / 'manage.py').as_uri()}", f"{settings.BASE_DIR.as_uri()}/static/%2e%2e/manage.py",
    ),
)  # fmt: skip
def test_what_is_not_the_portals_own_is_refused_by_name(address):
    with pytest.raises((PermissionError, ValueError)):
        pdf.OwnFiles().fetch(address)


def test_the_portals_own_styles_and_what_stands_in_a_paper_are_loaded():
    style = (settings.BASE_DIR / "static" / "css" / "report.css").as_uri()

    assert pdf.OwnFiles().fetch(style).read()
    assert pdf.OwnFiles().fetch("data:text/plain,here").read() == b"here"
