"""What stands on a person's desk: where the year stands, and the tasks
that wait for this person.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import in_reach
from agencies.persian import localised
from agencies.roles import HEADS, SCORERS, SUPERIOR_ROLES, Constituency, Role
from appeals.models import Appeal, Question
from appeals.workflow import AppealState
from config.home import closing_tasks
from config.home.year_strip import Outlook, Task
from cycles.calendar import Phase
from cycles.models import Nomination, Participation, Window
from festival.duties.catalogue import DutyCode
from festival.models import Edition, Language, Report
from indicators.models import IndicatorSet, Kind, Measure, Plan, QuarterReport, Vote
from indicators.workflow import PlanState, ReportState, SetState
from submissions import clearance
from submissions.models import (
    IN_WORK,
    Block,
    Clarification,
    Reconciliation,
    Stewardship,
    Submission,
    Verification,
    left_to,
)
from submissions.workflow import BlockState, ClarificationState, StewardshipState, SubmissionState

BEFORE_SCORING = timedelta(days=30)
"""How long before scoring opens its assessors are asked to declare their interests and to train."""


class Desk(Outlook):
    """Everything on the home page of one user at one moment; a fixed number of queries whatever
    stands there.
    """

    def tasks(self) -> list[Task]:
        """What waits for the reader, the nearest deadline first."""
        found: list[Task] = []
        for roles, source in (
            ({Role.STAFF, *HEADS}, self._of_agency),
            (set(SUPERIOR_ROLES), self._of_headquarters),
            ({Role.MEMBER}, self._of_working_group),
            (set(SCORERS), self._before_scoring),
            ({*SCORERS, Role.ADMINISTRATOR}, self._of_asked),
            ({Role.ASSESSOR}, self._of_assessor),
            ({Role.STEWARD}, self._of_steward),
            ({Role.REVIEWER}, self._of_reviewer),
            ({Role.ADMINISTRATOR}, self._of_administrator),
        ):
            if self.user.holds(*roles, at=self.at):
                found += source()
        return sorted(found, key=lambda t: (t.until is None, t.until or self.at))

    def _of_agency(self) -> Iterator[Task]:
        mine = self.user.agency_ids(self.at, Role.STAFF, *HEADS)
        drafts = IndicatorSet.objects.filter(
            kind=Kind.SPECIFIC, agency__in=mine, cycle__in=self.cycles
        )
        sets = {(s.cycle_id, s.agency_id): s for s in drafts.select_related("agency", "cycle")}
        taking_part = Participation.objects.active().filter(cycle__in=self.cycles, agency__in=mine)
        for p in taking_part.select_related("agency", "cycle").order_by("-cycle__year", "pk"):
            chosen = sets.get((p.cycle_id, p.agency_id))
            if chosen is None or chosen.state == SetState.DRAFT:
                if window := self.open_window(p.cycle_id, Phase.PROPOSAL):
                    url = (
                        reverse("indicators:detail", args=[chosen.pk])
                        if chosen
                        else reverse("indicators:list")
                    )
                    yield Task(
                        _("Propose specific indicators"),
                        str(p.cycle),
                        _("Propose"),
                        url,
                        window.closes_at,
                    )
            elif chosen.state == SetState.RETURNED and (
                window := self.open_window(p.cycle_id, Phase.APPROVAL)
            ):
                url = reverse("indicators:detail", args=[chosen.pk])
                title = _("The working group returned your indicators")
                yield Task(title, str(chosen), _("Change"), url, window.closes_at)
        yield from self._of_plans(mine)
        submissions = Submission.objects.filter(agency__in=mine, cycle__in=self.cycles)
        for s in (
            submissions.select_related("agency", "cycle")
            .with_progress()
            .order_by("-cycle__year", "pk")
        ):
            yield from self._of_submission(s)
        asked = Clarification.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=ClarificationState.ASKED
        )
        for c in asked.select_related("line__measure").order_by("pk"):
            if window := self.open_window(c.cycle_id, Phase.CLARIFICATION, c):
                title = _("An assessor asks about a line")
                yield Task(title, str(c), _("Reply"), c.get_absolute_url(), window.closes_at)
        drafted = Appeal.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=AppealState.DRAFT
        )
        found = [w for a in drafted if (w := self.open_window(a.cycle_id, Phase.APPEAL, a))]
        if found:
            title = _counted(
                ngettext(
                    "%(count)s appeal is drafted but not filed",
                    "%(count)s appeals are drafted but not filed",
                    len(found),
                ),
                len(found),
            )
            until = min(w.closes_at for w in found)
            [*places] = {a.submission_id for a in drafted}
            if self.user.agency_ids(self.at, *HEADS):
                url = (
                    reverse("appeals:file", args=places)
                    if len(places) == 1
                    else reverse("appeals:list")
                )
                yield Task(
                    title,
                    _("Each counts only once you have signed it."),
                    _("Sign and file"),
                    url,
                    until,
                )
            else:
                waits = _("Each counts only once the head of the agency has signed it.")
                url = (
                    reverse("appeals:agency", args=places)
                    if len(places) == 1
                    else reverse("appeals:list")
                )
                yield Task(title, waits, _("Look"), url, until)
        asked_of_us = Question.objects.waiting().filter(
            agency__in=mine, addressee=None, cycle__in=self.cycles
        )
        for question in asked_of_us.for_list():
            title = _("The reviewer of an appeal asks the agency")
            yield Task(
                title, str(question), _("Reply"), question.get_absolute_url(), question.due_at
            )

        yield from closing_tasks.of_agency(mine, self.at)

    def _of_plans(self, mine: list[int]) -> Iterator[Task]:
        """The annual plan while it can be laid and signed; then each quarter while it can be
        reported.
        """
        laying: set[int] = set()
        drafts = Plan.objects.filter(agency__in=mine, cycle__in=self.cycles, state=PlanState.DRAFT)
        for plan in drafts.for_notices().order_by("pk"):
            if window := self.open_window(plan.cycle_id, Phase.MONITORING, plan):
                laying.add(plan.pk)
                title = _("Lay the annual plan")
                yield Task(title, str(plan), _("Go on"), plan.get_absolute_url(), window.closes_at)
        reports = QuarterReport.objects.filter(
            agency__in=mine, cycle__in=self.cycles, state=ReportState.DRAFT
        )
        for r in reports.exclude(plan__in=laying).for_notices().with_progress().order_by("pk"):
            window = self.open_window(r.cycle_id, Phase.MONITORING, r)
            if window and r.planned:
                title = _("Report quarter %(quarter)s") % {"quarter": localised(r.quarter)}
                yield Task(
                    title,
                    str(r),
                    _("Go on"),
                    r.get_absolute_url(),
                    window.closes_at,
                    r.entered,
                    r.planned,
                )

    def _of_submission(self, s: Submission) -> Iterator[Task]:
        if s.state in IN_WORK and (window := self.open_window(s.cycle_id, Phase.SELF_ASSESSMENT)):
            left = s.lines - s.lines_done  # type: ignore[attr-defined]
            url = reverse("submissions:detail", args=[s.pk])
            if s.state == SubmissionState.RETURNED:
                title = _("The headquarters returned the self-assessment")
                yield Task(title, str(s), _("Change"), url, window.closes_at, s.lines_done, s.lines)  # type: ignore[attr-defined]
            elif left:
                title = _counted(
                    ngettext(
                        "%(count)s line is not complete yet",
                        "%(count)s lines are not complete yet",
                        left,
                    ),
                    left,
                )
                yield Task(
                    title, str(s), _("Continue"), url, window.closes_at, s.lines_done, s.lines
                )  # type: ignore[attr-defined]
            if s.agency_id in self.user.agency_ids(self.at, *HEADS):
                review = reverse("submissions:review", args=[s.pk])
                yield Task(
                    _("Review and sign the self-assessment"),
                    str(s),
                    _("Review"),
                    review,
                    window.closes_at,
                )
        elif s.state == SubmissionState.COMMUNICATED:
            window = self.open_window(s.cycle_id, Phase.APPEAL, s)
            until = window.closes_at if window else None
            report = reverse("submissions:report", args=[s.pk])
            title = (
                _("Your scores are here; you may appeal line by line")
                if until
                else _("Your scores are here")
            )
            yield Task(title, str(s), _("Read"), report, until)

    def _of_headquarters(self) -> Iterator[Task]:
        """Units' self-assessments that are signed and not checked, while they can still be
        returned.
        """
        above = self.user.agency_ids(self.at, *SUPERIOR_ROLES)
        units = Submission.objects.active().filter(agency__parent__in=above, cycle__in=self.cycles)
        waiting = units.filter(state=SubmissionState.SUBMITTED, checked_at=None)
        for s in waiting.select_related("agency", "cycle").order_by(
            "-cycle__year", "agency__sort_key", "pk"
        ):
            if window := self.open_window(s.cycle_id, Phase.SELF_ASSESSMENT):
                url = reverse("submissions:review", args=[s.pk])
                yield Task(
                    _("Check a unit's self-assessment"), str(s), _("Check"), url, window.closes_at
                )

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
        counted = rows.annotate(open=Count("pk", filter=~Exists(voted)), all=Count("pk"))
        for row in counted:
            window = self.open_window(row["cycle"], Phase.APPROVAL)
            if not window:
                continue
            url = f"{reverse('indicators:list')}?state={SetState.PROPOSED}"
            if row["open"]:
                title = _counted(
                    ngettext(
                        "%(count)s set waits for your vote",
                        "%(count)s sets wait for your vote",
                        row["open"],
                    ),
                    row["open"],
                )
                yield Task(title, "", _("Vote"), url, window.closes_at)
            if chairs:
                title = _counted(
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
                title = _counted(
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
                said = ngettext(
                    "%(count)s line waits to be verified", "%(count)s lines wait to be verified", n
                )
                yield Task(
                    _counted(said, n),
                    "",
                    _("Verify"),
                    reverse("submissions:verifications"),
                    window.closes_at,
                )
        apart = Reconciliation.objects.waiting_for(self.user, self.at).filter(cycle__in=self.cycles)
        for row in apart.order_by().values("cycle").annotate(n=Count("pk")):
            if window := self.open_window(row["cycle"], Phase.SCORING):
                title = _counted(
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
                done = (s.lines_given, s.lines)  # type: ignore[attr-defined]
                yield Task(title, str(s), _("Go on"), s.get_absolute_url(), window.closes_at, *done)

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
            title = _counted(
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
        """Questions of reviewers to whoever gave a score."""
        asked = Question.objects.waiting().filter(addressee=self.user, cycle__in=self.cycles)
        for question in asked.for_list():
            title = _("The reviewer of an appeal asks you about a score")
            yield Task(
                title, str(question), _("Reply"), question.get_absolute_url(), question.due_at
            )

    def _of_appeals(self, reach: Q) -> Iterator[Task]:
        """Appeals that nobody hears, and decisions that show an error for other agencies and have
        not been followed.
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
            title = _counted(
                ngettext(
                    "%(count)s appeal has no reviewer", "%(count)s appeals have no reviewer", n
                ),
                n,
            )
            yield Task(title, "", _("Share out"), reverse("appeals:outcomes", args=[cycle]))
        for appeal in rows.exclude(error="").filter(corrections=None).for_list():
            title = _("An appeal showed an error that concerns other agencies")
            yield Task(title, str(appeal), _("Look"), reverse("appeals:correct", args=[appeal.pk]))

    def _nominations(self) -> Iterator[Task]:
        """National roles that another administrator has proposed, for somebody else."""
        waiting = Nomination.objects.waiting().exclude(Q(proposed_by=self.user) | Q(user=self.user))
        if count := waiting.count():
            title = _counted(
                ngettext(
                    "%(count)s national role waits for a second administrator",
                    "%(count)s national roles wait for a second administrator",
                    count,
                ),
                count,
            )
            yield Task(title, "", _("Decide"), reverse("cycles:nominations"), None)

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
                    "pk", filter=Q(state=SubmissionState.SUBMITTED) & ~Exists(assigned)
                ),
            )
        }
        for cycle in self.cycles:
            row = counts.get(cycle.pk, {"marked": 0, "unassigned": 0})
            board = reverse("submissions:board", args=[cycle.pk])
            if window := self.open_window(cycle.pk, Phase.SCORING):
                if n := row["unassigned"]:
                    title = _counted(
                        ngettext(
                            "%(count)s submission has no assessor",
                            "%(count)s submissions have no assessor",
                            n,
                        ),
                        n,
                    )
                    yield Task(title, str(cycle), _("Assign"), board, window.closes_at)
                if n := row["marked"]:
                    title = _counted(
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

    def _of_stewards(self) -> Iterator[Task]:
        """Measures that no steward has in hand, and figures that a steward may not give."""
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
                said = ngettext(
                    "%(count)s measure has no steward", "%(count)s measures have no steward", n
                )
                yield Task(_counted(said, n), str(cycle), _("Name a steward"), url, closes_at)
            if n := left[cycle.pk]:
                said = ngettext(
                    "%(count)s figure waits for an administrator without an interest",
                    "%(count)s figures wait for an administrator without an interest",
                    n,
                )
                yield Task(_counted(said, n), str(cycle), _("Enter"), url, closes_at)

    def _of_secretariat(self) -> Iterator[Task]:
        """What only an administrator of the whole country does: cycles, the
        general set, results.
        """
        yield from closing_tasks.of_secretariat(self.at)
        for cycle in self.planned:
            first = self.windows.get((cycle.pk, Phase.PROPOSAL))
            url = reverse("cycles:detail", args=[cycle.year])
            title = _("A planned cycle is not open yet")
            yield Task(title, str(cycle), _("Look"), url, first.opens_at if first else None)
        general = {
            s.cycle_id: s
            for s in IndicatorSet.objects.filter(kind=Kind.GENERAL, cycle__in=self.cycles)
        }
        approved = dict(
            IndicatorSet.objects.active().filter(cycle__in=self.cycles, state=SetState.APPROVED)
            .order_by().values_list("cycle").annotate(Count("pk"))
        )  # fmt: skip
        editions = {e.cycle_id: e for e in Edition.objects.newest().filter(cycle__in=self.cycles)}
        delivered = {
            c.cycle_id for c in self.duties if c.duty.code == DutyCode.DELIVER_REPORT and c.is_done
        }
        signed: dict[int, set[str]] = {}
        reports = Report.objects.filter(edition__cycle__in=self.cycles, approved_at__isnull=False)
        for cycle_id, language in reports.values_list("edition__cycle", "language"):
            signed.setdefault(cycle_id, set()).add(language)
        yield from self._second_approvals()
        for cycle in self.cycles:
            chosen = general.get(cycle.pk)
            if chosen is None or chosen.state in (SetState.DRAFT, SetState.RETURNED):
                again = chosen is not None and chosen.state == SetState.RETURNED
                if w := self.open_window(cycle.pk, Phase.APPROVAL if again else Phase.PROPOSAL):
                    url = (
                        reverse("indicators:detail", args=[chosen.pk])
                        if chosen
                        else reverse("indicators:list")
                    )
                    title = (
                        _("The working group returned the general set")
                        if again
                        else _("Propose the general set")
                    )
                    yield Task(title, str(cycle), _("Go on"), url, w.closes_at)
            if (n := approved.get(cycle.pk)) and (w := self.open_window(cycle.pk, Phase.APPROVAL)):
                title = _counted(
                    ngettext(
                        "%(count)s approved set waits to be communicated",
                        "%(count)s approved sets wait to be communicated",
                        n,
                    ),
                    n,
                )
                url = reverse("indicators:communicate_all", args=[cycle.year])
                yield Task(title, str(cycle), _("Communicate"), url, w.closes_at)
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
        """Reports that another person has approved first and that wait for a second."""
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
        """What comes next between the last decision and publication; "" when all is set."""
        if edition is None:
            return _("Freeze the results and prepare the festival")
        if signed != set(Language.values):
            return _("Draw up and approve the Article 82 report")
        if edition.publish_at is None:
            return _("Set the moment of publication")
        return "" if is_delivered else _("Record to whom the Article 82 report was delivered")


def _counted(said: str, number: int) -> str:
    return said % {"count": localised(number)}
