"""The deployment's own steps and commands, on this machine: it starts, serves, is renewed, and
faults are named.

Tests stand in the order of a deployment's life: the first release, faults seeded on purpose, the
second release.
"""

import json
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from config.rehearsal.people import PASSWORD
from tests.image.compose import Fault
from tests.image.container import Container, lay_base
from tests.image.deployment import HOST, UID, Deployment
from tests.image.release import Release
from tests.image.visitor import Visitor

STATIC = re.compile(r'href="(/static/css/portal\.[0-9a-f]+\.css)"')
ANYBODY = (
    "SELECT ip FROM usersessions_usersession s JOIN agencies_user u ON u.id = s.user_id "
    "WHERE u.username = '{}'"
)


def wait_for(said: str, deployment: Deployment, statement: str) -> None:
    for _wait in range(200):
        if deployment.sql(statement) == said:
            return
        time.sleep(0.3)
    raise Fault(f"{statement} never became {said}: {deployment.log('worker')}")


def static_address(visitor: Visitor) -> str:
    page = visitor.expect(visitor.get("/en/accounts/login/"), 200)
    return STATIC.findall(page.text)[0]


def signed_in_from(deployment: Deployment, staff: str) -> str:
    return deployment.sql(f"{ANYBODY.format(staff)} ORDER BY s.created_at DESC LIMIT 1")


# --- The first release --------------------------------------------------------------------------


def test_every_file_of_the_image_can_be_read_by_its_user(deployment):
    assert deployment.release.unreadable("portal") == []


@pytest.mark.parametrize(
    "name", ("postgres", "redis", "web", "uploads", "worker", "reports", "beat", "clamav", "nginx")
)
def test_every_service_is_healthy_by_its_own_check(deployment, name):
    deployment.wait_until_healthy(name)


def test_services_reach_only_whom_they_share_a_network_with(deployment):
    places = deployment.networks.places
    knock = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)"

    deployment.execute("web", "python", "-c", knock, "redis", "6379")
    for address in (places["postgres"]["data"], "postgres"):
        with pytest.raises(Fault, match=r"unreachable|not known|resolution"):
            deployment.execute("clamav", "python3", "-c", knock, address, "5432")


def test_the_first_administrator_is_made_once_and_chooses_a_password(deployment, visitor):
    command = ("python", "manage.py", "appoint", "first")
    names = ("--email", "first@portal.example", "--name-fa", "راهبر نخست")

    said = deployment.execute("web", *command, *names)

    [link] = re.findall(rf"https://{HOST}(/\S+)", said)
    way = visitor.expect(visitor.get(link), 302).headers["Location"]
    visitor.expect(visitor.get(way), 200)
    chosen = "six words nobody else would choose 82"
    visitor.expect(visitor.post(way, password1=chosen, password2=chosen), 302)
    visitor.sign_in("first", chosen)
    with pytest.raises(Fault, match="There is a national administrator already"):
        deployment.execute("web", *command, *names)
    deployment.sql(
        "UPDATE agencies_membership SET valid_until = now() WHERE role = 'administrator'"
    )


def test_a_person_signs_in_through_nginx_and_saves_a_field(deployment, visitor, staff, line):
    visitor.headers = {"X-Forwarded-For": "198.51.100.7"}

    visitor.sign_in(staff, PASSWORD)
    visitor.save(line, "first release")

    assert (
        signed_in_from(deployment, staff) == "10.88.0.1"
    )  # and not what the visitor wrote into the header


def test_a_file_is_scanned_and_comes_back_from_nginx(deployment, visitor, staff, line):
    visitor.sign_in(staff, PASSWORD)

    visitor.upload(line, "evidence.txt", b"what was done\n")

    newest = (
        "FROM submissions_evidence e JOIN submissions_document d ON d.id = e.document_id "
        "ORDER BY e.id DESC LIMIT 1"
    )
    wait_for("clean", deployment, f"SELECT d.state {newest}")
    answer = visitor.expect(
        visitor.get(f"/en/submissions/evidence/{deployment.sql(f'SELECT e.uuid {newest}')}/"), 200
    )
    assert answer.content == b"what was done\n"
    assert "X-Accel-Redirect" not in answer.headers
    assert answer.headers["ETag"]  # nginx made it: the portal sent no more than the way


def test_pages_and_static_files_are_compressed(visitor):
    address = static_address(visitor)

    for path in ("/en/accounts/login/", address):
        answer = visitor.expect(visitor.get(path, Accept_Encoding="gzip"), 200)
        assert answer.headers["Content-Encoding"] == "gzip", path
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ("/private/", "/metrics", "/readyz"))
def test_what_is_not_for_the_public_is_not_found(visitor, path):
    assert visitor.get(path).status == 404


def test_a_backup_is_made_and_is_not_restored_over_what_there_is(deployment, folder):
    said = deployment.run_tool("backup")

    [manifest] = (folder / "backups").glob("*/manifest.json")
    assert manifest.stat().st_uid == UID
    assert json.loads(manifest.read_text())["digest"] in said
    with pytest.raises(Fault, match=r"tables|not empty"):
        deployment.run_tool("restore")


