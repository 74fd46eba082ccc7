"""What a headquarters does for the self-assessments of its units: enters
figures, gives documents.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.roles import SUPERIOR_ROLES
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.answers import actions
from submissions.evidence import actions as evidence
from submissions.models import Answer, Evidence, Submission


def units_of(user: User, at: datetime) -> QuerySet[Submission]:
    """Find the self-assessments of the units that the user's agencies look after."""
    mine = user.agency_ids(at, *SUPERIOR_ROLES)
    return Submission.objects.visible_to(user, at).filter(agency__parent__in=mine)


@transaction.atomic
def fill_units(
    units: Iterable[Submission],
    values: Mapping[int, Decimal | None],
    *,
    seen: Mapping[int, str],
    by: User,
    at: datetime,
) -> list[Answer]:
    """Enter values of several units, by answer key: all, or none when one cannot be; each unit has
    its own entry.

    `seen` holds the token of what stood in each place when it was typed over.
    """
    by_key = {s.pk: s for s in units}
    lines = Answer.objects.filter(pk__in=values, submission__in=by_key).order_by(
        "submission_id", "pk"
    )
    of_unit: dict[int, list[int]] = {}
    for key, unit in lines.values_list("pk", "submission_id"):
        of_unit.setdefault(unit, []).append(key)
    if sum(map(len, of_unit.values())) != len(values):
        raise Refused(_("One of the lines does not belong to these units."))
    saved = []
    for unit, keys in of_unit.items():
        of_lines = {key: {"value": values[key]} for key in keys}
        tokens = {key: {"value": seen[key]} for key in keys}
        saved += actions.enter(
            by_key[unit], of_lines, "fill", by=by, at=at, seen=tokens, params={"lines": len(keys)}
        )
    return saved


@transaction.atomic
def give_document(
    units: Iterable[Submission], measure: Measure, *, upload: File, by: User, at: datetime
) -> list[Evidence]:
    """Attach one document to a measure of several units; each unit has its
    own entry in the record.
    """
    units = list(units)
    lines = list(
        Answer.objects.filter(submission__in=units, measure=measure)
        .with_submission()
        .order_by("pk")
    )
    if not lines or len(lines) != len(units):
        raise Refused(_("Choose units of which this measure is asked."))
    content = upload.read(evidence.MOST_AT_ONCE + 1)
    given = []
    for line in lines:  # each keeps a file of its own, for each may withdraw it
        copy = ContentFile(content, name=upload.name)
        given.append(evidence.attach(line, upload=copy, by=by, at=at, move="provide"))
    return given
