"""Open data that machines find and read: held to what it says of itself by the tools of others."""

import csv
import hashlib
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import csvw
import frictionless
import pytest
from django.core.cache import cache
from openapi_spec_validator import validate

from festival.models import DataFile
from festival.open_data import api_views
from festival.open_data import files as open_data_files
from festival.open_data import rows as open_data_rows
from festival.open_data.descriptions import ON_THE_WEB, PACKAGE
from festival.open_data.dictionary import ALL, TABLES
from indicators.models import Measure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def folder(scheduled, tmp_path):
    """A publication as anybody may have downloaded it, an article with a range and a text like a
    formula in it.
    """
    Measure.objects.filter(code="G1-1").update(article="8-24", title_en="=1+1")
    for file in open_data_files.write(scheduled.edition, at=scheduled.at):
        with file.file.open("rb") as content:
            Path(tmp_path, file.name).write_bytes(content.read())
    return tmp_path


@pytest.fixture
def out(published, clock):
    open_data_files.write(published.edition, at=published.at)
    clock(published.at + timedelta(minutes=1))
    return published


def rows_of(folder, name):
    return list(
        csv.DictReader(io.StringIO(Path(folder, f"{name}.csv").read_text("utf-8-sig"), newline=""))
    )


# --- As a data package and as CSV on the Web ----------------------------------------------------


def test_frictionless_finds_the_data_package_and_every_key_of_it_right(folder):
    report = frictionless.validate(str(folder / PACKAGE))

    assert [list(task.errors) for task in report.tasks if task.errors] == []
    assert (report.valid, len(report.tasks)) == (True, len(TABLES))


def test_frictionless_finds_a_row_whose_agency_is_not_there(folder):
    path = folder / "lines.csv"
    path.write_bytes(path.read_bytes().replace(b"\nMOE,", b"\nNOBODY,", 1))
    said = json.loads((folder / PACKAGE).read_text())
    for resource in said["resources"]:
        del resource["hash"], resource["bytes"]
    (folder / PACKAGE).write_text(json.dumps(said))

    report = frictionless.validate(str(folder / PACKAGE))

    assert "foreign-key" in {error.type for task in report.tasks for error in task.errors}


def test_csvw_finds_the_tables_as_they_are_described(folder):
    read = csvw.CSVW(str(folder / ON_THE_WEB), validate=True)

    assert read.is_valid
    assert {table.url.string for table in read.tables} == {f"{table.name}.csv" for table in TABLES}


def test_csvw_finds_a_row_that_stands_twice(folder):
    path = folder / "agencies.csv"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])

    with pytest.raises(ValueError, match="duplicate primary key: MOHME"):
        csvw.CSVW(str(folder / ON_THE_WEB), validate=True).is_valid  # noqa: B018 -- asking is what checks


def test_no_table_has_a_key_with_an_empty_part_or_a_row_twice(folder):
    for table in TABLES:
        keys = [tuple(row[name] for name in table.key) for row in rows_of(folder, table.name)]

        assert keys != []
        assert all(all(key) for key in keys), table.name
        assert len(set(keys)) == len(keys), table.name
    assert (ALL, ALL) in {(row["set"], row["axis"]) for row in rows_of(folder, "scores")}


def test_columns_of_json_are_json_in_the_json_file(folder):
    said = json.loads((folder / "measures.json").read_text())
    params = [row[said["columns"].index("params")] for row in said["rows"]]

    assert params != []
    assert all(isinstance(each, dict) for each in params)


def test_no_cell_is_taken_for_a_date_and_none_is_run(folder):
    [row] = [row for row in rows_of(folder, "measures") if row["measure"] == "G1-1"]

    assert row["article"] == "8–24"
    assert row["measure_en"] == "'=1+1"
    dates = re.compile(r"\d{1,2}[-/]\d{1,4}([-/]\d{1,4})?")
    for table in TABLES:
        texts = {column.name for column in table.columns if column.type == "text"}
        cells = [row[name] for row in rows_of(folder, table.name) for name in texts]
        assert [cell for cell in cells if dates.fullmatch(cell)] == []


