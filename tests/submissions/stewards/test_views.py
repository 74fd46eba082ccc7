"""The pages of stewards: figures, lists, sources, appointment, signing."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agencies.roles import Role
from config.home.waiting_tasks import Desk
from cycles.models import Participation
from indicators.models import Measure
from submissions.models import (
    Answer,
    StewardFigure,
    Stewardship,
    Submission,
)
from submissions.stewards import actions as stewards
from tests.factories import PASSWORD, build, cite, make_agency, make_user
from tests.submissions.stewards.figures import all_given, fresh, tie, url
from tests.tabs import Tab
from tests.worlds.answers import figure, steward_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def typed(line, percent="", note="", void=False):
    fields = {"percent": percent, "note": note, "seen": stewards.held_token(line)} | (
        {"is_not_applicable": "on"} if void else {}
    )
    return {f"{line.pk}-{name}": value for name, value in fields.items()}


def test_a_page_of_figures_is_saved_together_in_persian_digits(visit):
    world = build("assigned")
    power, health = steward_line(world), steward_line(world, world.health)
    body = typed(power, "۷۸٫۲۵") | typed(health, note="این دستگاه خدمتی ندارد", void=True)

    response = visit(world, world.steward).post(url("stewardship", world.stewardship.pk), body)

    assert response.status_code == 302
    assert StewardFigure.objects.get(answer=power).percent == Decimal("78.25")
    assert StewardFigure.objects.get(answer=health).is_not_applicable


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(visit):
    world = build("assigned")
    power, health = steward_line(world), steward_line(world, world.health)
    body = typed(power, "۱۲۰") | typed(health, "55.5", note="Kept")

    response = visit(world, world.steward).post(url("stewardship", world.stewardship.pk), body)

    page = response.content.decode()
    assert response.status_code == 422
    assert "less than or equal to 100" in page
    assert all(kept in page for kept in ('value="۱۲۰"', 'value="55.5"', 'value="Kept"'))
    assert not StewardFigure.objects.exists()


def test_a_figure_changed_meanwhile_is_shown_and_saved_over_only_when_asked_again(visit):
    world = build("assigned")
    line, client = steward_line(world), visit(world, world.steward)
    body = typed(line, "60")
    stewards.save_figures(world.stewardship, {line.pk: figure("40")}, by=world.steward, at=world.at)

    refused = client.post(url("stewardship", world.stewardship.pk), body)
    token = refused.content.decode().split(f'name="{line.pk}-seen" value="')[1].split('"')[0]
    client.post(url("stewardship", world.stewardship.pk), body | {f"{line.pk}-seen": token})

    assert "Stored now: 40" in refused.content.decode()
    assert StewardFigure.objects.get().percent == 60


def test_a_figure_that_cannot_be_stands_beside_what_another_tab_has_stored(visit):
    world = build("assigned")
    line, address = steward_line(world), url("stewardship", world.stewardship.pk)
    first, second = (Tab(visit(world, world.steward), address) for _tab in range(2))
    first.send(**typed(line, "40"))

    page = second.send(**typed(line, "120")).content.decode()

    assert "less than or equal to 100" in page
    assert "Stored now: 40" in page
    assert StewardFigure.objects.get().percent == 40


def test_the_list_is_narrowed_to_what_is_missing_searched_or_left_to_others(visit):
    world = build("assigned")
    tie(world, world.unit)
    stewards.save_figures(
        world.stewardship, {steward_line(world).pk: figure()}, by=fresh(world.steward), at=world.at
    )
    client, address = visit(world, world.steward), url("stewardship", world.stewardship.pk)

    def shown(query):
        return [
            row.answer.submission.agency.code for row in client.get(address + query).context["rows"]
        ]

    assert sorted(shown("")) == ["MOE", "MOE-QZ", "MOHME"]
    assert sorted(shown("?show=missing")) == ["MOE-QZ", "MOHME"]
    assert shown("?show=given") == ["MOE"]
    assert shown("?show=tied") == ["MOE-QZ"]
    assert shown("?q=health") == ["MOHME"]
    assert "an administrator without an interest" in client.get(address).content.decode().lower()


def test_the_page_takes_the_same_queries_for_any_number_of_agencies(visit):
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    client, address, taken = (
        visit(world, world.steward),
        url("stewardship", world.stewardship.pk),
        [],
    )

    for more in (0, 20):
        for number in range(more):
            agency = make_agency(f"X{number}", f"دستگاه {number}", f"Agency {number}")
            part = Participation.objects.create(
                cycle=world.cycle, agency=agency, level=agency.level, sector=agency.sector
            )
            s = Submission.objects.create(cycle=world.cycle, agency=agency, participation=part)
            line = Answer.objects.create(submission=s, measure=world.stewardship.measure)
            StewardFigure.objects.create(
                stewardship=world.stewardship,
                answer=line,
                percent=1,
                entered_by=world.steward,
                entered_at=world.at,
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        taken.append(len(queries))

    assert taken[0] == taken[1]


def test_a_source_that_is_no_document_is_refused_and_the_title_kept(visit):
    world = build("assigned")
    client = visit(world, world.steward)
    upload = SimpleUploadedFile("رتبه‌بندی.pdf", b"MZ not a pdf")

    response = client.post(
        url("source", world.stewardship.pk), {"title": "Kept", "document": upload}
    )

    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()
    assert not world.fresh(world.stewardship).source


def test_an_administrator_names_stewards_on_the_cycle_s_page_and_sees_who_has_none(visit):
    world = build("assigned")
    Stewardship.objects.all().delete()
    Measure.objects.filter(code="G1-2").update(steward=world.steward)
    client, address = visit(world, world.administrator), url("stewards", world.cycle.pk)

    before = client.get(address).content.decode()
    client.post(address)
    after = client.get(address).content.decode()
    measure, other = Measure.objects.get(code="G1-2"), make_user("second_steward", Role.STEWARD)
    chosen = {"measure": measure.pk, f"m{measure.pk}-steward": other.pk}
    unsaid = client.post(address, chosen).content.decode()
    client.post(address, chosen | {f"m{measure.pk}-reason": "On leave"})

    assert "1 measure is in nobody" in before
    assert "in nobody" not in after
    assert "Say why the measure goes into other hands." in unsaid
    assert Stewardship.objects.get().steward == other


def test_supplying_and_opening_again_are_confirmed_with_the_password(visit):
    world = build("assigned")
    stewards.save_figures(world.stewardship, all_given(world), by=world.steward, at=world.at)
    cite(world)

    visit(world, world.steward).post(
        url("supply", world.stewardship.pk), {"note": "", "password": PASSWORD}
    )
    assert world.fresh(world.stewardship).state == "supplied"
    visit(world, world.administrator).post(
        url("open_again", world.stewardship.pk), {"note": "because"}
    )

    assert world.fresh(world.stewardship).state == "open"


def test_the_desk_names_what_waits_for_steward_and_administrator():
    world = build("assigned")
    tie(world)
    steward, administrator = fresh(world.steward), fresh(world.administrator)

    [task] = Desk(steward, world.at).tasks()
    titles = [t.title for t in Desk(administrator, world.at).tasks()]

    assert (task.url, task.done, task.whole) == (url("stewardship", world.stewardship.pk), 0, 3)
    assert "1 figure waits for an administrator without an interest" in titles
    Stewardship.objects.all().delete()
    assert "1 measure has no steward" in [t.title for t in Desk(administrator, world.at).tasks()]
