"""Builds a country with three cycles, one of them in the phase asked for, and serves the portal at
that moment.
"""

import argparse
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django.utils import timezone

from agencies.models import Agency, Level, User
from config.database import fresh_database
from config.rehearsal import indices, stored_demonstrations
from config.rehearsal.people import PASSWORD, Cast, make_cast
from config.rehearsal.stored_demonstrations import Demonstration
from config.rehearsal.year import Rehearsal
from cycles.calendar import Phase, format_moment, from_jalali, midnight
from cycles.models import Delivery
from cycles.presets import windows_for
from cycles.register.agency_sheets import load_country
from festival import tasks
from festival.models import Language
from festival.report import actions as report
from festival.workflow import Addressee

YEAR, PRESET, PROVINCE = 1404, "statutory_gregorian", "IR-26"
PHASES = list(dict.fromkeys(window.phase.value for window in windows_for(PRESET, YEAR)))
"""The phases that the demonstration's calendar has, in their order."""
FEWEST = 8
"""With fewer agencies nobody is left who may give another agency's figures, assess it or hear its
appeal.
"""
WHOLE_LEVELS = (Level.MINISTRY, Level.PRESIDENTIAL, Level.PROVINCIAL)
"""Levels that take part in the demonstration; the other national bodies stand in the register."""


