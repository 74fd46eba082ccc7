"""Who hears what in a cycle, and how its appeals ended: by measure, assessor, reviewer and ground."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions.pages import overseen_cycle


@require_safe
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "appeals/outcomes.html", {"cycle": overseen_cycle(request, pk)})
