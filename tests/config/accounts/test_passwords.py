"""Which passwords are taken, and which sentence says why one is not."""

import time
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from agencies.models import User
from config.rehearsal.people import PASSWORD as DEMONSTRATION
from tests.factories import PASSWORD, World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return build("people")


def refusals(password: str, user: Any = None) -> str:
    with translation.override("en"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Xk9!mQ2-vW7", "too short: at least 12 characters"),
        ("password1234", "lists of stolen passwords"),
        ("qwertyuiop12", "lists of stolen passwords"),
        ("6tfcvgy7ujmko0", "keys of the keyboard"),
        ("aaaaaaaaaaaaaaaaaaaa", "repeats itself"),
        ("abcdefghijklmnop", "is a sequence"),
        ("salam1403salam", "tried first in this country"),
        ("سلام-تهران-۱۴۰۳", "tried first in this country"),
        ("sazman-edari-1404", "tried first in this country"),
        ("Mohammad.Reza.1370", "tried first in this country"),
        ("sghl-jivhk-1403", "tried first in this country"),
        ("administrator1404", "common words"),
    ],
)
def test_a_guessable_password_is_refused_with_its_rule_and_how_to_mend_it(
    password: str, rule: str
) -> None:
    said = refusals(password)

    assert rule in said
    assert "words" in said


@pytest.mark.parametrize(
    "password",
    [
        DEMONSTRATION,
        PASSWORD,
        "x8!kLq0-Zp2w",
        "باران روی پنجرهٔ آبی می‌نویسد",
        "کوه بلند، رود آرام، ماه نو",
        "ein Haus aus Glas am Fluß",
        "correct horse " * 20,
    ],
)
def test_long_and_unguessable_passwords_are_taken_in_any_language(password: str) -> None:
    assert refusals(password) == ""


def test_names_of_the_person_and_of_the_agency_do_not_make_a_password(w: World) -> None:
    User.objects.filter(pk=w.staff.pk).update(
        name_fa="شیرین‌دخت بهروزیان", name_en="Shirindokht Behroozian"
    )
    person = User.objects.get(pk=w.staff.pk)

    own, agency = refusals("Behroozian-1370", person), refusals("Ministry-Energy-MOE", person)

    assert "anybody can know of you" in own
    assert "anybody can know of you" in agency
    assert refusals("Ministry-Energy-and-frogs", person) == ""


def test_a_password_of_a_thousand_characters_is_judged_quickly() -> None:
    began = time.monotonic()

    assert refusals("lorem ipsum dolor 7 " * 50) == ""
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("کتاب‌های قدیمی ۸۲ جلد", "كتاب‌هاي قديمي 82 جلد"),  # an Arabic keyboard
        ("Ｆｕｌｌ width and 9 frogs", "Full width and 9 frogs"),
        ("caf\u00e9 under seven bridges", "cafe\u0301 under seven bridges"),
    ],
)
def test_another_keyboard_keeps_nobody_out(w: World, chosen: str, typed: str) -> None:
    w.staff.set_password(chosen)
    w.staff.save()

    answer = Client().post("/en/accounts/login/", {"login": "staff", "password": typed})

    assert answer.status_code == 302
    assert not User.objects.get(pk=w.staff.pk).check_password(typed + "x")


def test_a_passphrase_of_three_hundred_characters_signs_in(w: World) -> None:
    phrase = "باد در بید و آب در جوی " * 13
    w.staff.set_password(phrase)
    w.staff.save()

    def status(password: str) -> int:
        return (
            Client()
            .post("/en/accounts/login/", {"login": "staff", "password": password})
            .status_code
        )

    assert len(phrase) > 256
    assert (status(phrase), status(phrase[:-2])) == (302, 200)


def test_the_page_says_the_rule_in_both_languages_and_sets_nothing(w: World) -> None:
    client = Client()
    client.force_login(w.staff, backend="config.accounts.backends.PasswordBackend")
    typed = {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"}

    english = client.post("/en/accounts/password/change/", typed).content.decode()
    persian = client.post("/fa/accounts/password/change/", typed).content.decode()

    assert "is in lists of stolen passwords" in english
    assert "فهرست گذرواژه‌های لورفته" in persian
    assert User.objects.get(pk=w.staff.pk).check_password(PASSWORD)
