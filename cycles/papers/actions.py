"""Every write on a paper: it is asked for, kept once it is drawn, cleared away when it is old."""

import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from agencies.locks import locked
from agencies.models import User
from cycles.jobs import actions as jobs
from cycles.models import Paper
from cycles.models.papers import paper_path
from cycles.ui.files import all_or_none

KIND = "paper"
"""The kind of job that draws a paper."""

KEPT_FOR = timedelta(days=30)
"""Papers older than this are drawn anew when they are asked for."""

AT_ONCE = 500


@transaction.atomic
def ask_for_paper(digest: str, *, page: str, name: str, by: User | None, at: datetime) -> Paper:
    """Order the drawing of a page; whoever has asked for the same one before has ordered it."""
    paper, is_new = Paper.objects.get_or_create(
        digest=digest, defaults={"page": page, "name": name, "asked_at": at}
    )
    if is_new:
        jobs.order(KIND, paper, by=by, at=at)
    return paper


@transaction.atomic
def store_paper(paper: Paper, *, pdf: bytes, at: datetime) -> Paper:
    """Keep the file of a paper, whose page is not needed any more; one that is drawn already stays
    as it is.
    """
    paper = locked(Paper.objects.all()).get(pk=paper.pk)
    if paper.is_drawn:
        return paper
    with all_or_none(default_storage, [paper_path(paper, "")]):
        paper.file.save("paper.pdf", ContentFile(pdf), save=False)
    paper.sha256, paper.page, paper.drawn_at = hashlib.sha256(pdf).hexdigest(), "", at
    paper.save(update_fields=["file", "sha256", "page", "drawn_at"])
    return paper


@transaction.atomic
def clear_papers(*, at: datetime) -> int:
    """Forget papers that were asked for long ago, with their files; how many were forgotten."""
    old = list(Paper.objects.filter(asked_at__lt=at - KEPT_FOR).order_by("pk")[:AT_ONCE])
    Paper.objects.filter(pk__in=[paper.pk for paper in old]).delete()
    files = [paper_path(paper, "") for paper in old if paper.is_drawn]
    transaction.on_commit(lambda: _delete_files(files), robust=True)
    return len(old)


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
