"""How like appeals were decided: beside the one being decided, and by measure, assessor, reviewer and ground."""

from datetime import datetime

from agencies.models import User
from appeals.models import Appeal

MOST_SIMILAR = 12


def similar(appeal: Appeal, user: User, at: datetime) -> list[Appeal]:
    """Decided appeals on the same measure, of this year and others, those on the same ground and the newest first."""
    rows = Appeal.objects.visible_to(user, at).decided().exclude(pk=appeal.pk)
    rows = rows.filter(answer__measure__lineage=appeal.answer.measure.lineage).for_list()
    found = list(rows.order_by("-decided_at", "-pk")[: 4 * MOST_SIMILAR])
    return sorted(found, key=lambda a: a.ground != appeal.ground)[:MOST_SIMILAR]
