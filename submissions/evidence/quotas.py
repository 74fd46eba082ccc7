"""How much an agency may keep in a year, how much one person may send in an hour, and what their
files may cost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self

from django.conf import settings
from django.core.files import File
from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.persian import in_locale
from cycles import sandbox
from cycles.models import Cycle
from cycles.ui import files as ui_files
from cycles.ui import limits as ui_limits
from cycles.workflow import Refused
from submissions.evidence import file_types
from submissions.models import Document

GIGABYTE = 10**9
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Amount:
    """So many files of so many bytes together."""

    files: int
    size: int

    def __add__(self, other: Self) -> "Amount":
        return Amount(self.files + other.files, self.size + other.size)

    def exceeds(self, most: "Amount") -> bool:
        return self.files > most.files or self.size > most.size

    @property
    def gigabytes(self) -> str:
        """The size in gigabytes, to one decimal, as it is read."""
        return in_locale(Decimal(self.size) / GIGABYTE, 1)


def quota() -> Amount:
    """Return how much the files of one agency in one cycle may come to."""
    return Amount(settings.AGENCY_MOST_FILES, settings.AGENCY_MOST_GIGABYTES * GIGABYTE)


def hourly_budget() -> Amount:
    """Return how much one person may send in an hour."""
    return Amount(settings.PERSON_MOST_FILES, settings.PERSON_MOST_GIGABYTES * GIGABYTE)


def used_amount(cycle: Cycle, agency: Agency) -> Amount:
    """Add up an agency's files of a cycle; withdrawn and replaced ones are kept, and so count."""
    held = Document.objects.filter(cycle=cycle, agency=agency).aggregate(
        files=Count("pk"), size=Sum("size")
    )
    return Amount(held["files"], held["size"] or 0)


_AMOUNTS = """
    SELECT kept.files + coming.files, kept.size + coming.size,
           sent.files + going.files, sent.size + going.size
    FROM (
        SELECT count(*) AS files, COALESCE(sum(size), 0)::bigint AS size
        FROM submissions_document WHERE cycle_id = %(cycle)s AND agency_id = %(agency)s
    ) kept, (
        SELECT count(*) AS files, COALESCE(sum(u.length), 0)::bigint AS size
        FROM submissions_upload u
        JOIN submissions_answer a ON a.id = u.answer_id
        JOIN submissions_submission s ON s.id = a.submission_id
        WHERE s.cycle_id = %(cycle)s AND s.agency_id = %(agency)s AND u.document_id IS NULL
    ) coming, (
        SELECT count(*) AS files, COALESCE(sum(size), 0)::bigint AS size
        FROM submissions_document WHERE uploaded_by_id = %(by)s AND uploaded_at > %(since)s
    ) sent, (
        SELECT count(*) AS files, COALESCE(sum(length), 0)::bigint AS size
        FROM submissions_upload
        WHERE by_id = %(by)s AND begun_at > %(since)s AND document_id IS NULL
    ) going
"""


def _amounts(cycle: Cycle, agency: Agency, by: User, since: datetime) -> tuple[Amount, Amount]:
    """Add up an agency's files of a cycle, and what one person has sent since a moment.

    Both with what has been begun and is not finished, as large as it will be; one query.
    """
    given: dict[str, int | datetime] = {
        "cycle": cycle.pk,
        "agency": agency.pk,
        "by": by.pk,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, given)
        files, size, sent_files, sent_size = cursor.fetchone()
    return Amount(files, size), Amount(sent_files, sent_size)


def check(cycle: Cycle, agency: Agency, *, size: int, by: User, at: datetime) -> None:
    """Refuse a file that would go over the agency's quota or its sender's
    hour, with the numbers.
    """
    more = Amount(1, size)
    kept, sent = _amounts(cycle, agency, by, at - HOUR)
    if (kept + more).exceeds(quota()):
        sentence = _(
            "Your agency’s files of this year, with those under way, come to %(size)s of "
            "%(most_size)s GB and"
            " %(files)s of %(most_files)s files. There is no room for this one."
        )
        raise Refused(sentence % _numbers(kept, quota()))

    if (sent + more).exceeds(hourly_budget()):
        sentence = _(
            "Within the last hour you have sent %(size)s of %(most_size)s GB and %(files)s of "
            "%(most_files)s files."
            " Please wait, then go on."
        )
        raise Refused(sentence % _numbers(sent, hourly_budget()))


def _numbers(amount: Amount, most: Amount) -> dict[str, str]:
    return {
        "size": amount.gigabytes,
        "most_size": most.gigabytes,
        "files": in_locale(amount.files),
        "most_files": in_locale(most.files),
    }


def check_disk(size: int) -> None:
    """Refuse an upload for which the disk has no room, before its first piece is sent."""
    if ui_files.free_bytes(Path(settings.UPLOAD_DIR)) < size + settings.DISK_RESERVE_BYTES:
        raise Refused(
            _(
                "There is no room left on the server’s disk. Please try again later, or tell "
                "the authority."
            )
        )


def why_not_content(name: str, file: File, *, by: User) -> str:
    """Say why a content is not accepted, as `file_types.why_not_content`, at the cost of whoever
    sends it.
    """
    try:
        with ui_limits.reading_files_of(by):
            return file_types.why_not_content(name, file)
    except sandbox.Exceeded as exceeded:
        return f"“{name}”: {exceeded}"
