"""The addresses of a publication's files, before and after it is out."""

import hashlib
from datetime import timedelta

import pytest

from cycles.models import Entry
from festival.open_data import files as open_data_files

pytestmark = pytest.mark.django_db


def address(world, name):
    return f"/data/{world.cycle.year}/{world.edition.number}/{name}"


def test_nothing_is_there_one_second_before_and_everything_one_second_after(
    scheduled, client, clock
):
    files = open_data_files.write(scheduled.edition, at=scheduled.at)
    page = f"/en/festival/{scheduled.cycle.year}/editions/1/data/"

    clock(scheduled.edition.publish_at - timedelta(seconds=30))
    assert client.get("/data/").json() == {"publications": []}
    assert {client.get(address(scheduled, f.name)).status_code for f in files} == {404}
    assert client.get(page).status_code == 404
    clock(scheduled.edition.publish_at + timedelta(seconds=1))
    [publication] = client.get("/data/").json()["publications"]
    assert publication["manifest"] == address(scheduled, "manifest.json")
    for file in files:
        response = client.get(address(scheduled, file.name))
        assert hashlib.sha256(b"".join(response.streaming_content)).hexdigest() == file.sha256
    assert "lines.csv" in client.get(page).content.decode()


def test_a_file_is_kept_for_ever_by_whoever_has_it(scheduled, client, clock):
    open_data_files.write(scheduled.edition, at=scheduled.at)
    clock(scheduled.edition.publish_at + timedelta(seconds=1))
    response = client.get(address(scheduled, "lines.csv"))
    assert b"".join(response.streaming_content)

    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (
        client.get(
            address(scheduled, "lines.csv"), headers={"If-None-Match": response["ETag"]}
        ).status_code
        == 304
    )
    assert client.get(address(scheduled, "nothing.csv")).status_code == 404


def test_the_secretariat_reads_them_before_on_record(scheduled, client, clock):
    open_data_files.write(scheduled.edition, at=scheduled.at)
    clock(scheduled.at)
    client.force_login(scheduled.administrator, backend="config.accounts.backends.PasswordBackend")

    response = client.get(address(scheduled, "rankings.csv"))
    assert b"".join(response.streaming_content)

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert Entry.objects.filter(act="read_embargoed").exists()
