"""Jobs of the festival: drawing up a report, writing open data, publishing what is due."""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import shared_task

from cycles.middleware import now
from festival import actions, article82, datafiles, figures, passages, pdf, report
from festival.models import Edition, Report

logger = logging.getLogger(__name__)


def draw_up(asked: Report, *, at: datetime, tell: Callable[[str, int], None] = lambda step, percent: None) -> Report:
    """Draw up a report that was asked for and keep both its papers, data attached; `tell` hears how far it is."""
    data = datafiles.attachments(datafiles.write(asked.edition, at=at))
    facts = report.gather(asked.edition, at)
    held = figures.record(facts)
    data.append((figures.FILE, figures.written(held, edition=asked.edition, at=at)))
    papers = pdf.article_82(
        facts,
        language=asked.language,
        reference=asked.reference,
        texts=passages.written(asked.edition.cycle_id, asked.language),
        attachments=data,
        tell=tell,
    )
    return article82.keep_report(asked, pdf=papers.reading, archive=papers.archive, facts=held, at=at)


@shared_task
def render_report(*, report_id: int) -> None:
    """Draw up a report that was asked for; a finished or cancelled one is left alone: a second run does no harm."""
    asked = Report.objects.select_related("edition__cycle", "edition__run").get(pk=report_id)
    if asked.finished_at is not None or asked.cancelled_at is not None:
        return

    def tell(step: str, percent: int) -> None:
        article82.note_progress(asked, step=step, percent=percent)

    try:
        tell("gather", 2)
        draw_up(asked, at=now(), tell=tell)
    except article82.Cancelled:
        logger.info("report %s was cancelled", asked.pk)
    except Exception as error:
        logger.exception("report %s", asked.pk)
        article82.note_failure(asked, error=str(error) or type(error).__name__)
        raise


@shared_task
def write_data() -> None:
    """Write the open data of every edition that has none yet; a run that finds all written does nothing."""
    for edition in Edition.objects.filter(data_files=None).select_related("cycle", "run").order_by("pk"):
        datafiles.write(edition, at=now())


@shared_task
def publish_due() -> None:
    """Move the labels of editions whose instant has come."""
    actions.publish_due(at=now())
