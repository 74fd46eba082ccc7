"""Duties and their delays as a file."""

from collections.abc import Iterable
from datetime import datetime

import tablib

from cycles.calendar import TEHRAN
from festival.duties.queries import DutyOccurrence, Timeliness


def duties(occasions: Iterable[DutyOccurrence]) -> tablib.Dataset:
    """Occasions of duties as a data set, moments as ISO 8601 writes them
    with the offset of Tehran.
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
    for o in occasions:
        is_done = o["timeliness"] in (Timeliness.IN_TIME, Timeliness.LATE)
        data.append(
            [
                o["duty"],
                o["of_year"],
                o["agency_code"] or "",
                o["agency_en"] or "",
                o["agency_fa"] or "",
                o["province_en"] or "",
                o["province_fa"] or "",
                _in_tehran(o["statutory_at"]),
                _in_tehran(o["due_at"]),
                _in_tehran(o["done_at"] if is_done else None),
                o["days_late"],
                o["timeliness"],
            ]
        )
    return data


def _in_tehran(moment: datetime | None) -> str:
    return moment.astimezone(TEHRAN).isoformat() if moment else ""
