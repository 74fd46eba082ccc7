"""Files as people and attackers make them: small documents of every kind."""

import zipfile
import zlib
from io import BytesIO

from PIL import Image

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONSHIPS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{rows}</Relationships>"
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(*parts: tuple[str, str | bytes], packed: bool = True) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as made:
        for name, text in parts:
            made.writestr(name, text)
    return content.getvalue()


def docx(*parts: tuple[str, str | bytes], types: str = TYPES) -> bytes:
    return archive(("[Content_Types].xml", types), ("word/document.xml", "<document/>"), *parts)


def xlsx(*parts: tuple[str, str | bytes]) -> bytes:
    return archive(("[Content_Types].xml", TYPES), ("xl/workbook.xml", "<workbook/>"), *parts)


def pptx(*parts: tuple[str, str | bytes]) -> bytes:
    return archive(("[Content_Types].xml", TYPES), ("ppt/presentation.xml", "<presentation/>"), *parts)


def opendocument(kind: str, *parts: tuple[str, str | bytes]) -> bytes:
    first = ("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    return archive(first, ("content.xml", "<content/>"), ("META-INF/manifest.xml", "<manifest/>"), *parts)


def relationship(kind: str, target: str) -> str:
    row = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    return RELATIONSHIPS.format(rows=row)


def pdf(pages: int = 1, more: str = "") -> bytes:
    """A whole PDF with its table of places, each page with a black square."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(pages))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    for n in range(pages):
        drawing = "0 0 0 rg 100 100 200 200 re f"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * n} 0 R /Resources << >> >>"
        objects += [page, f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream"]
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {more}>>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode() + end.encode()


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    content = BytesIO()
    Image.new("RGB", size, "white").save(content, kind)
    return content.getvalue()


def huge_picture() -> bytes:
    """A PNG of a few hundred bytes that says it is 40,000 pixels wide and high."""
    content = bytearray(picture(size=(4, 4)))
    content[16:24] = (40_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)
