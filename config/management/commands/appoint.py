"""Makes the first national administrator; every further role is granted on the pages."""

import argparse

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.clock import now
from cycles.notices.mail import address


class Command(BaseCommand):
    help = (
        "Make the first national administrator, with an account where there is none; refused "
        "when there is one."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", default="", help="makes the account, with the two names")
        parser.add_argument("--name-fa", default="")
        parser.add_argument("--name-en", default="")

    @transaction.atomic
    def handle(
        self,
        *args: object,
        username: str,
        email: str,
        name_fa: str,
        name_en: str,
        **options: object,
    ) -> None:
        user = User.objects.filter(username__iexact=username).first()
        national = Membership.objects.filter(
            role=Role.ADMINISTRATOR, province=None, valid_until=None
        )
        is_waiting = user is not None and not user.has_usable_password()
        is_invited = is_waiting and national.filter(user=user).exists()

        if national.exists() and not is_invited:
            raise CommandError(
                "There is a national administrator already, who grants every further role."
            )
        if user is None:
            user = self.make_account(username, email, name_fa, name_en)
        if not is_invited:
            Membership.objects.create(user=user, role=Role.ADMINISTRATOR, valid_from=now())

        self.stdout.write(f"{user.username} is a national administrator.")
        if not user.has_usable_password():
            key = default_token_generator.make_token(user)
            link = address("account_reset_password_from_key", user_pk_to_url_str(user), key)
            self.stdout.write(f"A password is chosen here, once and within seven days:\n{link}")
            self.stdout.write("The same command gives a new link until then.")

    def make_account(self, username: str, email: str, name_fa: str, name_en: str) -> User:
        """Make an account without a password: whoever has the link chooses one."""
        if not (email and name_fa):
            raise CommandError(
                f"There is no account {username}: give --email and --name-fa to make it."
            )
        user = User(
            username=username, email=email, name_fa=name_fa, name_en=name_en, is_active=True
        )
        user.set_unusable_password()
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        user.save()
        return user
