"""A form that was opened before its writer, or somebody else, signed in again in another tab.

Signing in changes the token by which a form proves that it comes from our pages. What was typed
under the old one is not lost: it comes back on a page of ours, to be sent again with a button,
where the form came from our own page and nobody but the person who is signed in has used this
browser. What somebody else typed is never sent in one's name.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.accounts.devices import owners_of
from config.accounts.login_required import SECRET_FIELDS
from config.requests.sent_forms import fields, is_asked_by_script, is_prose
from cycles.requests import PortalRequest

PERSON = "signed_in_as"
"""The field, and with X- and hyphens the header, in which a page's script says for whom the page
was drawn.
"""

NEW_TOKEN_HEADER = "X-Form-Token"  # noqa: S105 - the name of a header
"""The header of a refusal that asks a page's script to take the new token and to try once more."""


def csrf_failure(request: PortalRequest, reason: str = "") -> HttpResponse:
    """Give back what was typed with a way to send it; refuse a form that is not from our pages in a
    sentence.
    """
    request.refusal = "csrf"
    if not _is_from_our_page(request):
        return render(request, "403.html", status=403)
    if is_asked_by_script(request):
        sentence = _("This page is too old. What you typed is still here; try again.")
        response = HttpResponse(sentence, status=403, content_type="text/plain; charset=utf-8")
        response[NEW_TOKEN_HEADER] = get_token(request)
        return response
    return _page(request, may_send=_is_same_person(request) and not _is_about_signing_in(request))


class SamePerson:
    """Refuses what a page's script sends of a page that was drawn for somebody else than who is
    signed in now.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return None
        if _drawn_for(request) in ("", str(request.user.pk)):
            return None
        request.refusal = "other_person"
        if is_asked_by_script(request):
            sentence = _(
                "Somebody else has signed in in this browser. Nothing was sent in their name."
            )
            return HttpResponse(sentence, status=403, content_type="text/plain; charset=utf-8")
        return _page(request, may_send=False)


def _page(request: HttpRequest, *, may_send: bool) -> HttpResponse:
    typed = fields(request, without=(*SECRET_FIELDS, PERSON))
    context = {
        "texts": [(name, text) for name, text in typed if is_prose(text)],
        "others": [(name, text) for name, text in typed if not is_prose(text)],
        "had_files": bool(request.FILES),
        "may_send": may_send,
        "address": request.get_full_path(),
    }
    response = render(request, "account/stale_form.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _is_from_our_page(request: HttpRequest) -> bool:
    """Tell whether the browser says that the form was sent from a page of this very host."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    return urlsplit(origin)[:2] == (request.scheme, request.get_host())


def _is_same_person(request: HttpRequest) -> bool:
    """Tell whether the person who is signed in typed the form: the page says so, or nobody else has
    signed in on this device.
    """
    person = str(request.user.pk) if request.user.is_authenticated else ""
    drawn_for = _drawn_for(request)
    return drawn_for == person if drawn_for else owners_of(request) <= {person}


def _drawn_for(request: HttpRequest) -> str:
    """Find for whom the page was drawn from which this comes, "" where its script did not say."""
    if header := request.headers.get("X-Signed-In-As"):
        return header
    try:
        return request.POST.get(PERSON, "")
    except OSError:
        return ""


def _is_about_signing_in(request: HttpRequest) -> bool:
    """Tell whether the form is one of the account's own: passwords and codes are typed anew."""
    match = request.resolver_match
    return match is None or (match.url_name or "").startswith(
        ("account_", "mfa_", "socialaccount_")
    )
