"""Backup and restore: into another server, whose transaction numbers start anew, where the record
goes on and holds.
"""

import json
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from config.recovery import actions, manifest, media, postgres
from cycles import models
from cycles.engine import ledger
from cycles.record import seals
from festival.open_data import files as open_data_files
from tests.clusters import another_server, connected, manage
from tests.factories import build

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)

ACT = """
from django.utils import timezone
from agencies.models import Agency, User
from cycles.people import interests
from cycles.record import seals
person = User.objects.get(username="assessor")
for agency in Agency.objects.order_by("pk")[:2]:
    interests.declare_interest(agency=agency, reason="restored", by=person, at=timezone.now())
    print(seals.seal(at=timezone.now()).pk)
"""


@pytest.fixture
def _own_storage(settings, tmp_path):
    """A storage that no other test has written to."""
    options = {"location": tmp_path / "media"}
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }


def backed_up(directory, *, at=AT):
    return actions.backup(directory, at=at)


def transaction_number(cursor):
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    return cursor.fetchone()[0]


# --- The whole way ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_a_backup_holds_in_an_empty_server_with_lower_transaction_numbers(
    tmp_path,
):
    world = build("scheduled")
    open_data_files.write(world.edition, at=world.at)
    sealed = seals.seal(at=world.at)
    with connection.cursor() as cursor:
        number_here = transaction_number(cursor)
    made, told, unlike = backed_up(tmp_path / "backups")

    with another_server() as there:
        env = there | {"MEDIA_ROOT": str(tmp_path / "elsewhere")}
        restored = manage("restore", tmp_path / "backups", "--digest", told["digest"], env=env)
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            number_there = transaction_number(cursor)
        acted = manage("shell", "-v0", "-c", ACT, env=env)
        ledger_says = manage("verify_ledger", env=env)
        files_say = manage("verify_files", env=env)
        publication = tmp_path / "elsewhere" / "publications" / "1405" / "1"
        publication_says = manage("verify_publication", publication, env=env)
        again = manage("restore", made, env=env, ok=False)

    assert unlike == []
    assert number_there < number_here
    assert "the record and its newest seal hold" in restored
    assert acted.split() == [str(sealed.pk + 1), str(sealed.pk + 2)]
    assert f"{sealed.count + 2} rows and {sealed.pk + 2} seals hold; 0 rows wait" in ledger_says
    assert f"{len(list(media.named_files()))} files are there as their rows say" in files_say
    assert "0 do not agree" in publication_says
    assert "is not empty" in again


# --- What is tampered with is named -------------------------------------------------------------


def flip(path):
    """Another byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def dump_of(made, _told):
    return made / manifest.DUMP


def file_of(made, told):
    return manifest.stored_at(made.parent, told["files"][0]["sha256"])


def manifest_of(made, _told):
    return made / manifest.NAME


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
@pytest.mark.parametrize("part", (dump_of, file_of, manifest_of))
@pytest.mark.parametrize("deed", (flip, Path.unlink))
def test_a_tampered_backup_is_named_and_refused_before_anything_is_written(part, deed, tmp_path):
    build("people")
    default_storage.save("evidence/a.pdf", ContentFile(b"evidence"))
    made, told, _unlike = backed_up(tmp_path / "backups")

    path = part(made, told)
    deed(path)

    name = str(made) if (part, deed) == (manifest_of, Path.unlink) else str(path)
    with pytest.raises(CommandError, match=name):
        actions.restore(made)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_a_manifest_made_anew_is_found_by_the_digest_that_was_noted(tmp_path):
    build("people")
    made, told, _unlike = backed_up(tmp_path / "backups")
    other = json.loads((made / manifest.NAME).read_text()) | {"made_at": "2020-01-01"}
    other["digest"] = manifest.digest_of(other)
    (made / manifest.NAME).write_text(json.dumps(other))

    with pytest.raises(CommandError, match="another backup than the one you name"):
        actions.restore(made, digest=told["digest"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_nothing_is_restored_over_a_portal_that_is_in_use(tmp_path):
    build("people")
    made, _told, _unlike = backed_up(tmp_path / "backups")

    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", str(made))


# --- What a backup holds ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_a_second_backup_copies_only_new_files_and_nobody_else_may_read_it(tmp_path):
    build("people")
    default_storage.save("evidence/a.pdf", ContentFile(b"first"))
    made, _told, _unlike = backed_up(tmp_path / "backups")
    [old] = [path for path in (tmp_path / "backups" / "files").rglob("*") if path.is_file()]
    before = old.stat()
    default_storage.save("evidence/b.pdf", ContentFile(b"second"))

    _second, told, _unlike = backed_up(tmp_path / "backups", at=AT + timedelta(days=1))

    assert (old.stat().st_ino, old.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [file["name"] for file in told["files"]] == ["evidence/a.pdf", "evidence/b.pdf"]
    assert manifest.faults(made, manifest.read(made)) == []
    everything = [tmp_path / "backups", *(tmp_path / "backups").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in everything} == {0}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_no_secret_stands_in_a_manifest(tmp_path, settings):
    settings.SECRET_KEY = "a key that nobody else knows"
    settings.EMAIL_HOST_PASSWORD = "a password of the mail server"
    build("people")
    made, _told, _unlike = backed_up(tmp_path / "backups")

    text = (made / manifest.NAME).read_text()

    assert settings.SECRET_KEY not in text
    assert settings.EMAIL_HOST_PASSWORD not in text
    assert "ALLOWED_HOSTS" in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_storage")
def test_a_backup_of_a_damaged_storage_is_made_and_says_what_is_wrong(tmp_path):
    world = build("scheduled")
    open_data_files.write(world.edition, at=world.at)
    [one, two, *_more] = sorted(file.name for file in media.named_files())
    default_storage.delete(one)
    Path(default_storage.path(two)).write_bytes(b"other")

    with pytest.raises(CommandError, match="The backup is made, but") as told:
        call_command("backup", str(tmp_path / "backups"), stdout=StringIO())
    with pytest.raises(CommandError, match="1 files are missing and 1 were changed"):
        call_command("verify_files", stdout=(out := StringIO()))

    assert one in str(told.value)
    assert two in str(told.value)
    assert f"missing: {one}" in out.getvalue()
    assert f"changed: {two}" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_storage")
def test_files_of_nobody_are_named_and_do_no_harm():
    build("people")
    default_storage.save("evidence/left.pdf", ContentFile(b"left"))

    call_command("verify_files", stdout=(out := StringIO()))

    assert "nobody's: evidence/left.pdf" in out.getvalue()


def test_a_program_older_than_the_server_is_refused_with_its_version(settings):
    settings.POSTGRES_BIN = ""

    with pytest.raises(
        CommandError, match=r"pg_dump of version 99 or later is needed: .* is of version \d+"
    ):
        postgres.program("pg_dump", major=99)


# --- A record that an earlier version has restored ----------------------------------------------

ROW = f"""
    INSERT INTO cycles_entry ({", ".join(ledger.FACTS)}, body, digest, xid)
    SELECT {", ".join(ledger.FACTS)}, body, encode(sha256(convert_to(body, 'UTF8')), 'hex'), %(xid)s::text::xid8
    FROM (SELECT *, {ledger.BODY} AS body FROM (SELECT
        'cycles.administration'::text AS workflow, 'declare_interest'::text AS act, 'agencies.agency'::text AS model,
        1::bigint AS object_pk, 'x'::text AS object_label, NULL::bigint AS cycle_id, ''::text AS agency_code,
        ''::text AS source, ''::text AS target, '{{}}'::jsonb AS params, ''::text AS note, NULL::bigint AS actor_id,
        ''::text AS actor_name, ''::text AS actor_role, %(at)s::timestamptz AS at, %(at)s::timestamptz AS recorded_at,
        NULL::timestamptz AS statutory_at, 0 AS days_late, ''::text AS request_id
    ) facts) whole
