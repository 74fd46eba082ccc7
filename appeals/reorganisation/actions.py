"""The act by which undecided appeals end with their agencies."""

from datetime import datetime

from django.db import transaction

from appeals.models import Appeal
from appeals.workflow import APPEALS, AppealState
from cycles.engine.perform import perform


@transaction.atomic
def end_with_agencies(*, at: datetime) -> list[Appeal]:
    """End the appeals of agencies that have ended, drafted or filed: nobody is left whom a decision
    would reach.
    """
    open_appeals = Appeal.objects.filter(state__in=(AppealState.DRAFT, AppealState.FILED))
    left = open_appeals.exclude(submission__participation__ended_by=None)
    return perform(APPEALS, list(left), "end_with_agency", by=None, at=at)
