"""The list by which agencies are called up at a ceremony, as a file."""

from collections.abc import Iterable

import tablib

from festival.models import Award


def call_list(awards: Iterable[Award]) -> tablib.Dataset:
    """Write one award a row, in the order of calling."""
    data = tablib.Dataset(
        headers=[
            "order",
            "rank",
            "category",
            "category_fa",
            "group_fa",
            "code",
            "name_fa",
            "name_en",
            "title_fa",
            "reason",
            "reason_en",
            "number",
            "uuid",
        ]
    )
    for order, a in enumerate(awards, 1):
        row = (
            order,
            a.rank,
            a.category.code,
            a.category.name_fa,
            a.group.name_fa if a.group else "",
            a.agency.code,
            a.participation.name_fa,
            a.participation.name_en,
            a.title_fa,
            a.reason,
            a.reason_en,
            a.certificate_number,
            str(a.uuid),
        )
        data.append(row)
    return data
