"""Jobs of the festival: drawing up a report, writing open data, publishing what is due."""

from datetime import datetime

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from cycles.clock import now
from cycles.jobs.kinds import HEAVY, Tell, kind
from festival.models import STEPS, Edition, Report
from festival.open_data import files as open_data_files
from festival.report import actions as report
from festival.report import facts as report_facts
from festival.report import figures
from festival.report import paper as report_paper
from festival.report import texts as report_texts
from festival.results import actions as results


def draw_up(asked: Report, *, at: datetime, tell: Tell = lambda step, percent: None) -> Report:
    """Draw up a report that was asked for and keep both its papers, data attached; `tell` hears how
    far it is.
    """
    data = open_data_files.attachments(open_data_files.write(asked.edition, at=at))
    facts = report_facts.gather(asked.edition, at)
    held = figures.record(facts)
    data.append((figures.FILE, figures.figures_file(held, edition=asked.edition, at=at)))
    papers = report_paper.article_82(
        facts,
        language=asked.language,
        reference=asked.reference,
        texts=report_texts.last_versions(asked.edition.cycle_id, asked.language),
        attachments=data,
        tell=tell,
    )
    return report.store_report(asked, pdf=papers.reading, archive=papers.archive, facts=held, at=at)


@kind(
    "report",
    label=_("Article 82 report"),
    queue=HEAVY,
    attempts=3,
    lease=30,
    unfinished=lambda: Report.objects.filter(finished_at=None).select_related("edition__cycle"),
    steps=STEPS,
)
def draw_report(report_id: int, tell: Tell) -> None:
    """Draw up a report that was asked for; a finished one is left alone."""
    asked = Report.objects.select_related("edition__cycle", "edition__run").get(pk=report_id)
    if asked.finished_at is None:
        tell("gather", 2)
        draw_up(asked, at=now(), tell=tell)


@kind(
    "data",
    label=_("Open data"),
    queue=HEAVY,
    attempts=3,
    lease=30,
    unfinished=lambda: Edition.objects.filter(data_files=None).select_related("cycle"),
)
def write_data(edition: int, tell: Tell) -> None:
    """Write the open data of an edition; what stands already is left alone."""
    open_data_files.write(Edition.objects.select_related("cycle", "run").get(pk=edition), at=now())


@shared_task
def publish_due() -> None:
    """Move the labels of editions whose instant has come."""
    results.publish_due(at=now())
