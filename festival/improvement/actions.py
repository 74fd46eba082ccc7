"""Plans for improvement: what the results suggest, what an agency plans about it, and how it is
followed up.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from cycles.calendar import Phase, day_of
from cycles.clashes import Seen
from cycles.engine import ledger
from cycles.engine.perform import perform
from cycles.models import Cycle, Participation, Window
from cycles.workflow import Refused
from festival.improvement.suggestions import suggest
from festival.models import (
    SETTLED,
    Edition,
    ImprovementItem,
    ImprovementPlan,
    Progress,
    Status,
)
from festival.workflow import IMPROVEMENTS
from submissions.models import Submission
from submissions.workflow import SubmissionState

FIELDS = ("finding", "action", "owner", "due_on", "target")
"""What the agency writes of an item."""


# --- Drafting -----------------------------------------------------------------------------------


def why_not_begun(submission: Submission, at: datetime) -> str:
    """Say why no plan can be begun on an agency's results yet, or ""; until then nothing is
    suggested.
    """
    if submission.state == SubmissionState.COMMUNICATED:
        return ""
    if Edition.objects.published(at).filter(cycle=submission.cycle_id).exists():
        return ""
    return _("An improvement plan is begun once the scores of the agency have been communicated.")


def due_on(cycle: Cycle) -> date:
    """Return the day on which a cycle's plans are due: the last of its festival."""
    window = Window.objects.filter(cycle=cycle, phase=Phase.FESTIVAL, agency=None).first()
    if window is None:
        raise Refused(
            _("What is tried in the practice cycle has no results, and so no improvement plan.")
        )
    return day_of(window.closes_at - timedelta(seconds=1))


@transaction.atomic
def begin(submission: Submission, *, by: User, at: datetime) -> ImprovementPlan:
    """Begin an agency's plan; the one there is, if it has been begun."""
    if plan := ImprovementPlan.objects.filter(participation=submission.participation_id).first():
        return plan
    if why := why_not_begun(submission, at):
        raise Refused(why)
    plan = ImprovementPlan.objects.create(
        cycle_id=submission.cycle_id,
        agency_id=submission.agency_id,
        participation_id=submission.participation_id,
        due_on=due_on(submission.cycle),
        begun_at=at,
    )
    return perform(IMPROVEMENTS, [plan], "begin", by=by, at=at, due_on=plan.due_on)[0]


@transaction.atomic
def adopt(
    plan: ImprovementPlan, answers: Collection[int], *, by: User, at: datetime
) -> list[ImprovementItem]:
    """Take what is suggested of these lines (keys) into a plan; a line that is in it already stays
    as it is.
    """
    [plan] = perform(IMPROVEMENTS, [plan], "edit", by=by, at=at)
    submission = Submission.objects.select_related("cycle").get(participation=plan.participation_id)
    if why := why_not_begun(submission, at):
        raise Refused(why)
    wanted = [s for s in suggest(submission) if s.answer.pk in answers]
    if len(wanted) != len(set(answers)):
        raise Refused(_("Choose among the findings that are suggested."))

    there = set(plan.items.standing().values_list("answer_id", flat=True))
    first = _next_place(plan)
    items: list[ImprovementItem] = []
    for suggestion in wanted:
        if suggestion.answer.pk in there:
            continue
        items.append(
            ImprovementItem(
                plan=plan,
                position=first + len(items),
                answer=suggestion.answer,
                lineage=suggestion.answer.measure.lineage,
                grounds=[ground.value for ground in suggestion.grounds],
                lost=suggestion.lost,
                finding=suggestion.finding,
            )
        )
    return ImprovementItem.objects.bulk_create(items)


def _next_place(plan: ImprovementPlan) -> int:
    last: int = plan.items.aggregate(last=Max("position"))["last"] or 0
    return last + 1


