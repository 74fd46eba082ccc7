"""Pages of like cases: every agency with the line that a decision showed to be wrong, and the act that corrects all."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from appeals.pages import find


@require_safe
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    find(request, pk)
    raise NotImplementedError


@require_safe
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    raise NotImplementedError
