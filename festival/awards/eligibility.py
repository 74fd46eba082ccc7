"""Who may be put forward for an award, and how many may be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.persian import in_locale
from cycles.models import Group, Participation
from cycles.workflow import Refused
from festival.models import Award, AwardCategory, Ceremony, Edition, Rank, Standing
from festival.models.editions import PLACES, VALUES
from festival.places import Ranking


@dataclass(frozen=True)
class Decision:
    """The committee's decision on one proposal, with its reason in one sentence."""

    rank: str
    reason: str
    reason_en: str = ""


def refuse_unfit(
    ceremony: Ceremony,
    category: AwardCategory,
    participation: Participation,
    rank: str,
    reason: str,
    group: Group | None,
) -> None:
    if rank not in Rank.values or not reason.strip():
        raise Refused(_("Say as what the agency is put forward, and why in one sentence."))
    if not AwardCategory.objects.offered_at(ceremony).filter(pk=category.pk).exists():
        raise Refused(_("There is no such award at this ceremony."))
    if participation.cycle_id != ceremony.cycle_id:
        raise Refused(_("%(agency)s does not take part in this cycle.") % {"agency": participation})
    if ceremony.province_id and participation.province_id != ceremony.province_id:
        raise Refused(_("%(agency)s is no agency of this province.") % {"agency": participation})
    if category.per_group != (group is not None):
        said = _("This award is given in each group: name the group.")
        raise Refused(
            said if category.per_group else _("This award is given once, not in each group.")
        )
    if (
        group
        and not participation.groups.filter(pk=group.pk, province=ceremony.province_id).exists()
    ):
        raise Refused(_("%(agency)s is not in this group.") % {"agency": participation})


def refuse_too_little(
    edition: Edition,
    category: AwardCategory,
    participation: Participation,
    rank: str,
    standing: Standing | None,
) -> None:
    least = edition.cycle.minimum_to_win
    if (rank == Rank.WINNER or category.is_ranked) and (standing is None or not standing.submitted):
        raise Refused(
            _("%(agency)s submitted no self-assessment and wins nothing.")
            % {"agency": participation}
        )
    if rank == Rank.WINNER and standing is not None and standing.percent < least:
        said = _("%(agency)s has less than %(least)s percent, below which nobody wins this year.")
        raise Refused(said % {"agency": participation, "least": in_locale(least)})


def refuse_undecidable(award: Award, decision: Decision, edition: Edition) -> None:
    """Refuse a decision without its reason, on outdated results, or for too low a percent."""
    if decision.rank not in Rank.values or not decision.reason.strip():
        raise Refused(
            _("%(award)s: say why, in one sentence; it stands on the certificate.")
            % {"award": award}
        )
    if award.standing is None:
        return
    if award.standing.edition_id != edition.pk:
        why = _(
            "%(award)s rests on an earlier edition of the results. Propose by the standings "
            "again first."
        )
        raise Refused(why % {"award": award})
    refuse_too_little(edition, award.category, award.participation, decision.rank, award.standing)


def refuse_too_many(
    decided: Iterable[Award], awards: Iterable[Award], decisions: Mapping[int, Decision]
) -> None:
    """Refuse more places than a category gives; agencies that share a place share the award,
    too.
    """
    places: dict[tuple[int, int | None, str], set[tuple[str, Decimal | int | None]]] = {}
    categories: dict[int, AwardCategory] = {}
    for award in (*decided, *awards):
        rank = decisions[award.pk].rank if award.pk in decisions else award.rank
        categories[award.category_id] = award.category
        places.setdefault((award.category_id, award.group_id, rank), set()).add(_place(award))
    for (key, _group, rank), taken in places.items():
        category = categories[key]
        most = category.most_winners if rank == Rank.WINNER else category.most_commended
        if most is not None and len(taken) > most:
            said = _("%(category)s: “%(rank)s” are at most %(most)s, where places are not shared.")
            raise Refused(
                said % {"category": category, "rank": Rank(rank).label, "most": in_locale(most)}
            )


def _place(award: Award) -> tuple[str, Decimal | int | None]:
    """Return the place or value by which an award counts against the limit; itself without one."""
    if award.standing is None:
        return "award", award.pk
    by = Ranking(award.category.basis)
    return by, getattr(award.standing, PLACES[by] if award.group_id else VALUES[by])
