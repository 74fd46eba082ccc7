"""The deployment files, as far as they can be held against the real thing without containers."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from agencies.models import Membership, User
from agencies.roles import Role
from config import probe
from config.settings import STATIC_ROOT
from cycles.calendar import Phase
from cycles.jobs.kinds import KINDS
from tests.factories import build, make_user
from tests.image import compose

ROOT = Path(settings.BASE_DIR)
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
NGINX = (ROOT / "deploy/nginx.conf").read_text()
EXAMPLE = compose.example()
LEFT_OUT = ("OIDC_", "SENTRY_")
"""What an operator leaves empty who has no identity provider and no collector of errors."""
FILLED = {
    name: value or ("" if name.startswith(LEFT_OUT) else "a" * 60)
    for name, value in EXAMPLE.items()
}
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "assessment-portal")
GUNICORN = (ROOT / "config/gunicorn.py").read_text()


def run(*command, **env):
    """Run a command of our own environment as a container would: in production, with the web
    service's variables.
    """
    web = compose.read(FILLED)["web"].environment
    given = {**web, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **env}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_process_of_the_portal_has_a_service():
    assert OURS == [
        "backup",
        "beat",
        "migrate",
        "reports",
        "restore",
        "static",
        "uploads",
        "web",
        "worker",
    ]


def test_web_starts_with_the_options_compose_gives():
    program, *options = SERVICES["web"]["command"]

    checked = run(program, "--check-config", *options)

    assert checked.returncode == 0, checked.stderr


def test_the_image_runs_the_web_service_by_itself():
    [command] = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), flags=re.M)

    assert yaml.safe_load(command) == SERVICES["web"]["command"]


@pytest.mark.parametrize("name", ("worker", "reports", "beat"))
def test_celery_knows_every_option_compose_gives(name):
    program, a, app, subcommand, *options = SERVICES[name]["command"]

    context = celery_command.commands[subcommand].make_context(
        subcommand, list(options), resilient_parsing=True
    )

    assert (program, a, app) == ("celery", "-A", "config")
    assert context.args == []


def test_celery_loads_the_application_by_the_name_compose_gives():
    loaded = run("celery", "-A", "config", "inspect", "--help")

    assert loaded.returncode == 0, loaded.stderr


def test_workers_between_them_serve_every_queue_a_task_names():
    served = {
        queue
        for service in SERVICES.values()
        for option in service.get("command", [])
        if option.startswith("--queues=")
        for queue in option.removeprefix("--queues=").split(",")
    }
    scheduled = {
        entry["options"].get("queue", "celery") for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    named = {kind.queue for kind in KINDS.values()} | scheduled

    assert served == {"celery", "reports"}
    assert named == served


def test_migrate_is_a_command_of_ours():
    program, script, command, *_ = SERVICES["migrate"]["command"]

    helped = run(program, script, command, "--help")

    assert helped.returncode == 0, helped.stderr
    assert "usage: manage.py migrate" in helped.stdout


def test_the_portal_does_not_start_without_its_secret():
    started = run("python", "manage.py", "check", SECRET_KEY="")

    assert started.returncode != 0
    assert "Set SECRET_KEY to 50 random characters or more" in started.stderr


def test_a_clock_that_is_off_does_not_start_in_production():
    started = run("python", "manage.py", "check", CLOCK_OFFSET_SECONDS="60")

    assert started.returncode != 0
    assert "it works with DEBUG=1 only" in started.stderr


def test_compose_hands_on_every_variable_production_may_set():
    sources = [
        ROOT / name
        for name in ("config/settings.py", "config/accounts/settings.py", "config/environment.py")
    ]
    text = "".join(path.read_text() for path in sources)
    read = set(re.findall(r"(?:environ\.get|flag|listed)\(\"([A-Z0-9_]+)\"", text))
    for_development = {"DEBUG", "CLOCK_OFFSET_SECONDS", "PORTAL_DATABASE", "VAR_DIR", "MEDIA_ROOT"}
    for_development.add("POSTGRES_BIN")  # the image has the programs of the server's version
    handed_on = {name for service in compose.read(FILLED).values() for name in service.environment}

    assert read - for_development - handed_on == set()


@pytest.mark.parametrize("name", ("SECRET_KEY", "REDIS_URL", "EMAIL_HOST_PASSWORD"))
def test_words_of_an_example_are_not_taken_for_secrets(name):
    started = run("python", "manage.py", "check", **{name: "redis://:change-me-please@redis:6379"})

    assert started.returncode != 0
    assert f"Still the example's own words, which all the world knows: {name}." in started.stderr


def test_a_probe_tells_a_process_that_lives_from_one_that_does_not(tmp_path):
    alive = tmp_path / "alive"

    assert probe.look(str(alive), "30") == f"{alive} was never touched."
    alive.touch()
    assert probe.look(str(alive), "30") == ""
    os.utime(alive, (1, 1))
    assert "was last touched" in probe.look(str(alive), "30")
    assert "did not answer" in probe.ask("http://127.0.0.1:9/healthz")


def test_nginx_sends_to_the_port_the_web_service_listens_on():
    [port] = re.findall(r"0\.0\.0\.0:(\d+)", GUNICORN)

    assert f"server web:{port};" in NGINX
    assert NGINX.count("{") == NGINX.count("}")


def test_nginx_reads_static_files_where_compose_mounts_them():
    [alias] = re.findall(r"alias (/srv/static)/;", NGINX)

    assert f"static:{alias}:ro" in SERVICES["nginx"]["volumes"]
    assert f"/portal/{STATIC_ROOT.relative_to(ROOT)}/." in SERVICES["static"]["command"]
    assert f"static:{alias}" in SERVICES["static"]["volumes"]


def test_nginx_finds_private_files_where_compose_mounts_them_and_the_portal_says():
    web = compose.read(FILLED)["web"].environment
    prefix = web["ACCEL_PREFIX"]
    [block] = re.findall(rf"location {prefix} {{(.*?)}}", NGINX, flags=re.S)

    assert "internal;" in block
    [alias] = re.findall(r"alias (\S+?)/;", block)
    assert f"media:{alias}:ro" in SERVICES["nginx"]["volumes"]
    assert "media:/portal/var/media" in SERVICES["web"]["volumes"]
    assert web["UPLOAD_DIR"].startswith("/portal/var/media/")


def test_nginx_may_read_what_it_hands_out():
    printed = run(
        "python", "-c", "from config import settings; print(oct(settings.FILE_UPLOAD_PERMISSIONS))"
    )

    assert printed.stdout.strip() == "0o644"


def test_uploads_go_through_nginx_as_they_come_to_threads_of_their_own():
    with translation.override("fa"):
        address = reverse("submissions:upload", args=["01a2162d-4c98-734b-931a-a9c4cbaa3fe0"])
    [pattern] = re.findall(r"location ~ (\S+uploads\S*) {", NGINX)

    assert re.match(pattern, address)
    assert "proxy_request_buffering off;" in NGINX
    program, *options = SERVICES["uploads"]["command"]
    assert run(program, "--check-config", *options).returncode == 0


def test_the_scanner_takes_the_largest_files_and_is_where_the_portal_looks():
    conf = (ROOT / "deploy/clamd.conf").read_text()
    service, port = EXAMPLE["CLAMD_ADDRESS"].split(":")

    assert service in SERVICES
    assert f"TCPSocket {port}" in conf
    for name in ("StreamMaxLength", "MaxFileSize", "MaxScanSize"):
        [megabytes] = re.findall(rf"^{name} (\d+)M$", conf, flags=re.M)
        assert int(megabytes) * 2**20 > settings.MAX_UPLOAD_BYTES
    assert "AlertExceedsMax yes" in conf


def test_files_lie_in_a_private_bucket_where_one_is_named():
    program = (
        "import django; django.setup(); from django.core.files.storage import storages; "
        "print(storages['default'].url('evidence/x')); print(storages['reports'].url('y'))"
    )
    named = {"S3_BUCKET": "files", "S3_ENDPOINT_URL": "https://s3.example", "S3_REGION": "x"}
    keys = {"S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b", "DJANGO_SETTINGS_MODULE": "config.settings"}

    printed = run("python", "-W", "ignore", "-c", program, **named, **keys)

    evidence, report = printed.stdout.split()
    assert evidence.startswith("https://s3.example/files/evidence/x?")
    assert report.startswith("https://s3.example/files/reports/y?")
    assert "X-Amz-Signature=" in evidence


def test_nginx_lets_through_as_much_as_the_portal_takes():
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", NGINX)

    assert int(megabytes) * 2**20 == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_files_compose_names_exist():
    mounts = [mount for service in compose.read(FILLED).values() for mount in service.mounts]
    named = [mount.source for mount in mounts if mount.source.startswith(".")]

    assert len(named) == 3
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert os.access(ROOT / "deploy/postgres/portal.sh", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_the_first_administrator_is_made_by_one_command_until_a_password_is_chosen(db, capsys):
    names = {"email": "first@example.org", "name_fa": "راهبر"}
    with pytest.raises(CommandError, match="There is no account first: give --email and --name-fa"):
        call_command("appoint", "first")

    call_command("appoint", "first", **names)
    call_command("appoint", "first")

    said = capsys.readouterr().out
    assert said.count("first is a national administrator.") == 2
    assert said.count("/accounts/password/reset/key/") == 2
    assert Membership.objects.filter(user__username="first", role=Role.ADMINISTRATOR).count() == 1
    User.objects.get(username="first").set_password("x")
    make_user("second")
    with pytest.raises(CommandError, match="There is a national administrator already"):
        call_command("appoint", "second")


def test_the_catalogue_is_loaded_once_into_an_open_year(db, capsys, settings):
    world = build("open")
    settings.CLOCK_OFFSET = world.opens(Phase.PROPOSAL) + timedelta(hours=1) - timezone.now()
    command = ("load_catalogue", str(world.cycle.year))
    with pytest.raises(CommandError, match="There is no account nobody"):
        call_command(*command, by="nobody")
    with pytest.raises(CommandError, match="There is no cycle of 1300"):
        call_command("load_catalogue", "1300", by="administrator")
    with pytest.raises(CommandError):
        call_command(*command, by="staff")

    call_command(*command, by="administrator")

    assert "holds the catalogue's 60 measures" in capsys.readouterr().out
    with pytest.raises(CommandError, match="holds 60 measures already; nothing was changed"):
        call_command(*command, by="administrator")
