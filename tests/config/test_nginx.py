"""The nginx of the deployment in front of the web service of the deployment, on loopback."""

import gzip
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")


SERVER = """
from django.conf import settings

settings.ROOT_URLCONF = "with_files"

from config.wsgi import application
"""
FILES = """
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls
from cycles.ui.files import Stored, handed_out


@login_not_required
def given(request):
    return handed_out(Stored("گزارش 1"), name="گزارش.pdf", content_type="application/pdf")


@csrf_exempt
@login_not_required
def taken(request):
    with Path(settings.MEDIA_ROOT, "taken").open("wb", buffering=0) as target:
        while piece := request.read(1000):
            target.write(piece)
    return HttpResponse()


@login_not_required
def said(request):
    return HttpResponse("x" * int(request.GET["length"]), content_type=request.GET["kind"])


urlpatterns = [
    path("given/", given),
    path("said/", said),
    path("fa/submissions/uploads/x/", taken),
    *urls.urlpatterns,
]
"""
"""The portal, with a file that everybody may have, an answer of any kind and length, and an address that
takes a piece of a file.
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def fetch(url: str) -> tuple[int, str, dict[str, str]]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = (
        False,
        ssl.CERT_NONE,
    )  # our own certificate, made a second ago
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    with urllib.request.urlopen(request, timeout=10, context=trusting) as answer:
        headers = {name: ", ".join(answer.headers.get_all(name)) for name in answer.headers}
        return answer.status, answer.read().decode(), headers


PAPER = b"%PDF-1.7 nobody but the portal gives this out"


class Served(NamedTuple):
    address: str
    folder: Path


@pytest.fixture
def served(portal: Served) -> str:
    return portal.address


def make_certificate(folder: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)


def write_nginx_settings(folder: Path, *, secure: int, web: int) -> None:
    """Put the places of the deployment's file on this machine."""
    plain, alive = free_port(), free_port()
    text = (ROOT / "deploy/nginx.conf").read_text()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{alive};"),
        ("/etc/nginx/tls/", f"{folder}/"),
        ("pid /run/nginx.pid;", f"pid {folder}/nginx.pid;"),
        ("error_log /dev/stderr;", f"error_log {folder}/error.log;"),
        ("access_log /dev/stdout;", "access_log off;"),
        ("/var/cache/nginx/", f"{folder}/"),
        ("alias /srv/media/;", f"alias {folder}/media/;"),
        ("alias /srv/static/;", f"alias {settings.VAR}/static/;"),
        ("server web:8000;", f"server 127.0.0.1:{web};"),
        ("server uploads:8000;", f"server 127.0.0.1:{web};"),
    ):
        assert old in text
        text = text.replace(old, new)
    head = "daemon off;\n"
    if os.getuid() == 0:
        head = f"user root;\n{head}"  # so that it may read this checkout
    text = head + text
    (folder / "nginx.conf").write_text(text)


def portal_environment(folder: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in ("DEBUG", "HTTPS")},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "of this test only, and long enough to be taken for a secret",
        "ALLOWED_HOSTS": "localhost",
        "PORTAL_DATABASE": "postgres",  # no table is read: the sign-in page alone is asked for
        "MEDIA_ROOT": str(folder / "media"),
        "ACCEL_PREFIX": "/private/",
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
    }


def write_portal(folder: Path) -> None:
    """Write a portal that hands out one private file of its own."""
    (folder / "with_files_server.py").write_text(SERVER)
    (folder / "with_files.py").write_text(FILES)
    (folder / "media").mkdir()
    (folder / "media/گزارش 1").write_bytes(PAPER)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Address and folder of the portal behind nginx: the file of the deployment with its places put
    on this machine.
    """
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    secure, web = free_port(), free_port()
    make_certificate(folder)
    write_nginx_settings(folder, secure=secure, web=web)
    write_portal(folder)
    environment = portal_environment(folder)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, capture_output=True)
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "with_files_server:application",
        "--bind",
        f"127.0.0.1:{web}",
        "--threads",
        "2",
    ]
    processes = [
        subprocess.Popen([*gunicorn, "--log-level", "error"], cwd=ROOT, env=environment),
        subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]),
    ]
    try:
        for _wait in range(100):
            try:
                fetch(f"https://127.0.0.1:{secure}/static/js/portal.js")
                with socket.create_connection(("127.0.0.1", web), timeout=1):
                    break
            except OSError:
                time.sleep(0.2)
        yield Served(f"https://127.0.0.1:{secure}", folder)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def test_static_files_come_from_nginx_and_never_change(served: str) -> None:
    _status, page, _headers = fetch(f"{served}/fa/accounts/login/")
    [address] = re.findall(r'href="(/static/css/portal\.[0-9a-f]+\.css)"', page)

    status, body, headers = fetch(f"{served}{address}")

    assert status == 200
    assert "Vazirmatn" in body
    assert "immutable" in headers["Cache-Control"]


def test_a_forged_header_does_not_dodge_the_limit_of_tries(served: str) -> None:
    """The sign-in form sent empty: counted like any other, and no table is read for it."""
    cookies = urllib.request.HTTPCookieProcessor()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    browser = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), cookies)
    url, headers = (
        f"{served}/en/accounts/login/",
        {"Host": "localhost", "Referer": "https://localhost/"},
    )
    page = browser.open(urllib.request.Request(url, headers=headers), timeout=10).read().decode()
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    body = f"csrfmiddlewaretoken={token}".encode()
    cookie = f"__Host-csrf={next(c.value for c in cookies.cookiejar if c.name == '__Host-csrf')}"

    limit, status = int(settings.ACCOUNT_RATE_LIMITS["sign_in"].partition("/")[0]), 200
    for number in range(limit + 1):
        forged = headers | {"X-Forwarded-For": f"198.51.100.{number}", "Cookie": cookie}
        try:
            status = browser.open(urllib.request.Request(url, body, forged), timeout=10).status
        except urllib.error.HTTPError as error:
            status = error.code
            break

    assert status == 429


def compressed(url: str) -> tuple[str, str, bytes]:
    """Ask as browsers do; the answer's encoding, what it varies by, and its body as it came."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    asked = {"Host": "localhost", "Accept-Encoding": "gzip, deflate, br"}
    request = urllib.request.Request(url, headers=asked)
    with urllib.request.urlopen(request, timeout=10, context=trusting) as answer:
        varies = ", ".join(answer.headers.get_all("Vary") or [])
        return answer.headers["Content-Encoding"] or "", varies, answer.read()


