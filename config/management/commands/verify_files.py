"""Holds every stored file against the row that names it."""

from django.core.management.base import BaseCommand, CommandError

from config.recovery import media


class Command(BaseCommand):
    help = (
        "Check that every file a row names is there with its digest; name what is missing, "
        "changed or nobody's."
    )

    def handle(self, *args: object, **options: object) -> None:
        check = media.check_files()
        for kind, names in (
            ("missing", check.missing),
            ("changed", check.changed),
            ("nobody's", check.nobodys),
        ):
            for name in names:
                self.stdout.write(f"{kind}: {name}")
        if not check.holds:
            raise CommandError(
                f"{len(check.missing)} files are missing and {len(check.changed)} were changed."
            )
        self.stdout.write(
            f"{check.files} files are there as their rows say; {len(check.nobodys)} "
            f"belong to nobody."
        )
