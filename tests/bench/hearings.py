"""Benches of appeals: the page of an agency's appeals, thirty appeals filed at once, and one line
corrected for 2,000 agencies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone, translation

from agencies.models import Membership, User
from agencies.roles import Role
from appeals.case_file import queries as case_file_queries
from appeals.case_file import views as case_file_views
from appeals.corrections import actions as corrections
from appeals.corrections.effects import Rule
from appeals.drafting import actions as drafting
from appeals.models import Appeal, Filing
from cycles.calendar import PHASES, Phase
from cycles.models import Cycle, Delivery, Window
from cycles.workflow import CycleState
from indicators.models import Measure
from submissions.models import Answer, Score, Submission
from submissions.scoring import totals
from submissions.workflow import SubmissionState
from tests.bench import client_of, medians_of, queries_of, request_of, row
from tests.bench.scores import AGENCIES, AXES, MEASURES_AN_AXIS
from tests.worlds.bench import marked

FEW, AXES_OF_PAGE, LINES, FILED = 20, 7, 13, 30
"""Agencies of the page's bench, its axes, lines of each, and how many lines are appealed."""


@contextmanager
def communicated(
    agencies: int, axes: int, measures: int, at: Any
) -> Iterator[tuple[Cycle, User, datetime]]:
    """A cycle whose agencies all have their scores and a head each, a day ago; with a national
    administrator.
    """
    with marked(agencies, axes, measures, at) as cycle:
        out_at = at - timedelta(days=1)
        Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.OPEN)
        heads = User.objects.bulk_create(
            User(username=f"h{n}", email=f"h{n}@example.org") for n in range(1, agencies + 1)
        )
        Membership.objects.bulk_create(
            Membership(user=u, role=Role.HEAD, agency_id=n, valid_from=at - timedelta(days=9))
            for n, u in enumerate(heads, 1)
        )
        administrator = User.objects.create(username="administrator")
        Membership.objects.create(
            user=administrator, role=Role.ADMINISTRATOR, valid_from=at - timedelta(days=9)
        )
        Window.objects.bulk_create(
            Window(
                cycle=cycle,
                agency_id=n,
                phase=phase,
                opens_at=opens,
                closes_at=opens + timedelta(days=14),
                binding=PHASES[phase].binding,
            )
            for n in range(1, agencies + 1)
            for phase, opens in (
                (Phase.APPEAL, out_at),
                (Phase.APPEAL_REVIEW, out_at + timedelta(days=14)),
            )
        )
        run = totals.compute(
            list(Submission.objects.all()), why=totals.COMMUNICATED, by=None, at=out_at
        )
        Submission.objects.update(
            state=SubmissionState.COMMUNICATED,
            communicated_at=out_at,
            provisional_run=run,
            current_run=run,
        )
        with override_settings(
            CLOCK_OFFSET=timedelta(seconds=int((at - timezone.now()).total_seconds()))
        ):
            yield Cycle.objects.get(pk=cycle.pk), administrator, at


def _drafts(submission: Submission, head: User, at: Any) -> list[Appeal]:
    """Thirty drafts against lines of an agency."""
    lines = submission.answers.for_page().order_by("pk")[:FILED]
    fields = {
        "ground": "evidence",
        "argument": "چون سند دیده نشده است.",
        "proposed_value": Decimal(70),
    }
    return [drafting.save_draft(a, fields=fields, by=head, at=at) for a in lines]


def appeal_page(at: Any) -> dict[str, Any]:
    """The appeals of an agency with ninety lines, thirty of them filed; floor: the same page from
    constants.
    """
    with communicated(FEW, AXES_OF_PAGE, LINES, at) as (_cycle, _administrator, now):
        submission = Submission.objects.select_related("cycle", "agency").order_by("pk")[0]
        head = User.objects.get(username=f"h{submission.agency_id}")
        drafting.file(_drafts(submission, head, now), by=head, at=now)
        client, address = client_of(head), f"/fa/appeals/agencies/{submission.pk}/"

        def page() -> str:
            response = client.get(address)
            assert response.status_code == 200
            return response.content.decode()

        with translation.override("fa"):
            request = request_of(head, now, address)
            known = case_file_queries.read(submission, request.user, now)
            filings = list(Filing.objects.filter(submission=submission).for_list())

            def bare() -> str:
                with (
                    patch.object(case_file_queries, "read", return_value=known),
                    patch.object(case_file_views, "find_scored", return_value=submission),
                    patch.object(case_file_views, "filings_of", return_value=filings),
                ):
                    return page()

            assert page().count('id="case-') == bare().count('id="case-') == 2 * FILED
            queries = queries_of(page)
            value, floor = medians_of(page, bare)
    return row(
        value, floor, "lower", "ms", queries, f"{FILED} appeals, {AXES_OF_PAGE * LINES} lines"
    )


FILE = """
    UPDATE appeals_appeal SET state = 'filed', filed_at = %(at)s, filed_by_id = %(by)s, filing_id = %(filing)s,
        points_before = 5 WHERE id = ANY(%(appeals)s)
"""


