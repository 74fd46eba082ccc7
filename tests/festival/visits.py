"""Visits to the festival's pages: their addresses, and a client signed in at a moment."""

from collections.abc import Callable
from datetime import datetime

from django.test import Client
from django.urls import reverse

from agencies.models import User


def url(name: str, *args: object) -> str:
    return reverse(f"festival:{name}", args=args)


def at_work(client: Client, clock: Callable[[datetime], None], at: datetime, name: str) -> Client:
    """Sign a user in by name, with the portal's clock set to a moment."""
    clock(at)
    client.force_login(
        User.objects.get(username=name), backend="config.accounts.backends.PasswordBackend"
    )
    return client
