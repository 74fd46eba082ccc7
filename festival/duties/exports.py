"""Duties and their delays as a file."""

from collections.abc import Iterable
from typing import Any

import tablib

from cycles.calendar import TEHRAN
from festival.duties.queries import Timeliness


def duties(occasions: Iterable[dict[str, Any]]) -> tablib.Dataset:
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
        moments = [o["statutory_at"], o["due_at"], o["done_at"] if is_done else None]
        data.append(
            [
                *(
                    o[name] or ""
                    for name in ("duty", "of_year", "agency_code", "agency_en", "agency_fa")
                ),
                *(o[name] or "" for name in ("province_en", "province_fa")),
                *(moment.astimezone(TEHRAN).isoformat() if moment else "" for moment in moments),
                o["days_late"],
                o["timeliness"],
            ]
        )
    return data
