"""Signing for the figures of a measure, and opening them again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User, with_roles
from agencies.persian import in_locale
from cycles import clashes
from cycles.engine.perform import perform, why_closed
from cycles.workflow import Refused
from submissions.models import (
    UNASKED,
    Answer,
    Score,
    StewardFigure,
    Stewardship,
    Submission,
)
from submissions.scoring import actions as scoring
from submissions.scoring import totals
from submissions.stewards.actions import figure_of, lines_of
from submissions.workflow import MOVES, STEWARDSHIPS, SubmissionState


def figures_of(stewardship: Stewardship) -> dict[str, str]:
    """Take digests of what a measure's figures and their source say."""
    figures = StewardFigure.objects.filter(stewardship=stewardship).select_related("answer")
    source = Stewardship.objects.values_list("source_title", "source_sha256").get(pk=stewardship.pk)
    return {"figures": _digest(figures), "source": " ".join(source)}


@transaction.atomic
def supply(
    stewardship: Stewardship, *, by: User, at: datetime, seen: clashes.Seen | None = None
) -> Stewardship:
    """Sign for a measure's figures: they become the scores of their lines, and count in their
    agencies' totals at once.

    Needs the source, and a figure by somebody without a tie for every line that waits for one.
    Self-assessments whose last line this was are complete. What becomes of those who did not
    submit: see above.
    """
    stewardship = _lock(stewardship)
    if why := why_closed(STEWARDSHIPS, stewardship, "supply", by=by, at=at):
        raise Refused(why)
    if not stewardship.source:
        raise Refused(_("Name the source of the figures first, with its document."))
    submissions = _submissions(stewardship)
    lines = lines_of(stewardship).select_related(
        "submission__agency", "figure__entered_by", "measure"
    )
    waiting = [a for a in lines if a.submission_id in submissions]
    standing = {a.pk: f for a in waiting if (f := figure_of(a))}
    _refuse_ungiven(waiting, standing)
    digest = _digest(standing.values())
    [stewardship] = perform(
        STEWARDSHIPS,
        [stewardship],
        "supply",
        by=by,
        at=at,
        signer=by,
        lines=len(waiting),
        digest=digest,
        sha256=stewardship.source_sha256,
        seen=seen,
    )
    givers: dict[User, list[Answer]] = {}
    for answer in waiting:
        givers.setdefault(standing[answer.pk].entered_by, []).append(answer)
    for giver, of_giver in givers.items():
        rows = ((a, *standing[a.pk].outcome, standing[a.pk].note) for a in of_giver)
        totals.put(rows, basis=Score.Basis.STEWARD, by=giver, at=at)
    if waiting:
        concerned = list(submissions.values())
        totals.compute(concerned, why=f"supply: {stewardship.pk}", by=by, at=at)
        scoring.complete(concerned, by=None, at=at)
    return stewardship


def _refuse_ungiven(waiting: Iterable[Answer], standing: Mapping[int, StewardFigure]) -> None:
    """Refuse to supply while figures are missing; one whose giver has a tie to the agency by now is
    as good as none.
    """
    missing = [a for a in waiting if a.pk not in standing]
    if missing:
        raise Refused(
            _("%(count)s figures are missing, among them those of: %(names)s.")
            % {"count": in_locale(len(missing)), "names": _names(missing)}
        )
    entered_by = {f.entered_by_id: f.entered_by for f in standing.values()}
    givers = {giver.pk: giver for giver in with_roles(entered_by.values())}
    tied = [
        a
        for a in waiting
        if givers[standing[a.pk].entered_by_id].is_conflicted(a.submission.agency_id)
    ]
    if tied:
        raise Refused(
            _(
                "Whoever entered the figures of these agencies is tied to them by now; somebody "
                "else has to: %(names)s."
            )
            % {"names": _names(tied)}
        )


def _names(answers: list[Answer]) -> str:
    return ", ".join(a.submission.agency.name for a in answers[:5])


def _digest(figures: Iterable[StewardFigure]) -> str:
    rows = sorted(
        [f.answer_id, str(f.percent), f.is_not_applicable, f.note, f.entered_by_id] for f in figures
    )
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _lock(stewardship: Stewardship) -> Stewardship:
    return locked(Stewardship.objects.all()).get(pk=stewardship.pk)


def _submissions(stewardship: Stewardship) -> dict[int, Submission]:
    """Lock the self-assessments whose lines wait for a figure: nobody completes, closes or
    communicates them now.
    """
    rows = Submission.objects.filter(answers__measure=stewardship.measure_id).select_related(
        "agency", "cycle"
    )
    held = locked(rows.order_by("pk"))
    return {s.pk: s for s in held if s.state not in UNASKED}


@transaction.atomic
def open_again(stewardship: Stewardship, *, reason: str, by: User, at: datetime) -> Stewardship:
    """Open supplied figures again, with a reason: their scores no longer count, and
    self-assessments that were complete wait again. Of agencies whose scores have been communicated
    nothing changes.
    """
    if not reason.strip():
        raise Refused(_("Say why the figures are opened again."))
    [stewardship] = perform(STEWARDSHIPS, [_lock(stewardship)], "reopen", by=by, at=at, note=reason)
    submissions = _submissions(stewardship)
    if not submissions:
        raise Refused(_("The scores of every agency with this measure have been communicated."))
    marked = [s for s in submissions.values() if s.state == SubmissionState.MARKED]
    perform(MOVES, marked, "take_back", by=by, at=at, note=reason)
    of_measure = Score.objects.filter(
        answer__measure=stewardship.measure_id, answer__submission__in=submissions
    )
    of_measure.filter(is_current=True, basis=Score.Basis.STEWARD).update(is_current=False)
    totals.compute(list(submissions.values()), why=f"reopen: {stewardship.pk}", by=by, at=at)
    return stewardship
