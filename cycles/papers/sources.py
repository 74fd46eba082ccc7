"""What a paper is drawn from, and the digest by which it is found."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from agencies.persian import language as own_language
from agencies.statements import note_statements
from cycles.papers import pages, questions
from cycles.papers.questions import Composed

KNOWN_FOR = 24 * 3600
"""Seconds for which the questions of a page are remembered; without them it is composed again."""


@dataclass(frozen=True)
class PaperSource:
    """A template with what it shows, in one language, and the name of the file that is drawn of it.

    `subject` names the rows that it is about where `context` reads all that it shows from the
    database by their keys alone: then the page is composed again only when some answer differs.
    `at`, the moment from which a page says that it holds, is that of the first who asked for it: a
    page that differs in nothing else has the same paper.
    """

    template: str
    context: Callable[[], Mapping[str, object]]
    name: str
    language: str = ""
    subject: tuple[object, ...] = ()

    def digest(self) -> str:
        """Take the digest of the page as it would be composed now."""
        if not self.subject or settings.DEBUG:
            return pages.digest(self._page(self.context()))
        known: Composed | None = cache.get(self._key)
        if known is None or not known.holds():
            known = self._compose()
            cache.set(self._key, known, KNOWN_FOR)
        return known.digest

    def page(self, at: datetime) -> tuple[str, str]:
        """Compose the page as of a moment; its digest, which knows no moment, and the page."""
        context = self.context()
        return pages.digest(self._page(context)), self._page({**context, "at": at})

    def _page(self, context: Mapping[str, object]) -> str:
        return pages.compose(self.template, context, language=self.language or own_language())

    @property
    def _key(self) -> str:
        """Name what is remembered of the page, in this release of the program."""
        of = (pages.release(), self.template, self.language or own_language(), self.subject)
        return f"paper-{hashlib.sha256(repr(of).encode()).hexdigest()}"

    def _compose(self) -> Composed:
        with questions.one_snapshot():
            with note_statements() as asked:
                digest = pages.digest(self._page(self.context()))
            return Composed(tuple(asked), questions.answers_to(asked), digest)
