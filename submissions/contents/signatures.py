"""Who signed a document, as the certificate in its signature says; nothing is verified here."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from submissions.contents.texts import one_line

LONGEST = 200


class Signature(NamedTuple):
    """A signer's name and organization by the certificate, and the moment that the signature names
    (ISO 8601) or "".
    """

    name: str
    organization: str
    at: str


def signature_of(signed: Any) -> Signature:
    """Read a signature's dictionary; the certificate's word comes before the document's own."""
    certificate = _signer(bytes(signed.Contents))
    own_name = (
        str(signed.get("/Name", "")) if isinstance(signed.get("/Name"), pikepdf.String) else ""
    )
    return Signature(
        name=one_line(_part(certificate, NameOID.COMMON_NAME) or own_name)[:LONGEST],
        organization=one_line(_part(certificate, NameOID.ORGANIZATION_NAME))[:LONGEST],
        at=_moment(str(signed.get("/M", ""))),
    )


def _signer(contents: bytes) -> x509.Certificate | None:
    """Find the certificate that no other one in the signature was issued by: those of authorities
    come along with it.
    """
    try:
        held = pkcs7.load_der_pkcs7_certificates(_without_padding(contents))
    except (
        Exception
    ):  # a signature of a form that is not known is still one, by the document's own word
        return None
    issuers = {each.issuer for each in held if each.issuer != each.subject}
    return next((each for each in held if each.subject not in issuers), held[0] if held else None)


def _without_padding(contents: bytes) -> bytes:
    """Cut off the zeros that fill up the room reserved for the signature."""
    if len(contents) < 2 or contents[1] == 0x80:
        return contents
    if contents[1] < 0x80:
        return contents[: 2 + contents[1]]
    width = contents[1] & 0x7F
    return contents[: 2 + width + int.from_bytes(contents[2 : 2 + width], "big")]


def _part(certificate: x509.Certificate | None, which: x509.ObjectIdentifier) -> str:
    if certificate is None:
        return ""
    found = certificate.subject.get_attributes_for_oid(which)
    return str(found[0].value) if found else ""


def _moment(text: str) -> str:
    """Write a PDF's date, such as D:20260302101500+03'30', as ISO 8601; "" where it is none."""
    found = re.fullmatch(r"(?:D:)?(\d{14})(?:Z.*|([+-])(\d\d)'?(\d\d)?'?)?", text)
    if found is None:
        return ""
    digits, sign, hours, minutes = found.groups()
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        zone = timezone(-away if sign == "-" else away)
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=zone).isoformat()
    except ValueError:
        return ""
