"""What waits for administrators of the authority."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import in_reach
from agencies.roles import Role
from appeals.models import Appeal
from config.home.secretariat_tasks import SecretariatTasks
from config.home.year_strip import Task, with_count
from cycles.calendar import Phase
from cycles.models import Nomination, Window
from indicators.models import Measure
from indicators.workflow import SetState
from submissions.models import (
    Block,
    Stewardship,
    Submission,
    left_to,
)
from submissions.workflow import SubmissionState


class AdministratorTasks(SecretariatTasks):
    def _of_administrator(self) -> Iterator[Task]:
        if self.user.province_ids(self.at, Role.ADMINISTRATOR) is None:
            yield from self._nominations()
        reach = in_reach(self.user, self.at, (Role.ADMINISTRATOR,))
        mine = Submission.objects.active().filter(reach, cycle__in=self.cycles)
        assigned = Block.objects.filter(submission=OuterRef("pk"))
        counts = {
            row["cycle"]: row
            for row in mine.order_by()
            .values("cycle")
            .annotate(
                marked=Count("pk", filter=Q(state=SubmissionState.MARKED)),
                unassigned=Count(
                    "pk", filter=Q(~Exists(assigned), state=SubmissionState.SUBMITTED)
                ),
            )
        }
        for cycle in self.cycles:
            row = counts.get(cycle.pk, {"marked": 0, "unassigned": 0})
            board = reverse("submissions:board", args=[cycle.pk])
            if window := self.open_window(cycle.pk, Phase.SCORING):
                if n := row["unassigned"]:
                    title = with_count(
                        ngettext(
                            "%(count)s submission has no assessor",
                            "%(count)s submissions have no assessor",
                            n,
                        ),
                        n,
                    )
                    yield Task(title, str(cycle), _("Assign"), board, window.closes_at)
                if n := row["marked"]:
                    title = with_count(
                        ngettext(
                            "The scores of %(count)s agency wait to be communicated",
                            "The scores of %(count)s agencies wait to be communicated",
                            n,
                        ),
                        n,
                    )
                    yield Task(title, str(cycle), _("Communicate"), board, window.closes_at)
        yield from self._of_stewards()
        yield from self._of_appeals(reach)
        if self.user.province_ids(self.at, Role.ADMINISTRATOR) is None:
            yield from self._of_secretariat()

    def _nominations(self) -> Iterator[Task]:
        """List national roles that another administrator has proposed, for somebody else."""
        waiting = Nomination.objects.waiting().exclude(Q(proposed_by=self.user) | Q(user=self.user))
        if count := waiting.count():
            title = with_count(
                ngettext(
                    "%(count)s national role waits for a second administrator",
                    "%(count)s national roles wait for a second administrator",
                    count,
                ),
                count,
            )
            yield Task(title, "", _("Decide"), reverse("cycles:nominations"), None)

    def _of_appeals(self, reach: Q) -> Iterator[Task]:
        """List appeals that nobody hears, and decisions that show an error for other agencies and
        have not been followed.
        """
        rows = Appeal.objects.filter(reach, cycle__in=self.cycles)
        opened = Window.objects.filter(
            phase=Phase.APPEAL_REVIEW,
            agency=OuterRef("agency"),
            cycle=OuterRef("cycle"),
            opens_at__lte=self.at,
        )
        unheard = rows.undecided().filter(Exists(opened), reviewer=None)
        for cycle, n in unheard.order_by().values_list("cycle").annotate(n=Count("pk")):
            title = with_count(
                ngettext(
                    "%(count)s appeal has no reviewer", "%(count)s appeals have no reviewer", n
                ),
                n,
            )
            yield Task(title, "", _("Share out"), reverse("appeals:outcomes", args=[cycle]))
        for appeal in rows.exclude(error="").filter(corrections=None).for_list():
            title = _("An appeal showed an error that concerns other agencies")
            yield Task(title, str(appeal), _("Look"), reverse("appeals:correct", args=[appeal.pk]))

    def _of_stewards(self) -> Iterator[Task]:
        """List measures that no steward has in hand, and figures that a steward may not give."""
        scoring = [c for c in self.cycles if self.open_window(c.pk, Phase.SCORING)]
        of_set = {
            "indicator__axis__set__cycle__in": scoring,
            "indicator__axis__set__state": SetState.COMMUNICATED,
        }
        held = Stewardship.objects.filter(cycle__in=scoring).values("measure")
        bare = Measure.objects.filter(method="steward", **of_set).exclude(pk__in=held)
        if (provinces := self.user.province_ids(self.at, Role.ADMINISTRATOR)) is not None:
            bare = bare.filter(indicator__axis__set__province__in=provinces)
        without = Counter(bare.values_list("indicator__axis__set__cycle", flat=True))
        left = Counter(
            left_to(self.user, scoring, self.at).values_list("submission__cycle", flat=True)
        )
        for cycle in scoring:
            url, until = (
                reverse("submissions:stewards", args=[cycle.pk]),
                self.open_window(cycle.pk, Phase.SCORING),
            )
            closes_at = until.closes_at if until else None
            if n := without[cycle.pk]:
                words = ngettext(
                    "%(count)s measure has no steward", "%(count)s measures have no steward", n
                )
                yield Task(with_count(words, n), str(cycle), _("Name a steward"), url, closes_at)
            if n := left[cycle.pk]:
                words = ngettext(
                    "%(count)s figure waits for an administrator without an interest",
                    "%(count)s figures wait for an administrator without an interest",
                    n,
                )
                yield Task(with_count(words, n), str(cycle), _("Enter"), url, closes_at)
