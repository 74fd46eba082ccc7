"""Pages of people: roles granted and ended, and interests declared."""

from datetime import timedelta

import pytest

from agencies.models import Interest, Membership
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Entry
from tests.cycles.pages import text
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


# --- People -------------------------------------------------------------------------------------


def test_a_provincial_administrator_sees_and_appoints_people_of_the_province_only(world, as_):
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
