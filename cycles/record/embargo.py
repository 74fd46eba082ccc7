"""Whoever reads scores, marks or places before they are out leaves a row in the record."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model

from agencies.models import Agency, User
from cycles.calendar import day_of, midnight
from cycles.engine.ledger import plain
from cycles.engine.perform import administer
from cycles.models import Entry
from cycles.workflow_objects import model_label


@transaction.atomic
def note_reading(
    obj: Model, *, what: str, by: User, at: datetime, agency: Agency | None = None
) -> bool:
    """Put on record that `by` reads what is under embargo, once a day in Tehran for each object and
    kind of reading.

    `what` names the kind: "scores", "line", "marks", "reliability", "ranking", "awards". Whether a
    row was written.
    """
    today = midnight(day_of(at))
    read = Entry.objects.filter(
        model=model_label(obj), object_pk=obj.pk, act="read_embargoed", at__gte=today
    )
    if read.filter(actor_id=by.pk, params=plain({"what": what})).exists():
        return False
    administer("read_embargoed", obj, by=by, at=at, agency=agency, what=what)
    return True