# --- Faults seeded on purpose -------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, variable, wrong, sentence",
    (
        (
            "migrate",
            "DATABASE_OWNER_URL",
            "postgres://portal_owner:wrong@postgres:5432/portal",
            "password authentication",
        ),
        (
            "migrate",
            "DATABASE_URL",
            "postgres://portal_app:change-me@postgres:5432/portal",
            "Still the example's own",
        ),
        ("migrate", "SECRET_KEY", "", "Set SECRET_KEY to 50 random characters or more"),
    ),
)
def test_a_wrong_secret_stops_the_release(deployment, name, variable, wrong, sentence):
    service = deployment.services[name]

    with pytest.raises(Fault, match=sentence):
        deployment.container(service, **{variable: wrong}).run(*service.command)


def test_a_worker_with_a_wrong_password_is_not_healthy(deployment):
    service = deployment.services["reports"]
    deployment.stop("reports")
    wrong = replace(
        service, environment=service.environment | {"REDIS_URL": "redis://:wrong@redis:6379"}
    )
    deployment.services["reports"] = wrong
    deployment.start("reports")

    with pytest.raises(Fault, match="reports is not healthy"):
        deployment.wait_until_healthy("reports", seconds=8)

    deployment.stop("reports")
    deployment.services["reports"] = service
    deployment.start("reports")
    deployment.wait_until_healthy("reports")


def test_a_missing_table_fails_the_walk(deployment, visitor, staff, line):
    visitor.sign_in(staff, PASSWORD)
    deployment.sql("ALTER TABLE submissions_answer RENAME TO submissions_elsewhere")

    with pytest.raises(Fault, match=r"submissions:answer.*psycopg2\.errors\.UndefinedTable"):
        visitor.save(line, "lost")

    deployment.sql("ALTER TABLE submissions_elsewhere RENAME TO submissions_answer")


def test_an_unreadable_file_is_named(deployment):
    tree = deployment.release.root / "portal"
    module = tree / "cycles/years/actions.py"
    module.chmod(0o600)

    assert deployment.release.unreadable("portal") == ["/portal/cycles/years/actions.py"]

    module.chmod(0o644)


# --- The second release, behind a second proxy --------------------------------------------------


OUTER = """
pid /run/nginx.pid;
error_log /dev/stderr;
events {{}}
http {{
    access_log off;
    server {{
        listen 443 ssl;
        ssl_certificate /etc/nginx/tls/fullchain.pem;
        ssl_certificate_key /etc/nginx/tls/privkey.pem;
        location / {{
            proxy_pass https://{inner};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


def change_style(tree: Path) -> None:
    with (tree / "static/css/portal.css").open("a") as style:
        style.write("/* the second release */\n")


@pytest.fixture(scope="module")
def old_address(deployment: Deployment) -> str:
    return static_address(Visitor(deployment))


@pytest.fixture(scope="module")
def renewed(deployment: Deployment, old_address: str, folder: Path) -> Deployment:
    deployment.renew(Release(folder / "release-2", change_style), TRUSTED_PROXIES="2")
    for name in deployment.running:
        deployment.wait_until_healthy(name)
    return deployment


@pytest.fixture(scope="module")
def outer(renewed: Deployment, folder: Path):
    """The address of another proxy of ours, before the nginx of the deployment."""
    lay_base(folder / "outer")
    (folder / "outer.conf").write_text(OUTER.format(inner=renewed.networks.address("nginx")))
    proxy = Container(
        folder / "outer",
        binds=[
            (folder / "outer.conf", "/etc/nginx/nginx.conf", True),
            (folder / "tls", "/etc/nginx/tls", True),
        ],
        tmpfs=["/run", "/var/lib/nginx"],
        network=renewed.networks.join("outer", ["front"]),
    )
    with (folder / "outer.log").open("w") as log:
        proxy.start("nginx", "-g", "daemon off;", log=log)
    renewed.running["outer"] = proxy
    return renewed.networks.address("outer")


def test_the_second_release_serves_its_static_files_and_still_the_old_ones(renewed, old_address):
    visitor = Visitor(renewed)

    new_address = static_address(visitor)

    assert new_address != old_address
    assert "the second release" in visitor.expect(visitor.get(new_address), 200).text
    assert "the second release" not in visitor.expect(visitor.get(old_address), 200).text


def test_behind_two_proxies_the_visitor_is_known_and_a_forged_header_is_not_believed(
    renewed, outer, staff, line
):
    visitor = Visitor(renewed, outer, **{"X-Forwarded-For": "198.51.100.9"})
    for _wait in range(50):
        try:
            visitor.get("/en/accounts/login/")
            break
        except OSError:
            time.sleep(0.2)

    visitor.sign_in(staff, PASSWORD)
    visitor.save(line, "second release")

    assert signed_in_from(renewed, staff) == "10.88.0.1"


def test_nothing_is_left_when_it_is_taken_down(renewed, outer):
    prefix, pids = renewed.networks.prefix, [c.process.pid for c in renewed.running.values()]

    renewed.down()

    left = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    assert prefix not in left
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
