"""How a paper is handed out: kept, and drawn by a worker where nobody has asked for it before.

Whoever calls has found what the paper is about among what its reader may see, at this request: that
and nothing else opens a paper.
"""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from cycles.jobs.queries import latest
from cycles.models import Paper
from cycles.papers import actions
from cycles.papers.sources import PaperSource
from cycles.requests import PortalRequest
from cycles.ui.files import handed_out


def kept_paper(request: PortalRequest, source: PaperSource) -> Paper:
    """Find the paper of a page as it is now, or order it: it may not be drawn yet."""
    paper = Paper.objects.filter(digest=source.digest()).defer("page").first()
    if paper is None:
        digest, page = source.page(request.at)
        by = request.user if request.user.is_authenticated else None
        paper = actions.ask_for_paper(digest, page=page, name=source.name, by=by, at=request.at)
    return paper


def paper_response(
    request: PortalRequest, source: PaperSource, *, inline: bool = False
) -> HttpResponseBase:
    """Answer with the paper of a page, `inline` for browsers to open; until it is drawn with a page
    that asks for it again by itself.
    """
    paper = kept_paper(request, source)
    if not paper.is_drawn:
        return waiting_page(request, paper)
    # our own file: Chromium shows no PDF in a sandbox
    return handed_out(
        paper.file,
        name=f"{source.name}.pdf",
        content_type="application/pdf",
        inline=inline,
        sandboxed=not inline,
    )


def waiting_page(request: PortalRequest, paper: Paper) -> HttpResponse:
    """Say that a paper is being drawn, or why it could not be."""
    context = {"job": latest(actions.KIND, paper.pk)}
    response = render(request, "cycles/papers/waiting.html", context, status=202)
    response["Cache-Control"] = "no-store"
    return response
