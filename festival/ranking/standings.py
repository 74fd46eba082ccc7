"""From totals to standings: one row an agency and group, placed in every ranking."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, FilteredRelation, Q

from cycles.engine import ledger
from cycles.models import Cycle, Participation, TieRule
from festival.models import Edition, Standing
from festival.models.editions import PLACES, VALUES
from festival.places import Entrant, Ranking, places
from indicators.models import Kind
from indicators.scoring.methods import SHOWN_PLACES, half_up
from indicators.scoring.statutory_tree import band
from submissions.models import Answer, NodeScore, Submission
from submissions.models.answers import AnswerQuerySet
from submissions.workflow import SubmissionState

NOTHING = Decimal(0)
LEAST_GROWTH = Decimal(-1000)
"""What stands for no figure where figures part equal percents: less than any."""

KINDS = {
    Ranking.TOTAL: "",
    Ranking.GENERAL: Kind.GENERAL,
    Ranking.SPECIFIC: Kind.SPECIFIC,
    Ranking.THEMATIC: Kind.THEMATIC,
}


@dataclass(frozen=True)
class Result:
    """One agency's totals by kind (\"\": all of them), and its percent of last year."""

    participation: Participation
    submission: Submission | None
    nodes: dict[str, NodeScore]
    before: Decimal | None

    @property
    def has_submitted(self) -> bool:
        return self.submission is not None and self.submission.state == SubmissionState.COMMUNICATED

    def points(self, kind: str) -> Decimal:
        return self.nodes[kind].points if kind in self.nodes else NOTHING

    @property
    def percent(self) -> Decimal:
        """Return the exact percent of all points that apply to it."""
        whole = self.nodes.get(KINDS[Ranking.TOTAL])
        return whole.percent if whole else NOTHING

    def value(self, by: Ranking) -> Decimal | None:
        """Return the exact percent, or growth in percentage points on percents of 2 places; None
        where it is not placed.
        """
        if by == Ranking.GROWTH:
            return self.growth
        if by == Ranking.TOTAL:
            return self.percent
        node = self.nodes.get(KINDS[by])
        return node.percent if node and node.ceiling else None

    @property
    def growth(self) -> Decimal | None:
        if self.before is None or not self.has_submitted:
            return None
        return half_up(self.percent, SHOWN_PLACES) - self.before

    def rounded_value(self, by: Ranking) -> Decimal | None:
        value = self.value(by)
        return None if value is None else half_up(value, SHOWN_PLACES)

    def entrant(self, group: int, by: Ranking, tie_rule: str) -> Entrant | None:
        """Return its entry in a ranking; None where the kind does not concern it or it has no
        growth.
        """
        value = self.value(by)
        if value is None or (by != Ranking.TOTAL and not self.has_submitted):
            return None
        then: tuple[Decimal, ...] = ()
        if tie_rule == TieRule.SPECIFIC and self.has_submitted:
            parted = (self.value(Ranking.SPECIFIC), self.growth)
            then = tuple(LEAST_GROWTH if p is None else p for p in parted)
        return Entrant(self.participation.pk, group, value, self.has_submitted, then)


def stand(edition: Edition) -> list[Standing]:
    """Write the standings of an edition; the same number of queries for any number of agencies."""
    results = results_of(edition)
    rule = edition.cycle.tie_rule
    placed: dict[tuple[int, int], dict[str, int]] = {}
    for by in Ranking:
        for place in places(_entrants(results, by, rule)):
            placed.setdefault((place.key, place.group), {})[PLACES[by]] = place.place
    rows = []
    for result in results:
        for group in result.participation.groups.all():
            own_places = placed[result.participation.pk, group.pk]
            rows.append(_standing(edition, result, group.pk, own_places))
    return Standing.objects.bulk_create(rows, batch_size=1000)


