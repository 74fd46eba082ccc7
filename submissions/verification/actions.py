"""The acts of verification at the source: the sample drawn and shared out, files shown, the finding
concluded.
"""

from datetime import datetime
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from submissions.evidence import file_types, quotas
from submissions.evidence.actions import MOST_AT_ONCE, keep_document
from submissions.models import (
    Answer,
    Description,
    Exhibit,
    Finding,
    Place,
    Submission,
    Verification,
)
from submissions.scoring import totals, verification_effect
from submissions.workflow import SIGNED, VERIFICATIONS
from submissions.workload import MOST_HOURS

MOST_FILES = 20
"""Files that one verification may show."""


# --- What is found ------------------------------------------------------------------------------

FIELDS = ("place", "finding", "found_value", "text", "hours")
"""What an assessor says of a line that was verified."""


@transaction.atomic
def note(
    verification: Verification,
    *,
    place: str = "",
    finding: str = "",
    found_value: Decimal | None = None,
    text: str = "",
    hours: Decimal | None = None,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Verification:
    """Keep what has been found so far; it counts, and others read it, only when it is concluded."""
    [verification] = perform(VERIFICATIONS, [verification], "note", by=by, at=at, seen=seen)
    verification.place, verification.finding = place, finding
    verification.found_value, verification.hours = found_value, hours
    verification.text = text
    verification.save(update_fields=FIELDS)
    return verification


@transaction.atomic
def show(
    verification: Verification,
    *,
    upload: File,
    by: User,
    at: datetime,
    description: Description | None = None,
) -> Exhibit:
    """Keep a file that shows what was found; it is scanned and handed out as evidence is."""
    name = file_types.clean_name(upload.name or "")
    if why := file_types.why_not_named(
        name, upload.size or 0, MOST_AT_ONCE
    ) or quotas.why_not_content(name, upload, by=by):
        raise Refused(why)
    digest = ui_files.sha256(upload)
    [verification] = perform(
        VERIFICATIONS, [verification], "show", by=by, at=at, note=name, sha256=digest
    )
    if verification.exhibits.live().count() >= MOST_FILES:
        raise Refused(
            _("A verification shows at most %(count)s files.") % {"count": in_locale(MOST_FILES)}
        )
    document = keep_document(
        verification.cycle, None, name=name, content=upload, sha256=digest, by=by, at=at
    )
    exhibit = Exhibit(verification=verification, document=document)
    exhibit.describe(description or Description())
    exhibit.save()
    return exhibit


@transaction.atomic
def take_back(exhibit: Exhibit, *, by: User, at: datetime) -> Exhibit:
    """Withdraw a file that was shown by mistake; it stays on record, and nobody is shown it any
    more.
    """
    document = exhibit.document
    perform(
        VERIFICATIONS,
        [exhibit.verification],
        "take_back",
        by=by,
        at=at,
        note=document.name,
        sha256=document.sha256,
    )
    exhibit.withdrawn_at = at
    exhibit.save(update_fields=["withdrawn_at"])
    return exhibit


@transaction.atomic
def conclude(
    verification: Verification,
    *,
    place: str = "",
    finding: str = "",
    found_value: Decimal | None = None,
    text: str = "",
    hours: Decimal | None = None,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Verification:
    """Conclude what was found of a line; where it has its score already, the rule is applied at
    once.
    """
    rows = locked(Submission.objects.select_related("cycle", "agency"), with_keys=True)
    submission = rows.get(pk=verification.submission_id)
    if submission.state not in SIGNED:
        raise Refused(
            _(
                "A line is verified while its self-assessment is signed and its scores are not "
                "communicated."
            )
        )
    line = Answer.objects.select_related("measure", "own").get(pk=verification.line_id)
    text = text.strip()
    found_value = found_value if finding == Finding.PARTLY else None
    _refuse_incomplete(line, place, finding, found_value, text, hours)
    shown = list(verification.exhibits.live().values_list("document__sha256", flat=True))
    [verification] = perform(
        VERIFICATIONS,
        [verification],
        "conclude",
        by=by,
        at=at,
        note=text,
        seen=seen,
        files=shown,
        place=place,
        finding=finding,
        found_value=found_value,
        text=text,
        hours=hours,
    )
    if verification_effect.apply_findings([submission], [line.pk], at=at):
        totals.compute([submission], why=f"verify: {verification.pk}", by=by, at=at)
    return verification


def _refuse_incomplete(
    line: Answer,
    place: str,
    finding: str,
    value: Decimal | None,
    text: str,
    hours: Decimal | None,
) -> None:
    """Refuse a conclusion that lacks something, or that no line may have."""
    if place not in Place or finding not in Finding:
        raise Refused(_("Say where the line was verified, and what was found."))
    if not text:
        raise Refused(_("Say what was seen; the agency will read it."))
    if finding == Finding.PARTLY and value is None:
        raise Refused(_("Give the value that was found; the method computes the points of it."))
    if value is not None and (why := line.why_unfit(value)):
        raise Refused(why)
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        raise Refused(_("Hours lie between 0 and %(most)s.") % {"most": in_locale(MOST_HOURS)})
