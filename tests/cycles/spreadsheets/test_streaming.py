"""A CSV leaves as it is written: of many rows only a few are held at once."""

import tracemalloc

from cycles.spreadsheets import exports

FEW, MORE = 4_000, 40_000


def peak(count: int) -> int:
    """The most bytes held while so many rows are written and let go of."""
    rows = ([number, f"دستگاه {number % 1000}", "یک متن"] for number in range(count))
    tracemalloc.start()
    for _piece in exports.csv_lines(rows):
        pass
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held


def test_memory_is_flat_however_many_rows_there_are():
    peak(FEW)

    assert peak(MORE) < 1.5 * peak(FEW)


def test_rows_leave_by_the_hundred_and_lose_none():
    pieces = list(exports.csv_lines([number] for number in range(1_001)))

    assert len(pieces) == 1 + 6
    assert "".join(pieces).split() == ["\ufeff0", *map(str, range(1, 1_001))]
