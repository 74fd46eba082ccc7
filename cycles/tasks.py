"""What the calendar does by itself: jobs taken up, the official record sealed and verified, people
told.
"""

import os
import socket

from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cycles.clock import now
from cycles.jobs import broker, queries, runner
from cycles.jobs.actions import clear_done, order_missing
from cycles.jobs.kinds import QUICK, Tell, kind
from cycles.models import Paper, Verification
from cycles.notices import delivery, letters
from cycles.papers import actions as papers
from cycles.record import actions as record
from cycles.record import audit, clock_watch, faults, seals
from cycles.reorganisation import actions as reorganisation
from cycles.ui import pdf


@shared_task
def work(*, queue: str = QUICK) -> None:
    """Do one job that is due; where there are more, another message has the next one done."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    if runner.work(queue, worker=worker, clock=now) and queries.is_any_due(queue, at=now()):
        broker.wake(queue)


@shared_task
def order_jobs() -> None:
    """Order a job on every row that needs one and has none."""
    order_missing(at=now())


@shared_task
def clear_jobs() -> None:
    """Forget jobs that were done, and papers that were asked for, long ago."""
    clear_done(at=now())
    papers.clear_papers(at=now())


@kind(
    papers.KIND,
    label=_("Paper"),
    queue=QUICK,
    attempts=3,
    lease=30,
    unfinished=lambda: Paper.objects.filter(drawn_at=None),
    yields=True,
)
def draw_paper(paper_id: int, tell: Tell) -> None:
    """Draw a paper that was asked for; one that is drawn is left alone."""
    paper = Paper.objects.filter(pk=paper_id, drawn_at=None).first()
    if paper is not None:
        papers.store_paper(paper, pdf=pdf.typeset(paper.page), at=now())


@shared_task
def seal_ledger() -> None:
    """Seal what has been written since the last seal; two at once or none do no harm."""
    seals.seal(at=now())


@kind(
    "verification",
    label=_("Verification of the official record"),
    queue=QUICK,
    attempts=3,
    lease=30,
    unfinished=lambda: Verification.objects.filter(finished_at=None),
)
def verify_record(verification: int, tell: Tell) -> None:
    """Verify the record for whoever has ordered it; one run answers all, a second at the same time
    goes away.
    """
    if verdict := audit.verify_ordered(clock=now):
        faults.judge(verdict, at=now())


@shared_task
def watch() -> None:
    """Look at the clocks and at how long rows have waited for their seal,
    and report what is wrong.
    """
    clock_watch.watch(at=now())
    faults.check_sealing(at=now())


@shared_task
def order_verification() -> None:
    """Order the nightly verification, unless the record was verified or is to be within these
    twenty hours.
    """
    at = now()
    with transaction.atomic():
        if audit.is_due(at):
            record.order_verification(by=None, at=at)


@shared_task
def tell() -> None:
    """Send what is to be told; one that died in the middle loses nothing, two at once send nothing
    twice.
    """
    delivery.tell(at=now())


@shared_task
def send_letters() -> None:
    """Send the links to a new password that were asked for; two at once send none twice."""
    letters.send(at=now())


@shared_task
def change_register() -> None:
    """Let the changes of the register take effect whose day has come."""
    reorganisation.take_effect_due(at=now())
