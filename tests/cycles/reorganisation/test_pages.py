"""Changes of the register on their pages, and in files with their legal basis."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency
from agencies.roles import Role
from cycles.models import Participation, RegisterChange
from cycles.register.agency_sheets import load_country
from cycles.reorganisation.queries import history_of
from tests.cycles.pages import text
from tests.factories import PASSWORD, World, make_user
from tests.worlds.reorganisations import change

# --- The pages ----------------------------------------------------------------------------------

SIGNED = {"effective_on": "1398/11/01", "legal_basis": "مصوبهٔ هیئت وزیران", "letter": "۵۶", "dated_on": "1398/10/01",
          "password": PASSWORD}  # fmt: skip


def test_an_agency_is_renamed_on_its_page_under_a_signature(world, as_):
    client = as_(world.administrator, world.at)
    given = SIGNED | {"name_fa": "سازمان راهبردی", "name_en": "Strategic Organization"}

    unsigned = client.post("/fa/cycles/agencies/MOE/renamed/", given | {"password": "guess"})
    still = world.fresh(world.power).name_fa
    page = client.post("/fa/cycles/agencies/MOE/renamed/", given, follow=True)

    assert unsigned.context["form"].data["name_fa"] == "سازمان راهبردی"
    assert still == "وزارت نیرو"
    assert world.fresh(world.power).name_fa == "سازمان راهبردی"
    assert "وزارت نیرو" in text(page)
    assert "مصوبهٔ هیئت وزیران" in text(page)


def test_several_agencies_end_by_one_act_named_a_line_each(world, as_):
    client = as_(world.administrator, world.at)

    wrong = client.post("/en/cycles/agencies/MOE/dissolved/", SIGNED | {"others": "MOE-QZ\nNOBODY"})
    client.post("/en/cycles/agencies/MOE/dissolved/", SIGNED | {"others": "MOE-QZ"})

    assert "NOBODY: No agency has this code or name." in text(wrong)
    ended = Agency.objects.filter(is_active=False).values_list("code", flat=True)
    assert set(ended) == {"MOE", "MOE-QZ"}


def test_a_waiting_change_stands_on_the_pages_of_both_bodies_and_can_be_withdrawn(world, as_):
    client = as_(world.administrator, world.at)
    given = SIGNED | {"effective_on": "1420/01/01", "successor": "MOHME"}
    client.post("/en/cycles/agencies/MOE/merged/", given)

    pages = [text(client.get(f"/en/cycles/agencies/{code}/")) for code in ("MOE", "MOHME")]
    waiting = RegisterChange.objects.get()
    client.post(f"/en/cycles/register/{waiting.pk}/withdraw/", {"password": PASSWORD})

    assert all("Waits for its day:" in page for page in pages)
    assert world.fresh(waiting).state == "withdrawn"


def test_who_may_not_change_the_register_sees_the_page_without_its_acts(world, as_):
    client = as_(world.auditor, world.at)

    page = client.get("/en/cycles/agencies/MOE/")

    assert page.context["kinds"] == []
    assert client.get("/en/cycles/agencies/MOE/dissolved/").status_code == 404


# --- Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (
            "MOHME,وزارت بهداشت,Ministry of Health,ministry,health_welfare,,,false,false",
            "is_active",
            "dissolved",
        ),
        (
            "MOE,سازمان راهبردی برنامه,Strategic,ministry,infrastructure,,,false,true",
            "name_fa",
            "renamed",
        ),
    ],
    ids=["dissolved", "renamed"],
)
def test_a_file_neither_dissolves_nor_renames_an_agency_silently(world, as_, row, column, words):
    head = "agencies/1,code,name_fa,name_en,level,sector,parent,province,is_authority,is_active"
    file = SimpleUploadedFile("agencies.csv", f"{head}\n,{row}\n".encode())

    page = as_(world.administrator, world.at).post("/en/cycles/agencies/import/", {"file": file})

    [error] = page.context["check"].errors
    assert error["column"] == column
    assert f"{words}" in str(error["message"])
    assert (
        Agency.objects.filter(is_active=True, name_fa__in=("وزارت بهداشت", "وزارت نیرو")).count()
        == 2
    )


def given_with_a_file(client: Client, row: str, **basis: str) -> Any:
    """Have a file with one row checked, and written where something is to be written."""
    head = "agencies/1,code,name_fa,name_en,level,sector,parent,province,is_authority,is_active"
    file = SimpleUploadedFile("agencies.csv", f"{head}\n,{row}\n".encode())
    page = client.post("/fa/cycles/agencies/import/", {"file": file} | basis)
    if token := page.context["token"]:
        client.post("/fa/cycles/agencies/import/", {"token": token, "password": PASSWORD})
    return page


FILED = {
    "legal_basis": "مصوبهٔ هیئت وزیران",
    "letter": "۵۶",
    "dated_on": "1398/10/01",
    "effective_on": "1398/11/01",
}


def test_a_file_with_its_legal_basis_dissolves_by_an_act_on_record(world, as_):
    row = "MOHME,وزارت بهداشت,Ministry of Health,ministry,health_welfare,,,false,false"

    given_with_a_file(as_(world.administrator, world.at), row, **FILED)

    [ended] = history_of(world.health).ends
    assert (ended.kind, ended.legal_basis, ended.letter) == ("dissolved", "مصوبهٔ هیئت وزیران", "56")
    assert Participation.objects.get(agency=world.health).ended_by == ended


def test_a_file_with_its_legal_basis_renames_by_an_act_on_record(world, as_):
    row = "MOE,سازمان راهبردی برنامه,Strategic Planning,ministry,economic,,,false,true"

    given_with_a_file(as_(world.administrator, world.at), row, **FILED)

    renamed = world.fresh(world.power)
    assert (renamed.name_en, renamed.sector) == ("Strategic Planning", "economic")
    assert [c.name_fa for c in history_of(renamed).names] == ["وزارت نیرو"]


def test_a_file_whose_changes_hold_later_leaves_the_register_as_it_is_until_then(world, as_):
    row = "MOE,سازمان راهبردی برنامه,Strategic Planning,ministry,infrastructure,,,false,true"

    given_with_a_file(
        as_(world.administrator, world.at), row, **FILED | {"effective_on": "1420/01/01"}
    )

    assert world.fresh(world.power).name_fa == "وزارت نیرو"
    assert RegisterChange.objects.waiting().get().new_name_fa == "سازمان راهبردی برنامه"


def test_half_a_legal_basis_beside_a_file_is_asked_for_whole(world, as_):
    row = "MOE,سازمان راهبردی برنامه,Strategic Planning,ministry,infrastructure,,,false,true"

    page = given_with_a_file(as_(world.administrator, world.at), row, legal_basis="مصوبه")

    assert set(page.context["form"].errors) == {"letter", "dated_on", "effective_on"}
    assert not RegisterChange.objects.exists()


def test_the_countrys_data_loaded_again_leave_a_name_given_by_an_act(db):
    load_country()
    world = World()
    agency = Agency.objects.get(code="PBO")
    world.people["administrator"] = make_user("chief", Role.ADMINISTRATOR)
    change(world, agency, "renamed", name_fa="سازمان راهبردی برنامه")

    load_country()

    assert world.fresh(agency).name_fa == "سازمان راهبردی برنامه"
