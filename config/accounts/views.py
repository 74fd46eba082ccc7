"""Pages of one's own account that differ from the library's: the sign-in page and the recovery
codes.
"""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes.internal.flows import can_generate_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.models import User
from config.accounts import devices, identity, recovery_codes
from config.accounts.sessions.limits import SIGNED_OUT
from cycles.requests import PortalRequest


class SignInView(account.LoginView):
    """The library's page, with what this portal says on it."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        context["signed_out"] = self.request.session.get(SIGNED_OUT, "")
        if settings.IDENTITY_PROVIDER:
            context["identity_provider"] = identity.name()
            context["identity_sign_out_url"] = settings.OIDC_SIGN_OUT_URL
        return context


_sign_in = SignInView.as_view()


@login_not_required
def sign_in(request: PortalRequest) -> HttpResponse:
    """Take only so many tries from one address, but for those on a device that somebody has signed
    in on.
    """
    counted = request.method == "POST" and not devices.is_known(request)
    if counted and devices.spend(request, [("sign_in", "")]) is None:
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    answer: HttpResponse = _sign_in(request)
    return answer


# --- Recovery codes -----------------------------------------------------------------------------


class FactorsView(IndexView):
    """The library's page of second factors, with how many recovery codes are left."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        user: User = self.request.user
        return context | {"recovery_codes_left": recovery_codes.unused_count(user)}


class _ThenRecoveryCodes:
    """After the first second factor the recovery codes are offered."""

    request: PortalRequest

    def get_success_url(self) -> str:
        left = recovery_codes.unused_count(self.request.user)
        return reverse("mfa_index" if left else "mfa_generate_recovery_codes")


class ActivateAppView(_ThenRecoveryCodes, ActivateTOTPView):
    pass


class AddPasskeyView(_ThenRecoveryCodes, AddWebAuthnView):
    pass


@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required
def make_recovery_codes(request: PortalRequest) -> HttpResponse:
    """Make new codes; the answer shows them, and no page shows them again."""
    user: User = request.user
    if not can_generate_recovery_codes(user):
        return redirect("mfa_index")
    if request.method == "POST":
        return render(
            request, "mfa/recovery_codes/index.html", {"codes": recovery_codes.renew(user)}
        )
    context = {"unused_code_count": recovery_codes.unused_count(user)}
    return render(request, "mfa/recovery_codes/generate.html", context)
