"""Every sign-in, failure, lock-out and change of what one signs in with: a line of the log and a
count each.
"""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import Signal

from config.monitoring import metrics

logger = logging.getLogger("portal.signin")

LOCKED = {"too_many_login_attempts", "rate_limited"}
FAILED = {
    "incorrect_code",
    "incorrect_password",
    "invalid_password_reset",
    "enter_current_password",
}
"""Codes of allauth's sentences; a wrong password at sign-in is told by Django's own signal."""


class FailureReports:
    """An adapter of allauth's whose refusals are told before they are shown."""

    def validation_error(self, code: str, *args: object) -> ValidationError:
        if code in LOCKED:
            tell("locked_out", reason=code)
        elif code in FAILED:
            tell("failed", reason=code)
        adapter: Any = super()  # of allauth's, beside which this class is named
        error: ValidationError = adapter.validation_error(code, *args)
        return error


def tell(outcome: str, *, user: AbstractBaseUser | None = None, reason: str = "") -> None:
    """Log and count one outcome, with the key of the user that it is about."""
    facts_of_sign_in = {
        "outcome": outcome,
        "reason": reason,
        "subject": user.pk if user is not None else None,
    }
    level = logging.WARNING if outcome in ("failed", "locked_out") else logging.INFO
    metrics.sign_ins.labels(outcome).inc()
    logger.log(
        level,
        "sign-in: %s",
        outcome,
        extra={name: fact for name, fact in facts_of_sign_in.items() if fact},
    )


def _connect(signal: Signal, outcome: str) -> None:
    def tell_of_signal(
        sender: object,
        user: AbstractBaseUser | None = None,
        method: str = "",
        authenticator: object = None,
        **rest: object,
    ) -> None:
        reason = method or getattr(authenticator, "type", "")
        tell(outcome, user=user, reason=str(reason))

    signal.connect(tell_of_signal, dispatch_uid=f"monitoring {outcome}", weak=False)


_connect(user_logged_in, "signed_in")
_connect(user_logged_out, "signed_out")
_connect(user_login_failed, "failed")
_connect(account.authentication_step_completed, "step")
_connect(account.password_changed, "password_changed")
_connect(account.password_reset, "password_reset")
_connect(mfa.authenticator_added, "factor_added")
_connect(mfa.authenticator_removed, "factor_removed")
_connect(mfa.authenticator_reset, "codes_renewed")
