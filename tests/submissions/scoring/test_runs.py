"""Totals of a whole cycle are computed in chunks with progress, by any number of workers, and end
the same, once.
"""

import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cycles.jobs import actions as jobs
from cycles.jobs.actions import order_missing
from indicators.models import Measure
from indicators.scoring.statutory_tree import LineState
from submissions.marking import actions as marking
from submissions.models import Answer, Block, NodeScore, Score, ScoreRun, Submission
from submissions.scoring import totals
from tests.factories import build
from tests.jobs import do, work_off


def requested(world):
    return totals.request_run(world.cycle, why=totals.ORDERED, by=None, at=world.at)


def nodes(run):
    fields = ("submission", "kind", "axis", "points", "ceiling", "percent", "is_provisional")
    return sorted(NodeScore.objects.filter(run=run).values_list(*fields), key=str)


def current(submission):
    return Submission.objects.get(pk=submission.pk).current_run_id


@transaction.atomic
def killed(run, *, at):
    """A worker that dies in the middle of a chunk."""
    totals._go_on(run, at=at)
    raise KeyboardInterrupt


@pytest.fixture
def marked(transactional_db):
    return build("marked")


@pytest.fixture
def one_by_one(settings):
    settings.SCORE_CHUNK = 1


@pytest.mark.django_db
def test_each_chunk_says_how_far_the_run_is_and_nothing_counts_before_the_end(one_by_one, visit):
    world = build("marked")
    before, run = current(world.submission), requested(world)
    client = visit(world, world.administrator)
    address = f"/en/submissions/runs/{run.pk}/"

    pages, counts = [], []
    while not run.finished_at:
        run = totals._go_on(run, at=world.at)
        counts.append(run.done_count)
        if not run.finished_at:
            assert current(world.submission) == before
            pages.append(client.get(address).content.decode())

    assert counts == [1, 2, 3, 3]
    assert "1 of 3 self-assessments are added up" in pages[0]
    assert 'max="3" value="2"' in pages[1]
    assert current(world.submission) == run.pk
    assert "Finished on" in client.get(address).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("done", (0, 1, 2, 3))
def test_a_run_whose_worker_died_goes_on_where_it_stood_and_ends_as_if_none_had(
    one_by_one, settings, done
):
    world = build("marked")
    whole = totals.compute_cycle(requested(world), at=world.at)
    run = requested(world)
    for _chunk in range(done):
        run = totals._go_on(run, at=world.at)
    with pytest.raises(KeyboardInterrupt):
        killed(run, at=world.at)
    settings.SCORE_CHUNK = 2

    order_missing(at=world.at)
    work_off()
    do("scores", run)

    ended = ScoreRun.objects.get(pk=run.pk)
    assert nodes(ended) == nodes(whole) != []
    assert (ended.input_digest, ended.done_count, ended.submission_count) == (
        whole.input_digest,
        3,
        3,
    )
    assert set(Submission.objects.values_list("current_run", flat=True)) == {run.pk}


def test_two_workers_at_one_run_take_turns_and_end_it_once(marked, one_by_one):
    whole, run = totals.compute_cycle(requested(marked), at=marked.at), requested(marked)
    start, ended = threading.Barrier(2), []

    def work():
        start.wait()
        ended.append(totals.compute_cycle(run, at=marked.at))
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [(one.input_digest, one.done_count) for one in ended] == [(whole.input_digest, 3)] * 2
    assert nodes(run) == nodes(whole)


