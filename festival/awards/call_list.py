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
    for order, award in enumerate(awards, 1):
        row = (
            order,
            award.rank,
            award.category.code,
            award.category.name_fa,
            award.group.name_fa if award.group else "",
            award.agency.code,
            award.participation.name_fa,
            award.participation.name_en,
            award.title_fa,
            award.reason,
            award.reason_en,
            award.certificate_number,
            str(award.uuid),
        )
        data.append(row)
    return data