@pytest.mark.parametrize(
    ("article", "expected"),
    (("8-24", "8–24"), ("8 - 24", "8–24"), ("8/24", "8⁄24"), ("36", "36"), ("", "")),
)
def test_articles_are_written_with_a_dash(article, expected):
    assert open_data_rows.with_dashes(article) == expected


def test_measures_say_their_bounds(folder):
    rows = {row["measure"]: (row["lowest"], row["highest"]) for row in rows_of(folder, "measures")}

    assert rows["G1-1"] == ("0", "100")


# --- On the Web ---------------------------------------------------------------------------------


def test_whatever_is_open_may_be_read_from_any_page(out, client):
    year, number = out.cycle.year, out.edition.number

    for address in (
        "/data/",
        "/data/catalog.jsonld",
        f"/data/{year}/{number}/lines.csv",
        "/api/editions/",
        "/api/x/",
    ):
        answer = client.get(address)
        b"".join(answer)  # a file that is read to its end is closed

        assert answer["Access-Control-Allow-Origin"] == "*", address


@pytest.mark.parametrize("is_signed_in", (False, True))
def test_a_file_that_never_changes_is_the_same_with_and_without_cookies(out, client, is_signed_in):
    if is_signed_in:
        client.force_login(out.staff)

    answer = client.get(f"/data/{out.cycle.year}/{out.edition.number}/scores.csv")
    b"".join(answer)

    assert "immutable" in answer["Cache-Control"]
    assert "cookie" not in answer.get("Vary", "").lower()


def linked_in(page):
    [said] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.DOTALL
    )
    return json.loads(said)


def test_the_page_of_an_edition_s_files_says_what_they_are_to_search_engines(out, client):
    said = linked_in(
        client.get(f"/en/festival/{out.cycle.year}/editions/{out.edition.number}/data/")
    )

    assert said["@type"] == ["Dataset", "dcat:Dataset"]
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert {each["name"] for each in said["distribution"]} == set(
        DataFile.objects.values_list("name", flat=True)
    )
    for each in said["distribution"]:
        content = b"".join(client.get(each["contentUrl"]))
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
    assert said["dcat:distribution"] == [each["@id"] for each in said["distribution"]]


def test_the_catalogue_names_every_published_edition_and_none_before_its_moment(out, client, clock):
    told = client.get("/data/catalog.jsonld")
    clock(out.edition.publish_at - timedelta(minutes=1))
    cache.clear()
    before = client.get("/data/catalog.jsonld")

    assert told["Content-Type"] == "application/ld+json"
    assert len(told.json()["dataset"]) == len(told.json()["dcat:dataset"]) == 1
    assert before.json()["dataset"] == []


# --- The API ------------------------------------------------------------------------------------


def test_the_description_of_the_api_is_valid_openapi(client):
    validate(client.get("/api/openapi.json").json())


def test_what_is_not_there_is_answered_as_it_is_described(out, client):
    described = client.get("/api/openapi.json").json()["paths"]
    for endpoint in api_views.ENDPOINTS:
        answer = described[endpoint.template]["get"]["responses"]["404"]
        assert answer["content"]["application/json"]["schema"]["required"] == ["error"]

    assert set(client.get("/api/editions/1300/").json()) == {"error"}


def test_pages_of_rankings_end(out, client, monkeypatch):
    monkeypatch.setattr(api_views, "PER_PAGE", 2)
    address, seen = f"/api/editions/{out.cycle.year}/rankings/", []
    while address:
        told = client.get(address).json()
        seen += [(row["group"], row["agency"]) for row in told["rankings"]]
        address = told["next"]

    assert len(seen) == len(set(seen)) == told["count"]
    for page in (told["pages"] + 1, 0, "x"):
        assert (
            client.get(f"/api/editions/{out.cycle.year}/rankings/?page={page}").status_code == 404
        )
