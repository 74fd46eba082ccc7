"""How often somebody may try what could be guessed or abused: one count over all processes.

The counts are in the cache, and in the database while the cache is away (`config.cache`): a limit
holds either way, but begins anew when the cache goes and when it comes back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core import ratelimit
from django.utils.translation import gettext as _

from agencies.models import User
from cycles import sandbox
from cycles.requests import PortalRequest


def _trial() -> PortalRequest:
    """Make a stand-in for the library, which asks a request for nothing but its method where the
    count is a person's.
    """
    request = PortalRequest()
    request.method = "POST"
    return request


def spend(action: str, user: User) -> bool:
    """Count one try of this person; False when the tries of `settings.ACCOUNT_RATE_LIMITS` are used
    up.
    """
    return bool(ratelimit.consume(_trial(), action=action, key=str(user.pk)))


def is_spent(action: str, user: User) -> bool:
    """Say whether this person's tries are used up; counts nothing."""
    return not ratelimit.consume(_trial(), action=action, key=str(user.pk), dry_run=True)


def spend_from(action: str, request: PortalRequest) -> bool:
    """Count one try from the request's address, whoever it is; False when the tries are used up."""
    return bool(ratelimit.consume(request, action=action))


def forgive(action: str, user: User) -> None:
    """Forget this person's tries, because one was right."""
    ratelimit.clear(_trial(), action=action, key=str(user.pk))


@contextmanager
def reading_files_of(person: User) -> Iterator[None]:
    """Read a file that this person has sent; who has sent several that took too much waits before
    the next is read.
    """
    if is_spent("costly_file", person):
        raise sandbox.Exceeded(
            _(
                "Reading several of your files took more time or memory than one file may take. "
                "Please wait an hour, then try again."
            )
        )
    try:
        yield
    except sandbox.Busy:
        raise
    except sandbox.Exceeded:
        spend("costly_file", person)
        raise
