"""Lists of cycles, agencies, people and the official record."""

import pytest

from agencies.models import Interest, Membership
from agencies.roles import Role
from cycles.models import Participation
from tests.cycles.pages import queries, text
from tests.factories import PASSWORD, make_agency, make_user

pytestmark = pytest.mark.django_db


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


# --- The official record ------------------------------------------------------------------------


def test_the_ledger_is_for_overseers_and_narrows_by_act_agency_and_period(world, as_):
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
