"""What narrows the list of jobs."""

import django_filters as filters
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cycles.administration_workflow import JobState
from cycles.jobs.kinds import KINDS
from cycles.models import Job


def _kinds() -> list[tuple[str, str | Promise]]:
    return [(name, kind.label) for name, kind in KINDS.items()]


class JobFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=_kinds, label=_("Kind"), empty_label=_("All"))
    state = filters.ChoiceFilter(choices=JobState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Job
        fields = ("kind", "state")
