"""Publishers' files as they are read."""

from django.utils import translation

from festival.indices.published_values import PublishedFile, read_values
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS


def published_file(
    code: str, text: str | bytes, *, year: int | None = None, part: str = ""
) -> PublishedFile:
    """What a file of a kind says."""
    publisher = PUBLISHERS[code]
    content = text if isinstance(text, bytes) else text.encode()
    with translation.override("en"):
        return read_values(publisher, read(publisher, content, "x.csv"), year=year, part=part)
