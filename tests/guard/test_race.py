"""Two people, one move: one makes it and the other is told why not, every time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from cycles.engine.perform import perform
from cycles.models import Entry
from cycles.workflow import Refused
from submissions.models import Submission
from submissions.workflow import MOVES
from tests.factories import build, make_user

TRIALS = 20


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_who_sign_at_once_one_is_refused_twenty_times_of_twenty() -> None:
    world = build("answered")
    second = make_user("second_head", "head", agency=world.power)
    submission = Submission.objects.get(pk=world.submission.pk)

    for trial in range(TRIALS):
        at = world.at + timedelta(minutes=trial)
        start, outcomes = threading.Barrier(2), []

        def sign(person, at=at, start=start, outcomes=outcomes):
            try:
                start.wait()
                perform(
                    MOVES, [submission], "submit", by=person, at=at, signer=person, hash="0" * 64
                )
                outcomes.append("signed")
            except Refused:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=sign, args=[person]) for person in (world.head, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == ["refused", "signed"]
        perform(MOVES, [submission], "withdraw", by=world.head, at=at)

    signed = Entry.objects.filter(act="submit", object_pk=submission.pk)
    assert signed.count() == TRIALS
