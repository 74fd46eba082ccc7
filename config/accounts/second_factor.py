"""Whoever signs, marks, decides or publishes sets up a second factor before anything else."""

from collections.abc import Callable

from allauth.mfa import stages
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from agencies.roles import TWO_FACTORS
from config.accounts import identity
from cycles.requests import PortalRequest

SET_UP = "mfa_index"
OPEN = frozenset(
    {
        SET_UP,
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "account_logout",
        "account_inactive",
    }
)
"""What is open without a second factor to those who need one: setting it up, and signing out."""

ONWARD = "onward"
"""Where in the session stands the page that was wanted."""


class RequiredSecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Lead to the page that sets a second factor up, unless the page asked for may be shown."""
        if not lacks_factor(request):
            return None
        request.lacks_factor = True  # the page says why it is shown
        page = request.resolver_match
        if page is not None and page.url_name in OPEN and not page.namespace:
            return None
        if request.htmx:
            return HttpResponseClientRedirect(reverse(SET_UP))
        if request.method == "GET":
            request.session[ONWARD] = request.get_full_path()
        return redirect(SET_UP)


class AuthenticateStage(stages.AuthenticateStage):
    """The second factor at sign-in, but after one that the identity provider vouches for."""

    def _should_handle(self, request: HttpRequest) -> bool:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None and identity.asserts_two_factors(sociallogin):
            return False
        needed: bool = super()._should_handle(request)
        return needed


def lacks_factor(request: PortalRequest) -> bool:
    """Tell whether the visitor holds a role that needs a second factor, and has none; recovery
    codes alone are none.
    """
    if not settings.SECOND_FACTOR or not request.user.is_authenticated:
        return False
    if request.session.get(identity.PROVIDED, {}).get("two_factors"):
        return False
    if not request.user.holds(*TWO_FACTORS, at=request.at):
        return False
    factors = Authenticator.objects.filter(user=request.user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return not factors.exists()
