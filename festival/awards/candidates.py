"""Whom the standings put forward for awards, and which awards a later
edition no longer bears out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils import translation
from django.utils.translation import gettext as _

from agencies.persian import in_locale
from cycles.models import Group
from festival.models import Award, AwardCategory, Ceremony, Edition, Rank, Standing
from festival.models.editions import PLACES, VALUES
from festival.places import Ranking


@dataclass(frozen=True)
class Candidate:
    """One agency that a ranking puts forward for an award; `group` None where a category is given
    once.
    """

    category: AwardCategory
    group: Group | None
    standing: Standing
    rank: Rank

    @property
    def key(self) -> tuple[int, int | None, int]:
        return (
            self.category.pk,
            self.group.pk if self.group else None,
            self.standing.participation_id,
        )


def candidates(ceremony: Ceremony, edition: Edition) -> list[Candidate]:
    """Put forward the firsts of each ranking as winners, and as many of the next as the category
    commends.

    Equal places are all put forward. Nobody is with less than the year asks of a winner, in the
    whole or in the ranking. As many queries for any number of agencies.
    """
    found: list[Candidate] = []
    eligible = list(_eligible(ceremony, edition))
    firsts: dict[Ranking, set[int]] = {}
    for category in AwardCategory.objects.offered_at(ceremony).for_list():
        if not category.is_ranked:
            continue
        by = Ranking(category.basis)
        if by not in firsts:
            firsts[by] = set(edition.standings.firsts(by).values_list("pk", flat=True))
        able = [s for s in eligible if _is_able(s, by, edition)]
        if category.per_group:
            for _key, members in groupby(able, lambda s: s.group_id):
                found += _of_group(category, by, list(members), firsts[by])
        else:
            found += _of_all(category, by, able, firsts[by])
    return found


def _eligible(ceremony: Ceremony, edition: Edition) -> Iterable[Standing]:
    """Read the standings in the ceremony's groups, group by group, of agencies with the percent
    that the year asks of a winner.
    """
    least = edition.cycle.minimum_to_win
    rows = edition.standings.filter(
        group__province=ceremony.province_id, submitted=True, percent__gte=least
    )
    return rows.select_related("group", "participation").order_by(
        "group__sort_key", "group", "place", "pk"
    )


def _value(standing: Standing, by: Ranking) -> Decimal | None:
    value: Decimal | None = getattr(standing, VALUES[by])
    return value


def _is_able(standing: Standing, by: Ranking, edition: Edition) -> bool:
    """Say whether a standing has a place in a ranking and enough percent there; any growth is
    enough.
    """
    value = _value(standing, by)
    if value is None or getattr(standing, PLACES[by]) is None:
        return False
    return value > 0 if by == Ranking.GROWTH else value >= edition.cycle.minimum_to_win


def _of_group(
    category: AwardCategory, by: Ranking, members: list[Standing], firsts: set[int]
) -> list[Candidate]:
    winners = [s for s in members if s.pk in firsts]
    others = sorted(
        (s for s in members if s.pk not in firsts), key=lambda s: (getattr(s, PLACES[by]), s.pk)
    )
    group = members[0].group
    found = [Candidate(category, group, s, Rank.WINNER) for s in winners]
    next_ones = _first_places(
        others, category.most_commended or 0, lambda s: getattr(s, PLACES[by])
    )
    return found + [Candidate(category, group, s, Rank.COMMENDED) for s in next_ones]


def _of_all(
    category: AwardCategory, by: Ranking, able: list[Standing], firsts: set[int]
) -> list[Candidate]:
    """Order over all groups of a ceremony by the value itself; an agency of several groups stands
    once.
    """
    ordered = sorted(able, key=lambda s: (-(_value(s, by) or 0), s.pk))
    best: dict[int, Standing] = {}
    for standing in ordered:
        best.setdefault(standing.participation_id, standing)
    once = list(best.values())
    most = _value(once[0], by) if once else None
    winners = [s for s in once if _value(s, by) == most and s.pk in firsts]
    others = [s for s in once if s not in winners]
    found = [Candidate(category, None, s, Rank.WINNER) for s in winners]
    next_ones = _first_places(others, category.most_commended or 0, lambda s: _value(s, by))
    return found + [Candidate(category, None, s, Rank.COMMENDED) for s in next_ones]


def _first_places(
    ordered: Sequence[Standing], most: int, place: Callable[[Standing], object]
) -> list[Standing]:
    """Take the first `most` standings, with all that share the place of the last one taken."""
    taken: list[Standing] = []
    for standing in ordered:
        if len(taken) >= most and (not taken or place(standing) != place(taken[-1])):
            break
        taken.append(standing)
    return taken


def grounds(candidate: Candidate) -> tuple[str, str]:
    """Say why the candidate is put forward, in one sentence each in Persian and in English."""
    return _sentence(candidate, "fa"), _sentence(candidate, "en")


def _sentence(candidate: Candidate, language: str) -> str:
    standing, by = candidate.standing, Ranking(candidate.category.basis)
    with translation.override(language):
        told = {
            "place": in_locale(getattr(standing, PLACES[by])),
            "group": standing.group.name,
            "value": in_locale(_value(standing, by), 2),
            "ranking": str(by.label).lower(),
        }
        if by == Ranking.GROWTH:
            said = _(
                "Growth of %(value)s percentage points on last year, place %(place)s in the group "
                "“%(group)s”"
            )
            return said % told
        return (
            _("Place %(place)s in the group “%(group)s” by %(ranking)s, with %(value)s percent")
            % told
        )


# --- After a correction -------------------------------------------------------------------------


@dataclass(frozen=True)
class MovedAward:
    """An award that rests on an earlier edition in which its agency stood otherwise; `now` None: it
    stands no more.
    """

    award: Award
    now: Standing | None

    @property
    def was(self) -> Standing:
        assert self.award.standing is not None
        return self.award.standing

    @property
    def by(self) -> Ranking:
        return (
            Ranking(self.award.category.basis) if self.award.category.is_ranked else Ranking.TOTAL
        )

    def place_and_value(self, standing: Standing | None) -> tuple[int | None, Decimal | None]:
        """Place and value in the ranking that the category goes by."""
        return (
            (getattr(standing, PLACES[self.by]), _value(standing, self.by))
            if standing
            else (None, None)
        )

    @property
    def stood(self) -> tuple[int | None, Decimal | None]:
        return self.place_and_value(self.was)

    @property
    def stands(self) -> tuple[int | None, Decimal | None]:
        return self.place_and_value(self.now)


def moved_awards(awards: Iterable[Award], edition: Edition) -> list[MovedAward]:
    """Return the awards whose place or value changed with a later edition; one query."""
    earlier = [a for a in awards if a.standing is not None and a.standing.edition_id != edition.pk]
    rows = Standing.objects.filter(
        edition=edition, participation__in={a.participation_id for a in earlier}
    )
    now = (
        {(s.group_id, s.participation_id): s for s in rows.select_related("group")}
        if earlier
        else {}
    )
    found = []
    for award in earlier:
        assert award.standing is not None
        moved = MovedAward(award, now.get((award.standing.group_id, award.participation_id)))
        if moved.stood != moved.stands:
            found.append(moved)
    return found
