"""Says that the portal's clock is right, so that what has a deadline goes on."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import User
from cycles.clock import now
from cycles.record import clock_watch
from cycles.workflow import Refused


class Command(BaseCommand):
    help = (
        "Say, in the name of a national administrator, that the clock is right; this "
        "stands on record."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "username", help="the national administrator who has looked at the clock"
        )

    def handle(self, *args: object, username: str, **options: object) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no account “{username}”.")
        try:
            clock_watch.confirm_clock(by=person, at=now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("The clock is taken as right; this stands on record.")
