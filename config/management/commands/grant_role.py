"""Gives the portal's database role its rights again; `migrate` does so by itself."""

from django.core.management.base import BaseCommand

from config.database import as_owner, grant


class Command(BaseCommand):
    help = "Make the portal's database role if it is missing and give it its rights."

    def handle(self, *args: object, **options: object) -> None:
        with as_owner() as connection:
            grant(connection)
