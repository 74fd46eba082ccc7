"""What a visitor who is not signed in is answered."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from config.requests.sent_forms import fields, is_asked_by_script, is_prose

SECRET_FIELDS = ("csrfmiddlewaretoken", "password")


class LoginRequired(LoginRequiredMiddleware):
    """Pages lead to the sign-in page, and nothing that was typed is lost on the way.

    What a page's script asks for is answered 401, so that the page stays; a form sent after the
    session was over is answered with the texts that it held, to be taken along.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> Any:
        if is_asked_by_script(request):
            return HttpResponse(status=401)
        if request.method == "POST" and (texts := typed_texts(request)):
            sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
            return render(
                request, "account/signed_out.html", {"texts": texts, "sign_in": sign_in}, status=401
            )
        return super().handle_no_permission(request, view_func)


def typed_texts(request: HttpRequest) -> list[str]:
    """List what a form holds of several words."""
    return [text for _name, text in fields(request, without=SECRET_FIELDS) if is_prose(text)]
