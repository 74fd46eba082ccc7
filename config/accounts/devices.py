"""Devices from which an account's owner has signed in: a stranger's wrong passwords do not lock
these.
"""

import secrets
from collections.abc import Callable

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from agencies.models import User
from cycles.requests import PortalRequest

SALT = "config.accounts.devices"
MOST_OWNERS = 5
"""How many people one device is remembered for, the latest ones; an office may share one."""

ACCOUNT = "allauth.account"


class KnownDevices:
    """Gives the device a signed cookie when somebody has signed in on it or chosen a password by
    mail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if owner := getattr(request, "device_owner", None):
            _remember(request, response, owner)
        return response


def note_owner(request: PortalRequest, user: User) -> None:
    """Note that this request shows the device to be the user's; the answer carries the cookie."""
    request.device_owner = user


def mark_of(request: HttpRequest, user: User | None) -> str:
    """Find the device's own mark for a user, "" where the user has not signed in on it."""
    if user is None:
        return ""
    return _owners(request).get(f"{user.pk}", "")


def is_known(request: HttpRequest) -> bool:
    """Tell whether anybody has signed in on this device."""
    return bool(_owners(request))


def owners_of(request: HttpRequest) -> set[str]:
    """List the keys of those who have signed in on this device, as far as it remembers."""
    return set(_owners(request))


def _owners(request: HttpRequest) -> dict[str, str]:
    """Read the marks on the cookie by the key of their owner, oldest first; none where it is not
    ours or is too old.
    """
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        owners = signing.loads(cookie, salt=SALT, max_age=settings.DEVICE_COOKIE_AGE)
    except signing.BadSignature:
        return {}
    return dict(owners)


def _remember(request: HttpRequest, response: HttpResponse, owner: User) -> None:
    owners = _owners(request)
    mark = owners.pop(f"{owner.pk}", "") or secrets.token_urlsafe(12)
    kept = [*owners.items(), (f"{owner.pk}", mark)][-MOST_OWNERS:]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


# --- Counts -------------------------------------------------------------------------------------


def counts_of(request: HttpRequest, user: User | None, typed: str) -> list[tuple[str, str]]:
    """List the counts of a wrong password: the device's own where it is known, else account and
    address.

    A name that nobody has is counted as an account is, so that the lock does not tell which names
    there are.
    """
    person = f"person:{user.pk}" if user else f"nobody:{typed.lower()}"
    if mark := mark_of(request, user):
        return [("login_failed_known", f"{person}:{mark}")]
    address = ratelimit.get_ip(request)
    return [
        ("login_failed", f"{person}:{address}"),
        ("login_failed_anywhere", person),
        ("login_failed_from", ""),
    ]


def spend(request: HttpRequest, counts: list[tuple[str, str]]) -> ratelimit.RateLimitUsage | None:
    """Count a try, to be taken back when it was right; None when one of the counts is used up."""
    usage = ratelimit.RateLimitUsage(usage=[])
    for action, key in counts:
        spent = ratelimit.consume(request, app=ACCOUNT, action=action, key=key)
        if spent is None:
            return None
        usage.usage += spent.usage
    return usage


def forgive(request: HttpRequest, user: User) -> None:
    """Forget the tries at an account, as far as this device and address go."""
    for action, key in counts_of(request, user, ""):
        if key:
            ratelimit.clear(request, app=ACCOUNT, action=action, key=key)
