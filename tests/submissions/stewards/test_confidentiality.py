"""Who reads a figure and its source, before and after communication."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from cycles.models import Entry
from submissions.models import (
    StewardFigure,
)
from submissions.release import actions as release
from submissions.stewards import actions as stewards
from submissions.stewards import supply as stewards_supply
from tests.factories import build
from tests.submissions.stewards.figures import all_given, fresh, mark_all, tie, url
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


SECRET, NOTE, TITLE = "41.15", "As the register has it", "Ranking of the year"


@pytest.fixture
def secret():
    world = build("assigned")
    mark_all(world)
    tie(world, world.health)
    line = steward_line(world)
    given = all_given(world) | {line.pk: figure(SECRET, note=NOTE)}
    theirs = {steward_line(world, world.health).pk: given.pop(steward_line(world, world.health).pk)}
    stewards.save_figures(world.stewardship, given, by=fresh(world.steward), at=world.at)
    stewards.save_figures(world.stewardship, theirs, by=world.administrator, at=world.at)
    paper = ContentFile(b"%PDF-1.7", name="رتبه‌بندی.pdf")
    world.stewardship = stewards.cite(
        world.stewardship, title=TITLE, document=paper, by=fresh(world.steward), at=world.at
    )
    world.stewardship = stewards_supply.supply(
        world.stewardship, by=fresh(world.steward), at=world.at
    )
    world.submission = world.fresh(world.submission)
    return world


def pages(world):
    line, s, held = steward_line(world).pk, world.submission.pk, world.stewardship.pk
    return [
        url("detail", s), f"{url('detail', s)}?line={line}", url("review", s), url("report", s), url("line", line),
        url("import", s), url("answers_file", s, "xlsx"), url("export"), url("list"),
        url("stewardships"), url("stewardship", held), url("source", held), url("figures_import", held),
        url("figures_file", held, "csv"), url("supply", held), url("stewards", world.cycle.pk),
        f"/en/appeals/lines/{line}/", f"/en/appeals/lines/{line}/draft/",
    ]  # fmt: skip


def leaking(client, world):
    found = []
    for address in pages(world):
        response = client.get(address, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if "spreadsheet" in response["Content-Type"]:
            sheet = openpyxl.load_workbook(BytesIO(body)).worksheets[0]
            body = "\n".join(str(cell) for row in sheet.values for cell in row).encode()
        text = body.decode("utf-8", "replace")
        if any(word in text for word in (SECRET, NOTE, TITLE, "%PDF", "123.45")):
            found.append(address)
    return found


@pytest.mark.parametrize(
    "name", ("staff", "head", "headquarters", "assessor", "reviewer", "other_head", "stranger")
)
def test_before_communication_nobody_outside_the_authority_reads_figure_or_source(
    secret, visit, name
):
    assert leaking(visit(secret, getattr(secret, name)), secret) == []


def test_the_authority_reads_it_and_that_is_on_record(secret, visit):
    found = leaking(visit(secret, secret.administrator), secret)

    assert url("stewardship", secret.stewardship.pk) in found
    assert url("source", secret.stewardship.pk) in found
    assert Entry.objects.filter(act="read_embargoed", params={"what": "figures"}).count() == 1


def test_the_steward_does_not_read_the_figure_of_an_agency_of_interest(secret, visit):
    StewardFigure.objects.filter(answer=steward_line(secret, secret.health)).update(percent="66.66")
    client = visit(secret, secret.steward)

    page = client.get(url("stewardship", secret.stewardship.pk)).content.decode()

    assert SECRET in page
    assert "66.66" not in page
    assert "The steward has declared an interest in this agency." in page
    assert client.get(url("report", secret.submission.pk)).status_code == 404


def test_once_communicated_the_agency_reads_figure_and_source_and_can_appeal(secret, visit):
    release.communicate([secret.submission], by=secret.administrator, at=secret.at)
    client = visit(secret, secret.staff)

    for address in (url("report", secret.submission.pk), url("line", steward_line(secret).pk)):
        page = client.get(address).content.decode()
        assert all(word in page for word in ("41.15", NOTE, TITLE, secret.steward.name_en))
        assert url("source", secret.stewardship.pk) in page
    source = client.get(url("source", secret.stewardship.pk))
    assert b"".join(source.streaming_content) == b"%PDF-1.7"
    assert "attachment" in source["Content-Disposition"]
    draft = client.get(f"/en/appeals/lines/{steward_line(secret).pk}/draft/").content.decode()
    assert "The steward&#x27;s figure" in draft
    assert client.get(url("stewardship", secret.stewardship.pk)).status_code == 404
    assert (
        visit(secret, secret.other_staff).get(url("source", secret.stewardship.pk)).status_code
        == 404
    )