def _entrants(results: Iterable[Result], by: Ranking, tie_rule: str) -> list[Entrant]:
    """List the entrants of a ranking, an agency once in each of its groups."""
    entrants = []
    for result in results:
        for group in result.participation.groups.all():
            if entrant := result.entrant(group.pk, by, tie_rule):
                entrants.append(entrant)
    return entrants


def _standing(edition: Edition, result: Result, group: int, placed: dict[str, int]) -> Standing:
    whole = result.nodes.get("")
    percent = result.rounded_value(Ranking.TOTAL) or Decimal("0.00")
    kinds = {
        VALUES[by]: result.rounded_value(by)
        for by in (Ranking.GENERAL, Ranking.SPECIFIC, Ranking.THEMATIC)
    }
    return Standing(
        edition=edition,
        group_id=group,
        participation=result.participation,
        submission=result.submission,
        submitted=result.has_submitted,
        general=result.points(Kind.GENERAL),
        specific=result.points(Kind.SPECIFIC),
        thematic=result.points(Kind.THEMATIC),
        total=result.points(""),
        ceiling=whole.ceiling if whole else NOTHING,
        percent=percent,
        growth=result.growth,
        band=band(percent).name,
        **kinds,
        **placed,
    )


def results_of(edition: Edition) -> list[Result]:
    """Return the totals of every agency that still takes part; unsubmitted lines count nothing."""
    cycle = edition.cycle
    taking_part = (
        Participation.objects.active().filter(cycle=cycle).prefetch_related("groups").order_by("pk")
    )
    submissions = {s.participation_id: s for s in Submission.objects.filter(cycle=cycle)}
    nodes: dict[int, dict[str, NodeScore]] = {}
    for node in NodeScore.objects.filter(
        run=edition.run, axis=None, submission__state=SubmissionState.COMMUNICATED
    ):
        nodes.setdefault(node.submission_id, {})[node.kind] = node
    before = last_year(cycle)
    results = []
    for participation in taking_part:
        submission = submissions.get(participation.pk)
        results.append(
            Result(
                participation=participation,
                submission=submission,
                nodes=nodes.get(submission.pk, {}) if submission else {},
                before=before.get(participation.agency_id),
            )
        )
    return results


def last_year(cycle: Cycle) -> dict[int, Decimal]:
    """Return the percents of the year before, by agency, of its newest edition; agencies that did
    not submit have none.
    """
    editions = Edition.objects.newest().filter(cycle__year=cycle.year - 1)
    rows = Standing.objects.filter(edition__in=editions.values("pk"), submitted=True)
    return dict(rows.order_by().values_list("participation__agency", "percent"))


def digest(edition: Edition, standings: Iterable[Standing]) -> str:
    """Name by a digest all that an edition rests on: the lines its run has read, the rules of
    places, and every place.
    """
    cycle = edition.cycle
    fields = (
        "participation_id",
        "group_id",
        "total",
        "ceiling",
        *VALUES.values(),
        *PLACES.values(),
    )
    rows = []
    for standing in standings:
        rows.append(tuple(str(getattr(standing, name)) for name in fields))
    rows.sort()
    rules = [cycle.spreads_points, cycle.tie_rule, cycle.minimum_to_win]
    text = ledger.as_json([edition.number, edition.run.input_digest, rules, rows])
    return hashlib.sha256(text.encode()).hexdigest()


def lines(cycle: Cycle, submissions: Sequence[int]) -> AnswerQuerySet:
    """Read the lines of these submissions whose scores have been communicated, with the points in
    force (`held_points`).
    """
    rows = Answer.objects.filter(submission__in=submissions, submission__cycle=cycle)
    rows = rows.filter(submission__state=SubmissionState.COMMUNICATED, measure__is_pilot=False)
    rows = rows.annotate(current=FilteredRelation("scores", condition=Q(scores__is_current=True)))
    return (
        rows.annotate(held_points=F("current__points"))
        .select_related("submission__agency", "measure")
        .order_by("pk")
    )
