"""Pages of cycles, agencies, people and the official record, as their readers meet them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, Interest, Membership
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Participation
from tests.factories import PASSWORD, build, make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build("proposed")


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user)
        return client

    return sign_in


def text(response):
    return response.content.decode()


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


# --- Cycles -------------------------------------------------------------------------------------


def test_a_planned_cycle_is_seen_by_administrators_and_by_nobody_else(as_):
    w = build("planned")

    assert as_(w.administrator, w.at).get("/en/cycles/1405/").status_code == 200
    assert as_(w.staff, w.at).get("/en/cycles/1405/").status_code == 404
    assert "Assessment of 1405" not in text(as_(w.staff, w.at).get("/en/cycles/"))


def test_the_plan_page_shows_every_window_in_both_calendars_and_writes_nothing(as_):
    w = build("people")

    page = text(
        as_(w.administrator, w.at).get(
            "/en/cycles/plan/", {"year": "۱۴۰۵", "preset": "statutory_gregorian"}
        )
    )

    assert "31 May 2027, 24:00 (10 Khordad 1406)" in page
    assert all(
        str(phase.label) in page
        for phase in Phase
        if phase not in (Phase.CLARIFICATION, Phase.ANYTIME)
    )
    assert not Cycle.objects.exists()


def test_planning_a_year_leads_to_its_page_and_planning_it_twice_is_refused_in_words(as_):
    w = build("people")
    client, form = as_(w.administrator, w.at), {"year": "1406", "preset": "statutory_jalali"}

    first, second = client.post("/en/cycles/plan/", form), client.post("/en/cycles/plan/", form)

    assert first.url == "/en/cycles/1406/"
    assert "There already is a cycle for this year." in text(second)
    assert Cycle.objects.count() == 1


def test_nobody_but_a_national_administrator_finds_the_plan_page(as_):
    w = build("people")

    for name in ("provincial_administrator", "auditor", "staff"):
        client = as_(w.people[name], w.at)
        assert client.get("/en/cycles/plan/").status_code == 404
        assert (
            client.post(
                "/en/cycles/plan/", {"year": "1406", "preset": "statutory_jalali"}
            ).status_code
            == 404
        )
    assert not Cycle.objects.exists()


def test_opening_a_cycle_is_confirmed_first_and_then_counts_who_takes_part_by_group(as_):
    w = build("planned")
    client = as_(w.administrator, w.at)

    before = client.get("/en/cycles/1405/move/open/")
    after = client.post("/en/cycles/1405/move/open/", {"note": ""}, follow=True)

    assert "3 active agencies will take part" in text(before)
    assert Participation.objects.count() == 3
    assert "Infrastructure · Qazvin" in text(after)
    assert "Open the cycle (Planned → Open)" in text(after)


def test_a_persian_page_has_persian_digits_and_jalali_dates_first(world, as_):
    page = text(as_(world.auditor, world.at).get("/fa/cycles/1405/"))

    assert "۱۰ خرداد ۱۴۰۶، ساعت ۲۴:۰۰ (۳۱ مهٔ ۲۰۲۷)" in page
    assert ">1405<" not in page


def test_participants_are_those_of_the_readers_scope_and_the_search_reads_arabic_letters(
    world, as_
):
    client = as_(world.provincial_administrator, world.at)

    everyone = text(client.get("/en/cycles/1405/participants/"))
    found = text(
        as_(world.administrator, world.at).get("/en/cycles/1405/participants/", {"q": "نيرو"})
    )

    assert "Qazvin Regional Water" in everyone
    assert "Ministry of Health" not in everyone
    assert "Ministry of Energy" in found
    assert "Ministry of Health" not in found


# --- Agencies -----------------------------------------------------------------------------------


def upload(client, lines, name="agencies.csv"):
    content = "\n".join(["code,name_fa,name_en,level,sector,parent,province", *lines]).encode()
    return client.post("/en/cycles/agencies/import/", {"file": SimpleUploadedFile(name, content)})


def test_an_import_writes_nothing_until_it_is_confirmed_and_then_each_agency_stands_in_the_record(
    world, as_
):
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


def test_the_right_rows_are_taken_only_by_who_says_so_and_the_record_tells_how_many_were_left_out(
    world, as_
):
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


def test_lists_take_the_same_queries_for_any_length(world, as_):
    client, counts = as_(world.administrator, world.at), {}
    for size in (1, 3, 30):
        for number in range(size):
            agency = make_agency(
                f"A{size}-{number}",
                f"واحد {size}-{number}",
                "",
                province=world.province,
                parent=world.power,
            )
            person = make_user(f"person{size}-{number}", Role.STAFF, agency=agency)
            Interest.objects.create(
                user=world.assessor, agency=agency, reason="x", declared_at=world.at
            )
            Membership.objects.create(
                user=world.assessor, role=Role.HEAD, agency=agency, valid_from=world.at
            )
            Participation.objects.create(
                cycle=world.cycle, agency=agency, level=agency.level, sector=agency.sector
            )
            client.post(
                f"/en/cycles/people/{person.pk}/grant/",
                {"role": Role.HEAD, "agency": agency.code, "password": PASSWORD},
            )
        for page in (
            "agencies/",
            "people/",
            "ledger/",
            "1405/participants/",
            "1405/",
            f"people/{world.assessor.pk}/",
            "",
        ):
            counts.setdefault(page, []).append(queries(client, f"/en/cycles/{page}"))

    assert {page: len(set(found)) for page, found in counts.items()} == dict.fromkeys(counts, 1), (
        counts
    )


# --- People -------------------------------------------------------------------------------------


def test_a_provincial_administrator_sees_the_people_of_the_province_and_grants_within_it_only(
    world, as_
):
    client = as_(world.provincial_administrator, world.at)
    newcomer = make_user("newcomer", Role.STAFF, agency=world.unit)

    page = text(client.get("/en/cycles/people/"))
    within = client.post(
        f"/en/cycles/people/{newcomer.pk}/grant/",
        {"role": "head", "agency": "MOE-QZ", "password": PASSWORD},
    )
    beyond = client.post(
        f"/en/cycles/people/{newcomer.pk}/grant/", {"role": "administrator", "password": PASSWORD}
    )

    assert "newcomer@example.org" in page
    assert "staff@example.org" not in page.replace("other_staff@", "")
    assert client.get(f"/en/cycles/people/{world.staff.pk}/").status_code == 404
    assert within.status_code == 302
    assert "is for an administrator in whose scope the agency is" in text(beyond)
    assert [m.role for m in Membership.objects.filter(user=newcomer).order_by("pk")] == [
        "staff",
        "head",
    ]


def test_a_grant_keeps_its_dates_typed_in_the_jalali_calendar(world, as_):
    form = {
        "role": "assessor",
        "province": world.province.pk,
        "valid_from": "۱۴۰۵/۰۱/۰۱",
        "valid_until": "1406/03/10 24:00",
        "password": PASSWORD,
    }

    as_(world.administrator, world.at).post(f"/fa/cycles/people/{world.stranger.pk}/grant/", form)

    granted = Membership.objects.get(user=world.stranger)
    assert granted.valid_until == world.closes(Phase.SELF_ASSESSMENT)
    assert granted.province == world.province


def test_a_wrong_grant_keeps_what_was_typed_and_says_what_is_wrong_beside_the_field(world, as_):
    form = {"role": "staff", "agency": "", "valid_from": "1405/13/01", "password": PASSWORD}

    page = as_(world.administrator, world.at).post(
        f"/en/cycles/people/{world.stranger.pk}/grant/", form
    )

    assert set(page.context["form"].errors) == {"agency", "valid_from"}
    assert 'value="1405/13/01"' in text(page)


def test_ending_a_role_takes_effect_at_once_and_a_foreign_one_is_not_found(world, as_):
    role = Membership.objects.get(user=world.assessor)
    url = f"/en/cycles/roles/{role.pk}/end/"

    foreign = as_(world.provincial_administrator, world.at).post(url)
    as_(world.administrator, world.at).post(url, {"password": PASSWORD})

    assert foreign.status_code == 404
    assert not world.fresh(world.assessor).holds(Role.ASSESSOR, at=world.at + timedelta(minutes=1))
    assert Entry.objects.filter(act="end_role").count() == 1


def test_a_declared_interest_is_shown_to_its_owner_and_the_administrator_alone(world, as_):
    client = as_(world.assessor, world.at)

    client.post("/en/cycles/interests/", {"agency": "بهداشت", "reason": "برادرم آنجا كار می‌کند"})

    assert Interest.objects.get(user=world.assessor).reason == "برادرم آنجا کار می‌کند"
    assert "برادرم آنجا کار" in text(client.get("/en/cycles/interests/"))
    assert "برادرم آنجا کار" in text(
        as_(world.administrator, world.at).get(f"/en/cycles/people/{world.assessor.pk}/")
    )
    assert (
        as_(world.staff, world.at).get(f"/en/cycles/people/{world.assessor.pk}/").status_code == 404
    )


# --- The official record ------------------------------------------------------------------------


def test_the_ledger_is_for_auditors_and_administrators_and_narrows_by_act_agency_and_period(
    world, as_
):
    client = as_(world.auditor, world.at)

    by_agency = client.get("/en/cycles/ledger/", {"agency": "MOE"}).context["table"].rows
    by_act = client.get("/en/cycles/ledger/", {"act": "cycles.cycle:open"}).context["table"].rows
    since = client.get("/en/cycles/ledger/", {"since": "1404/11/12"}).context["table"].rows
    wrong = client.get("/en/cycles/ledger/", {"since": "yesterday"})

    assert [row.record.act for row in by_agency] == ["propose"]
    assert [row.record.act for row in by_act] == ["open"]
    assert {row.record.act for row in since} == {"propose"}
    assert "Enter a date" in text(wrong)
    assert as_(world.staff, world.at).get("/en/cycles/ledger/").status_code == 404
