"""Acts on awards: proposing them, deciding on them by the committee's minutes, withdrawing,
revoking, confirming.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.clashes import Seen
from cycles.engine.perform import perform, why_closed
from cycles.models import Group, Participation
from cycles.workflow import Refused
from festival.awards.candidates import Candidate, candidates, grounds, moved_awards
from festival.awards.eligibility import (
    Decision,
    refuse_too_little,
    refuse_too_many,
    refuse_undecidable,
    refuse_unfit,
)
from festival.models import Award, AwardCategory, Ceremony, Edition, Minutes, Standing
from festival.models.editions import PLACES
from festival.places import Ranking
from festival.workflow import AWARDS, AwardState


def newest_edition(ceremony: Ceremony) -> Edition | None:
    """Return the results on which the awards of a ceremony rest."""
    return Edition.objects.newest_of(ceremony.cycle)


def _lock_with_results(ceremony: Ceremony) -> tuple[Ceremony, Edition]:
    """Lock a ceremony and find its year's results; refused while there are none."""
    ceremony = Ceremony.objects.get_locked(ceremony.pk)
    edition = newest_edition(ceremony)
    if edition is None:
        raise Refused(_("There are no results yet; awards are given on final results."))
    return ceremony, edition


# --- Proposals ----------------------------------------------------------------------------------


@transaction.atomic
def propose(ceremony: Ceremony, *, by: User, at: datetime) -> list[Award]:
    """Propose whom the standings put forward; what is live, or was struck on the same standing, is
    not proposed again.

    Undecided proposals that rest on an earlier edition are taken back first; what is decided never
    moves.
    """
    ceremony, edition = _lock_with_results(ceremony)
    awards = Award.objects.filter(ceremony=ceremony)
    undecided = awards.filter(state=AwardState.PROPOSED, standing__isnull=False)
    if earlier := list(undecided.exclude(standing__edition=edition)):
        why = _("A later edition of the results stands.")
        perform(AWARDS, earlier, "supersede", by=by, at=at, note=why, reason=why)
    live = set(awards.live().values_list("category", "group", "participation"))
    ended = awards.exclude(pk__in=awards.live().values("pk")).filter(standing__edition=edition)
    struck = set(ended.values_list("category", "standing"))
    found = [c for c in candidates(ceremony, edition) if c.key not in live]
    found = [c for c in found if (c.category.pk, c.standing.pk) not in struck]
    if not found and not earlier:
        raise Refused(
            _(
                "There is nobody to propose: every agency that the standings put forward is "
                "proposed already."
            )
        )
    made = Award.objects.bulk_create(_new_award(ceremony, c) for c in found)
    return perform(AWARDS, made, "propose", by=by, at=at, edition=edition.number) if made else []


def _new_award(ceremony: Ceremony, candidate: Candidate) -> Award:
    fa, en = grounds(candidate)
    standing = candidate.standing
    return Award(
        ceremony=ceremony,
        category=candidate.category,
        group=candidate.group,
        participation=standing.participation,
        standing=standing,
        rank=candidate.rank,
        reason=fa,
        reason_en=en,
    )


@transaction.atomic
def put_forward(
    ceremony: Ceremony,
    *,
    category: AwardCategory,
    participation: Participation,
    rank: str,
    reason: str,
    reason_en: str = "",
    group: Group | None = None,
    title_fa: str = "",
    title_en: str = "",
    by: User,
    at: datetime,
) -> Award:
    """Put an agency forward by hand, in any category of the ceremony.

    As a winner only with what the year asks of one.
    """
    ceremony, edition = _lock_with_results(ceremony)
    standing = _standing(ceremony, edition, category, participation, group)
    refuse_unfit(ceremony, category, participation, rank, reason, group)
    refuse_too_little(edition, category, participation, rank, standing)
    same = Award.objects.filter(
        ceremony=ceremony, category=category, group=group, participation=participation
    )
    if same.live().exists():
        raise Refused(_("This agency is proposed, or has been chosen, in this category already."))
    made = Award.objects.create(
        ceremony=ceremony,
        category=category,
        group=group,
        participation=participation,
        rank=rank,
        reason=reason,
        reason_en=reason_en,
        title_fa=title_fa,
        title_en=title_en,
        standing=standing if category.is_ranked else None,
    )
    [made] = perform(AWARDS, [made], "put_forward", by=by, at=at, note=reason, rank=rank)
    return made


