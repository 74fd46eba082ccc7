"""Answers of an identity provider that lies or breaks down."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from tests.config.accounts.provider_steps import HEAD, begin, is_in, sentence

pytestmark = pytest.mark.django_db


class Liar:
    """A provider whose ID token is made by the test; its keys are real."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.make: Any = None
        self.tokens = 200
        self.issuer = ""
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                at = liar.address
                self.reply(
                    {
                        "/.well-known/openid-configuration": {
                            "issuer": liar.issuer or at,
                            "authorization_endpoint": f"{at}/authorize",
                            "token_endpoint": f"{at}/token",
                            "jwks_uri": f"{at}/keys",
                            "userinfo_endpoint": f"{at}/me",
                        },
                        "/keys": {"keys": [liar.public()]},
                    }[self.path]
                )

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.reply(
                    {"access_token": "x", "token_type": "Bearer", "id_token": liar.make()},
                    liar.tokens,
                )

            def reply(self, content: Any, status: int = 200) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def public(self) -> dict[str, Any]:
        return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())) | {
            "kid": "one",
            "use": "sig",
        }

    def token(
        self, nonce: str, *, key: Any = None, algorithm: str = "RS256", **changed: Any
    ) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "portal",
            "sub": "head",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
        }
        claims |= {"national_id": HEAD} | changed
        headers = {"kid": "one"}
        return jwt.encode(
            claims, self.key if key is None else key, algorithm=algorithm, headers=headers
        )


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    yield made
    made.server.shutdown()
    made.server.server_close()


def answered(liar: Liar, make: Any) -> Client:
    """A visitor who comes back from the provider with a token that `make` makes of the nonce."""
    client = Client()
    asked = parse_qs(urlsplit(begin(client)).query)
    liar.make = lambda: make(asked["nonce"][0])
    client.get("/identity/callback/", {"code": "c", "state": asked["state"][0]})
    return client


def test_a_right_token_of_the_made_up_provider_lets_its_owner_in(
    by_provider: Any, liar: Liar
) -> None:
    by_provider(liar.address)

    assert is_in(answered(liar, lambda nonce: liar.token(nonce)))


OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

LIES: dict[str, Any] = {
    "another nonce": lambda liar, nonce: liar.token("of another request"),
    "no nonce": lambda liar, nonce: liar.token(""),
    "too old": lambda liar, nonce: liar.token(nonce, exp=int(time.time()) - 120),
    "for another client": lambda liar, nonce: liar.token(nonce, aud="another"),
    "for two, made for the other": lambda liar, nonce: liar.token(
        nonce, aud=["portal", "b"], azp="b"
    ),
    "of another issuer": lambda liar, nonce: liar.token(nonce, iss="http://127.0.0.1:1"),
    "signed by a strange key": lambda liar, nonce: liar.token(nonce, key=OTHER_KEY),
    "signed with the shared secret": lambda liar, nonce: liar.token(
        nonce, key="a secret of this test alone that is long enough", algorithm="HS256"
    ),
    "not signed": lambda liar, nonce: liar.token(nonce, key="", algorithm="none"),
    "no token": lambda liar, nonce: "",
    "rubbish": lambda liar, nonce: "a.b.c",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_lets_nobody_in(by_provider: Any, liar: Liar, lie: str) -> None:
    by_provider(liar.address)

    client = answered(liar, lambda nonce: LIES[lie](liar, nonce))

    assert not is_in(client)
    assert "did not confirm who you are" in sentence(client)


def test_a_provider_that_describes_itself_as_another_lets_nobody_in(
    by_provider: Any, liar: Liar
) -> None:
    by_provider(liar.address)
    liar.issuer = "http://127.0.0.1:1"

    client = answered(liar, lambda nonce: liar.token(nonce, iss=liar.issuer))

    assert not is_in(client)
    assert "did not confirm who you are" in sentence(client)


def test_a_provider_that_breaks_down_is_a_sentence_and_no_token_is_logged(
    by_provider: Any, liar: Liar, caplog: Any
) -> None:
    by_provider(liar.address)
    liar.tokens = 500

    client = answered(liar, lambda nonce: liar.token(nonce))

    assert not is_in(client)
    assert "refused" in caplog.text
    assert "id_token" not in caplog.text
    assert "the test provider" in sentence(client)
