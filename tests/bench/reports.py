"""Benches of the score report of ninety lines, on a page and on paper, and of communicating two
thousand agencies at once.
"""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation

from agencies.models import Membership, User
from agencies.roles import HEADS, Role
from cycles.calendar import PHASES, Phase
from cycles.models import Paper, Window
from cycles.ui import pdf
from indicators.models import Measure
from submissions.models import Answer, Score, Submission
from submissions.release import actions as release
from submissions.release import report_views
from submissions.scoring import totals
from submissions.workflow import SubmissionState
from tests.bench import client_of, medians_of, queries_of, request_of, row
from tests.bench.scores import AGENCIES, AXES, MEASURES_AN_AXIS
from tests.papers import draw_all, paper_of
from tests.worlds.bench import marked

LINES = 90

WINDOWS = """
    INSERT INTO cycles_window (cycle_id, agency_id, phase, quarter, opens_at, closes_at, binding)
    SELECT cycle_id, agency_id, phase, 0, %(at)s, %(until)s, 'hard'
    FROM submissions_submission CROSS JOIN (VALUES ('appeal'), ('appeal_review')) phases (phase)
"""


def score_report(at: Any) -> dict[str, Any]:
    """The report of an agency with ninety lines; floor: the same page with the same rows from
    constants.
    """
    submission = _ninety(at)
    head = (
        Membership.objects.filter(agency=submission.agency_id, role__in=HEADS)
        .select_related("user")[0]
        .user
    )
    client, address = client_of(head), f"/fa/submissions/{submission.pk}/report/"

    def page() -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    with translation.override("fa"):
        request = request_of(head, at, address)
        context = report_views._report_context(
            request, report_views._readable(request, submission.pk)
        )

        def bare() -> str:
            with patch.object(report_views, "_report_context", return_value=context):
                return page()

        assert page().count('id="line-') == bare().count('id="line-') == LINES
        queries = queries_of(page)
        value, floor = medians_of(page, bare)
    return row(value, floor, "lower", "ms", queries, f"{LINES} lines")


def _ninety(at: Any) -> Submission:
    """A self-assessment of ninety scored lines that has been communicated."""
    submission = Submission.objects.select_related("cycle", "agency").order_by("pk")[0]
    last = (
        submission.answers.select_related("measure")
        .exclude(measure__method="steward")
        .order_by("pk")
        .last()
    )
    assert last is not None
    for number in range(submission.answers.count(), LINES):
        measure = Measure.objects.get(pk=last.measure_id)
        measure.pk, measure.code, measure.position = None, f"R-{number}", number
        measure.lineage = Measure._meta.get_field("lineage").get_default()
        measure.save()
        Answer.objects.create(submission=submission, measure=measure, value=50)
    lines = submission.answers.select_related("measure")
    totals.put(
        ((a, "scored", a.measure.points / 2, "because") for a in lines),
        basis="agreed",
        by=None,
        at=at,
    )
    run = totals.compute([submission], why=totals.COMMUNICATED, by=None, at=at)
    Submission.objects.filter(pk=submission.pk).update(
        state=SubmissionState.COMMUNICATED, communicated_at=at, provisional_run=run
    )
    assert (
        Score.objects.filter(answer__submission=submission, is_current=True, basis="agreed").count()
        == LINES
    )
    return submission


def kept_paper(at: Any) -> dict[str, Any]:
    """The score report of ninety lines on paper, which somebody has asked for before; floor: its
    drawing, which was done in the request until ADR 24.
    """
    submission = _ninety(at)
    head = Membership.objects.filter(agency=submission.agency_id, role__in=HEADS)[0].user
    client = client_of(head)
    with translation.override("fa"):
        address = reverse("submissions:report_file", args=[submission.pk])

    def kept() -> bytes:
        return paper_of(client, address).content

    assert client.get(address).status_code == 202
    page = Paper.objects.latest("pk").page
    assert draw_all() == 1

    def drawn() -> bytes:
        return pdf.typeset(page)

    assert kept()[:5] == drawn()[:5] == b"%PDF-"
    queries = queries_of(kept)
    value, floor = medians_of(kept, drawn, runs=5)
    return row(value, floor, "lower", "ms", queries, f"{LINES} lines")


def communicate_2000(at: Any) -> dict[str, Any]:
    """Communicating 2,000 agencies with a head each; floor: their totals, one UPDATE, one INSERT of
    windows.
    """
    with marked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as cycle:
        until = at + timedelta(days=14)
        of = {"cycle": cycle, "phase": Phase.SCORING, "binding": PHASES[Phase.SCORING].binding}
        Window.objects.create(**of, opens_at=at - timedelta(days=1), closes_at=until)
        submissions = list(Submission.objects.select_related("agency", "cycle").order_by("pk"))
        users = User.objects.bulk_create(
            User(username=f"h{s.pk}", email=f"h{s.pk}@example.org") for s in submissions
        )
        Membership.objects.bulk_create(
            Membership(user=u, role=Role.HEAD, agency=s.agency, valid_from=at - timedelta(days=9))
            for u, s in zip(users, submissions, strict=True)
        )
        administrator = User.objects.create(username="administrator")
        Membership.objects.create(
            user=administrator, role=Role.ADMINISTRATOR, valid_from=at - timedelta(days=9)
        )

        def work() -> None:
            with transaction.atomic():
                out = release.communicate(submissions, by=administrator, at=at)
                assert len(out) == AGENCIES
                transaction.set_rollback(True)

        def bare() -> None:
            with transaction.atomic():
                run = totals.compute(submissions, why=totals.COMMUNICATED, by=None, at=at)
                Submission.objects.update(
                    state=SubmissionState.COMMUNICATED, communicated_at=at, provisional_run=run
                )
                with connection.cursor() as cursor:
                    cursor.execute(WINDOWS, {"at": at, "until": until})
                transaction.set_rollback(True)

        queries = queries_of(work)
        value, floor = medians_of(work, bare, runs=3)
    return row(value, floor, "lower", "ms", queries, f"{AGENCIES} agencies")
