"""A form sent after its writer, or somebody else, has signed in again in another tab."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Interest
from tests.factories import PASSWORD, World, build
from tests.tabs import Forms

pytestmark = pytest.mark.django_db

PAGE = "/en/cycles/interests/"
OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def w(settings: Any) -> World:
    settings.DEBUG = False
    return build("open")


def sign_in(client: Client, name: str) -> None:
    token = fields(client, "/en/accounts/login/")["csrfmiddlewaretoken"]
    typed = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/en/accounts/login/", typed, headers=OURS).status_code == 302


def sign_out(client: Client) -> None:
    token = client.cookies["csrftoken"].value
    client.post("/en/accounts/logout/", {"csrfmiddlewaretoken": token}, headers=OURS)


def fields(client: Client, page: str) -> dict[str, str]:
    """The last form of a page as a browser would send it, with its token."""
    content = client.get(page).content.decode()
    sent = {name: values[0] for name, values in Forms(content).found[-1][1].items()}
    token = content.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    return sent | {"csrfmiddlewaretoken": token}


def stale(
    w: World, first: str = "assessor", then: str = "assessor"
) -> tuple[Client, dict[str, str]]:
    """A browser in which a form lies open that was drawn before somebody signed in again."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, first)
    form = fields(client, PAGE)
    sign_out(client)
    sign_in(client, then)
    return client, form


def typed(w: World) -> dict[str, str]:
    return {
        "agency": w.health.code,
        "reason": "برادرم <b>مدیر</b> آن است",
        "password": "a long secret of mine",
    }


def test_what_was_typed_comes_back_in_the_readers_language_and_can_be_sent_again(w: World) -> None:
    client, form = stale(w)

    persian = client.post(PAGE.replace("/en/", "/fa/"), form | typed(w), headers=OURS)
    asked = client.post(PAGE, form | typed(w), headers=OURS)
    page = asked.content.decode()
    again = Forms(page).found[-1][1]
    token = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    sent = client.post(PAGE, again | {"csrfmiddlewaretoken": token}, headers=OURS)

    assert asked.status_code == persian.status_code == 403
    assert 'lang="fa"' in persian.content.decode()
    assert "برادرم &lt;b&gt;مدیر&lt;/b&gt; آن است" in page
    assert "a long secret of mine" not in page
    assert sent.status_code == 302
    assert Interest.objects.get(agency=w.health).reason == "برادرم <b>مدیر</b> آن است"


def test_what_somebody_else_typed_is_shown_and_never_sent_in_ones_name(w: World) -> None:
    client, form = stale(w, first="assessor", then="other_assessor")

    page = client.post(PAGE, form | typed(w), headers=OURS).content.decode()

    assert "برادرم &lt;b&gt;مدیر&lt;/b&gt; آن است" in page
    assert "Send it again" not in page
    assert not Interest.objects.filter(agency=w.health).exists()


@pytest.mark.parametrize(
    "headers",
    (
        {},
        {"Origin": "https://evil.example"},
        OURS | {"Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/"},
    ),
)
def test_a_form_of_another_site_is_given_no_page_to_send_it_from(
    headers: dict[str, str], w: World
) -> None:
    client, form = stale(w)

    refused = client.post(PAGE, form | typed(w), headers=headers)

    assert refused.status_code == 403
    assert "برادرم" not in refused.content.decode()
    assert not Interest.objects.filter(agency=w.health).exists()


def test_a_pages_script_is_told_the_new_token_with_a_sentence(w: World) -> None:
    for mark in ({"HX-Request": "true"}, {"Tus-Resumable": "1.0.0"}):
        client, form = stale(w)

        refused = client.post(PAGE, form | typed(w), headers=OURS | mark)
        token = refused["X-Form-Token"]
        taken = client.post(PAGE, typed(w), headers=OURS | mark | {"X-CSRFToken": token})

        assert refused.status_code == 403
        assert refused["Content-Type"].startswith("text/plain")
        assert taken.status_code != 403
        Interest.objects.all().delete()


def test_a_script_that_says_for_whom_its_page_is_sends_nothing_for_another(
    w: World,
) -> None:
    client, _form = stale(w, first="assessor", then="other_assessor")
    fresh = fields(client, PAGE) | typed(w)
    person = str(w.assessor.pk)

    plain = client.post(PAGE, fresh | {"signed_in_as": person}, headers=OURS)
    by_htmx = client.post(
        PAGE, fresh, headers=OURS | {"HX-Request": "true", "X-Signed-In-As": person}
    )
    refused = Interest.objects.filter(agency=w.health).exists()
    own = client.post(PAGE, fresh | {"signed_in_as": str(w.other_assessor.pk)}, headers=OURS)

    assert plain.status_code == by_htmx.status_code == 403
    assert "برادرم" in plain.content.decode()
    assert "Somebody else has signed in" in by_htmx.content.decode()
    assert not refused
    assert own.status_code == 302


def test_a_stale_sign_in_form_leads_on_and_sends_no_password_again(w: World) -> None:
    client = Client(enforce_csrf_checks=True)
    form = fields(client, "/en/accounts/login/")
    sign_in(client, "assessor")

    page = client.post(
        "/en/accounts/login/", form | {"login": "assessor", "password": PASSWORD}, headers=OURS
    ).content.decode()

    assert "so nothing was done" in page
    assert PASSWORD not in page
    assert "Send it again" not in page


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(w: World) -> None:
    client, form = stale(w)
    upload = {"file": SimpleUploadedFile("a.txt", b"the content of a file")}

    page = client.post(PAGE, form | typed(w) | upload, headers=OURS).content.decode()

    assert "A file that you had chosen has to be chosen again." in page
    assert "the content of a file" not in page