class Command(BaseCommand):
    help = (
        "Build the demonstration database and serve it; PHASE= names the phase in which the "
        "middle cycle stands."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--phase", choices=PHASES, default=os.environ.get("PHASE", "scoring").lower()
        )
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument(
            "--agencies", type=int, default=0, help=f"take only so many, {FEWEST} or more"
        )
        parser.add_argument(
            "--reset",
            action="store_true",
            default=bool(os.environ.get("RESET")),
            help="build it anew, even where it is built already",
        )
        parser.add_argument("--no-serve", action="store_true", help="build the database only")

    def handle(
        self,
        *args: object,
        phase: str,
        port: int,
        agencies: int,
        reset: bool,
        no_serve: bool,
        **options: object,
    ) -> None:
        if phase not in PHASES:
            raise CommandError(f"PHASE is one of: {', '.join(PHASES)}.")
        if 0 < agencies < FEWEST or agencies < 0:
            raise CommandError(f"The demonstration takes {FEWEST} agencies or more.")
        demonstration = self.find_or_build(phase, agencies, reset=reset)
        self.stdout.write(demonstration.accounts)
        if not no_serve:
            self.serve(demonstration.now, port)

    def find_or_build(self, phase: str, agencies: int, *, reset: bool) -> Demonstration:
        """Take the demonstration as it was built, or build it where it was not."""
        name = stored_demonstrations.name_for(phase, agencies)
        if not reset and (found := stored_demonstrations.lay_out(name)):
            self.stdout.write("As it was built; RESET=1 builds it anew.")
            return found
        now = self.build(Phase(phase), agencies)
        built = Demonstration(now, self.accounts(now))
        stored_demonstrations.store(name, built)
        return built

    def build(self, phase: Phase, agencies: int) -> datetime:
        """Make the served database anew; return the moment at which it stands."""
        fresh_database(stored_demonstrations.SERVED)
        load_country(provincial_units=[PROVINCE])
        chosen = list(Agency.objects.filter(level__in=WHOLE_LEVELS).order_by("-level", "pk"))
        if agencies:
            units = [a for a in chosen if a.province_id][: agencies // 3]
            chosen = [a for a in chosen if not a.province_id][: agencies - len(units)] + units
        Agency.objects.exclude(pk__in=[a.pk for a in chosen]).update(is_active=False)
        cast = self.cast = make_cast(sorted(chosen, key=lambda a: a.pk))
        window = next(w for w in windows_for(PRESET, YEAR) if w.phase == phase)
        middle = window.opens_at + (window.closes_at - window.opens_at) / 2
        now = middle.replace(hour=10, minute=0, second=0, microsecond=0)
        indices.follow(cast, at=now - timedelta(days=60))
        early = window.opens_at < midnight(from_jalali(YEAR, 1, 1))
        years = [YEAR - 2, YEAR - 1, YEAR] if early else [YEAR - 1, YEAR, YEAR + 1]
        for year in years:
            self.stdout.write(f"Cycle {year}:")
            # the best-documented failure of the real process, in the oldest of the three:
            # indicators come late
            late = timedelta(days=17) if year == years[0] else timedelta()
            walk = Rehearsal(
                cast, year=year, preset=PRESET, say=self.stdout.write, now=now, late=late
            ).walk("ranked")
            if hasattr(walk, "edition"):
                self.reports(walk, cast)
                walk.walk("published", after="ranked")
            if walk.settle():
                raise CommandError("\n".join(walk.faults))
        # what the walk told is history: the worker sends what happens from now on
        Delivery.objects.filter(told_at=None).update(told_at=F("made_at"))
        return now

    def reports(self, walk: Rehearsal, cast: Cast) -> None:
        at = walk.within(Phase.FINAL, 0.7)
        if not walk.is_due(at):
            return
        for asked in report.ask_for_report(
            walk.edition, languages=Language.values, by=cast.administrator, at=at
        ):
            kept = tasks.draw_up(asked, at=at)
            for approver in (cast.administrator, cast.secretary):
                report.approve_report(kept, by=approver, at=at)
        walk.count_acts(6)
        if walk.is_due(at := walk.within(Phase.FINAL, 0.9)):
            for addressee in Addressee.values:
                letter = f"{walk.year}/82"
                report.deliver(
                    walk.edition, addressee=addressee, letter=letter, by=cast.administrator, at=at
                )
            walk.count_acts(2)

    def accounts(self, now: datetime) -> str:
        cast, first = self.cast, min(self.cast.heads)
        rows: list[tuple[str, list[User]]] = [
            ("agency staff", [cast.staff[first]]),
            ("head of the agency", [cast.heads[first]]),
            ("deputy by delegation", [User.objects.get(username="deputy")]),
            ("administrator", [cast.administrator]),
            ("second administrator", [cast.secretary]),
            ("working-group members", list(cast.members)),
            ("chair of the working group", [cast.chair]),
            ("assessors", list(cast.assessors[:2])),
            ("appeal reviewers", list(cast.reviewers[:2])),
            ("auditor", [cast.auditor]),
        ]
        others = ("expert", "steward", "representative", "headquarters", "agency-administrator")
        for name in others:
            rows.append((name.replace("-", " "), [User.objects.get(username=name)]))
        provincial = User.objects.filter(username__startswith="administrator-")
        rows.append(("administrators of one province", list(provincial)))

        clock = format_moment(now, "en")
        lines = [f"\nThe portal's clock stands at {clock}. Every password is {PASSWORD}\n"]
        for role, users in rows:
            lines.append(f"  {role:<32}{', '.join(user.username for user in users)}")
        lines.append(
            "  other agencies                  staff-CODE and head-CODE in small letters, for "
            "example head-moe\n"
        )
        return "\n".join(lines)

    def serve(self, now: datetime, port: int) -> None:
        """Run web, worker and beat until one of them ends or the keyboard interrupts."""
        offset = int((now - timezone.now()) / timedelta(seconds=1))
        env = os.environ | {
            "DEBUG": "1",
            "PORTAL_DATABASE": stored_demonstrations.SERVED,
            "CLOCK_OFFSET_SECONDS": str(offset),
        }
        celery = [sys.executable, "-m", "celery", "-A", "config", "--quiet"]
        commands = [
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py",
             "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
            [*celery, "worker", "--queues", "celery,reports", "--concurrency", "2",
             "--loglevel", "WARNING"],
            [*celery, "beat", "--schedule", str(settings.VAR / "demo-beat"),
             "--loglevel", "WARNING"],
        ]  # fmt: skip
        self.stdout.write(f"Serving on http://127.0.0.1:{port}/ until interrupted (Ctrl-C).\n")
        self.stdout.flush()
        running = [subprocess.Popen(command, env=env) for command in commands]  # noqa: S603 -- our own commands
        signal.signal(
            signal.SIGTERM, signal.default_int_handler
        )  # whoever ends this ends all three
        try:
            while all(p.poll() is None for p in running):
                try:
                    running[0].wait(timeout=1)
                except subprocess.TimeoutExpired:
                    continue
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=20)
