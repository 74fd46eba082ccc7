"""A stranger with docs/operations.md: from nothing to a saved answer, killed, restored elsewhere,
the record proved.

`python -m tests.image.transcript`, as root, prints what is typed and what answers. Nothing is done
but what sections 1 and 2 of the manual tell: commands of compose and of the portal, and pages
through nginx.
"""

import functools
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.image.compose import SECRET, example
from tests.image.container import why_not
from tests.image.deployment import HOST, Deployment, roomy
from tests.image.mailserver import NAME, PORT, MailServer
from tests.image.person import STEP, Person, words
from tests.image.release import Release
from tests.image.stranger import Stranger, until

YEAR = 1404
AGENCY = "MAJ"
MINUTES = 3
"""How long proposal and approval stay open: what a first look needs for both."""

LONGEST = 1800
"""Seconds after which the whole walk is given up."""

VALUE = "12"
NOTE = "Counted by the registry of deeds, 1404."
EVIDENCE = b"What was done in 1404, as a stranger uploaded it.\n"
DATES = (
    ("self_assessment", 30),
    ("scoring", 30),
    ("appeal", 14),
    ("appeal_review", 14),
    ("final", 30),
    ("festival", 30),
)
"""The phases from the self-assessment on, and how many days each is given."""


# --- From nothing to a saved answer -------------------------------------------------------------


def fill_in(stranger: Stranger) -> None:
    """Say what was written into .env; secrets by their names."""
    given = {n: v for n, v in stranger.deployment.variables.items() if v != example().get(n)}
    secret = [name for name in given if SECRET.search(name)]
    plain = [
        f"{name}={value}"
        for name, value in given.items()
        if name.startswith(("ALLOWED", "PORTAL", "EMAIL"))
    ]
    facts = f"{' '.join(plain)}\n{', '.join(secret)}; two directories (1)"
    stranger.note("cp deploy/.env.example .env && chmod 600 .env  # filled in:", facts)


def bring_up(stranger: Stranger) -> None:
    stranger.up("--build")
    stranger.manage("load_country")
    names = ("--name-fa", "راهبر نخست", "--name-en", "First")
    address = "first@portal.example"
    said = stranger.manage("appoint", "first", "--email", address, *names)
    [link] = re.findall(rf"https://{re.escape(HOST)}(/\S+)", said)
    stranger.person("first", "first", link=link)


def invite(stranger: Stranger, name: str, name_fa: str, **role: str) -> None:
    address = f"{name}@portal.example"
    typed = ", ".join("chairs" if value == "on" else value for value in role.values())
    what = f"People, Invite: {address}, {typed}"
    page = "/en/cycles/people/invite/"
    stranger.people["first"].open(page)
    stranger.sign("first", what, page, email=address, name_fa=name_fa, name_en=name, **role)


def bring_people(stranger: Stranger) -> None:
    """A second administrator, the two sides of the working group that must consent, and an agency's
    staff.
    """
    invite(stranger, "second", "راهبر دوم", role="administrator")
    stranger.person("second", "second@portal.example")
    invite(
        stranger, "chair", "رئیس کارگروه", role="member", constituency="authority", is_chair="on"
    )
    invite(stranger, "budget", "نمایندهٔ سازمان برنامه", role="member", constituency="budget")

    waiting = stranger.people["second"].open("/en/cycles/nominations/")
    for path in sorted(set(re.findall(r'"(/en/cycles/nominations/\d+/confirm/)"', waiting))):
        stranger.people["second"].open(path)
        stranger.sign("second", "People, National roles to confirm: Confirm", path)

    stranger.person("chair", "chair@portal.example")
    stranger.person("budget", "budget@portal.example")
    invite(stranger, "staff", "کارشناس دستگاه", role="staff", agency=AGENCY)
    stranger.person("staff", "staff@portal.example", needs_app=False)


def dates(page: str, begins: datetime) -> dict[str, str]:
    """The windows of a year that is gone through in one sitting, as they
    are typed into its page.
    """
    agreed = begins + timedelta(minutes=MINUTES)
    opens_at = agreed + timedelta(minutes=1)
    spans = {
        "proposal": (begins, agreed),
        "approval": (begins, agreed),
        "monitoring": (agreed, opens_at),
    }
    for phase, days in DATES:
        spans[phase] = (opens_at, opens_at + timedelta(days=days))
        opens_at += timedelta(days=days)
    fields = {}
    for phase, quarter in re.findall(r'name="opens-(\w+)-(\d)"', page):
        for word, moment in zip(("opens", "closes"), spans[phase], strict=True):
            fields[f"{word}-{phase}-{quarter}"] = f"{moment:%Y-%m-%d %H:%M}"
    return fields


