"""An identity provider to sign in at, and the browser's way there and back."""

from django.test import Client

HEAD, CLOSED, ELSEWHERE = "0012345679", "0499370899", "0790419904"


def begin(client: Client, language: str = "en") -> str:
    answer = client.get(f"/{language}/accounts/identity/")
    assert answer.status_code == 302
    return str(answer["Location"])


def sentence(client: Client) -> str:
    return client.get("/en/accounts/login/").content.decode()


def is_in(client: Client) -> bool:
    return client.get("/en/account/").status_code == 200
