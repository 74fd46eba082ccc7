"""What is written down of every uploaded file: its bare name and the digest of its content."""

import hashlib

from django.core.files import File


def bare_name(file: File, longest: int) -> str:
    """The file's own name without any folder that a browser or an attacker put before it."""
    return (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][-longest:]


def sha256(file: File) -> str:
    """The digest of the content, read in chunks; the file stands at its beginning again."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