def appeal_file_30(at: Any) -> dict[str, Any]:
    """Thirty drafts signed and filed at once; floor: the bare INSERT of the filing and UPDATE of
    the drafts.
    """
    with communicated(FEW, AXES_OF_PAGE, LINES, at) as (_cycle, _administrator, now):
        submission = Submission.objects.select_related("cycle", "agency").order_by("pk")[0]
        head = User.objects.get(username=f"h{submission.agency_id}")
        drafts = _drafts(submission, head, now)

        def work() -> None:
            with transaction.atomic():
                assert len(drafting.file(drafts, by=head, at=now)) == FILED
                transaction.set_rollback(True)

        def bare() -> None:
            with transaction.atomic():
                signed = {
                    "filed_by": head,
                    "filed_as": "head",
                    "filed_at": now,
                    "content": "[]",
                    "sha256": "0" * 64,
                }
                of = {
                    "cycle": submission.cycle,
                    "agency": submission.agency,
                    "submission": submission,
                }
                filing = Filing.objects.create(**of, **signed, number=1)
                given = {
                    "at": now,
                    "by": head.pk,
                    "filing": filing.pk,
                    "appeals": [a.pk for a in drafts],
                }
                with connection.cursor() as cursor:
                    cursor.execute(FILE, given)
                transaction.set_rollback(True)

        queries = queries_of(work)
        value, floor = medians_of(work, bare)
    return row(value, floor, "lower", "ms", queries, f"{FILED} appeals")


BARE = (
    """UPDATE submissions_score SET is_current = false WHERE is_current AND answer_id = ANY(%(lines)s)""",
    """INSERT INTO submissions_score (answer_id, basis, state, points, reason, scored_by_id, scored_at, is_current)
       SELECT id, 'correction', 'scored', 9, %(reason)s, %(by)s, %(at)s, true
       FROM submissions_answer WHERE id = ANY(%(lines)s)""",
    """INSERT INTO submissions_scorerun (cycle_id, why, asked_by_id, asked_at, submission_count, done_count, reached,
           input_digest)
       SELECT cycle_id, 'bare', asked_by_id, asked_at, submission_count, done_count, reached, input_digest
       FROM submissions_scorerun WHERE id = %(run)s""",
    """INSERT INTO submissions_nodescore (run_id, submission_id, kind, axis_id, points, ceiling, percent,
           is_provisional)
       SELECT (SELECT max(id) FROM submissions_scorerun), submission_id, kind, axis_id, points, ceiling, percent,
           is_provisional
       FROM submissions_nodescore WHERE run_id = %(run)s AND submission_id = ANY(%(submissions)s)""",
    """UPDATE submissions_submission SET current_run_id = (SELECT max(id) FROM submissions_scorerun)
       WHERE id = ANY(%(submissions)s)""",
    """INSERT INTO cycles_delivery (recipient_id, channel, entry_id, key, params, is_official, made_at, message_id,
           attempts, error, told_at)
       SELECT m.user_id, c.channel, %(entry)s, 'bare', '{}', true, %(at)s, '', 0, '', %(at)s
       FROM agencies_membership m CROSS JOIN (VALUES ('inbox'), ('mail')) c (channel)
       WHERE m.role = 'head' AND m.agency_id = ANY(%(agencies)s)""",
)
"""The rows that a correction writes, written by bare statements: scores, totals, notices."""


def like_case_2000(at: Any) -> dict[str, Any]:
    """One line corrected for 2,000 agencies; floor: the bare UPDATE and INSERT of the same rows."""
    with communicated(AGENCIES, AXES, MEASURES_AN_AXIS, at) as (_cycle, administrator, now):
        measure = Measure.objects.order_by("pk")[0]
        Measure.objects.filter(pk=measure.pk).update(method="linear", target=Decimal(100))
        lines = Answer.objects.filter(measure=measure)
        Score.objects.filter(answer__in=lines, is_current=True).update(
            state="scored", points=Decimal(5)
        )
        submission = Submission.objects.order_by("pk")[0]
        answer = lines.get(submission=submission)
        appeal = _decided(submission, answer, administrator, now)
        rule = Rule("linear", {"target": Decimal(80)}, {})
        told: dict[str, Any] = {}

        def work() -> None:
            with transaction.atomic():
                made = corrections.correct(
                    appeal, rule, reason="هدف ۸۰ است", by=administrator, at=now
                )
                assert made.line_count == AGENCIES
                if not told:
                    written = Delivery.objects.order_by("-pk")
                    assert written.count() == 2 * AGENCIES
                transaction.set_rollback(True)

        keys = list(Submission.objects.values_list("pk", "agency_id"))
        given = {
            "lines": list(lines.values_list("pk", flat=True)),
            "submissions": [pk for pk, _agency in keys],
            "agencies": [agency for _pk, agency in keys],
            "run": submission.current_run_id,
            "reason": "هدف ۸۰ است",
            "by": administrator.pk,
            "at": now,
            "entry": None,
        }

        def bare() -> None:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    for statement in BARE:
                        cursor.execute(statement, given)
                transaction.set_rollback(True)

        work()
        told["checked"] = True
        queries = queries_of(work)
        value, floor = medians_of(work, bare, runs=5)
    return row(value, floor, "lower", "ms", queries, f"{AGENCIES} agencies")


def _decided(submission: Submission, answer: Answer, by: User, at: Any) -> Appeal:
    """An appeal whose decision showed that the target was wrong."""
    of = {"cycle": submission.cycle, "agency": submission.agency, "submission": submission}
    signed = {
        "filed_by": by,
        "filed_as": "head",
        "filed_at": at,
        "content": "[]",
        "sha256": "0" * 64,
    }
    filing = Filing.objects.create(**of, **signed, number=1)
    decision = {
        "decided_by": by,
        "decided_at": at,
        "decision_reason": "x",
        "error": "target",
        "state": "dismissed",
    }
    filed = {
        "filing": filing,
        "filed_by": by,
        "filed_at": at,
        "drafted_by": by,
        "drafted_at": at,
        "argument": "x",
    }
    return Appeal.objects.create(**of, **filed, **decision, answer=answer)
