"""What a visitor who is not signed in is answered."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse


class LoginRequired(LoginRequiredMiddleware):
    """Pages lead to the sign-in page; what a page's script asks for is answered 401, so that what was typed stays."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.headers.get("HX-Request") or "Tus-Resumable" in request.headers:
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)
