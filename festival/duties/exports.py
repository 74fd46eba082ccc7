"""Duties and their delays as a file."""

from collections.abc import Iterable
from datetime import datetime

import tablib

from cycles.calendar import TEHRAN
from festival.duties.queries import DutyOccurrence, Timeliness


def duties(occasions: Iterable[DutyOccurrence]) -> tablib.Dataset:
    """Write occasions of duties as a data set, moments as ISO 8601 writes them with the offset of
    Tehran.
    """
    data = tablib.Dataset(
        headers=[
            "duty",
            "year",
            "code",
            "name_en",
            "name_fa",
            "province_en",
            "province_fa",
            "statutory_at",
            "due_at",
            "done_at",
            "days_late",
            "state",
        ]
    )
    for occasion in occasions:
        is_done = occasion["timeliness"] in (Timeliness.IN_TIME, Timeliness.LATE)
        data.append(
            [
                occasion["duty"],
                occasion["of_year"],
                occasion["agency_code"] or "",
                occasion["agency_en"] or "",
                occasion["agency_fa"] or "",
                occasion["province_en"] or "",
                occasion["province_fa"] or "",
                _in_tehran(occasion["statutory_at"]),
                _in_tehran(occasion["due_at"]),
                _in_tehran(occasion["done_at"] if is_done else None),
                occasion["days_late"],
                occasion["timeliness"],
            ]
        )
    return data


def _in_tehran(moment: datetime | None) -> str:
    return moment.astimezone(TEHRAN).isoformat() if moment else ""
