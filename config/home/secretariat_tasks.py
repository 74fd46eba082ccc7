"""What waits for an administrator of the whole country: cycles, the general set, results."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.home import closing_tasks
from config.home.year_strip import Outlook, Task, address_of_set, with_count
from cycles.calendar import Phase
from festival.duties.catalogue import DutyCode
from festival.models import Edition, Language, Report
from indicators.models import IndicatorSet, Kind
from indicators.workflow import SetState


class SecretariatTasks(Outlook):
    def _of_secretariat(self) -> Iterator[Task]:
        """List what only an administrator of the whole country does: cycles, the general set,
        results.
        """
        yield from closing_tasks.of_secretariat(self.at)
        yield from self._of_planned_cycles()
        yield from self._second_approvals()
        yield from self._of_general_sets()
        yield from self._of_approved_sets()
        yield from self._of_festival()

    def _of_planned_cycles(self) -> Iterator[Task]:
        for cycle in self.planned:
            first = self.windows.get((cycle.pk, Phase.PROPOSAL))
            url = reverse("cycles:detail", args=[cycle.year])
            title = _("A planned cycle is not open yet")
            yield Task(title, str(cycle), _("Look"), url, first.opens_at if first else None)

    def _of_general_sets(self) -> Iterator[Task]:
        general = {
            s.cycle_id: s
            for s in IndicatorSet.objects.filter(kind=Kind.GENERAL, cycle__in=self.cycles)
        }
        for cycle in self.cycles:
            chosen = general.get(cycle.pk)
            if chosen is None or chosen.state in (SetState.DRAFT, SetState.RETURNED):
                again = chosen is not None and chosen.state == SetState.RETURNED
                if w := self.open_window(cycle.pk, Phase.APPROVAL if again else Phase.PROPOSAL):
                    url = address_of_set(chosen)
                    title = (
                        _("The working group returned the general set")
                        if again
                        else _("Propose the general set")
                    )
                    yield Task(title, str(cycle), _("Go on"), url, w.closes_at)

    def _of_approved_sets(self) -> Iterator[Task]:
        approved = dict(
            IndicatorSet.objects.active().filter(cycle__in=self.cycles, state=SetState.APPROVED)
            .order_by().values_list("cycle").annotate(Count("pk"))
        )  # fmt: skip
        for cycle in self.cycles:
            if (n := approved.get(cycle.pk)) and (w := self.open_window(cycle.pk, Phase.APPROVAL)):
                title = with_count(
                    ngettext(
                        "%(count)s approved set waits to be communicated",
                        "%(count)s approved sets wait to be communicated",
                        n,
                    ),
                    n,
                )
                url = reverse("indicators:communicate_all", args=[cycle.year])
                yield Task(title, str(cycle), _("Communicate"), url, w.closes_at)

    def _of_festival(self) -> Iterator[Task]:
        """List what comes next for the results of each cycle."""
        editions = {e.cycle_id: e for e in Edition.objects.newest().filter(cycle__in=self.cycles)}
        delivered = {
            c.cycle_id for c in self.duties if c.duty.code == DutyCode.DELIVER_REPORT and c.is_done
        }
        signed: dict[int, set[str]] = {}
        reports = Report.objects.filter(edition__cycle__in=self.cycles, approved_at__isnull=False)
        for cycle_id, language in reports.values_list("edition__cycle", "language"):
            signed.setdefault(cycle_id, set()).add(language)
        for cycle in self.cycles:
            if w := self.open_window(cycle.pk, Phase.FINAL):
                title = self._next_of_festival(
                    editions.get(cycle.pk),
                    signed.get(cycle.pk, set()),
                    is_delivered=cycle.pk in delivered,
                )
                if title:
                    url = reverse("festival:manage", args=[cycle.year])
                    yield Task(title, str(cycle), _("Go on"), url, w.closes_at)

    def _second_approvals(self) -> Iterator[Task]:
        """List reports that another person has approved first and that wait for a second."""
        waiting = Report.objects.filter(
            edition__cycle__in=self.cycles, first_approved_at__isnull=False, approved_at=None
        )
        for report in waiting.exclude(first_approved_by=self.user).for_list():
            window = self.open_window(report.edition.cycle_id, Phase.FINAL)
            title = _("Give the second approval of the Article 82 report")
            url = reverse("festival:approve_report", args=[report.uuid])
            yield Task(title, str(report), _("Approve"), url, window.closes_at if window else None)

    def _next_of_festival(
        self, edition: Edition | None, signed: set[str], *, is_delivered: bool
    ) -> str:
        """Name what comes next between the last decision and publication; "" when all is set."""
        if edition is None:
            return _("Freeze the results and prepare the festival")
        if signed != set(Language.values):
            return _("Draw up and approve the Article 82 report")
        if edition.publish_at is None:
            return _("Set the moment of publication")
        return "" if is_delivered else _("Record to whom the Article 82 report was delivered")
