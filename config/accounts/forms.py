"""Put allauth's forms into the portal's official wording."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factors
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm as TOTPForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from config.accounts import recovery_codes
from config.accounts.adapters import plain_code
from config.accounts.passwords import HELP
from cycles.clock import now


class _TwicePassword(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("The password you have now"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }
        for name, label in labels.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].widget.attrs.pop("placeholder", None)
                self.fields[name].widget.attrs["dir"] = "ltr"
        self.fields["password1"].help_text = HELP

    def clean(self) -> dict[str, object]:
        data = forms.Form.clean(self) or {}
        if (
            data.get("password1")
            and data.get("password2")
            and data["password1"] != data["password2"]
        ):
            self.add_error("password2", _("The two passwords differ."))
        return data


class ChangePasswordForm(_TwicePassword, account.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(_TwicePassword, account.ResetPasswordKeyForm):
    pass


class ResetPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs = {"dir": "ltr", "autocomplete": "email"}


class _TypedCode(forms.Form):
    """Takes a code in Persian digits, too."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "code" in data:
            data = data.copy()
            data["code"] = plain_code(data["code"])
        super().__init__(data, *args, **kwargs)


class _OnceOnly(_TypedCode):
    """A recovery code or an app's; none twice for as long as it would be right, though the library
    would forget.
    """

    user: User

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        if recovery_codes.is_of_form(typed):
            return self._recovery_code(typed)
        form: Any = super()
        code: str = form.clean_code()
        lives = settings.MFA_TOTP_TOLERANCE * 2 + 1
        if not cache.add(f"factor:used:{self.user.pk}:{code}", True, lives * mfa.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _recovery_code(self, typed: str) -> str:
        """Take a recovery code; tries are counted as those of an app's codes are."""
        forgive_tries = check_rate_limit(self.user)
        used = recovery_codes.use(self.user, typed, at=now())
        if used is None:
            raise get_adapter().validation_error("incorrect_code")
        used.user = self.user
        self.authenticator = used
        forgive_tries()
        return typed


class AuthenticateForm(_OnceOnly, factors.AuthenticateForm):
    pass


class ReauthenticateForm(_OnceOnly, factors.ReauthenticateForm):
    pass


class ActivateTOTPForm(_TypedCode, TOTPForm):
    pass