@transaction.atomic
def save_item(
    plan: ImprovementPlan,
    fields: Mapping[str, object],
    *,
    item: ImprovementItem | None = None,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> ImprovementItem:
    """Write an item of a plan, or a new one that is about no line."""
    [plan] = perform(IMPROVEMENTS, [plan], "edit", by=by, at=at, seen=seen)
    if not str(fields["finding"]).strip():
        raise Refused(_("Say what was found."))
    if item is None:
        item = ImprovementItem(plan=plan, position=_next_place(plan))
    else:
        item = locked(plan.items.standing(), with_keys=True).get(pk=item.pk)
    if fields.get("target") is not None and item.answer_id is None:
        raise Refused(_("A next target is set for a measure; this item is about none."))
    for name in FIELDS:
        setattr(item, name, fields[name])
    item.save()
    return item


@transaction.atomic
def strike_item(item: ImprovementItem, *, by: User, at: datetime) -> ImprovementItem:
    """Take an item out of a plan that is not signed; its row stays."""
    perform(IMPROVEMENTS, [item.plan], "edit", by=by, at=at)
    item = locked(ImprovementItem.objects.select_related("plan"), with_keys=True).get(pk=item.pk)
    if item.struck_at is None:
        item.struck_at = at
        item.save(update_fields=["struck_at"])
    return item


# --- Signing, and what follows ------------------------------------------------------------------


@transaction.atomic
def move(
    plan: ImprovementPlan,
    name: str,
    *,
    by: User,
    at: datetime,
    note: str = "",
    seen: Seen | None = None,
) -> ImprovementPlan:
    """Sign, return or close a plan; what is signed is named in the record by its digest."""
    plan = locked(ImprovementPlan.objects.all()).get(pk=plan.pk)
    items = list(plan.items.standing().for_list())
    params: dict[str, object] = {}
    match name:
        case "sign":
            if why := why_unready(items):
                raise Refused(why)
            params = {"signer": by, "digest": digest(items), "late": plan.late_by(at)}
        case "send_back":
            if not note.strip():
                raise Refused(_("Say why the plan is returned; the agency will read it."))
            params = {"remarks": note}
        case "close":
            if count := sum(item.status not in SETTLED for item in items):
                said = ngettext(
                    "%(count)s item is neither completed nor cancelled.",
                    "%(count)s items are neither completed nor cancelled.",
                    count,
                )
                raise Refused(said % {"count": in_locale(count)})
    [plan] = perform(
        IMPROVEMENTS,
        [plan],
        name,
        by=by,
        at=at,
        note=note,
        seen=seen,
        params_by_pk={plan.pk: params},
    )
    return plan


def why_unready(items: Collection[ImprovementItem]) -> str:
    """Say why a plan of these items cannot be signed, or ""."""
    if not items:
        return _("The plan has no item yet.")
    if count := sum(not item.is_whole for item in items):
        said = ngettext(
            "%(count)s item lacks its action, who answers for it, or its date.",
            "%(count)s items lack their action, who answers for them, or their date.",
            count,
        )
        return said % {"count": in_locale(count)}
    return ""


def digest(items: Iterable[ImprovementItem]) -> str:
    """Name a plan's words by their digest, letter for letter."""
    rows = []
    for item in items:
        fields = [getattr(item, name) for name in FIELDS]
        rows.append(ledger.plain([str(item.lineage or ""), *fields]))
    return hashlib.sha256(ledger.as_json(rows).encode()).hexdigest()


@transaction.atomic
def report_progress(
    item: ImprovementItem,
    *,
    status: str,
    note: str,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Progress:
    """Report how far an item is; what is given up has its reason."""
    if status not in Status.values:
        raise Refused(_("Choose how far the item is."))
    if status == Status.CANCELLED and not note.strip():
        raise Refused(_("Say why the item is cancelled."))
    perform(
        IMPROVEMENTS,
        [item.plan],
        "report",
        by=by,
        at=at,
        note=note,
        seen=seen,
        item=item.pk,
        status=status,
    )
    item = locked(ImprovementItem.objects.all(), with_keys=True).get(pk=item.pk)
    if item.struck_at is not None:
        raise Refused(_("This item is no longer part of the plan."))
    item.progress.filter(is_current=True).update(is_current=False)
    return Progress.objects.create(item=item, status=status, note=note, by=by, at=at)


@transaction.atomic
def impose(
    participation: Participation, *, due_on: date, letter: str = "", by: User, at: datetime
) -> ImprovementPlan:
    """Make an agency's plan compulsory, begun if it has not been; its day is never made earlier
    than it is.
    """
    defaults = {"cycle_id": participation.cycle_id, "agency_id": participation.agency_id}
    plan, _is_new = ImprovementPlan.objects.get_or_create(
        participation=participation, defaults={**defaults, "due_on": due_on, "begun_at": at}
    )
    [plan] = perform(IMPROVEMENTS, [plan], "impose", by=by, at=at, letter=letter, due_on=due_on)
    plan.is_compulsory, plan.due_on = True, max(plan.due_on, due_on)
    plan.save(update_fields=["is_compulsory", "due_on"])
    return plan
