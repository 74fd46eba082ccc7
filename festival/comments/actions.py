"""Acts on public comments: anybody writes one, national administrators publish or reject it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.persian import in_locale, normalise
from cycles.engine.perform import perform
from cycles.workflow import Refused
from festival.models import Edition, MeasureComment
from festival.workflow import COMMENTS
from indicators.models import Measure
from submissions.models import Answer


@transaction.atomic
def write_comment(
    edition: Edition,
    measure: Measure,
    *,
    text: str,
    about: Agency | None = None,
    author: str = "",
    organisation: str = "",
    email: str = "",
    by: User | None,
    at: datetime,
) -> MeasureComment:
    """Keep what somebody says of a published measure until an administrator has read it; `by` is
    None for a visitor.

    It is no official act, and nobody's account is kept with it.
    """
    text = normalise(text, lines=True)
    if not edition.is_published(at):
        raise Refused(_("These results are not published yet."))
    if not text:
        raise Refused(_("Write what you have to say."))
    if len(text) > MeasureComment.MOST:
        raise Refused(
            _("A comment has at most %(most)s characters.")
            % {"most": in_locale(MeasureComment.MOST)}
        )
    lines = Answer.objects.filter(
        submission__cycle=edition.cycle_id, measure__lineage=measure.lineage
    )
    if about is not None and not lines.filter(submission__agency=about).exists():
        raise Refused(_("%(agency)s was not asked for this measure.") % {"agency": about.name})
    comment = MeasureComment.objects.create(
        edition=edition,
        lineage=measure.lineage,
        code=measure.code,
        about=about,
        text=text,
        author=normalise(author),
        organisation=normalise(organisation),
        email=email,
        made_at=at,
    )
    [comment] = perform(COMMENTS, [comment], "write", by=by, at=at)
    return comment


@transaction.atomic
def publish_comment(comment: MeasureComment, *, by: User, at: datetime) -> MeasureComment:
    """Let everybody read it."""
    [comment] = perform(COMMENTS, [comment], "publish", by=by, at=at)
    return comment


@transaction.atomic
def reject_comment(
    comment: MeasureComment, *, reason: str, by: User, at: datetime
) -> MeasureComment:
    """Keep it from the public, or take it back from there, with the reason on record."""
    reason = normalise(reason, lines=True)
    if not reason:
        raise Refused(_("Say why the comment is not published."))
    [comment] = perform(COMMENTS, [comment], "reject", by=by, at=at, note=reason, reason=reason)
    return comment
