"""Readings of lines by assessors, for tests."""

from submissions.reliability.statistics import Reading


def reading(line, assessor, share, suggested=None, *, agency=1, measure=1):
    return Reading(line, agency, "G1", assessor, share, suggested, measure)


def table(rows):
    """Readings of a table of assessors by lines, with gaps."""
    return [
        reading(line, assessor, share)
        for assessor, shares in enumerate(rows)
        for line, share in enumerate(shares)
        if share is not None
    ]