"""


def seal_by_transactions(cursor, number, since, upto, previous, *, rows):
    """A seal as earlier versions made it, of the rows that were moved into
    it; returns its digest.
    """
    cursor.execute(
        "SELECT id, digest FROM cycles_entry WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 "
        "ORDER BY xid, id",
        [since, upto],
    )
    tree = seals.Tree()
    for key, digest in cursor.fetchall():
        tree.add(key, bytes.fromhex(digest))
    made = models.Seal(
        pk=number, form=1, from_xid=since, upto_xid=upto, count=tree.count, root=tree.root, previous=previous,
        sealed_at=AT,
    )  # fmt: skip
    made.digest = seals.digest_of(made)
    cursor.execute(
        "INSERT INTO cycles_seal (id, form, from_xid, upto_xid, count, root, previous, sealed_at, "
        "digest, ids) "
        "VALUES (%s, 1, %s, %s, %s, %s, %s, %s, %s, %s)",
        [made.pk, since, upto, made.count, made.root, previous, AT, made.digest, rows],
    )
    return made.digest


def test_a_record_restored_by_an_earlier_version_is_told_in_a_sentence_and_mended():
    with another_server() as there:
        with connected(there["DATABASE_OWNER_URL"], "postgres") as cursor:
            cursor.execute("CREATE DATABASE portal")
        manage("migrate", "-v0", env=there)
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            for minute, xid in enumerate((7000, 7002, 7001, 7500, 7600)):
                cursor.execute(ROW, {"xid": xid, "at": AT + timedelta(minutes=minute)})
            first = seal_by_transactions(cursor, 1, 0, 7100, seals.NOTHING, rows="{[1,4)}")
            seal_by_transactions(cursor, 2, 7100, 8000, first, rows="{[4,6)}")
            for minute, xid in enumerate((900, 901, 7550, 8100)):
                cursor.execute(ROW, {"xid": xid, "at": AT + timedelta(days=1, minutes=minute)})
            cursor.execute("SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM cycles_entry e")
            before = cursor.fetchone()
            # that version looked for what is to be sealed from the last transaction of the last
            # seal on
            cursor.execute("DELETE FROM cycles_unsealed WHERE entry_id <> 9")

        found = manage("verify_ledger", env=there, ok=False)
        mended = manage("verify_ledger", "--mend", env=there)
        sealed = (
            "from cycles.record import seals; from django.utils import timezone; "
            "seals.seal(at=timezone.now())"
        )
        manage("shell", "-v0", "-c", sealed, env=there)
        holds = manage("verify_ledger", env=there)
        with connected(there["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(
                "SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM cycles_entry e WHERE id <= 9"
            )
            after = cursor.fetchone()

    sentence = (
        "3 rows, from 6 to 8, were written after this record was moved to another server "
        "and are not sealed"
    )
    assert sentence in found
    assert "3 rows without a seal were put into the queue" in mended
    assert "10 rows and 2 seals hold; 5 rows wait" in mended
    assert "10 rows and 3 seals hold; 0 rows wait" in holds
    assert before == after
