"""Makes an account the first national administrator; every further role is granted on the pages."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.middleware import now


class Command(BaseCommand):
    help = "Make an account the first national administrator; refused when there is one already."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}; make it with createsuperuser.")
        if Membership.objects.filter(role=Role.ADMINISTRATOR, province=None, valid_until=None).exists():
            raise CommandError("There is a national administrator already, who grants every further role.")
        Membership.objects.create(user=user, role=Role.ADMINISTRATOR, valid_from=now())
        self.stdout.write(f"{user.username} is a national administrator.")
