"""Saving a line field by field: what is not touched stays, what a colleague changed meanwhile is
never overwritten.
"""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from submissions.answers import actions as answers
from submissions.models import Answer
from tests.bench import counted
from tests.factories import build, make_user

TRIALS = 40
HTMX = {"HX-Request": "true"}


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission__agency", "submission__cycle")
    return rows.get(submission=world.submission, measure__code=code)


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=args)


def seen(answer, *names):
    return {f"seen_{name}": answer.token(name) for name in names or answers.FIELDS}


@pytest.mark.django_db
def test_only_the_fields_that_were_named_are_saved():
    world = build("begun")
    answers.save_answer(line(world), value=Decimal(30), note="سی", by=world.staff, at=world.at)

    answers.save_answer(line(world), strengths="تجربه", by=world.staff, at=world.at)

    saved = line(world)
    assert (saved.value, saved.note, saved.strengths) == (30, "سی", "تجربه")


@pytest.mark.django_db
def test_a_field_that_was_left_as_it_was_seen_does_not_undo_what_a_colleague_wrote():
    world = build("begun")
    before = line(world)
    tokens = {name: before.token(name) for name in answers.FIELDS}
    answers.save_answer(line(world), note="از همکار", by=world.head, at=world.at)

    answers.save_answer(before, value=Decimal(7), note="", seen=tokens, by=world.staff, at=world.at)

    saved = line(world)
    assert (saved.value, saved.note) == (7, "از همکار")


@pytest.mark.django_db
def test_a_field_that_a_colleague_changed_is_refused_and_nothing_of_the_line_saved():
    world = build("begun")
    before = line(world)
    tokens = {name: before.token(name) for name in answers.FIELDS}
    answers.save_answer(line(world), value=Decimal(5), note="x", by=world.head, at=world.at)

    with pytest.raises(answers.AnswerChanged) as refusal:
        answers.save_answer(
            before,
            value=Decimal(7),
            note="y",
            strengths="z",
            seen=tokens,
            by=world.staff,
            at=world.at,
        )

    saved = line(world)
    assert refusal.value.fields == ("value", "note")
    assert (saved.value, saved.note, saved.strengths) == (5, "x", "")


@pytest.mark.django_db
def test_two_who_wrote_the_same_do_not_clash():
    world = build("begun")
    before = line(world)
    answers.save_answer(line(world), value=Decimal("5.0"), note="x", by=world.head, at=world.at)

    answers.save_answer(
        before,
        value=Decimal(5),
        note="x",
        seen={"value": before.token("value")},
        by=world.staff,
        at=world.at,
    )

    assert line(world).value == 5


@pytest.mark.django_db
def test_a_clash_is_answered_409_with_both_texts_and_the_typed_one_kept(visit):
    world = build("begun")
    before = line(world)
    answers.save_answer(
        line(world), value=Decimal(5), note="نوشتهٔ رئیس", by=world.head, at=world.at
    )
    client = visit(world, world.staff)

    typed = {"value": "7", "note": "نوشتهٔ کارشناس"} | seen(before)
    answer = client.post(url("answer", before.pk), typed, headers=HTMX)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "نوشتهٔ رئیس" in page
    assert "نوشتهٔ کارشناس" in page
    assert line(world).note == "نوشتهٔ رئیس"
    assert (
        f'name="seen_note" value="{before.token("note")}"' in page
    )  # a further save by itself clashes again
    assert f'name="now_note" value="{line(world).token("note")}"' in page


@pytest.mark.django_db
def test_after_a_save_the_page_knows_which_fields_a_colleague_has_changed_since(
    visit,
):
    world = build("begun")
    before = line(world)
    answers.save_answer(line(world), value=Decimal(5), by=world.head, at=world.at)
    client = visit(world, world.staff)

    answer = client.post(
        url("answer", before.pk), {"value": "", "note": "y"} | seen(before), headers=HTMX
    )

    page = answer.content.decode()
    assert (line(world).value, line(world).note) == (5, "y")
    assert f'name="seen_value" value="{before.token("value")}"' in page
    assert f'name="seen_note" value="{line(world).token("note")}"' in page


