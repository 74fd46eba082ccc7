"""Whether a page would come out the same, without composing it.

What a page shows comes of the database's answers to the questions that are asked while it is
composed. So they are noted and asked again: as long as each has the same answer, so has the next,
and the page is the same. The database takes the digest of its own answers, which spares building
rows, and the page.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction

ANSWER = "SELECT {number} AS number, (SELECT string_agg(q::text, ' ') FROM ({question}) q) AS rows"

DIGEST = """
    SELECT encode(sha256(convert_to(string_agg(
        concat(number, ':', length(rows), ':', rows), ' ' ORDER BY number
    ), 'UTF8')), 'hex')
    FROM ({answers}) a
"""


class Composed(NamedTuple):
    """A page that was composed: the questions asked for it, the digests of their answers and of the
    page.
    """

    questions: tuple[str, ...]
    answers: str
    digest: str

    def holds(self) -> bool:
        """Say whether the same page would come out now."""
        return answers_to(self.questions) == self.answers


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Have all questions answered as of one moment, so that page and answers belong together."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def answers_to(questions: Sequence[str]) -> str:
    """Take the digest of the answers that these statements have now; one query."""
    answers = [ANSWER.format(number=n, question=question) for n, question in enumerate(questions)]
    with connection.cursor() as cursor:
        cursor.execute(DIGEST.format(answers=" UNION ALL ".join(answers)))
        return str(cursor.fetchone()[0])
