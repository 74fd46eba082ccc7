"""Units of a headquarters in the grid, for tests."""

from cycles.models import Participation
from submissions.models import Answer, Submission
from tests import factories
from tests.factories import World, build, make_agency


def unit(w: World, code: str = "MOE-QZ") -> Submission:
    return Submission.objects.select_related("agency", "cycle").get(
        cycle=w.cycle, agency__code=code
    )


def line(w: World, code: str = "G1-1", of: str = "MOE-QZ") -> Answer:
    return Answer.objects.with_submission().get(submission=unit(w, of), measure__code=code)


def address(w: World, rest: str = "") -> str:
    return f"/en/submissions/units/{w.cycle.pk}/{rest}"


def with_units(count: int) -> World:
    """A world in which the power ministry has so many units."""
    w = build("open")
    for number in range(1, count):
        agency = make_agency(
            f"MOE-{number}", f"واحد {number}", f"Unit {number}", parent=w.power, province=w.province
        )
        fields = {"level": agency.level, "sector": agency.sector, "province": agency.province}
        names = {"name_fa": agency.name_fa, "name_en": agency.name_en}
        Participation.objects.create(cycle=w.cycle, agency=agency, **fields, **names)
    for stage in ("drafted", "proposed", "approved", "communicated", "begun"):
        getattr(factories, f"_{stage}")(w)
    return w