def test_a_page_is_compressed_on_its_way(served: str) -> None:
    address = f"{served}/fa/accounts/login/"

    encoding, varies, body = compressed(address)

    assert encoding == "gzip"
    assert "Accept-Encoding" in varies
    assert b'dir="rtl"' in gzip.decompress(body)
    assert len(body) < len(fetch(address)[1].encode()) / 2


def test_styles_and_scripts_are_compressed_when_they_are_collected(served: str) -> None:
    _status, page, _headers = fetch(f"{served}/fa/accounts/login/")
    named = re.findall(r'"(/static/(?:css|js)/portal\.[0-9a-f]+\.(?:css|js))"', page)

    answers = [compressed(served + address) for address in named]

    assert {address.rpartition(".")[2] for address in named} == {"css", "js"}
    for encoding, varies, body in answers:
        assert (encoding, varies) == ("gzip", "Accept-Encoding")
        assert len(body) < len(gzip.decompress(body)) / 2


@pytest.mark.parametrize(
    "kind",
    (
        "text/html",
        "application/json",
        "application/atom%2Bxml",
        "text/csv",
        "text/css",
        "text/javascript",
        "application/javascript",
        "image/svg%2Bxml",
    ),
)
def test_text_of_every_kind_is_compressed_where_that_saves_something(
    served: str, kind: str
) -> None:
    long, short = (compressed(f"{served}/said/?kind={kind}&length={n}") for n in (5000, 500))

    assert (long[0], short[0]) == ("gzip", "")
    assert "Accept-Encoding" in long[1]
    assert len(long[2]) < 500


@pytest.mark.parametrize("kind", ("application/pdf", "image/png", "application/zip"))
def test_what_is_compressed_already_is_left_as_it_is(served: str, kind: str) -> None:
    assert compressed(f"{served}/said/?kind={kind}&length=5000")[0] == ""


def test_a_secret_is_masked_anew_in_every_answer_so_that_its_length_tells_nothing(
    served: str,
) -> None:
    tokens = set()
    for _time in range(2):
        _status, page, _headers = fetch(f"{served}/fa/accounts/login/")
        tokens |= set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))

    assert len(tokens) == 2


@pytest.mark.parametrize("path", ("/metrics", "/readyz"))
def test_what_watches_over_the_portal_is_not_for_the_public(served: str, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        fetch(f"{served}{path}")

    assert refused.value.code == 404
    assert refused.value.headers["Content-Type"] == "text/html"  # nginx's own
    refused.value.close()


def test_everything_else_comes_from_the_portal_which_knows_that_the_line_is_secure(
    served: str,
) -> None:
    status, body, headers = fetch(f"{served}/fa/accounts/login/")

    assert status == 200
    assert re.search(r'<html[^>]+dir="rtl"', body)
    assert "max-age" in headers["Strict-Transport-Security"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_nginx_hands_out_a_private_file_when_the_portal_says_so_with_its_headers(
    served: str,
) -> None:
    status, body, headers = fetch(f"{served}/given/")

    assert (status, body.encode()) == (200, PAPER)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%DA%AF")
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "X-Accel-Redirect" not in headers


@pytest.mark.parametrize(
    "path", ("/private/", "/private/taken", "/private/%DA%AF%D8%B2%D8%A7%D8%B1%D8%B4%201")
)
def test_nobody_reaches_private_files_by_their_own_address(served: str, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        fetch(f"{served}{path}")

    assert refused.value.code == 404
    refused.value.close()


def test_what_has_come_of_an_upload_is_at_the_portal_before_the_rest_has_been_sent(
    portal: Served,
) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    port = int(portal.address.rpartition(":")[2])
    lines = [
        "PATCH /fa/submissions/uploads/x/ HTTP/1.1",
        "Host: localhost",
        "Content-Length: 100000",
        "",
        "",
    ]
    taken = portal.folder / "media/taken"

    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting.wrap_socket(plain) as line,
    ):
        line.sendall("\r\n".join(lines).encode() + b"x" * 60_000)
        for _wait in range(100):
            if taken.exists() and taken.stat().st_size > 50_000:
                break
            time.sleep(0.05)
        arrived = taken.stat().st_size

    assert 50_000 < arrived <= 60_000
