"""Accounts are closed and opened by an act; national IDs are entered by one."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone, translation

from agencies.models import Membership, User
from agencies.roles import Role
from config.rehearsal.people import PASSWORD as LONG
from cycles.clock import now
from cycles.models import Delivery, Entry
from cycles.notices import letters
from cycles.people import accounts
from cycles.people import actions as people
from cycles.workflow import Refused
from submissions.signing import actions as signing
from tests.factories import EPOCH, PASSWORD, World, build

pytestmark = pytest.mark.django_db

NATIONAL_ID = "0012345679"


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def w(settings: Any) -> World:
    world = build("people")
    world.at = EPOCH + timedelta(days=30)
    settings.CLOCK_OFFSET = world.at - timezone.now()
    return world


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def close(w: World, person: User, by: User | None = None, note: str = "stolen telephone") -> User:
    return accounts.close_account(person, by=by or w.administrator, at=w.at, note=note)


def sign_in(name: str, password: str = PASSWORD) -> Any:
    return Client().post("/en/accounts/login/", {"login": name, "password": password})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="config.accounts.backends.PasswordBackend")
    return client


def test_a_closed_account_is_out_at_once_and_cannot_sign_in(w: World) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post("/en/accounts/login/", {"login": "staff", "password": PASSWORD})
        assert browser.get("/en/account/").status_code == 200

    close(w, w.staff)

    assert [browser.get("/en/account/").status_code for browser in browsers] == [302, 302]
    right, wrong = sign_in("staff"), sign_in("staff", "wrong")
    assert right["Location"] == "/en/accounts/inactive/"
    assert "closed" not in wrong.content.decode().lower()
    page = Client().get("/en/accounts/inactive/").content.decode()
    assert "ask your agency" in page


def test_no_reset_opens_a_closed_account(w: World, mailoutbox: list[Any]) -> None:
    client = Client()
    client.post("/en/accounts/password/reset/", {"email": w.staff.email})
    letters.send(at=now())
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    close(w, w.staff)

    asked = client.post("/en/accounts/password/reset/", {"email": w.staff.email})
    letters.send(at=now())
    form = client.get(link, follow=True)
    if form.redirect_chain:
        client.post(form.redirect_chain[-1][0], {"password1": LONG, "password2": LONG})

    assert asked.status_code == 302
    assert len(mailoutbox) == 1
    for password in (PASSWORD, LONG):
        assert sign_in("staff", password).get("Location", "") in ("", "/en/accounts/inactive/")


def test_roles_stay_listed_but_do_nothing_until_the_account_is_opened(settings: Any) -> None:
    w = build("answered")
    settings.CLOCK_OFFSET = w.at - timezone.now()
    accounts.close_account(w.head, by=w.administrator, at=w.at, note="suspicion")

    with pytest.raises(Refused):
        signing.move(w.submission, "submit", by=again(w.head), at=w.at)
    page = client_of(w.administrator).get(f"/en/cycles/people/{w.head.pk}/").content.decode()
    assert "without effect: the account is closed" in page
    accounts.open_account(w.head, by=w.administrator, at=w.at, note="cleared up")
    signed = signing.move(w.submission, "submit", by=again(w.head), at=w.at)

    assert signed.state == "submitted"


def test_an_opened_account_takes_a_new_password_only_and_its_owner_is_sent_the_link(
    w: World, mailoutbox: list[EmailMessage]
) -> None:
    close(w, w.head, w.administrator)
    accounts.open_account(w.head, by=w.administrator, at=w.at, note="cleared up")

    letters.send(at=w.at)

    assert sign_in("head").status_code == 200
    assert not again(w.head).has_usable_password()
    assert [letter.to for letter in mailoutbox] == [[w.head.email]]
    link = re.search(r"https?://\S+/accounts/password/\S+", str(mailoutbox[0].body))
    assert link is not None
    form = Client().get(urlsplit(link[0]).path, follow=True)
    assert "password1" in form.content.decode()


@pytest.mark.parametrize(
    ("person", "by", "may"),
    [
        ("staff", "administrator", True),
        ("staff", "agency_administrator", True),
        ("staff", "head", False),
        ("staff", "other_head", False),
        ("staff", "provincial_administrator", False),
        ("unit_head", "provincial_administrator", True),
        ("head", "agency_administrator", False),
        ("assessor", "administrator", True),
        ("stranger", "administrator", True),
        ("stranger", "provincial_administrator", False),
        ("administrator", "administrator", False),
        ("agency_administrator", "agency_administrator", False),
        ("staff", "auditor", False),
    ],
)
def test_who_may_close_an_account_may_open_it(w: World, person: str, by: str, may: bool) -> None:
    someone, who = w.people[person], w.people[by]

    if not may:
        with pytest.raises(Refused):
            close(w, someone, who)
        assert again(someone).is_active
        return
    close(w, someone, who)
    accounts.open_account(someone, by=who, at=w.at, note="back")

    assert again(someone).is_active
    assert [*Entry.objects.order_by("pk").values_list("act", "note")] == [
        ("close_account", "stolen telephone"),
        ("open_account", "back"),
    ]


def test_a_role_beyond_ones_scope_keeps_the_account_out_of_reach(w: World) -> None:
    Membership.objects.create(user=w.staff, role=Role.ASSESSOR, valid_from=EPOCH)

    with pytest.raises(Refused):
        close(w, w.staff, w.agency_administrator)


def test_closing_takes_a_reason_is_told_to_the_owner_and_happens_once(w: World) -> None:
    with pytest.raises(Refused, match="Say why"):
        close(w, w.staff, note="")
    with pytest.raises(Refused, match="is open"):
        accounts.open_account(w.staff, by=w.administrator, at=w.at, note="x")
    close(w, w.staff)
    with pytest.raises(Refused, match="closed already"):
        close(w, w.staff)

    assert Delivery.objects.filter(
        recipient=w.staff, channel="mail", entry__act="close_account"
    ).exists()


def test_by_the_pages_with_the_password(w: World) -> None:
    client = client_of(w.agency_administrator)
    url = f"/en/cycles/people/{w.staff.pk}/"

    client.post(f"{url}close/", {"note": "left the house"})
    assert again(w.staff).is_active
    client.post(f"{url}close/", {"note": "left the house", "password": PASSWORD})
    assert not again(w.staff).is_active
    assert f"{url}open/" in client.get(url).content.decode()
    client.post(f"{url}open/", {"note": "came back", "password": PASSWORD})
    assert again(w.staff).is_active
    assert client_of(w.head).get(f"{url}close/").status_code == 404


def test_a_role_is_ended_with_the_password(w: World) -> None:
    client, role = client_of(w.agency_administrator), w.staff.membership_set.get()

    client.post(f"/en/cycles/roles/{role.pk}/end/", {"note": ""})
    assert w.fresh(role).valid_until is None
    client.post(f"/en/cycles/roles/{role.pk}/end/", {"note": "", "password": PASSWORD})

    assert w.fresh(role).valid_until is not None


# --- National IDs -------------------------------------------------------------------------------


def identify(w: World, person: User, by: User, national_id: str = NATIONAL_ID) -> User:
    return accounts.identify(person, national_id=national_id, by=by, at=w.at)


def test_a_national_id_is_entered_by_the_authority_alone_and_never_for_oneself(w: World) -> None:
    for by in (w.agency_administrator, w.head, w.auditor, w.provincial_administrator):
        with pytest.raises(Refused):
            identify(w, w.staff, by)
    with pytest.raises(Refused):
        identify(w, w.administrator, w.administrator)

    identify(w, w.staff, w.administrator)

    assert again(w.staff).national_id == NATIONAL_ID
    with pytest.raises(Refused, match="belongs to another account"):
        identify(w, w.head, w.administrator)


def test_the_record_and_the_notices_do_not_have_the_number(w: World) -> None:
    identify(w, w.staff, w.administrator)

    kept = str([*Entry.objects.values()]) + str([*Delivery.objects.values()])
    assert NATIONAL_ID not in kept
    assert Delivery.objects.filter(
        recipient=w.staff, entry__act="identify", channel="mail"
    ).exists()


def test_the_number_is_masked_to_managers_and_hidden_where_there_is_no_provider(
    w: World, settings: Any
) -> None:
    identify(w, w.staff, w.administrator)
    url = f"/en/cycles/people/{w.staff.pk}/"

    without = client_of(w.administrator).get(url).content.decode()
    settings.IDENTITY_PROVIDER = True
    shown = client_of(w.administrator).get(url).content.decode()
    of_agency = client_of(w.agency_administrator).get(url).content.decode()

    assert "National ID" not in without
    assert client_of(w.administrator).get(f"{url}identify/").status_code == 200
    assert NATIONAL_ID not in shown
    assert "•••••••679" in shown
    assert "•••••••679" not in of_agency
    settings.IDENTITY_PROVIDER = False
    assert client_of(w.administrator).get(f"{url}identify/").status_code == 404


def test_by_the_page_a_wrong_digit_is_a_sentence_and_nothing_typed_is_lost(
    w: World, settings: Any
) -> None:
    settings.IDENTITY_PROVIDER = True
    client, url = client_of(w.administrator), f"/en/cycles/people/{w.staff.pk}/identify/"

    wrong = client.post(url, {"national_id": "0012345678", "note": "seen", "password": PASSWORD})
    client.post(url, {"national_id": "۰۰۱۲۳۴۵۶۷۹", "note": "seen", "password": PASSWORD})

    assert "This is no national ID" in wrong.content.decode()
    assert "0012345678" in wrong.content.decode()
    assert again(w.staff).national_id == NATIONAL_ID


def test_who_is_invited_gets_the_national_id_with_a_new_account_only(w: World) -> None:
    given = {"name_fa": "نو", "name_en": "", "role": "staff", "agency": w.power}
    by = {"by": w.agency_administrator, "at": w.at}

    new = people.invite(email="new@example.org", national_id=NATIONAL_ID, **given, **by)
    known = people.invite(email=w.stranger.email, national_id="0499370899", **given, **by)

    assert new.user.national_id == NATIONAL_ID
    assert again(known.user).national_id is None
    with pytest.raises(Refused, match="belongs to another account"):
        people.invite(email="third@example.org", national_id=NATIONAL_ID, **given, **by)
