"""Arrays as PostgreSQL reads them from text.

A list becomes one constant for each of its values, and thousands of them take longer to parse than
to insert.
"""

from collections.abc import Iterable


def array(values: Iterable[object]) -> str:
    """Write values as the text of a one-dimensional array, one constant however many; None is
    NULL.
    """
    return "{" + ",".join("NULL" if value is None else _quote(str(value)) for value in values) + "}"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
