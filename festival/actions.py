"""Every write on results: freezing, ranking, the report, publication."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.text import localised
from appeals.models import Appeal
from cycles.actions import perform, why_closed
from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Window
from cycles.workflow import CYCLE, CycleState, Refused
from festival import standings
from festival.kept_pages import forget
from festival.models import Edition, Language, Report
from festival.workflow import EDITIONS, Addressee
from indicators.scoring import LineState
from submissions import actions as submissions
from submissions import totals
from submissions.models import Answer, Score, ScoreRun, Submission
from submissions.workflow import SubmissionState


def why_not_final(cycle: Cycle) -> list[str]:
    """What stands against freezing a cycle's results: open appeals, scores not communicated."""
    waiting = Submission.objects.filter(cycle=cycle).exclude(
        state__in=(SubmissionState.COMMUNICATED, SubmissionState.LAPSED)
    )
    wrong = []
    if count := waiting.count():
        said = ngettext(
            "The scores of %(count)s agency have not been communicated.",
            "The scores of %(count)s agencies have not been communicated.",
            count,
        )
        wrong.append(said % {"count": localised(count)})
    if count := Appeal.objects.filter(cycle=cycle).undecided().count():
        said = ngettext("%(count)s appeal is not decided.", "%(count)s appeals are not decided.", count)
        wrong.append(said % {"count": localised(count)})
    return wrong


@transaction.atomic
def finalise(cycle: Cycle, *, by: User, at: datetime, run: ScoreRun | None = None, note: str = "") -> Edition:
    """Freeze a cycle's results: totals are computed once more over everything, and the agencies ranked.

    Drafts that the scheduler has not closed yet are closed first.
    """
    [cycle] = perform(CYCLE, [cycle], "finalise", by=by, at=at, note=note)
    submissions.lapse(cycle, at=at)
    if wrong := why_not_final(cycle):
        raise Refused(" ".join(wrong))
    run = totals.compute_cycle(run or totals.request_run(cycle, why=totals.FINAL, by=by, at=at), at=at)
    return _ranked(Edition.objects.create(cycle=cycle, run=run), by=by, at=at)


def _ranked(edition: Edition, *, by: User, at: datetime, **told: Any) -> Edition:
    """Place the agencies of a new edition and freeze it under the digest of what it rests on."""
    found = standings.stand(edition)
    digest = standings.digest(edition, found)
    [edition] = perform(EDITIONS, [edition], "rank", by=by, at=at, digest=digest, **told)
    return edition


@transaction.atomic
def revise(
    edition: Edition, right: Mapping[int, Decimal], *, reason: str, letter: str = "", by: User, at: datetime
) -> Edition:
    """Put right the points of lines, by key, in a new edition with its reason; the one before stays as it is.

    The new one is published at its own moment; until then the public sees the one before.
    """
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).select_related("cycle").get(pk=edition.pk)
    if Edition.objects.filter(cycle=edition.cycle_id, number__gt=edition.number).exists():
        raise Refused(_("There is a later edition; that is the one to correct."))
    if not reason.strip():
        raise Refused(_("Say what was wrong and what is right; everybody will read it."))
    concerned = Answer.objects.filter(pk__in=list(right)).values("submission")
    held = totals.hold(Submission.objects.filter(cycle=edition.cycle_id, pk__in=concerned))
    lines = list(standings.lines(edition.cycle, held).filter(pk__in=list(right)))
    _refuse_revision(lines, right, by)
    [edition] = perform(
        EDITIONS, [edition], "revise", by=by, at=at, note=reason, letter=letter,
        lines=[[f"{a.submission.agency.code}/{a.measure.code}", str(right[a.pk])] for a in lines],
    )  # fmt: skip
    rows = [(a, LineState.SCORED, right[a.pk], reason) for a in lines]
    totals.put(rows, basis=Score.Basis.CORRECTION, by=by, at=at)
    run = totals.compute_cycle(totals.request_run(edition.cycle, why=totals.FINAL, by=by, at=at), at=at)
    following = Edition.objects.create(cycle=edition.cycle, run=run, number=edition.number + 1, reason=reason)
    return _ranked(following, by=by, at=at, number=following.number)


def _refuse_revision(lines: list[Any], right: Mapping[int, Decimal], by: User) -> None:
    if not lines or len(lines) < len(right):
        raise Refused(_("Name lines of agencies whose scores have been communicated."))
    for line in lines:
        of = {"agency": line.submission.agency.name, "measure": line.measure.code}
        if by.is_conflicted(line.submission.agency_id):
            raise Refused(_("You have an interest in %(agency)s; somebody else corrects this.") % of)
        if not 0 <= right[line.pk] <= line.measure.points:
            said = _("%(agency)s, %(measure)s: points lie between 0 and %(most)s.")
            raise Refused(said % (of | {"most": localised(line.measure.points)}))
        if line.held_points == right[line.pk]:
            raise Refused(_("%(agency)s, %(measure)s: these are the points it has.") % of)


