"""How often somebody may try what could be guessed or abused: counted in the cache, over all processes at once."""

import logging

from allauth.core import ratelimit
from django.http import HttpRequest
from redis.exceptions import RedisError

from agencies.models import User

logger = logging.getLogger(__name__)


def _trial() -> HttpRequest:
    """A stand-in for the library, which asks a request for nothing but its method where the count is a person's."""
    request = HttpRequest()
    request.method = "POST"
    return request


def spend(action: str, user: User) -> bool:
    """Count one try of this person; False when the tries of `settings.ACCOUNT_RATE_LIMITS` are used up.

    Without the cache nothing is counted: whoever is signed in must be able to sign before a deadline all the same.
    """
    try:
        return bool(ratelimit.consume(_trial(), action=action, key=str(user.pk)))
    except RedisError as error:
        logger.warning("tries of %s are not counted: %s", action, error)
        return True


def spend_from(action: str, request: HttpRequest) -> bool:
    """Count one try from the request's address, whoever it is; False when the tries are used up.

    Without the cache nothing passes: a stranger can wait, and nothing official hangs on it.
    """
    try:
        return bool(ratelimit.consume(request, action=action))
    except RedisError as error:
        logger.warning("no try of %s is let through: %s", action, error)
        return False


def forgive(action: str, user: User) -> None:
    """Forget this person's tries, because one was right."""
    try:
        ratelimit.clear(_trial(), action=action, key=str(user.pk))
    except RedisError as error:
        logger.warning("tries of %s are not forgotten: %s", action, error)
