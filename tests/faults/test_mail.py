"""A worker killed in the middle of sending, with a real database, broker, worker and mail server:
no mail is lost.
"""

import asyncio
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from django.utils import timezone

from agencies.models import Agency, Level, Membership, Sector, User
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.engine import reminders
from cycles.models import Channel, Delivery, Participation
from cycles.tasks import tell
from submissions.models import Submission
from submissions.tasks import not_signed
from tests.factories import EPOCH, World, build
from tests.faults.parts.processes import kill, process, wait_for, worker

PEOPLE, KILLED_AFTER = 1000, 300


class Post:
    """A mail server's counter: keeps who was sent what, under which Message-ID."""

    port = 0

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, str]] = []
        self.arrived = threading.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        with self.arrived:
            self.mails.append((mail["Message-ID"], envelope.rcpt_tos[0], body.get_content()))
            self.arrived.notify_all()
        return "250 OK"

    def wait(self, enough: Callable[[], bool], seconds: float) -> None:
        with self.arrived:
            assert self.arrived.wait_for(enough, seconds), (
                f"{len(self.mails)} mails arrived in {seconds} s"
            )


@pytest.fixture
def post() -> Iterator[Post]:
    """Serves on a port that the system chooses, in a thread of its own; the browser's loop may run
    in this one.
    """
    handler, loop = Post(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result(timeout=30)
    handler.port = server.sockets[0].getsockname()[1]
    yield handler
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@contextmanager
def mailing(queue: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with two processes that speaks to the test's mail server."""
    with process(
        *worker(queue, 2), "--hostname", f"{queue}@localhost", TEST_MAIL_PORT=str(port)
    ) as started:
        yield started


def a_thousand_reminders() -> World:
    """A person each in so many agencies, with a self-assessment that is not signed, reminded a day
    before it closes.
    """
    w = build("communicated")
    Delivery.objects.all().delete()
    agencies = Agency.objects.bulk_create(
        Agency(
            code=f"K{n:04}", name_fa=f"سازمان شمارهٔ {n:04}", name_en=f"Agency number {n:04}", level=Level.MINISTRY,
            sector=Sector.ECONOMIC, sort_key=f"{n:04}",
        )
        for n in range(PEOPLE)
    )  # fmt: skip
    people = User.objects.bulk_create(
        User(
            username=f"k{n:04}",
            email=f"k{n:04}@example.org",
            name_en=f"K {n:04}",
            language=("fa", "en")[n % 2],
        )
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(user=person, role=Role.HEAD, agency=agency, valid_from=EPOCH)
        for person, agency in zip(people, agencies, strict=True)
    )
    takes_part = Participation.objects.bulk_create(
        Participation(
            cycle=w.cycle,
            agency=a,
            name_fa=a.name_fa,
            name_en=a.name_en,
            level=a.level,
            sector=a.sector,
            sort_key="x",
        )
        for a in agencies
    )
    Submission.objects.bulk_create(
        Submission(cycle=w.cycle, agency_id=p.agency_id, participation=p) for p in takes_part
    )
    at = w.closes(Phase.SELF_ASSESSMENT) - timedelta(days=1)
    assert reminders.remind(Phase.SELF_ASSESSMENT, not_signed, at=at) == PEOPLE
    return w


@pytest.mark.django_db(transaction=True)
def test_no_reminder_is_lost_or_sent_twice_when_the_worker_is_killed(post: Post) -> None:
    a_thousand_reminders()
    queue = f"killed-{os.getpid()}-{int(timezone.now().timestamp())}"

    with mailing(queue, post.port) as first:
        tell.apply_async(queue=queue)
        post.wait(lambda: len(post.mails) >= KILLED_AFTER, 120)
        kill(first)
    arrived = len(post.mails)
    told = Delivery.objects.filter(channel=Channel.MAIL).exclude(told_at=None).count()
    with mailing(queue, post.port):
        tell.apply_async(queue=queue)  # as the scheduler does every half minute
        post.wait(lambda: len({message_id for message_id, *_ in post.mails}) == PEOPLE, 180)
        # the last mail arrives a moment before it is marked
        wait_for(lambda: not Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists())

    assert KILLED_AFTER <= arrived < PEOPLE, "the worker was not killed in the middle"
    assert arrived - told <= 1, "more than the one mail in hand was sent and not marked"
    sent = Counter(message_id for message_id, *_ in post.mails)
    assert len(sent) == PEOPLE
    assert sum(sent.values()) <= PEOPLE + 1  # the mail in hand may come again, as the same message
    assert set(Delivery.objects.filter(channel=Channel.MAIL).values_list("attempts", "error")) == {
        (0, "")
    }
    by_person = {address: (message_id, body) for message_id, address, body in post.mails}
    assert len(by_person) == PEOPLE
    wrong = [
        address
        for n in range(PEOPLE)
        for address in [f"k{n:04}@example.org"]
        if (f"Agency number {n:04}" if n % 2 else f"سازمان شمارهٔ {n:04}")
        not in by_person[address][1]
    ]
    assert wrong == []
