"""Starts, stops or reports on the embedded servers."""

import argparse

from django.core.management.base import BaseCommand

from config import embedded


class Command(BaseCommand):
    help = "The embedded PostgreSQL and Valkey: start, stop or status."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=("start", "stop", "status"))

    def handle(self, *args: object, what: str, **options: object) -> None:
        if what == "start":
            embedded.ensure_postgres()
            embedded.ensure_valkey()
        elif what == "stop":
            embedded.stop()
        for name, ready in (
            ("PostgreSQL", embedded.postgres_ready()),
            ("Valkey", embedded.valkey_ready()),
        ):
            self.stdout.write(
                f"{name}: {'running' if ready else 'stopped'} ({embedded.socket_directory()})"
            )
