"""How allauth behaves here: nobody signs up, tries are counted a person, secrets rest encrypted."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.text import latin_digits, localised
from config.monitoring.signins import ToldFailures

TOO_MANY = _(
    "Too many attempts that failed. Wait a quarter of an hour, then try again, or ask for a link to a new password."
)


class AccountAdapter(ToldFailures, DefaultAccountAdapter):
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
        "invalid_password_reset": _("This link has been used already or is too old. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people are invited by an administrator

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count a person, by whichever of the two names they are tried; the same for a name that nobody has."""
        typed = credentials.get("email") or credentials.get("username") or ""
        found = User.objects.filter(Q(email__iexact=typed) | Q(username__iexact=typed)).values_list("pk", flat=True)
        return f"person:{found[0]}" if typed and found else f"nobody:{typed.lower()}"

    def set_password(self, user: Any, password: str) -> None:
        """A new password lifts the lock-out: whoever reads the mail of the account need not wait for a stranger."""
        super().set_password(user, password)
        ratelimit.clear(self.request, action="login_failed", key=f"person:{user.pk}")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        said = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code of your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": said[method["id"]]} for method in methods]


class MFAAdapter(ToldFailures, DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Recovery codes come with a second factor: set one up first."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": localised(number)}


def _cipher() -> MultiFernet:
    """Keys drawn from the portal's secret, and from those before it where it has been changed."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    drawn = (hashlib.sha256(f"second factors: {secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in drawn])


def plain_code(typed: str) -> str:
    """A code as the library compares it: typed in any digits, with or without spaces."""
    return "".join(latin_digits(typed).split())
