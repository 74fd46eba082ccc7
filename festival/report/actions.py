"""Every write on the Article 82 report: its texts, its drawing-up, its two approvals, its
deliveries.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale, language
from cycles.calendar import format_date
from cycles.engine.perform import perform, why_closed
from cycles.jobs import actions as jobs
from cycles.jobs.queries import latest
from cycles.models import Cycle, Entry
from cycles.ui.files import all_or_none
from cycles.workflow import Refused
from festival.models import (
    Chapter,
    Edition,
    Language,
    Report,
    ReportText,
    archive_path,
    report_path,
)
from festival.report import texts
from festival.report.figures import Fact
from festival.workflow import EDITIONS, Addressee

# --- Texts ---------------------------------------------------------------------------------------


@transaction.atomic
def write_text(
    edition: Edition, *, language: str, chapter: str, text: str, after: int, by: User, at: datetime
) -> ReportText:
    """Add a version of a chapter's text; the next drawing-up sets it. An empty text goes back to
    the system's draft.

    `after` is the number of the version that the writer saw, 0 where there was none: what another
    wrote meanwhile is not passed over.
    """
    edition = Edition.objects.select_related("cycle").get(pk=edition.pk)
    cycle = locked(Cycle.objects.all()).get(pk=edition.cycle_id)
    if chapter not in Chapter.values or language not in Language.values:
        raise Refused(_("The report has no such chapter."))
    versions = ReportText.objects.filter(cycle=cycle, language=language, chapter=chapter)
    last = versions.order_by("-number").first()
    number = last.number if last else 0
    if number != after:
        raise Refused(
            _("Version %(number)s was written meanwhile. Read it, then save yours again.")
            % {"number": in_locale(number)}
        )
    if text == (last.text if last else ""):
        raise Refused(_("This is the text of the last version."))
    if unknown := texts.unknown_names(text):
        raise Refused(_("No figure has this name: %(names)s.") % {"names": _(", ").join(unknown)})
    version = ReportText.objects.create(
        cycle=cycle,
        language=language,
        chapter=chapter,
        number=number + 1,
        text=text,
        written_by=by,
        written_at=at,
    )
    perform(
        EDITIONS,
        [edition],
        "write_text",
        by=by,
        at=at,
        chapter=chapter,
        language=language,
        version=version.number,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return version


# --- Drawing up ---------------------------------------------------------------------------------


@transaction.atomic
def ask_for_report(
    edition: Edition, *, languages: Sequence[str], by: User, at: datetime
) -> list[Report]:
    """Ask for the report in these languages, under the year's next number; a job draws each up."""
    [edition] = perform(
        EDITIONS, [edition], "draft_report", by=by, at=at, languages=list(languages)
    )
    last = (
        Report.objects.filter(edition__cycle=edition.cycle_id).aggregate(last=Max("number"))["last"]
        or 0
    )
    reports = [
        Report.objects.create(
            edition=edition, number=last + 1, language=language, asked_by=by, asked_at=at
        )
        for language in languages
    ]
    jobs.order_all("report", reports, by=by, at=at)
    return reports


@transaction.atomic
def store_report(
    report: Report,
    *,
    pdf: bytes,
    archive: bytes = b"",
    facts: Mapping[str, Fact] | None = None,
    at: datetime,
) -> Report:
    """Keep the finished files of a report and its facts; one that is finished or was stopped stays
    as it is.
    """
    report = locked(Report.objects.select_related("edition__cycle"), with_keys=True).get(
        pk=report.pk
    )
    job = latest("report", report.pk)
    if report.finished_at is not None or (job is not None and job.is_stopped):
        return report
    report.sha256 = hashlib.sha256(pdf).hexdigest()
    report.finished_at, report.facts = at, dict(facts or {})
    with all_or_none(report.file.storage, [report_path(report, ""), archive_path(report, "")]):
        report.file.save("report.pdf", ContentFile(pdf), save=False)
        if archive:
            report.archive_sha256 = hashlib.sha256(archive).hexdigest()
            report.archive.save("archive.pdf", ContentFile(archive), save=False)
    report.save(
        update_fields=["sha256", "file", "archive", "archive_sha256", "facts", "finished_at"]
    )
    return report


@transaction.atomic
def cancel_report(report: Report, *, by: User, at: datetime, note: str = "") -> Report:
    """Stop the drawing-up of a report; its worker ends at its next step and keeps nothing."""
    report = locked(Report.objects.select_related("edition__cycle"), with_keys=True).get(
        pk=report.pk
    )
    perform(
        EDITIONS, [report.edition], "cancel_report", by=by, at=at, note=note, report=report.uuid
    )
    if report.finished_at is not None:
        raise Refused(_("The report is finished; there is nothing to stop."))
    if not jobs.withdraw("report", report, at=at):
        raise Refused(_("The report is not being drawn up; there is nothing to stop."))
    return report


