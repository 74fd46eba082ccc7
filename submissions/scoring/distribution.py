"""How an agency's group stands: the median and the quartiles of its totals, never the figure of one
other agency.

Only groups in which so many agencies have had their scores communicated are spoken of. The totals
are those first communicated, so that nobody reads from a change of the median what an appeal gave
another; and they are rounded to whole percents, for in a small group the median is the figure of
one agency.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from agencies.statements import Statement, slot
from cycles.models import Group
from indicators.scoring.methods import half_up
from submissions.models import Submission

FEWEST = 5

GROUPS = Statement(
    lambda: Group.objects.filter(participations=slot("participation")).order_by("sort_key", "pk")
)

NodeKey = tuple[str, int | None]
"""("", None) the total, (kind, None), (kind, key of the axis)."""

QUARTILES = """
    SELECT peer.group_id, n.kind, n.axis_id,
           exact_quantile(array_agg(n.percent ORDER BY n.percent), 0.25),
           exact_quantile(array_agg(n.percent ORDER BY n.percent), 0.5),
           exact_quantile(array_agg(n.percent ORDER BY n.percent), 0.75)
    FROM cycles_participation_groups own
    JOIN cycles_participation_groups peer ON peer.group_id = own.group_id
    JOIN submissions_submission s
        ON s.participation_id = peer.participation_id AND s.state = 'communicated'
    JOIN submissions_nodescore n
        ON n.run_id = s.provisional_run_id AND n.submission_id = s.id AND n.ceiling > 0
    WHERE own.participation_id = %(participation)s
    GROUP BY peer.group_id, n.kind, n.axis_id HAVING count(*) >= %(fewest)s
"""  # percentile_cont would turn the percents into doubles


@dataclass(frozen=True)
class Spread:
    """The middle half of a group in percent, and its median."""

    low: Decimal
    median: Decimal
    high: Decimal

    @property
    def width(self) -> Decimal:
        return self.high - self.low


@dataclass(frozen=True)
class Peers:
    """A group an agency belongs to, with its spreads by node; none where too few of it have been
    communicated.
    """

    group: Group
    spreads: dict[NodeKey, Spread] = field(default_factory=dict)


def peers(submission: Submission) -> list[Peers]:
    """Find the groups of an agency in this cycle with their spreads; two queries."""
    groups = GROUPS.fetch(participation=submission.participation_id)
    found = {g.pk: Peers(g) for g in groups}
    with connection.cursor() as cursor:
        cursor.execute(QUARTILES, {"participation": submission.participation_id, "fewest": FEWEST})
        for group, kind, axis, *quartiles in cursor.fetchall():
            low, median, high = (half_up(quartile, 0) for quartile in quartiles)
            found[group].spreads[kind, axis] = Spread(low=low, median=median, high=high)
    return list(found.values())
