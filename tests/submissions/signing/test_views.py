"""The review, and the signature."""

from datetime import timedelta

import pytest

from cycles.calendar import Phase
from submissions.answers import actions as answers
from tests.factories import PASSWORD, build
from tests.submissions.pages import line, url

pytestmark = pytest.mark.django_db


def test_the_review_says_what_is_missing_with_a_link(visit):
    world = build("answered")
    empty = line(world)
    answers.save_answer(empty, value=None, note="", by=world.staff, at=world.at)

    page = visit(world, world.head).get(url("review", world.submission.pk)).content.decode()

    assert f"?line={empty.pk}#line-{empty.pk}" in page
    assert "No answer (1)" in page
    assert "Sign and submit to the authority" in page


def test_the_head_signs_with_the_password(visit):
    world = build("answered")
    client = visit(world, world.head)
    address = url("move", world.submission.pk, "submit")

    wrong = client.post(address, {"note": "", "password": "guess"})
    state_after_wrong = world.fresh(world.submission).state
    right = client.post(address, {"note": "", "password": PASSWORD})

    assert "This is not your password." in wrong.content.decode()
    assert state_after_wrong == "draft"
    assert right.status_code == 302
    assert world.fresh(world.submission).state == "submitted"


def test_staff_are_not_offered_the_signature_and_may_not_take_it(visit):
    world = build("answered")
    client = visit(world, world.staff)

    page = client.get(url("review", world.submission.pk)).content.decode()
    client.post(url("move", world.submission.pk, "submit"), {"note": "", "password": PASSWORD})

    assert url("move", world.submission.pk, "submit") not in page
    assert "is for the head of the agency" in page
    assert world.fresh(world.submission).state == "draft"


def test_moves_without_a_page_are_no_address(visit):
    world = build("answered")

    assert (
        visit(world, world.head).get(f"/en/submissions/{world.submission.pk}/lapse/").status_code
        == 404
    )


def test_a_second_after_the_deadline_the_signature_is_refused_in_words(visit):
    world = build("answered")
    client = visit(world, world.head, at=world.closes(Phase.SELF_ASSESSMENT) + timedelta(seconds=1))

    page = client.post(
        url("move", world.submission.pk, "submit"), {"note": "", "password": PASSWORD}
    ).content.decode()

    assert "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3" in page
    assert world.fresh(world.submission).state == "draft"
