"""Narrow the list of notices."""

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cycles.models import Channel, Delivery, Entry
from cycles.record.filters import EntryFilter
from cycles.workflow import Workflow


def _official_acts() -> list[tuple[str, str | Promise]]:
    acts = []
    for label, workflow in sorted(Workflow.registry.items()):
        for move in workflow.moves.values():
            if move.official:
                acts.append((f"{label}:{move.name}", move.news))
    return acts


class UnseenFilter(EntryFilter):
    """Official notices by act and agency, or those only that somebody has not seen."""

    act = filters.ChoiceFilter(
        choices=_official_acts, method="of_act", label=_("Notice"), empty_label=_("All")
    )
    left = filters.ChoiceFilter(
        choices=[("some", _("Not seen by everybody"))],
        method="unseen",
        label=_("Seen"),
        empty_label=_("All"),
    )

    class Meta:
        model = Entry
        fields = ("act", "agency", "left", "since", "until")

    def unseen(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        unseen = Delivery.objects.filter(
            entry=OuterRef("pk"), channel=Channel.INBOX, is_official=True, seen_at=None
        )
        return qs.filter(Exists(unseen))