def agree_on_a_year(stranger: Stranger) -> datetime:
    """Plan a year whose self-assessment opens in minutes, and take its
    general set to the agencies.
    """
    first = stranger.people["first"]
    preset = "compressed_gregorian"
    first.open("/en/cycles/plan/")
    ticked = dict.fromkeys(("spares_holidays", "spreads_points", "keeps_signature"), "on")
    planned = {"year": str(YEAR), "preset": preset, **ticked}
    stranger.send("first", f"Cycles, Plan a cycle: {YEAR}", "/en/cycles/plan/", **planned)
    page = f"/en/cycles/{YEAR}/windows/"
    begins = datetime.now(ZoneInfo("Asia/Tehran")).replace(second=0, microsecond=0)
    typed = dates(first.open(page), begins)
    opens_at = typed["opens-self_assessment-0"]
    until_then = (
        f"proposal and approval until {typed['closes-approval-0']}, self-assessment from {opens_at}"
    )
    stranger.send("first", f"Change the dates: {until_then}", page, **typed)
    stranger.send("first", "Open the cycle", f"/en/cycles/{YEAR}/move/open/")

    stranger.manage("load_catalogue", str(YEAR), "--by", "first")
    [path] = set(re.findall(r'"(/en/indicators/\d+/)"', first.open("/en/indicators/")))
    stranger.sign("first", "Indicators, the general set: Propose", f"{path}move/propose/")
    for name in ("chair", "budget"):
        stranger.people[name].open(f"{path}vote/")
        stranger.send(
            name, "Indicators, the general set, Vote: Approve", f"{path}vote/", choice="approve"
        )
    stranger.sign("chair", "Approve the set", f"{path}move/approve/")
    stranger.sign("first", "Communicate the set", f"{path}move/communicate/")
    return begins + timedelta(minutes=MINUTES + 1)


def first_answer(stranger: Stranger, opens_at: datetime) -> str:
    """The agency's staff answer a line with a file; the address of the line's page."""
    staff = stranger.people["staff"]
    time.sleep(max(opens_at.timestamp() - time.time(), 0) + 1)
    found = until(lambda: begun(staff), "The calendar has not begun the self-assessment.")
    workspace = staff.open(found)
    lines = sorted({int(number) for number in re.findall(r"\?line=(\d+)", workspace)})
    line = next(n for n in lines if f"lines/{n}/answer/" in staff.open(f"{found}?line={n}"))

    answer = f"/en/submissions/lines/{line}/answer/"
    stranger.send(
        "staff",
        f"Self-assessments, the first line: {VALUE}, “{NOTE}”",
        answer,
        value=VALUE,
        note=NOTE,
    )
    page = f"/en/submissions/lines/{line}/"
    attach(stranger, line, "evidence.txt", EVIDENCE)
    look(stranger, page)
    return page


def begun(staff: Person) -> str:
    found = re.findall(r'"(/en/submissions/\d+/)"', staff.open("/en/submissions/"))
    return found[0] if found else ""


def attach(stranger: Stranger, line: int, name: str, content: bytes) -> None:
    """A file as evidence, scanned and handed out."""
    staff, page = stranger.people["staff"], f"/en/submissions/lines/{line}/"
    staff.upload(line, name, content)
    until(lambda: content in contents(staff, page), f"{name} is not handed out.")
    stranger.at(
        "staff", f"Upload evidence: {name}, {len(content)} bytes; scanned, and comes back the same"
    )


def contents(staff: Person, page: str) -> list[bytes]:
    addresses = sorted(
        set(re.findall(r'"(/en/submissions/evidence/[0-9a-f-]+/)"', staff.open(page)))
    )
    return [staff.expect(staff.get(address), 200).content for address in addresses]


def look(stranger: Stranger, page: str) -> None:
    """The answer stands on its page, with its file."""
    staff = stranger.people["staff"]
    text = words(staff.open(page))
    assert f"Actual value {VALUE} percent" in text, "The figure is not on the page of its line."
    assert NOTE in text, "The note is not on the page of its line."
    assert EVIDENCE in contents(staff, page), "The file is not as it was uploaded."
    stranger.at(
        "staff",
        f"the line's page says {VALUE} percent, “{NOTE}”, and hands out {len(EVIDENCE)} bytes, "
        f"as uploaded",
    )


# --- Kept, killed, restored ---------------------------------------------------------------------


@dataclass(frozen=True)
class Noted:
    """What the backup has printed, to be kept elsewhere."""

    number: int
    seal: str
    digest: str