@transaction.atomic
def ask_for_report(edition: Edition, *, languages: Sequence[str], by: User, at: datetime) -> list[Report]:
    """Ask for the Article 82 report in these languages; `tasks.render_report` draws each up."""
    [edition] = perform(EDITIONS, [edition], "draft_report", by=by, at=at, languages=list(languages))
    return [
        Report.objects.create(edition=edition, language=language, asked_by=by, asked_at=at) for language in languages
    ]


def note_progress(report: Report, *, step: str, percent: int) -> None:
    """Say how far the drawing-up of a report is; seen at once by whoever watches."""
    Report.objects.filter(pk=report.pk, finished_at=None).update(step=step, percent_done=percent, error="")


@transaction.atomic
def keep_report(report: Report, *, pdf: bytes, archive: bytes = b"", at: datetime) -> Report:
    """Keep the finished files of a report; one that is finished already stays as it is."""
    report = Report.objects.select_for_update(of=("self",)).select_related("edition__cycle").get(pk=report.pk)
    if report.finished_at is not None:
        return report
    report.sha256 = hashlib.sha256(pdf).hexdigest()
    report.file.save("report.pdf", ContentFile(pdf), save=False)
    report.finished_at, report.percent_done, report.step, report.error = at, 100, "", ""
    if archive:
        report.archive_sha256 = hashlib.sha256(archive).hexdigest()
        report.archive.save("archive.pdf", ContentFile(archive), save=False)
    kept = ["sha256", "file", "archive", "archive_sha256"]
    report.save(update_fields=[*kept, "finished_at", "percent_done", "step", "error"])
    return report


def note_failure(report: Report, *, error: str) -> None:
    """Say that a report could not be drawn up, and why."""
    Report.objects.filter(pk=report.pk).update(error=error, step="")


@transaction.atomic
def approve_report(report: Report, *, by: User, at: datetime, note: str = "") -> Report:
    """Approve a finished report; from the edition's publication on the public may read it."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    if report.finished_at is None:
        raise Refused(_("The report is not finished yet."))
    if report.approved_at is not None:
        raise Refused(_("The report is approved already."))
    given: dict[str, Any] = {"report": report.uuid, "sha256": report.sha256, "archive": report.archive_sha256}
    perform(EDITIONS, [report.edition], "approve_report", by=by, at=at, note=note, **given)
    report.approved_at, report.approved_by = at, by
    report.save(update_fields=["approved_at", "approved_by"])
    return report


@transaction.atomic
def deliver(edition: Edition, *, addressee: str, letter: str, by: User, at: datetime, note: str = "") -> Edition:
    """Record that the report was delivered to one of its two addressees, by a letter; both deliveries end the duty."""
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).select_related("cycle").get(pk=edition.pk)
    approved = dict(
        Report.objects.filter(edition=edition, approved_at__isnull=False)
        .order_by("approved_at", "pk")
        .values_list("language", "sha256")
    )
    if why := why_closed(EDITIONS, edition, "deliver_report", by=by, at=at):
        raise Refused(why)
    if addressee not in Addressee.values or not letter:
        raise Refused(_("A delivery names its addressee and the number of its letter."))
    if set(approved) != set(Language.values):
        raise Refused(_("The report is delivered once it is approved in both languages."))
    if addressee in delivered(edition):
        raise Refused(
            _("The delivery to this addressee is recorded already: %(to)s.") % {"to": Addressee(addressee).label}
        )
    given: dict[str, Any] = {"addressee": addressee, "reports": approved}
    [edition] = perform(EDITIONS, [edition], "deliver_report", by=by, at=at, note=note, letter=letter, **given)
    return edition


def delivered(edition: Edition) -> dict[str, Entry]:
    """The deliveries of an edition's report that are on record, by addressee."""
    entries = Entry.objects.of(edition).filter(act="deliver_report").order_by("-id")
    return {entry.params["addressee"]: entry for entry in entries}


@transaction.atomic
def schedule(edition: Edition, *, publish_at: datetime, by: User, at: datetime, note: str = "") -> Edition:
    """Set the instant at which everything is published at once; not before now, nor before the festival opens."""
    opens = Window.objects.get(cycle=edition.cycle_id, phase=Phase.FESTIVAL, agency=None).opens_at
    if publish_at < at:
        raise Refused(_("The moment of publication lies in the past."))
    if publish_at < opens:
        raise Refused(_("Results are published at the festival, not before it opens."))
    current = Edition.objects.get(pk=edition.pk)
    if current.publish_at is not None and current.publish_at <= at:
        raise Refused(_("The results are published already."))
    [edition] = perform(EDITIONS, [edition], "schedule", by=by, at=at, note=note, publish_at=publish_at)
    transaction.on_commit(forget)
    return edition


@transaction.atomic
def publish_due(*, at: datetime) -> list[Edition]:
    """Move the labels of editions whose instant has come; the public sees them from that instant in any case."""
    waiting = Edition.objects.filter(state="scheduled", publish_at__lte=at).select_related("cycle")
    # what another worker is publishing is left to it
    due = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True))
    if not due:
        return []
    due = perform(EDITIONS, due, "publish", by=None, at=at)
    if first := [e.cycle for e in due if e.cycle.state != CycleState.PUBLISHED]:
        perform(CYCLE, first, "publish", by=None, at=at)
    return due
