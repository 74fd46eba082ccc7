"""Every write on results: freezing, ranking, correcting, publication; those on the report are in
`festival.report.actions`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from appeals.models import Appeal
from appeals.reorganisation.actions import end_with_agencies as end_appeals
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle, Window
from cycles.workflow import CYCLE, CycleState, Refused
from festival.models import Edition
from festival.page_cache import forget
from festival.ranking import standings
from festival.workflow import EDITIONS
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, ScoreRun, Submission
from submissions.reorganisation.actions import end_with_agencies as end_submissions
from submissions.scoring import totals
from submissions.signing import actions as signing
from submissions.workflow import SubmissionState


def why_not_final(cycle: Cycle) -> list[str]:
    """Name what blocks freezing: open appeals, scores not communicated."""
    waiting = (
        Submission.objects.active()
        .filter(cycle=cycle)
        .exclude(state__in=(SubmissionState.COMMUNICATED, SubmissionState.LAPSED))
    )
    wrong = []
    if count := waiting.count():
        said = ngettext(
            "The scores of %(count)s agency have not been communicated.",
            "The scores of %(count)s agencies have not been communicated.",
            count,
        )
        wrong.append(said % {"count": in_locale(count)})
    if count := Appeal.objects.active().filter(cycle=cycle).undecided().count():
        said = ngettext(
            "%(count)s appeal is not decided.", "%(count)s appeals are not decided.", count
        )
        wrong.append(said % {"count": in_locale(count)})
    return wrong


@transaction.atomic
def finalise(
    cycle: Cycle, *, by: User, at: datetime, run: ScoreRun | None = None, note: str = ""
) -> Edition:
    """Freeze a cycle's results: totals are computed once more over everything, and the agencies
    ranked.

    What the scheduler has not done yet is done first: the work of agencies that have ended ends,
    drafts are closed.
    """
    [cycle] = perform(CYCLE, [cycle], "finalise", by=by, at=at, note=note)
    end_submissions(at=at)
    end_appeals(at=at)
    signing.lapse(cycle, at=at)
    if wrong := why_not_final(cycle):
        raise Refused(" ".join(wrong))
    run = totals.compute_cycle(
        run or totals.request_run(cycle, why=totals.FINAL, by=by, at=at), at=at
    )
    return _rank_agencies(Edition.objects.create(cycle=cycle, run=run), by=by, at=at)


def _rank_agencies(edition: Edition, *, by: User, at: datetime) -> Edition:
    """Place the agencies of a new edition and freeze it under the digest of what it rests on.

    The record names the number of a corrected edition; the first has none there.
    """
    digest = standings.digest(edition, standings.stand(edition))
    numbered = {} if edition.number == 1 else {edition.pk: {"number": edition.number}}
    [edition] = perform(
        EDITIONS, [edition], "rank", by=by, at=at, digest=digest, params_by_pk=numbered
    )
    return edition


@transaction.atomic
def revise(
    edition: Edition,
    right: Mapping[int, Decimal],
    *,
    reason: str,
    letter: str = "",
    by: User,
    at: datetime,
) -> Edition:
    """Put right the points of lines, by key, in a new edition with its reason; the one before stays
    as it is.

    The new one is published at its own moment; until then the public sees the one before.
    """
    edition = locked(Edition.objects.select_related("cycle")).get(pk=edition.pk)
    if Edition.objects.filter(cycle=edition.cycle_id, number__gt=edition.number).exists():
        raise Refused(_("There is a later edition; that is the one to correct."))
    if not reason.strip():
        raise Refused(_("Say what was wrong and what is right; everybody will read it."))
    concerned = Answer.objects.filter(pk__in=list(right)).values("submission")
    held = totals.hold(Submission.objects.filter(cycle=edition.cycle_id, pk__in=concerned))
    lines = list(standings.lines(edition.cycle, held).filter(pk__in=list(right)))
    _refuse_revision(lines, right, by)
    revised = [[f"{a.submission.agency.code}/{a.measure.code}", str(right[a.pk])] for a in lines]
    [edition] = perform(
        EDITIONS, [edition], "revise", by=by, at=at, note=reason, letter=letter, lines=revised
    )
    rows = [(a, LineState.SCORED, right[a.pk], reason) for a in lines]
    totals.put(rows, basis=Score.Basis.CORRECTION, by=by, at=at)
    run = totals.compute_cycle(
        totals.request_run(edition.cycle, why=totals.FINAL, by=by, at=at), at=at
    )
    following = Edition.objects.create(
        cycle=edition.cycle, run=run, number=edition.number + 1, reason=reason
    )
    return _rank_agencies(following, by=by, at=at)


def _refuse_revision(lines: Sequence[Any], right: Mapping[int, Decimal], by: User) -> None:
    if not lines or len(lines) < len(right):
        raise Refused(_("Name lines of agencies whose scores have been communicated."))
    for line in lines:
        names = {"agency": line.submission.agency.name, "measure": line.measure.code}
        if by.is_conflicted(line.submission.agency_id):
            raise Refused(
                _("You have an interest in %(agency)s; somebody else corrects this.") % names
            )
        if not 0 <= right[line.pk] <= line.measure.points:
            said = _("%(agency)s, %(measure)s: points lie between 0 and %(most)s.")
            raise Refused(said % (names | {"most": in_locale(line.measure.points)}))
        if line.held_points == right[line.pk]:
            raise Refused(_("%(agency)s, %(measure)s: these are the points it has.") % names)


@transaction.atomic
def schedule(
    edition: Edition,
    *,
    publish_at: datetime,
    by: User,
    at: datetime,
    note: str = "",
    seen: Seen | None = None,
) -> Edition:
    """Set the instant at which everything is published at once; not before now, nor before the
    festival opens.
    """
    opens = Window.objects.get(cycle=edition.cycle_id, phase=Phase.FESTIVAL, agency=None).opens_at
    if publish_at < at:
        raise Refused(_("The moment of publication lies in the past."))
    if publish_at < opens:
        raise Refused(_("Results are published at the festival, not before it opens."))
    current = Edition.objects.get(pk=edition.pk)
    if current.publish_at is not None and current.publish_at <= at:
        raise Refused(_("The results are published already."))
    [edition] = perform(
        EDITIONS, [edition], "schedule", by=by, at=at, note=note, seen=seen, publish_at=publish_at
    )
    transaction.on_commit(forget)
    return edition


@transaction.atomic
def publish_due(*, at: datetime) -> list[Edition]:
    """Move the labels of editions whose instant has come; the public sees them from that instant in
    any case.
    """
    waiting = Edition.objects.filter(state="scheduled", publish_at__lte=at).select_related("cycle")
    # what another worker is publishing is left to it
    due = list(locked(waiting, skip_locked=True))
    if not due:
        return []
    due = perform(EDITIONS, due, "publish", by=None, at=at)
    if first := [e.cycle for e in due if e.cycle.state != CycleState.PUBLISHED]:
        perform(CYCLE, first, "publish", by=None, at=at)
    return due
