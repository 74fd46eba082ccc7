"""The declaration of Article 81: filled in with the self-assessment, signed with it, judged by its
assessors.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from submissions.models import Declaration, Submission, Version
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.signing import declaration as signing_declaration
from tests.factories import World, build, make_user
from tests.worlds.answers import LEVELS, declare, declared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def address(w: World, rest: str = "") -> str:
    return f"/en/submissions/{w.submission.pk}/declaration/{rest}"


def levels(**changes: int) -> dict[str, dict[str, int]]:
    """All three levels, with other numbers of the staff."""
    return LEVELS | {"staff": LEVELS["staff"] | changes}


def save(w: World, **said: Any) -> Declaration:
    said = {"statement": "سه سطح ارزیابی شد.", "levels": LEVELS, "by": w.staff, "at": w.at} | said
    return signing_declaration.save_declaration(w.submission, **said)


def test_all_three_levels_and_the_statement_are_saved_and_stand_in_what_is_signed():
    w = build("answered")

    declaration = save(w)
    signing.move(w.submission, "submit", by=w.head, at=w.at)

    held = {
        row.level: (row.due, row.assessed, row.forms, row.reports)
        for row in declaration.levels.all()
    }
    assert held == {name: tuple(counts.values()) for name, counts in LEVELS.items()}
    signed = json.loads(Version.objects.get(submission=w.submission, kind="signed").content)
    assert signed["declaration"] == {
        "statement": "سه سطح ارزیابی شد.",
        "levels": {name: list(counts.values()) for name, counts in LEVELS.items()},
    }


def test_a_declaration_saved_again_replaces_the_numbers():
    w = build("begun")
    save(w)

    declaration = save(w, levels=levels(assessed=0), statement="دوباره")

    assert Declaration.objects.get().statement == "دوباره"
    assert declaration.levels.get(level="staff").assessed == 0
    assert declaration.levels.count() == 3


@pytest.mark.parametrize(
    ("said", "why"),
    (
        ({"statement": " "}, "Please write the statement"),
        (
            {"levels": {"staff": LEVELS["staff"]}},
            "“The organization and its units”: all four numbers",
        ),
        ({"levels": levels(assessed=9999)}, "“Staff”: 9,999 were assessed, but only 400 were due"),
        ({"levels": levels(forms=-1)}, "“Staff”: a number may not be negative"),
    ),
)
def test_what_cannot_be_declared_is_refused_in_words(said, why):
    w = build("begun")

    with pytest.raises(Refused, match=why):
        save(w, **said)

    assert not Declaration.objects.exists()


def test_only_the_agency_declares(visit):
    w = build("begun")

    with pytest.raises(Refused, match="is for staff of the agency"):
        save(w, by=w.administrator)


def test_the_page_takes_persian_digits_and_says_beside_the_number_what_is_wrong(visit):
    w = build("begun")
    client = visit(w, w.staff)
    typed = declared(w)

    page = client.post(address(w), typed | {"managers-assessed": "۱٬۰۰۰"})
    done = client.post(address(w), typed | {"managers-assessed": "۳۰"}, follow=True)

    assert "40 at most: so many were due." in page.content.decode()
    assert "is saved" in done.content.decode()
    assert Declaration.objects.get().levels.get(level="managers").assessed == 30


def test_what_was_typed_stays_when_something_is_wrong(visit):
    w = build("begun")

    page = visit(w, w.staff).post(address(w), declared(w) | {"staff-due": "many"})

    assert 'value="many"' in page.content.decode()
    assert not Declaration.objects.exists()


def test_the_review_names_a_missing_declaration_until_it_is_there(visit):
    w = build("answered")
    client = visit(w, w.head)
    review = f"/en/submissions/{w.submission.pk}/review/"

    before = client.get(review).content.decode()
    declare(w)
    after = client.get(review).content.decode()

    assert "It has not been filled in" in before
    assert "It has not been filled in" not in after
    assert address(w) in after


def test_once_signed_it_is_read_and_not_written(visit):
    w = build("answered")
    declare(w)
    signing.move(w.submission, "submit", by=w.head, at=w.at)
    client = visit(w, w.staff)

    page = client.get(address(w))
    client.post(address(w), declared(w) | {"statement": "دیگر"})

    assert "<form" not in page.content.decode().split("<main")[1].split("</main")[0]
    assert Declaration.objects.get().statement != "دیگر"


# --- The verdict --------------------------------------------------------------------------------


@pytest.fixture
def assigned() -> World:
    w = build("assigned")
    declare(w)
    return w


def test_an_assessor_with_a_block_confirms_it_with_a_reason_and_the_record_tells(assigned, visit):
    w = assigned

    visit(w, w.assessor).post(
        address(w, "judge/"), {"verdict": "accepted", "reason": "فرم‌ها دیده شد"}
    )

    held = Declaration.objects.get()
    assert (held.verdict, held.verdict_reason, held.judged_by) == (
        "accepted",
        "فرم‌ها دیده شد",
        w.assessor,
    )
    entry = Entry.objects.get(act="judge_declaration")
    assert (entry.object_pk, entry.params["verdict"]) == (w.submission.pk, "accepted")
    assert "فرم‌ها دیده شد" in visit(w, w.staff).get(address(w)).content.decode()


def test_a_verdict_needs_a_reason(assigned, visit):
    w = assigned

    page = visit(w, w.assessor).post(address(w, "judge/"), {"verdict": "accepted", "reason": ""})

    assert page.status_code == 200
    assert "This field is required" in page.content.decode()
    assert Declaration.objects.get().verdict == "waiting"


@pytest.mark.parametrize("who", ("other_assessor", "staff", "administrator", "interested"))
def test_nobody_judges_who_has_no_lines_of_it_on_the_desk(assigned, who):
    w = assigned

    with pytest.raises(Refused, match="is for"):
        signing_declaration.judge_declaration(
            Declaration.objects.get(), verdict="accepted", reason="x", by=w.people[who], at=w.at
        )

    assert not Entry.objects.filter(act="judge_declaration").exists()


def test_it_is_judged_after_the_marking_too_but_no_longer_once_the_scores_are_out():
    w = build("marked")
    held = declare(w)
    judge = {"reason": "x", "by": w.assessor, "at": w.at}

    signing_declaration.judge_declaration(held, verdict="rejected", **judge)
    release.communicate([Submission.objects.get(pk=w.submission.pk)], by=w.administrator, at=w.at)

    with pytest.raises(Refused, match="is not possible"):
        signing_declaration.judge_declaration(held, verdict="accepted", **judge)
    assert Declaration.objects.get().verdict == "rejected"


def test_a_verdict_is_one_of_two(assigned):
    with pytest.raises(Refused, match="accepted or rejected"):
        signing_declaration.judge_declaration(
            Declaration.objects.get(),
            verdict="waiting",
            reason="x",
            by=assigned.assessor,
            at=assigned.at,
        )


def test_what_is_declared_anew_waits_for_a_verdict_again():
    w = build("assigned")
    held = declare(w)
    signing_declaration.judge_declaration(
        held, verdict="rejected", reason="x", by=w.assessor, at=w.at
    )
    Submission.objects.filter(pk=w.submission.pk).update(state="draft")

    save(w, at=w.closes(Phase.SELF_ASSESSMENT) - timedelta(minutes=1))

    held.refresh_from_db()
    assert (held.verdict, held.verdict_reason, held.judged_by) == ("waiting", "", None)


def test_the_form_of_the_verdict_is_the_assessors_whose_desk_it_is(assigned, visit):
    person = make_user("another_assessor", Role.ASSESSOR)

    assert visit(assigned, person).get(address(assigned)).status_code == 404
    assert (
        "Your verdict" in visit(assigned, assigned.assessor).get(address(assigned)).content.decode()
    )