# --- Approval and delivery ----------------------------------------------------------------------


@transaction.atomic
def approve_report(
    report: Report, *, redelivers: bool = False, by: User, at: datetime, note: str = ""
) -> Report:
    """Approve a finished report; two people do. With the second the public may read it from
    publication on.

    Where a report of the year has been delivered already, both people say that this one
    `redelivers`: it takes the other's place, and its own deliveries are owed.
    """
    report = locked(Report.objects.select_related("edition__cycle"), with_keys=True).get(
        pk=report.pk
    )
    if why := _why_unfit(report, by):
        raise Refused(why)
    if not redelivers and (earlier := deliveries_of(report.edition.cycle_id)):
        raise Refused(
            _(
                "%(delivery)s This version would have to be delivered anew: tick the box "
                "that says so."
            )
            % {"delivery": delivery_sentence(earlier[-1])}
        )
    is_first = report.first_approved_at is None
    in_place_of_delivered = {report.edition.pk: {"redelivers": True}} if redelivers else {}
    perform(
        EDITIONS,
        [report.edition],
        "approve_report",
        by=by,
        at=at,
        note=note,
        report=report.uuid,
        number=report.reference,
        approval=1 if is_first else 2,
        sha256=report.sha256,
        archive=report.archive_sha256,
        params_by_pk=in_place_of_delivered,
    )
    if is_first:
        report.first_approved_at, report.first_approved_by = at, by
    else:
        report.approved_at, report.approved_by = at, by
    report.save(
        update_fields=["first_approved_at", "first_approved_by", "approved_at", "approved_by"]
    )
    return report


def why_not_approve(report: Report, *, by: User, at: datetime) -> str:
    """Say why this person may not approve a report now, or ""."""
    return _why_unfit(report, by) or why_closed(
        EDITIONS, report.edition, "approve_report", by=by, at=at
    )


def _why_unfit(report: Report, by: User) -> str:
    """Say why a report, as it stands, is not this person's to approve."""
    if report.finished_at is None:
        return _("The report is not finished yet.")
    if report.approved_at is not None:
        return _("The report is approved already.")
    if report.first_approved_by_id == by.pk:
        return _(
            "Two people approve the report, and you are the first of them; somebody else is "
            "the second."
        )
    return ""


@transaction.atomic
def deliver(
    edition: Edition, *, addressee: str, letter: str, by: User, at: datetime, note: str = ""
) -> Edition:
    """Record that the report was delivered to one of its two addressees, by a letter; both
    deliveries end the duty.

    A version approved after a delivery is delivered anew, to each of the two.
    """
    edition = locked(Edition.objects.select_related("cycle")).get(pk=edition.pk)
    approved = _approved_files(edition)
    if why := why_closed(EDITIONS, edition, "deliver_report", by=by, at=at):
        raise Refused(why)
    if addressee not in Addressee.values or not letter:
        raise Refused(_("A delivery names its addressee and the number of its letter."))
    if set(approved) != set(Language.values):
        raise Refused(_("The report is delivered once it is approved in both languages."))
    if addressee in current_deliveries(edition):
        raise Refused(
            _("The delivery to this addressee is recorded already: %(to)s.")
            % {"to": Addressee(addressee).label}
        )
    [edition] = perform(
        EDITIONS,
        [edition],
        "deliver_report",
        by=by,
        at=at,
        note=note,
        letter=letter,
        addressee=addressee,
        reports=approved,
    )
    return edition


def _approved_files(edition: Edition) -> dict[str, str]:
    """Return the digest of the newest approved report in each language."""
    approved = Report.objects.filter(edition=edition, approved_at__isnull=False)
    return dict(approved.order_by("approved_at", "pk").values_list("language", "sha256"))


def current_deliveries(edition: Edition) -> dict[str, Entry]:
    """Return the deliveries on record of the report as it is approved now, by addressee."""
    approved = _approved_files(edition)
    entries = Entry.objects.of(edition).filter(act="deliver_report").order_by("-id")
    return {e.params["addressee"]: e for e in entries if e.params["reports"] == approved}


def deliveries_of(cycle_id: int) -> list[Entry]:
    """Return every delivery of a year's report that is on record, whichever version it was, in
    order.
    """
    entries = Entry.objects.filter(
        model=Edition._meta.label_lower, act="deliver_report", cycle_id=cycle_id
    )
    return list(entries.order_by("id"))


def delivery_sentence(delivery: Entry) -> str:
    """Say to whom a report was delivered, by which letter and when."""
    return _("A report of this year was delivered to %(to)s by letter %(number)s on %(when)s.") % {
        "to": Addressee(delivery.params["addressee"]).label,
        "number": delivery.params["letter"],
        "when": format_date(delivery.at, language()),
    }
