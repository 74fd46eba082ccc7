"""Steps of signing in, as a browser does them."""

from typing import Any

from django.test import Client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

LOGIN = "/en/accounts/login/"

TOO_MANY = "Too many attempts that failed"


def text(answer: Any) -> str:
    return answer.content.decode()


def try_to_sign_in(client: Client, login: str, password: str = "wrong", **headers: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, headers=headers)