def back_up(stranger: Stranger) -> Noted:
    said = stranger.note("docker compose run --rm backup", stranger.deployment.run_tool("backup"))
    [(number, seal)] = re.findall(r"Newest seal: (\d+), (\w+)", said)
    [digest] = re.findall(r"digest elsewhere: (\w+)", said)
    return Noted(int(number), seal, digest)


def restore(stranger: Stranger, noted: Noted) -> None:
    command = ("python", "manage.py", "restore", "/backups", "--digest", noted.digest)
    said = stranger.deployment.run_tool("restore", *command)
    stranger.note(f"docker compose run --rm restore {' '.join(command)}", said)
    stranger.up()
    stranger.manage("verify_ledger")
    stranger.manage("verify_files")
    assert stranger.seal_of(noted.number)["digest"] == noted.seal
    facts = f'… "number": {noted.number}, … "digest": "{noted.seal}" …'
    stranger.note(f"curl --silent 'https://{HOST}/record.json?from={noted.number}'", facts)
    stranger.say("# the digest that the backup had printed")


def go_on(stranger: Stranger, page: str) -> None:
    """People sign in as before, an act is done and sealed, and the whole record holds."""
    for name in ("staff", "first"):
        someone = stranger.people[name]
        if someone.app:
            time.sleep(STEP - time.time() % STEP)  # a code that has time left
            someone.sign_in_with_code()
        else:
            someone.sign_in(someone.username, someone.password)
        stranger.at(
            name, f"signs in, with the password{' and the app' if someone.app else ''} of before"
        )
    look(stranger, page)

    before = stranger.seal()["number"]
    attach(stranger, int(re.findall(r"\d+", page)[0]), "second.txt", b"After the restore.\n")
    until(lambda: stranger.seal()["number"] > before, "The act was not sealed.")
    newest = stranger.seal()
    facts = (
        f'… "number": {newest["number"]}, … "count": {newest["count"]}, … "digest": '
        f'"{newest["digest"]}" …'
    )
    stranger.note(f"curl --silent https://{HOST}/record.json", facts)
    said = stranger.manage("verify_ledger")
    assert "; 0 rows wait" in said


def lay(folder: Path, release: Release, **variables: str) -> tuple[Deployment, MailServer]:
    """An empty host with its .env, and the operator's mail server."""
    folder.mkdir()
    mail = {"EMAIL_HOST": NAME, "EMAIL_PORT": str(PORT), "EMAIL_USE_TLS": "0"}
    deployment = Deployment(folder, release, **(mail | variables))
    return deployment, MailServer(deployment)


def walk(folder: Path, say: Callable[[str], None]) -> None:
    """All of it, in the order of the manual, and for no longer than LONGEST."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(LONGEST)
    release = Release(folder / "release")
    host, mail = lay(folder / "first", release)
    stranger = Stranger(host, mail, say)
    try:
        fill_in(stranger)
        bring_up(stranger)
        bring_people(stranger)
        page = first_answer(stranger, agree_on_a_year(stranger))
        noted = back_up(stranger)
        kept = folder / "kept"
        subprocess.run(["cp", "--archive", host.folder / "backups", kept], check=True)
        say("# /backups is copied to another place; what the backup has printed is noted.")
        host.kill()
        stranger.note("docker compose kill  # SIGKILL to every process of every service")
    finally:
        mail.stop()
        host.down()
    shutil.rmtree(host.folder)

    same = {
        name: host.variables[name] for name in host.variables if not name.endswith("_DIRECTORY")
    }
    other, mail = lay(folder / "second", release, **same)
    subprocess.run(["cp", "--archive", f"{kept}/.", other.folder / "backups"], check=True)
    say("")
    say(
        "# The first machine is gone. On another: the same release and .env, empty volumes, the "
        "copied backups."
    )
    people = {name: person.moved_to(other) for name, person in stranger.people.items()}
    stranger = Stranger(other, mail, say, people)
    try:
        restore(stranger, noted)
        go_on(stranger, page)
    finally:
        mail.stop()
        other.down()
        signal.alarm(0)


def test_a_stranger_gets_from_nothing_to_a_restored_and_proved_record(folder):
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        print(line, flush=True)

    walk(folder, say)

    assert said.count("$ docker compose exec web python manage.py verify_ledger") == 2
    assert sum("rows and" in line and "seals hold" in line for line in said) == 2


def main() -> None:
    if reason := why_not():
        sys.exit(reason)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="portal-transcript-", dir=roomy()))
    try:
        walk(folder, functools.partial(print, flush=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
