"""Loading the country, importing agencies, and who may."""

import pytest
from django.utils import translation

from agencies.models import Agency, Level, Membership, Province
from cycles.models import Entry
from cycles.people import actions as people
from cycles.people import nominations
from cycles.register.agency_sheets import check, load_country, read, write
from cycles.spreadsheets.safety import Unreadable
from cycles.workflow import Refused
from cycles.years import actions as years
from tests.factories import build, second_administrator

pytestmark = pytest.mark.django_db

HEADER = "code,name_fa,level,sector,parent,province\n"


def test_the_country_is_loaded_whole_and_loading_it_again_changes_nothing():
    first = load_country(["IR-26"])
    second = load_country(["IR-26"])

    assert (first, second) == (119 + 61, 0)
    assert Province.objects.count() == 31
    assert Agency.objects.get(is_authority=True).code == "ARO"
    assert Agency.objects.get(code="ARO").parent.code == "PRES"


def test_a_units_parent_sector_and_province_follow_its_national_body():
    load_country(["26"])

    unit = Agency.objects.select_related("parent", "province").get(code="TAX-26")
    assert (unit.level, unit.sector, unit.parent.code, unit.province.name_en) == (
        Level.PROVINCIAL,
        "economic",
        "INTA",
        "Qazvin",
    )


def table(lines):
    return read((HEADER + lines).encode(), "agencies.csv")


def test_an_import_by_others_than_national_administrators_is_refused_unwritten():
    w = build("people")
    rows = table("NEW,نو,ministry,economic,,")

    for name in ("provincial_administrator", "auditor", "head", "stranger"):
        with translation.override("en"), pytest.raises(Refused, match="for"):
            people.import_agencies(
                lambda: write(rows), by=w.people[name], at=w.at, file_name="a.csv", sha256="0" * 64
            )

    assert not Agency.objects.filter(code="NEW").exists()
    assert not Entry.objects.exists()


def test_a_file_that_no_longer_fits_is_refused_whole():
    w = build("people")
    rows = table("NEW,نو,ministry,economic,,\nUNIT,واحد,provincial_unit,economic,,IR-99")

    with pytest.raises(Refused, match=r".+"):
        people.import_agencies(
            lambda: write(rows), by=w.administrator, at=w.at, file_name="a.csv", sha256="0" * 64
        )

    assert not Agency.objects.filter(code="NEW").exists()


def test_an_import_that_changes_nothing_is_no_act():
    w = build("people")
    rows = table("MOE,وزارت نیرو,ministry,infrastructure,,")

    with pytest.raises(Refused, match=r".+"):
        people.import_agencies(
            lambda: write(rows), by=w.administrator, at=w.at, file_name="a.csv", sha256="0" * 64
        )

    assert not Entry.objects.exists()


def test_a_code_that_stands_twice_and_a_ring_of_parents_are_named():
    twice = check(table("A,الف,ministry,economic,,\nA,ب,ministry,economic,,"))
    ring = check(table("A,الف,ministry,economic,B,\nB,ب,ministry,economic,A,"))

    assert [(e["row"], e["column"]) for e in twice.errors] == [("3", "code")]
    assert {e["column"] for e in ring.errors} == {"parent"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xfe\x00", "agencies.csv"),
        (b"not a workbook", "agencies.xlsx"),
        (b"", "agencies.csv"),
        (b"code,name_fa\nA,B", "agencies.csv"),
        ((HEADER).encode(), "agencies.csv"),
        (b"code,name_fa,level,sector,password\nA,B,C,D,E", "agencies.csv"),
    ],
)
def test_a_file_that_is_no_table_of_agencies_is_unreadable_in_a_sentence(content, name):
    with pytest.raises(Unreadable, match=r"\."):
        read(content, name)


def test_a_member_sits_in_the_group_of_one_sector_only_and_nobody_else_has_a_sector():
    w = build("people")
    second = second_administrator(w)
    proposed = nominations.propose(
        user=w.stranger,
        role="member",
        constituency="expert",
        sector="economic",
        by=w.administrator,
        at=w.at,
    )
    nominations.decide(proposed, "confirm", by=second, at=w.at)

    assert Membership.objects.get(user=w.stranger).sector == "economic"
    with translation.override("en"), pytest.raises(Refused, match="belong to a sector"):
        people.grant_role(
            user=w.stranger, role="assessor", sector="economic", by=w.administrator, at=w.at
        )


def test_a_cycle_is_planned_with_its_rule_for_points_that_do_not_apply():
    w = build("people")
    made = years.plan_cycle(
        year=1409, preset="statutory_gregorian", spreads_points=False, by=w.administrator, at=w.at
    )

    assert not made.spreads_points
    assert Entry.objects.get(act="plan_cycle", object_pk=made.pk).params["spreads_points"] is False
