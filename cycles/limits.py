"""How often somebody may try what could be guessed or abused: counted in the cache, over all processes at once."""

from allauth.core import ratelimit
from django.http import HttpRequest

from agencies.models import User


def _trial() -> HttpRequest:
    """A stand-in for the library, which asks a request for nothing but its method where the count is a person's."""
    request = HttpRequest()
    request.method = "POST"
    return request


def spend(action: str, user: User) -> bool:
    """Count one try of this person; False when the tries of `settings.ACCOUNT_RATE_LIMITS` are used up."""
    return bool(ratelimit.consume(_trial(), action=action, key=str(user.pk)))


def forgive(action: str, user: User) -> None:
    """Forget this person's tries, because one was right."""
    ratelimit.clear(_trial(), action=action, key=str(user.pk))
