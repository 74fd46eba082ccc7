"""Training: an assessor marks reference lines whose marks are agreed, and is shown an agency's
lines only when near.

How far a mark is from the agreed one is the distance in percent of the line's ceiling; where only
one of the two says "not applicable" it is 100. A sitting is passed when the mean over its lines,
half up to 2 places, is no more than the cycle's `calibration_percent`. Whoever falls short sees
each line's reason and begins another sitting, with lines not seen before as long as there are any.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.locks import locked
from agencies.models import Clearance, User
from agencies.persian import in_locale
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import CycleState, Refused
from indicators.models import Measure
from indicators.scoring.methods import half_up
from submissions.clearance import AT_ONCE
from submissions.marking import rules as marking_rules
from submissions.marking.rules import MarkValues
from submissions.models import Calibration, ReferenceLine, ReferenceMark
from submissions.workflow import CALIBRATIONS, REFERENCES, CalibrationState

HUNDRED = Decimal(100)


# --- Those who lay reference lines --------------------------------------------------------------


@transaction.atomic
def lay(
    cycle: Cycle,
    *,
    measure: Measure,
    value: Decimal | None = None,
    claims_not_applicable: bool = False,
    note: str = "",
    shown: str = "",
    points: Decimal | None = None,
    is_not_applicable: bool = False,
    reason: str = "",
    by: User,
    at: datetime,
) -> ReferenceLine:
    """Lay a reference line: what an agency says, what its evidence shows, and the mark agreed for
    it, with a reason.
    """
    line = ReferenceLine(
        cycle=cycle,
        measure=measure,
        value=value,
        claims_not_applicable=claims_not_applicable,
        note=note,
        shown=shown,
        points=points,
        is_not_applicable=is_not_applicable,
        reason=reason,
        laid_by=by,
        laid_at=at,
    )
    if line.measure.is_stewarded:
        raise Refused(_("The steward supplies this figure; there is nothing to mark."))
    if line.value is not None and line.claims_not_applicable:
        raise Refused(_("Either enter a value or mark the measure as not applicable, not both."))
    if not line.reason.strip() or not line.shown.strip():
        raise Refused(_("Say what the evidence shows, and why this mark was agreed."))
    mark = MarkValues(points=points, is_not_applicable=is_not_applicable, reason=reason)
    marking_rules.check_mark(line.as_answer, mark, percent=100)
    line.save()
    perform(REFERENCES, [line], "lay", by=by, at=at, points=line.points)
    return line


@transaction.atomic
def withdraw(line: ReferenceLine, *, by: User, at: datetime) -> ReferenceLine:
    """Take a reference line out of use; sittings already begun keep it."""
    perform(REFERENCES, [line], "withdraw", by=by, at=at)
    line = locked(ReferenceLine.objects.all(), with_keys=True).get(pk=line.pk)
    if line.withdrawn_at:
        raise Refused(_("This has been withdrawn already."))
    line.withdrawn_at = at
    line.save(update_fields=["withdrawn_at"])
    return line


# --- The assessor -------------------------------------------------------------------------------


@transaction.atomic
def begin_sitting(cycle: Cycle, *, by: User, at: datetime) -> Calibration:
    """Begin a sitting, or go on with the one that is open; what was seen least is shown first, by
    lot among equals.
    """
    locked(User.objects.all()).get(pk=by.pk)  # of two who begin at once one goes on
    if cycle.state != CycleState.OPEN:
        raise Refused(_("Nothing is marked in this cycle now."))
    sittings = list(Calibration.objects.filter(cycle=cycle, assessor=by))
    if opened := next((c for c in sittings if c.state == CalibrationState.OPEN), None):
        return opened
    if any(c.is_passed for c in sittings):
        raise Refused(_("You have passed the training of this cycle."))
    seen: Counter[int] = Counter()
    for sitting in sittings:
        seen.update(sitting.lines)
    keys = ReferenceLine.objects.in_use().filter(cycle=cycle).values_list("pk", flat=True)
    drawn = sorted(keys, key=lambda pk: (seen[pk], _lot(f"{by.pk}:{len(sittings)}:{pk}")))[:AT_ONCE]
    if not drawn:
        raise Refused(_("No reference lines have been laid for this cycle yet."))
    calibration = Calibration.objects.create(cycle=cycle, assessor=by, lines=drawn, begun_at=at)
    return perform(CALIBRATIONS, [calibration], "begin", by=by, at=at, lines=drawn)[0]


def _lot(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def save_sitting(
    calibration: Calibration,
    marks: Mapping[int, Mapping[str, object]],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> list[ReferenceMark]:
    """Save marks on reference lines, by line key, under the rules of any mark: all or none."""
    [calibration] = perform(CALIBRATIONS, [calibration], "mark", by=by, at=at, seen=seen)
    lines = {line.pk: line for line in lines_of(calibration)}
    if not lines.keys() >= marks.keys():
        raise Refused(_("One of the lines does not belong to this sitting."))
    rows = []
    for pk, typed in marks.items():
        mark = marking_rules.check_mark(
            lines[pk].as_answer, typed, percent=calibration.cycle.reason_percent
        )
        rows.append(
            ReferenceMark(
                calibration=calibration,
                line=lines[pk],
                points=mark["points"],
                is_not_applicable=mark["is_not_applicable"],
                reason=mark["reason"],
            )
        )
    return ReferenceMark.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["calibration", "line"],
        update_fields=["points", "is_not_applicable", "reason"],
    )


@transaction.atomic
def hand_in_sitting(calibration: Calibration, *, by: User, at: datetime) -> Calibration:
    """Hand in a sitting; whoever is near enough to the agreed marks is cleared for the year."""
    lines, marks = lines_of(calibration), {m.line_id: m for m in calibration.marks.all()}
    if missing := sum(1 for line in lines if line.pk not in marks):
        said = ngettext(
            "%(count)s line has no mark yet.", "%(count)s lines have no mark yet.", missing
        )
        raise Refused(said % {"count": in_locale(missing)})
    deviation = mean([distance(line, marks[line.pk]) for line in lines])
    passed = deviation <= calibration.cycle.calibration_percent
    [calibration] = perform(
        CALIBRATIONS, [calibration], "hand_in", by=by, at=at, deviation=deviation, passed=passed
    )
    if passed:
        Clearance.objects.get_or_create(
            user=by,
            kind=Clearance.Kind.TRAINING,
            year=calibration.cycle.year,
            defaults={"since": at},
        )
        by.read_declared_anew()
    return calibration


def distance(line: ReferenceLine, mark: ReferenceMark) -> Decimal:
    """Measure how far a mark is from the agreed one, in percent of the line's ceiling."""
    if line.points is None or mark.points is None:
        return Decimal(0) if line.is_not_applicable == mark.is_not_applicable else HUNDRED
    return abs(Decimal(mark.points) - line.points) * HUNDRED / line.measure.points


def mean(distances: Sequence[Decimal]) -> Decimal:
    """Take the mean of distances, half up to 2 places; 0 where there are none."""
    return half_up(sum(distances, Decimal(0)) / len(distances), 2) if distances else Decimal(0)


def lines_of(calibration: Calibration) -> list[ReferenceLine]:
    """Read the reference lines of a sitting, in its order; one query."""
    found = ReferenceLine.objects.select_related("measure").in_bulk(calibration.lines)
    return [found[pk] for pk in calibration.lines]