def _standing(
    ceremony: Ceremony,
    edition: Edition,
    category: AwardCategory,
    participation: Participation,
    group: Group | None,
) -> Standing | None:
    """Find the agency's standing in the group, or its best one where no group is named."""
    rows = Standing.objects.filter(edition=edition, participation=participation)
    rows = (
        rows.filter(group=group)
        if group
        else rows.filter(group__province=participation.province_id)
    )
    place = PLACES[Ranking(category.basis)] if category.is_ranked else "place"
    return rows.order_by(place, "pk").first()


@transaction.atomic
def strike(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Strike a proposal with the reason; the row stays."""
    return _end(award, "strike", reason=reason, by=by, at=at)


# --- Decisions ----------------------------------------------------------------------------------


@transaction.atomic
def decide(
    ceremony: Ceremony,
    minutes: Minutes,
    decisions: Mapping[int, Decision],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> list[Award]:
    """Decide on proposals, by key, as a meeting of the committee did; all of them or none.

    Each gets the next number of the ceremony, in the order in which they are listed.
    """
    ceremony, edition = _lock_with_results(ceremony)
    rows = Award.objects.filter(ceremony=ceremony)
    awards = list(rows.filter(pk__in=list(decisions)).for_list())
    if not awards or len(awards) < len(decisions):
        raise Refused(_("Name proposals of this ceremony."))
    if minutes.ceremony_id != ceremony.pk:
        raise Refused(_("These are the minutes of another ceremony."))
    for award in awards:
        refuse_undecidable(award, decisions[award.pk], edition)
    decided = list(rows.filter(state=AwardState.DECIDED).for_list())
    refuse_too_many(decided, awards, decisions)
    last = rows.aggregate(Max("number"))["number__max"] or 0
    each = {}
    for number, award in enumerate(awards, last + 1):
        decision = decisions[award.pk]
        each[award.pk] = {
            "number": number,
            "rank": decision.rank,
            "reason": decision.reason,
            "reason_en": decision.reason_en,
        }
    return perform(
        AWARDS,
        awards,
        "decide",
        by=by,
        at=at,
        params_by_pk=each,
        seen=seen,
        minutes_id=minutes.pk,
        signer=by,
    )


@transaction.atomic
def withdraw(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Take a decision back before anybody outside the secretariat knows of it."""
    return _end(award, "withdraw", reason=reason, by=by, at=at)


@transaction.atomic
def revoke(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Revoke an award that is public: it stays visible as revoked, and so does its certificate."""
    return _end(award, "revoke", reason=reason, by=by, at=at)


def _end(award: Award, name: str, *, reason: str, by: User, at: datetime) -> Award:
    award = Award.objects.with_names().get(pk=award.pk)
    _refuse_closed(award, name, by=by, at=at)
    if not reason.strip():
        raise Refused(_("Give the reason."))
    is_public = Award.objects.public(at).filter(pk=award.pk).exists()
    if name == "withdraw" and is_public:
        raise Refused(_("This award is public; it can only be revoked."))
    if name == "revoke" and not is_public:
        raise Refused(_("This award is not public yet; withdraw it."))
    [award] = perform(AWARDS, [award], name, by=by, at=at, note=reason, reason=reason)
    return award


@transaction.atomic
def confirm(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Let an award stand although the results were corrected after it: from now on it rests on the
    newest edition.
    """
    _ceremony, edition = _lock_with_results(award.ceremony)
    award = Award.objects.with_names().get(pk=award.pk)
    _refuse_closed(award, "confirm", by=by, at=at)
    if not reason.strip():
        raise Refused(_("Give the reason."))
    found = next(iter(moved_awards([award], edition)), None)
    if found is None or found.now is None:
        raise Refused(_("No correction has changed what this award rests on."))
    [award] = perform(
        AWARDS, [award], "confirm", by=by, at=at, note=reason, standing_id=found.now.pk
    )
    return award


def _refuse_closed(award: Award, name: str, *, by: User, at: datetime) -> None:
    if why := why_closed(AWARDS, award, name, by=by, at=at):
        raise Refused(why)
