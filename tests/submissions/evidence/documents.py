"""Files as people and attackers make them: small documents of every kind."""

import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from PIL import Image

TYPES = (
    '<?xml version="1.0"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONSHIPS = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{rows}</Relationships>"
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(*parts: tuple[str, str | bytes], packed: bool = True) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(
        content, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    ) as made:
        for name, text in parts:
            made.writestr(name, text)
    return content.getvalue()


def docx(*parts: tuple[str, str | bytes], types: str = TYPES) -> bytes:
    return archive(("[Content_Types].xml", types), ("word/document.xml", "<document/>"), *parts)


def xlsx(*parts: tuple[str, str | bytes]) -> bytes:
    return archive(("[Content_Types].xml", TYPES), ("xl/workbook.xml", "<workbook/>"), *parts)


def pptx(*parts: tuple[str, str | bytes]) -> bytes:
    return archive(
        ("[Content_Types].xml", TYPES), ("ppt/presentation.xml", "<presentation/>"), *parts
    )


def opendocument(kind: str, *parts: tuple[str, str | bytes]) -> bytes:
    first = ("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    return archive(
        first, ("content.xml", "<content/>"), ("META-INF/manifest.xml", "<manifest/>"), *parts
    )


def letterhead(target: str) -> bytes:
    """A Word file whose settings name the template that it was made from."""
    return docx(("word/_rels/settings.xml.rels", relationship("attachedTemplate", target)))


def relationship(kind: str, target: str) -> str:
    row = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    return RELATIONSHIPS.format(rows=row)


def pdf(pages: int = 1, more: str = "") -> bytes:
    """A whole PDF with its table of places, each page with a black square."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
    ]
    for n in range(pages):
        drawing = "0 0 0 rg 100 100 200 200 re f"
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * n} 0 R "
            f"/Resources << >> >>"
        )
        objects += [page, f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream"]
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R "
        f"{more}>>\nstartxref\n{len(content)}\n%%EOF\n"
    )
    return (
        content + f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode() + end.encode()
    )


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


# --- PDF documents with more to them ------------------------------------------------------------


def pdf_with(change: Callable[[pikepdf.Pdf], None], **saved: object) -> bytes:
    """A whole PDF to which something is done before it is saved."""
    content = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as document:
        change(document)
        document.save(content, **saved)  # type: ignore[arg-type]
    return content.getvalue()


def protected(*, user: str = "") -> bytes:
    """A PDF that only its owner may change, and that asks for a password where one is given."""
    return pdf_with(lambda _: None, encryption=pikepdf.Encryption(owner="owner", user=user))


def acting(kind: str, **more: object) -> bytes:
    """A PDF with an action that happens when it is opened."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(
            {"/S": pikepdf.Name(kind)} | {f"/{k}": v for k, v in more.items()}
        )

    return pdf_with(change)


def carrying(name: str, content: bytes) -> bytes:
    """A PDF with a file attached."""

    def change(document: pikepdf.Pdf) -> None:
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)

    return pdf_with(change)


def signed_pdf(name: str, organization: str, at: str = "D:20260302101500+03'30'") -> bytes:
    """A PDF with a signature field that holds a CMS signature, filled up with zeros as programs
    leave it.
    """

    def change(document: pikepdf.Pdf) -> None:
        held = _cms(name, organization) + bytes(500)
        field = pikepdf.Dictionary(
            FT=pikepdf.Name.Sig,
            T=pikepdf.String("Signature1"),
            V=document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Sig,
                    Filter=pikepdf.Name("/Adobe.PPKLite"),
                    SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
                    Contents=pikepdf.String(held),
                    ByteRange=pikepdf.Array([0, 10, 20, 30]),
                    M=pikepdf.String(at),
                )
            ),
        )
        document.Root.AcroForm = pikepdf.Dictionary(
            SigFlags=3, Fields=pikepdf.Array([document.make_indirect(field)])
        )

    return pdf_with(change)


def _cms(name: str, organization: str) -> bytes:
    """A detached signature with the certificate of its signer after that of the authority that
    issued it.
    """
    authority, own = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "مرکز میانی")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        ]
    )
    of_authority = _certificate(issuer, issuer, authority, authority)
    of_signer = _certificate(subject, issuer, own, authority)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"the document")
    builder = builder.add_signer(of_signer, own, hashes.SHA256()).add_certificate(of_authority)
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])


def _certificate(subject, issuer, key, signing_key) -> x509.Certificate:  # type: ignore[no-untyped-def]
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
    )
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(begins + timedelta(days=365))
    return builder.sign(signing_key, hashes.SHA256())


# --- Scans, photographs, e-mails ----------------------------------------------------------------

HEIC = (Path(__file__).parents[2] / "cases/evidence/photo.heic").read_bytes()
"""A photograph as telephones keep it; no encoder for that is installed with the portal."""


def tiff(sheets: int = 3) -> bytes:
    """A scan of several sheets, in black and white as fax machines write it."""
    content = BytesIO()
    pages = [Image.new("1", (400, 300), n % 2) for n in range(sheets)]
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    return content.getvalue()


def slides(*texts: str, picture: bytes = b"") -> bytes:
    """A presentation as LibreOffice keeps it, with its picture of the first slide where there is
    one.
    """
    names = {"office": "office:1.0", "draw": "drawing:1.0", "text": "text:1.0"}
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}"' for name, uri in names.items()
    )
    pages = "".join(
        f"<draw:page><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>" for text in texts
    )
    first = ("mimetype", "application/vnd.oasis.opendocument.presentation")
    content = (
        "content.xml",
        f"<office:document-content {spaces}>{pages}</office:document-content>",
    )
    more = [("Thumbnails/thumbnail.png", picture)] if picture else []
    return archive(first, content, ("META-INF/manifest.xml", "<manifest/>"), *more)


def letter(
    *attachments: tuple[str, bytes], html: str = "", text: str = "سلام، گزارش پیوست است."
) -> bytes:
    """An e-mail with what is attached to it."""
    message = EmailMessage()
    message["From"], message["To"] = "مدیر کل <head@example.org>", "portal@example.org"
    message["Date"], message["Subject"] = "Mon, 02 Mar 2026 10:15:00 +0330", "گزارش سالانه"
    if html:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
    for name, content in attachments:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return bytes(message)