def test_a_score_that_changes_while_a_run_is_under_way_is_not_lost(marked, one_by_one):
    """The run waits for whoever is changing a score; the later run of the agency stands when it
    ends.
    """
    first = Submission.objects.order_by("pk").first()
    answer = (
        Answer.objects.select_related("measure").filter(submission=first).order_by("pk").first()
    )
    run, changed = requested(marked), threading.Event()

    def work():
        changed.wait()
        totals.compute_cycle(run, at=marked.at)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    with transaction.atomic():
        Submission.objects.select_for_update().get(pk=first.pk)
        totals.put(
            [(answer, LineState.SCORED, Decimal(0), "")], basis="correction", by=None, at=marked.at
        )
        changed.set()
        time.sleep(0.3)  # the run would have read the old score by now
        assert not NodeScore.objects.filter(run=run).exists()
        later = totals.compute([first], why="correction", by=None, at=marked.at)
    worker.join()

    assert current(first) == later.pk
    assert nodes(later) == [node for node in nodes(run) if node[0] == first.pk]
    assert set(Submission.objects.exclude(pk=first.pk).values_list("current_run", flat=True)) == {
        run.pk
    }


def test_an_agency_added_up_after_its_chunk_keeps_its_later_totals(marked, one_by_one):
    first = Submission.objects.order_by("pk").first()
    run = totals._go_on(requested(marked), at=marked.at)

    later = totals.compute([first], why="correction", by=None, at=marked.at)
    totals.compute_cycle(run, at=marked.at)

    assert current(first) == later.pk
    assert nodes(run) != []


def test_a_real_worker_computes_what_was_ordered_once(celery_worker, marked, one_by_one):
    whole, run = totals.compute_cycle(requested(marked), at=marked.at), requested(marked)

    for _time in range(2):
        jobs.order("scores", run, by=None, at=timezone.now())
    end = time.monotonic() + 30
    while time.monotonic() < end and not ScoreRun.objects.get(pk=run.pk).finished_at:
        time.sleep(0.02)

    ended = ScoreRun.objects.get(pk=run.pk)
    assert (ended.input_digest, ended.done_count) == (whole.input_digest, 3)
    assert nodes(ended) == nodes(whole)


@pytest.mark.django_db
def test_the_digest_covers_key_ceiling_state_and_points_of_every_line():
    world = build("marked")
    score = Score.objects.filter(
        is_current=True, answer__submission=world.submission, points__gt=1
    ).order_by("pk")[0]

    def digest():
        return totals.compute_cycle(requested(world), at=world.at).input_digest

    digests = [digest(), digest()]
    Score.objects.filter(pk=score.pk).update(points=score.points - Decimal("1e-10"))
    digests.append(digest())
    Score.objects.filter(pk=score.pk).update(points=None, state=LineState.NOT_ANSWERED)
    digests.append(digest())
    Score.objects.filter(pk=score.pk).update(state=LineState.NOT_APPLICABLE)
    digests.append(digest())
    Measure.objects.filter(pk=score.answer.measure_id).update(points=999)
    digests.append(digest())

    assert digests[0] == digests[1]
    assert len(set(digests)) == 5


@pytest.mark.django_db
def test_handing_in_a_block_changes_the_totals_of_its_agency_at_once():
    world = build("assigned")
    block = Block.objects.filter(submission=world.submission).order_by("pk").first()
    marks = {
        line.pk: {"points": Decimal(1), "reason": "دیده شد"}
        for line in Answer.objects.on_desk(block)
    }
    marking.save_marks(block, marks, by=block.assessor, at=world.at)
    assert current(world.submission) is None

    marking.hand_in(block, by=block.assessor, at=world.at)

    node = NodeScore.objects.get(
        run=current(world.submission), submission=world.submission, axis=block.axis
    )
    assert (node.points, node.is_provisional) == (
        len(marks),
        True,
    )  # the steward's line of this axis is still out
    assert NodeScore.objects.get(run=node.run, submission=world.submission, kind="").points == len(
        marks
    )


@pytest.mark.django_db
def test_the_board_lists_what_was_computed_for_all_and_not_every_changed_score(visit):
    world = build("marked")
    run = totals.compute_cycle(requested(world), at=world.at)
    totals.compute([world.submission], why="correction", by=None, at=world.at)

    response = visit(world, world.administrator).get(f"/en/submissions/board/{world.cycle.pk}/")

    assert [shown.pk for shown in response.context["runs"]] == [run.pk]
