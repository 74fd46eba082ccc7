"""What waits for those who decide and score: the working group, assessors, stewards, reviewers."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.roles import Constituency, Role
from appeals.models import Appeal, Question
from appeals.workflow import AppealState
from config.home.year_strip import Outlook, Task, with_count
from cycles.calendar import Phase
from cycles.models import Window
from indicators.models import IndicatorSet, Vote
from indicators.workflow import SetState
from submissions import clearance
from submissions.models import (
    Block,
    Reconciliation,
    Stewardship,
    Verification,
)
from submissions.workflow import BlockState, StewardshipState

BEFORE_SCORING = timedelta(days=30)
"""How long before scoring opens its assessors are asked to declare their interests and to train."""


class ScoringTasks(Outlook):
    def _of_working_group(self) -> Iterator[Task]:
        voted = Vote.objects.filter(set=OuterRef("pk"), round=OuterRef("round"), member=self.user)
        sets = (
            IndicatorSet.objects.visible_to(self.user, self.at)
            .active()
            .filter(cycle__in=self.cycles, state=SetState.PROPOSED)
        )
        own = self.user.memberships(self.at, Role.MEMBER)
        chairs = any(m.is_chair for m in own)
        if all(m.constituency == Constituency.AGENCY for m in own):
            sets = sets.filter(agency__in=[m.agency_id for m in own])
        rows = sets.exclude(proposed_by=self.user).order_by().values("cycle")
        by_cycle = rows.annotate(open=Count("pk", filter=~Exists(voted)), all=Count("pk"))
        for row in by_cycle:
            window = self.open_window(row["cycle"], Phase.APPROVAL)
            if not window:
                continue
            url = f"{reverse('indicators:list')}?state={SetState.PROPOSED}"
            if row["open"]:
                title = with_count(
                    ngettext(
                        "%(count)s set waits for your vote",
                        "%(count)s sets wait for your vote",
                        row["open"],
                    ),
                    row["open"],
                )
                yield Task(title, "", _("Vote"), url, window.closes_at)
            if chairs:
                title = with_count(
                    ngettext(
                        "%(count)s set waits for a decision",
                        "%(count)s sets wait for a decision",
                        row["all"],
                    ),
                    row["all"],
                )
                yield Task(title, "", _("Decide"), url, window.closes_at)

    def _before_scoring(self) -> Iterator[Task]:
        for waiting in clearance.waiting_for(self.user, self.cycles, self.at):
            window = self.windows.get((waiting.cycle.pk, Phase.SCORING))
            if window and self.at >= window.opens_at - BEFORE_SCORING:
                if waiting.states_interests:
                    title = _("Declare your interests before lines are shown: %(cycle)s") % {
                        "cycle": waiting.cycle
                    }
                    yield Task(
                        title,
                        "",
                        _("Declare interests"),
                        reverse("cycles:interests"),
                        window.closes_at,
                    )
                if waiting.trains:
                    title = _("Mark reference lines before lines are shown: %(cycle)s") % {
                        "cycle": waiting.cycle
                    }
                    yield Task(
                        title, "", _("Training"), reverse("submissions:trainings"), window.closes_at
                    )

    def _of_assessor(self) -> Iterator[Task]:
        blocks = Block.objects.visible_to(self.user, self.at).filter(
            cycle__in=self.cycles, state=BlockState.OPEN
        )
        for row in blocks.order_by().values("cycle").annotate(n=Count("pk")):
            if window := self.open_window(row["cycle"], Phase.SCORING):
                title = with_count(
                    ngettext(
                        "%(count)s block of lines waits for marks",
                        "%(count)s blocks of lines wait for marks",
                        row["n"],
                    ),
                    row["n"],
                )
                yield Task(title, "", _("Mark"), reverse("submissions:blocks"), window.closes_at)
        held = Verification.objects.waiting_for(self.user, self.at).filter(cycle__in=self.cycles)
        for cycle, n in held.order_by().values_list("cycle").annotate(n=Count("pk")):
            if window := self.open_window(cycle, Phase.SCORING):
                words = ngettext(
                    "%(count)s line waits to be verified", "%(count)s lines wait to be verified", n
                )
                yield Task(
                    with_count(words, n),
                    "",
                    _("Verify"),
                    reverse("submissions:verifications"),
                    window.closes_at,
                )
        apart = Reconciliation.objects.waiting_for(self.user, self.at).filter(cycle__in=self.cycles)
        for row in apart.order_by().values("cycle").annotate(n=Count("pk")):
            if window := self.open_window(row["cycle"], Phase.SCORING):
                title = with_count(
                    ngettext(
                        "%(count)s line waits for one value from two marks",
                        "%(count)s lines wait for one value from two marks",
                        row["n"],
                    ),
                    row["n"],
                )
                yield Task(
                    title,
                    "",
                    _("Reconcile"),
                    reverse("submissions:reconciliations"),
                    window.closes_at,
                )

    def _of_steward(self) -> Iterator[Task]:
        held = Stewardship.objects.worked_on_by(self.user, self.at).filter(
            steward=self.user, cycle__in=self.cycles
        )
        for s in held.filter(state=StewardshipState.OPEN).for_list():
            if window := self.open_window(s.cycle_id, Phase.SCORING):
                title = _("Supply the figures of a measure for all agencies")
                done, lines = _given_line_counts(s)
                url = s.get_absolute_url()
                yield Task(title, str(s), _("Go on"), url, window.closes_at, done, lines)

    def _of_reviewer(self) -> Iterator[Task]:
        appeals = Appeal.objects.visible_to(self.user, self.at).undecided()
        appeals = appeals.filter(cycle__in=self.cycles, reviewer=self.user)
        closes = Window.objects.filter(
            phase=Phase.APPEAL_REVIEW,
            agency=OuterRef("agency"),
            cycle=OuterRef("cycle"),
            opens_at__lte=self.at,
        )
        open_now = appeals.annotate(closes_at=closes.values("closes_at")[:1]).exclude(
            closes_at=None
        )
        row = open_now.aggregate(n=Count("pk"), due=Min("closes_at"))
        if row["n"]:
            title = with_count(
                ngettext(
                    "%(count)s appeal waits for a decision",
                    "%(count)s appeals wait for a decision",
                    row["n"],
                ),
                row["n"],
            )
            url = f"{reverse('appeals:list')}?state={AppealState.FILED}&mine=on"
            yield Task(title, "", _("Decide"), url, row["due"])

    def _of_asked(self) -> Iterator[Task]:
        """List questions of reviewers to whoever gave a score."""
        asked = Question.objects.waiting().filter(addressee=self.user, cycle__in=self.cycles)
        for question in asked.for_list():
            title = _("The reviewer of an appeal asks you about a score")
            yield Task(
                title, str(question), _("Reply"), question.get_absolute_url(), question.due_at
            )


def _given_line_counts(stewardship: Stewardship) -> tuple[int, int]:
    """Count the lines of a stewardship (`for_list`) that have a figure, and all of them."""
    return stewardship.lines_given, stewardship.lines
