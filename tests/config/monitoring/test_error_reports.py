"""Errors sent to a collector, without anything of anybody's."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from django.conf import settings

from config.monitoring import metrics


class Receiver(BaseHTTPRequestHandler):
    """Takes envelopes as a collector does."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if encoding := self.headers.get("Content-Encoding"):
            body = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding](body)
        self.server.taken.append((self.path, body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.taken = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


FAILING = """
import os, time
import django
django.setup()
from django.test import Client
import sentry_sdk
from django.conf import settings
settings.ROOT_URLCONF = "tests.config.failing"
client = Client(raise_request_exception=False)
address = "/fails/abc-the-key-of-somebody/?q=typed"
client.get(address)  # the first request of a process loads half the portal
began = time.monotonic()
answered = client.post(address, {"password": "a-secret-typed"}, headers={"Cookie": "x=y"})
print(answered.status_code, round(time.monotonic() - began, 2))
sentry_sdk.flush(float(os.environ.get("WAITS", "5")))
"""


def failed(port, **env):
    given = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SENTRY_DSN": f"http://key@127.0.0.1:{port}/7",
        **env,
    }
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FAILING],
        env=os.environ | given, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    status, seconds = ended.stdout.split()
    return int(status), float(seconds)


def test_an_error_reaches_the_collector_without_anything_of_anybodys(receiver):
    status, _seconds = failed(receiver.server_port)

    assert status == 500
    path, body = [(path, body) for path, body in receiver.taken if '"exception"' in body][-1]
    event = json.loads(body.splitlines()[2])
    assert path == "/api/7/envelope/"
    [error] = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"] == "fails"
    assert event["tags"]["view"] == "fails"
    assert event["tags"]["request_id"]
    assert not any(
        word in body
        for word in ("the-key-of-somebody", "typed", "secret", "x=y", "words of the fault")
    )


def test_a_collector_that_does_not_answer_slows_nobody_down(silent):
    status, seconds = failed(silent, WAITS="0.1")

    assert status == 500
    assert seconds < 1


def test_every_metric_has_a_name_of_the_portals():
    names = {family.name for family in metrics.REGISTRY.collect()}

    assert names == {
        "portal_requests",
        "portal_request_seconds",
        "portal_refusals",
        "portal_sign_ins",
    }