@pytest.mark.django_db
def test_whoever_has_seen_both_texts_may_save_the_own_one_or_keep_the_other(visit):
    world = build("begun")
    before = line(world)
    answers.save_answer(line(world), value=Decimal(5), note="x", by=world.head, at=world.at)
    now = {"now_value": line(world).token("value"), "now_note": line(world).token("note")}
    client = visit(world, world.staff)
    typed = {"value": "7", "note": "y", "strengths": "z"} | seen(before) | now

    theirs = client.post(url("answer", before.pk), typed | {"keep": "theirs"}, headers=HTMX)
    after_theirs = line(world)
    mine = client.post(url("answer", before.pk), typed | {"keep": "mine"}, headers=HTMX)
    after_mine = line(world)

    assert theirs.headers["HX-Refresh"] == "true"
    assert (after_theirs.value, after_theirs.note, after_theirs.strengths) == (5, "x", "z")
    assert mine.status_code == 200
    assert (after_mine.value, after_mine.note) == (7, "y")


@pytest.mark.django_db
def test_what_is_wrong_is_answered_422_in_words_and_what_was_typed_is_kept(
    visit,
):
    world = build("begun")
    client = visit(world, world.staff)
    typed = {"value": "بیست", "note": "نوشته"}

    by_script = client.post(url("answer", line(world).pk), typed, headers=HTMX)
    by_form = client.post(url("answer", line(world).pk), typed)

    assert (by_script.status_code, by_form.status_code) == (422, 422)
    assert "Enter one number" in by_script.content.decode()
    assert "بیست" in by_form.content.decode()
    assert "نوشته" in by_form.content.decode()
    assert line(world).updated_at is None


@pytest.mark.django_db
def test_a_script_learns_that_the_sign_in_has_expired_and_stays_on_its_page():
    world = build("begun")

    answer = Client().post(url("answer", line(world).pk), {"value": "7"}, headers=HTMX)

    assert answer.status_code == 401


@pytest.mark.django_db
def test_a_save_takes_few_queries_whatever_the_number_of_lines(visit):
    world = build("begun")
    client = visit(world, world.staff)
    client.post(
        url("answer", line(world).pk), {"value": "6"} | seen(line(world)), headers=HTMX
    )  # fills the bounds

    with CaptureQueriesContext(connection) as captured:
        answer = client.post(
            url("answer", line(world).pk), {"value": "7"} | seen(line(world)), headers=HTMX
        )
        taken = counted(captured) - 2  # the two by which this test reads the line

    assert answer.status_code == 200
    assert taken <= 8


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_save_a_line_at_once_one_saves_and_one_is_refused(
    settings,
):
    world = build("begun")
    second = make_user("second_staff", "staff", agency=world.power)
    settings.CLOCK_OFFSET = world.at - timezone.now()
    answer = line(world)
    clients = []
    for person in (world.staff, second):
        client = Client()
        client.force_login(person, backend="config.accounts.backends.PasswordBackend")
        clients.append(client)

    for trial in range(TRIALS):
        Answer.objects.filter(pk=answer.pk).update(
            value=None, note="", updated_at=None, updated_by=None
        )
        start, outcomes = threading.Barrier(2), []

        def save(client, value, start=start, outcomes=outcomes):
            try:
                start.wait()
                typed = {"value": value, "note": value} | seen(answer)
                outcomes.append(
                    (client.post(url("answer", answer.pk), typed, headers=HTMX).status_code, value)
                )
            finally:
                connection.close()

        threads = [
            threading.Thread(target=save, args=(client, str(trial * 2 + number + 1)))
            for number, client in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(status for status, _value in outcomes) == [200, 409]
        saved = Answer.objects.get(submission=world.submission, measure=answer.measure)  # one row
        [kept] = [value for status, value in outcomes if status == 200]
        assert (saved.value, saved.note) == (Decimal(kept), kept)
