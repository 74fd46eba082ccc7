"""How allauth behaves here: nobody signs up, tries are counted a person, secrets rest encrypted."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale, language, latin_digits
from config.accounts import devices, identity, sessions
from config.monitoring.signins import FailureReports
from cycles.notices import letters
from cycles.requests import PortalRequest

TOO_MANY = _(
    "Too many attempts that failed. Use a device on which you have signed in before, or choose a "
    "new password by mail: "
    "then you can sign in at once. Otherwise wait a quarter of an hour."
)


class AccountAdapter(FailureReports, DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "username_password_mismatch": _("The user name or the password is not right."),
        "invalid_login": _("The user name or the password is not right."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_code": _("This code is not right, or it has been used already."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "invalid_password_reset": _(
            "This link has been used already or is too old. Ask for a new one."
        ),
    }

    def is_open_for_signup(self, request: PortalRequest) -> bool:
        return False  # people are invited by an administrator

    def pre_authenticate(self, request: PortalRequest, **credentials: str) -> None:
        """Count a try by the person behind the name or address; a name that nobody has is counted
        alike.
        """
        typed = credentials.get("email") or credentials.get("username") or ""
        of_name = Q(email__iexact=typed) | Q(username__iexact=typed)
        person = User.objects.filter(of_name).first() if typed else None
        counts = devices.counts_of(request, person, typed)
        self._login_failed_rl_usage = devices.spend(request, counts)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(
        self, request: PortalRequest, **credentials: object
    ) -> None:
        """Leave alone what the library counts by itself; `set_password` forgives."""

    def set_password(self, user: User, password: str) -> None:
        """Lift the lock-out with a new password: the reader of the account's mail need not wait for
        a stranger.
        """
        super().set_password(user, password)
        devices.forgive(self.request, user)
        devices.note_owner(self.request, user)

    def login(self, request: PortalRequest, user: User) -> None:
        """Begin a session anew, and know the device from now on."""
        super().login(request, user)
        for name in (sessions.SIGNED_OUT, identity.PROVIDED):
            request.session.pop(name, None)
        devices.note_owner(request, user)

    def post_login(
        self,
        request: PortalRequest,
        user: User,
        *,
        signal_kwargs: dict[str, object] | None = None,
        **kwargs: object,
    ) -> HttpResponse:
        if sociallogin := (signal_kwargs or {}).get("sociallogin"):
            request.session[identity.PROVIDED] = {
                "two_factors": identity.asserts_two_factors(sociallogin)
            }
        answer: HttpResponse = super().post_login(
            request, user, signal_kwargs=signal_kwargs, **kwargs
        )
        return answer

    def logout(self, request: PortalRequest) -> None:
        provided = identity.PROVIDED in request.session
        super().logout(request)
        if provided:
            request.session[sessions.SIGNED_OUT] = "provider"

    def get_login_stages(self) -> list[str]:
        """Put ours in place of the library's stage for the second factor."""
        ours = "config.accounts.second_factor.AuthenticateStage"
        stages: list[str] = super().get_login_stages()
        return [
            ours if stage == "allauth.mfa.stages.AuthenticateStage" else stage for stage in stages
        ]

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, object]) -> None:
        """Order the mail instead of sending it in the request: how long that takes, or that it
        fails, would tell who has an account.
        """
        letters.order(user, language=language(), at=self.request.at)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        descriptions = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code of your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [method | {"description": str(descriptions[method["id"]])} for method in methods]


class MFAAdapter(FailureReports, DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _(
            "Recovery codes come with a second factor: set one up first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": in_locale(number)}


def _cipher() -> MultiFernet:
    """Derive keys from the portal's secret, and from those before it where it has been changed."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    drawn = (hashlib.sha256(f"second factors: {secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in drawn])


def plain_code(typed: str) -> str:
    """Write a code as the library compares it, typed in any digits, with or without spaces."""
    return "".join(latin_digits(typed).split())
