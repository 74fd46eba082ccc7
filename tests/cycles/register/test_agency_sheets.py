"""Agencies as a file: checked, confirmed, taken over and exported."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Agency
from agencies.roles import Role
from cycles.models import Entry
from tests.cycles.pages import text
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


# --- Agencies -----------------------------------------------------------------------------------


def upload(client, lines, name="agencies.csv"):
    content = "\n".join(["code,name_fa,name_en,level,sector,parent,province", *lines]).encode()
    return client.post("/en/cycles/agencies/import/", {"file": SimpleUploadedFile(name, content)})


def test_an_import_writes_nothing_until_confirmed_and_then_records_each_agency(world, as_):
    client = as_(world.administrator, world.at)

    preview = upload(
        client,
        [
            "UNIT,واحد,Unit,affiliated_org,economic,HEAD,",
            "HEAD,ستاد,Head office,ministry,economic,,",
        ],
    )
    unwritten = Agency.objects.filter(code__in=("UNIT", "HEAD")).count()
    client.post(
        "/en/cycles/agencies/import/", {"token": preview.context["token"], "password": PASSWORD}
    )

    assert unwritten == 0
    assert Agency.objects.get(code="UNIT").parent.code == "HEAD"
    assert Entry.objects.filter(act="import_agencies").count() == 2
    assert Entry.objects.filter(act="import_agencies").first().params["file"] == "agencies.csv"


def test_an_import_without_the_right_password_writes_nothing_and_keeps_the_check(world, as_):
    client = as_(world.administrator, world.at)
    token = upload(client, ["GOOD,خوب,Good,ministry,economic,,"]).context["token"]

    pages = [
        client.post("/en/cycles/agencies/import/", {"token": token, "password": password})
        for password in ("", "guess")
    ]
    unwritten = Agency.objects.filter(code="GOOD").count()
    client.post("/en/cycles/agencies/import/", {"token": token, "password": PASSWORD})

    assert unwritten == 0
    assert [page.context["token"] for page in pages] == [token, token]
    assert "This is not your password." in text(pages[1])
    assert Agency.objects.filter(code="GOOD").exists()


def test_a_bad_file_names_row_and_column_and_writes_nothing(world, as_):
    lines = ["GOOD,خوب,Good,ministry,economic,,", "BAD,بد,Bad,kingdom,economic,NOBODY,"]

    page = upload(as_(world.administrator, world.at), lines)

    assert [(e["row"], e["column"]) for e in page.context["check"].errors] == [
        ("3", "parent"),
        ("3", "level"),
    ]
    assert "There is no such code: “NOBODY”." in text(page)
    assert not Agency.objects.filter(code="GOOD").exists()


def test_right_rows_are_taken_alone_if_asked_for_and_the_record_counts_the_rest(world, as_):
    client = as_(world.administrator, world.at)
    preview = upload(client, ["GOOD,خوب,Good,ministry,economic,,", "BAD,بد,Bad,kingdom,economic,,"])
    told = text(preview)
    token = preview.context["token"]

    client.post("/en/cycles/agencies/import/", {"token": token, "password": PASSWORD})
    unwritten = Agency.objects.filter(code="GOOD").count()
    client.post(
        "/en/cycles/agencies/import/", {"token": token, "take": "right", "password": PASSWORD}
    )

    assert "Take only the 1 right row; leave out the rows with errors (1)" in told
    assert unwritten == 0
    assert Agency.objects.filter(code="GOOD").exists()
    assert not Agency.objects.filter(code="BAD").exists()
    assert Entry.objects.get(act="import_agencies").params["left_out"] == 1


def test_a_unit_whose_parent_is_left_out_is_left_out_with_it(world, as_):
    lines = ["TOP,سر,Top,kingdom,economic,,", "UNIT,واحد,Unit,affiliated_org,economic,TOP,"]

    page = upload(as_(world.administrator, world.at), [*lines, "GOOD,خوب,Good,ministry,economic,,"])

    check = page.context["check"]
    assert {e["row"] for e in check.errors} == {"2", "3"}
    assert [one["object"].code for one in check.new] == ["GOOD"]
    assert check.left_out == 2


def test_what_would_no_longer_be_done_as_it_was_shown_is_not_done(world, as_):
    client = as_(world.administrator, world.at)
    preview = upload(client, ["MOE,وزارت نیرو,Ministry of Energy,ministry,economic,,"])
    Agency.objects.filter(code="MOE").update(name_en="Renamed by somebody else")

    answer = client.post(
        "/en/cycles/agencies/import/",
        {"token": preview.context["token"], "password": PASSWORD},
        follow=True,
    )

    assert "has changed since it was checked" in text(answer)
    assert Agency.objects.get(code="MOE").name_en == "Renamed by somebody else"


def test_one_persons_checked_file_cannot_be_confirmed_by_another(world, as_):
    other = make_user("second_administrator", Role.ADMINISTRATOR)
    preview = upload(as_(world.administrator, world.at), ["NEW,نو,New,ministry,economic,,"])

    as_(other, world.at).post("/en/cycles/agencies/import/", {"token": preview.context["token"]})

    assert not Agency.objects.filter(code="NEW").exists()


def test_the_export_is_what_is_shown_and_the_import_reads_it_back_as_no_change(world, as_):
    client = as_(world.administrator, world.at)

    csv = client.get("/en/cycles/agencies/export/csv/", {"q": "نیرو"}).content
    page = client.post("/en/cycles/agencies/import/", {"file": SimpleUploadedFile("back.csv", csv)})

    assert "وزارت نیرو" in csv.decode("utf-8-sig")
    assert "وزارت بهداشت" not in csv.decode("utf-8-sig")
    assert "There is nothing to write." in text(page)


def test_only_national_administrators_find_the_import_page(world, as_):
    for name in ("provincial_administrator", "auditor", "staff"):
        assert (
            as_(world.people[name], world.at).get("/en/cycles/agencies/import/").status_code == 404
        )
