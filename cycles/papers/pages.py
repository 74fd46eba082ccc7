"""The page of a paper, and the digest by which its paper is kept."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

PROGRAM = (
    *("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config"),
    *("templates", "fragments", "locale"),
)
"""The folders of all that makes a page of what the database says."""

WRITTEN_IN = frozenset({".py", ".html", ".jinja", ".mo"})

STYLE = re.compile(r'href="(static/css/[\w-]+\.css)"')


def compose(template: str, context: Mapping[str, object], *, language: str) -> str:
    """Write a page in one language, as it is drawn."""
    with translation.override(language):
        return render_to_string(template, dict(context))


def digest(page: str) -> str:
    """Take the digest of all from which a paper is drawn: the page, its styles, the program."""
    whole = hashlib.sha256(version("weasyprint").encode())
    for style in STYLE.findall(page):
        whole.update(_digest_of_style(style))
    whole.update(page.encode())
    return whole.hexdigest()


@cache
def _digest_of_style(name: str) -> bytes:
    """Take the digest of a style sheet, which changes with a release only."""
    return hashlib.sha256((settings.BASE_DIR / name).read_bytes()).digest()


@cache
def release() -> str:
    """Take the digest of the program, its templates and its translations, as this process has
    them.
    """
    whole = hashlib.sha256()
    for folder in PROGRAM:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in WRITTEN_IN:
                whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()
