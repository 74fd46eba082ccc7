"""More agencies with a standing in an edition."""

from agencies.models import Level
from cycles.models import Participation
from festival.models import Standing
from tests.factories import make_agency


def more_standings(world, numbers):
    first = Standing.objects.filter(participation__agency=world.power).get()
    for number in numbers:
        agency = make_agency(
            f"X{number}", f"سازمان {number}", f"Organization {number}", level=Level.PRESIDENTIAL
        )
        entered = Participation.objects.create(
            cycle=world.cycle, agency=agency, level=agency.level, sector=agency.sector,
            name_fa=agency.name_fa, name_en=agency.name_en,
        )  # fmt: skip
        Standing.objects.create(
            edition=world.edition, group=first.group, participation=entered, submitted=True, general=500, specific=500,
            total=1000, ceiling=2000, percent=50, band="weak", place=2,
        )  # fmt: skip
