"""Addresses of one's own account: of allauth's pages those that the portal offers."""

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import include, path, re_path

from config.accounts import identity_views, views
from cycles.requests import PortalRequest


@login_not_required
def not_offered(request: PortalRequest) -> HttpResponse:
    """Refuse the library's pages of which it needs only the names: nobody signs up, and whoever
    invites vouches for an address.
    """
    raise Http404


urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("identity/", identity_views.begin, name="account_identity"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("factors/", views.FactorsView.as_view(), name="mfa_index"),
    path("factors/totp/activate/", views.ActivateAppView.as_view(), name="mfa_activate_totp"),
    path("factors/webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "factors/recovery-codes/generate/",
        views.make_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("factors/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    *(
        path(address, not_offered, name=name)
        for address, name in (
            ("signup/", "account_signup"),
            ("email/", "account_email"),
            ("confirm-email/", "account_email_verification_sent"),
            ("password/set/", "account_set_password"),
            ("login/code/confirm/", "account_confirm_login_code"),
        )
    ),
]
