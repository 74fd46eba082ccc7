"""Walks one complete assessment year without a browser, in a database of its own, and checks that
it held.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Agency, Province
from config.database import fresh_database
from config.rehearsal.people import make_cast
from config.rehearsal.year import Rehearsal
from cycles.calendar import Phase
from cycles.register.agency_sheets import load_country
from cycles.spreadsheets import exports as spreadsheets_exports
from festival import tasks
from festival.models import Language, Standing
from festival.open_data import files as open_data_files
from festival.open_data.verification import verify
from festival.report import actions as report
from festival.results import exports as results_exports
from festival.workflow import Addressee

NATIONAL = 119


class Command(BaseCommand):
    help = "Walk one assessment year in a fresh database; exits 0 only when every check held."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--agencies", type=int, default=NATIONAL, help="how many agencies take part"
        )
        parser.add_argument(
            "--out", type=Path, required=True, help="folder for the reports and tables"
        )
        parser.add_argument(
            "--database", default="rehearsal", help="name of the database, which is made anew"
        )
        parser.add_argument("--year", type=int, default=1404, help="the assessed Jalali year")

    def handle(
        self, *args: object, agencies: int, out: Path, database: str, year: int, **options: object
    ) -> None:
        fresh_database(database)
        started = time.monotonic()
        self.say(f"Rehearsal of {year} with {agencies} agencies in the database {database}")
        taking_part = self.country(agencies)
        walk = Rehearsal(make_cast(taking_part), year=year, say=self.say).walk("ranked")
        out.mkdir(parents=True, exist_ok=True)
        with walk.phase("reported"):
            self.write(walk, out)
        walk.walk("published", after="ranked")
        faults = walk.settle() + self.doubts(walk, agencies)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        took = time.monotonic() - started
        self.say(
            f"  {walk.acts} acts, {walk.refusals} refusals, {took:.1f} s, {most} MB of "
            f"memory at most"
        )
        if faults:
            raise CommandError("\n".join(faults))
        self.say("Every check held.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def country(self, count: int) -> list[Agency]:
        """Load the first `count` agencies: the national ones, then the units of one province after
        another.
        """
        load_country(provincial_units=[])
        codes = Province.objects.order_by("code").values_list("code", flat=True)
        for code in codes:
            if Agency.objects.count() >= count:
                break
            load_country(provincial_units=[code])
        chosen = list(Agency.objects.order_by("pk"))
        national, units = (
            [a for a in chosen if not a.province_id],
            [a for a in chosen if a.province_id],
        )
        chosen = (national + units)[:count]
        if len(chosen) < count:
            raise CommandError(f"The register has {len(chosen)} agencies only.")
        Agency.objects.exclude(pk__in=[a.pk for a in chosen]).update(is_active=False)
        return chosen

    def write(self, walk: Rehearsal, out: Path) -> None:
        admin, at = walk.cast.administrator, walk.within(Phase.FINAL, 0.7)
        self.publish(walk, out / "data")
        reports = report.ask_for_report(walk.edition, languages=Language.values, by=admin, at=at)
        walk.count_acts()
        for asked in reports:
            kept = tasks.draw_up(asked, at=at)
            for approver in (admin, walk.cast.secretary):
                report.approve_report(kept, by=approver, at=at)
            walk.count_acts(2)
            name = f"article-82-{walk.year}-{asked.language}.pdf"
            for paper, to in (
                (kept.file, name),
                (kept.archive, name.replace(".pdf", "-archive.pdf")),
            ):
                with paper.open("rb") as content:
                    (out / to).write_bytes(content.read())
                self.say(f"  {to}: {paper.size // 1024} kB")
        for addressee in Addressee.values:
            report.deliver(
                walk.edition, addressee=addressee, letter=f"{walk.year}/82", by=admin, at=at
            )
            walk.count_acts()
        for name, data in (
            ("ranking", results_exports.ranking(walk.edition)),
            ("scores", results_exports.final_lines(walk.edition)),
        ):
            (out / f"{name}.csv").write_bytes(
                spreadsheets_exports.write_dataset(data, "csv", title=name)
            )

    def publish(self, walk: Rehearsal, out: Path) -> None:
        """Write the open data to a folder as anybody loads it down, and recompute it by engine and
        script alike.
        """
        files = open_data_files.write(walk.edition, at=walk.within(Phase.FINAL, 0.7))
        walk.count_acts()
        out.mkdir(parents=True, exist_ok=True)
        for file in files:
            with file.file.open("rb") as content:
                (out / file.name).write_bytes(content.read())
        found = verify(lambda name: (out / name).read_bytes())
        script = [sys.executable, "-I", str(out / open_data_files.VERIFIER), str(out)]
        verdict_lines = subprocess.run(  # noqa: S603 -- ours
            script, capture_output=True, text=True, check=False
        ).stdout.splitlines()
        if found.faults or verdict_lines != [f"{found.figures} figures recomputed; 0 do not agree"]:
            raise CommandError("\n".join([*found.faults[:20], *verdict_lines[-20:]]))
        self.say(f"  {verdict_lines[0]}, by the engine and by the script")

    def doubts(self, walk: Rehearsal, agencies: int) -> list[str]:
        """List what a believable year must show and this one does not."""
        standings = list(Standing.objects.filter(edition=walk.edition))
        entered = [s for s in standings if s.submitted]
        mean = sum(s.percent for s in entered) / len(entered)
        shared = len(entered) - len({(s.group_id, s.percent) for s in entered})
        self.say(
            f"  {len(entered)} of {len(standings)} submitted, mean {mean:.2f} percent, {shared} "
            f"shared places"
        )
        wrong = []
        if len(standings) != agencies:
            wrong.append(f"{len(standings)} agencies are ranked, not {agencies}")
        if not 60 <= mean <= 75:
            wrong.append(f"the mean of {mean:.2f} percent is not realistic")
        if sum(1 for s in entered if s.percent > 90) > len(entered) / 10:
            wrong.append("too many stand above 90 percent")
        if len(entered) == len(standings):
            wrong.append("everybody submitted, which never happens")
        if not shared:
            wrong.append("no two agencies tie")
        return wrong
