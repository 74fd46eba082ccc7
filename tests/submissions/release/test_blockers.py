"""What stands in the way of communicating scores."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Participation, Window
from cycles.workflow import Refused
from submissions.marking import clarifications
from submissions.models import Block, Score, Submission, Verification
from submissions.release import actions as release
from submissions.release import blockers
from submissions.stewards import supply
from tests.factories import ask, build, make_agency
from tests.worlds.answers import apart, power_line, to_verify

pytestmark = pytest.mark.django_db


def met(world, at=None):
    """Count the things of each blocker of the power ministry."""
    found = blockers.of_submissions([world.submission], at or world.at)
    return {m.blocker.code: m.count for m in found.get(world.submission.pk, [])}


def test_what_is_marked_in_full_has_no_obstacle():
    world = build("marked")

    assert met(world) == {}


def test_what_is_not_signed_waits_for_its_signature_alone():
    world = build("answered")

    assert met(world) == {"unsigned": 1}


def test_lines_on_nobodys_desk_are_counted():
    world = build("submitted")

    assert met(world) == {"on_no_desk": 4, "unsupplied": 1}


def test_lines_whose_block_is_not_handed_in_are_counted():
    world = build("assigned")

    assert met(world) == {"unmarked": 4, "unsupplied": 1}


def test_a_block_that_was_handed_in_no_longer_counts():
    world = build("marked")
    Block.objects.filter(pk=world.block.pk).update(state="open")
    Score.objects.filter(answer=power_line(world), is_current=True).update(is_current=False)
    Submission.objects.update(state="submitted")

    assert met(world) == {"unmarked": 1}


def test_two_marks_that_are_apart_count_once_and_not_as_unmarked():
    world = build("assigned")
    apart(world)

    assert met(world) == {"unmarked": 3, "unsupplied": 1, "apart": 1}


def test_figures_that_a_steward_has_not_supplied_stand_in_the_way_until_they_are():
    world = build("marked")
    supply.open_again(world.stewardship, reason="x", by=world.administrator, at=world.at)
    before = met(world)
    supply.supply(world.fresh(world.stewardship), by=world.steward, at=world.at)

    assert before == {"unsupplied": 1}
    assert met(world) == {}


def test_a_question_blocks_while_its_window_is_open_and_no_longer():
    world = build("marked")
    asked = ask(world)
    closes = Window.objects.get(phase=Phase.CLARIFICATION, line=asked.line_id).closes_at

    assert met(world, closes - timedelta(microseconds=1)) == {"asked": 1}
    assert met(world, closes) == {}


def test_a_question_that_was_replied_to_blocks_nothing():
    world = build("marked")

    clarifications.reply(ask(world), text="پیوست ۳", by=world.staff, at=world.at)

    assert met(world) == {}


def test_a_line_that_is_to_be_verified_blocks_until_it_is_concluded():
    world = build("marked")
    drawn = to_verify(world)
    before = met(world)
    Verification.objects.filter(pk=drawn.pk).update(state="concluded")

    assert before == {"unverified": 1}
    assert met(world) == {}


def test_every_obstacle_leads_to_where_it_is_settled():
    world = build("assigned")
    held, asked = apart(world), ask(world)

    with translation.override("en"):
        urls = {
            m.blocker.code: m.url
            for m in blockers.of_submissions([world.submission], world.at)[world.submission.pk]
        }

    assert urls == {
        "unmarked": f"/en/submissions/{world.submission.pk}/assign/",
        "unsupplied": f"/en/submissions/board/{world.cycle.pk}/stewards/",
        "apart": f"/en/submissions/reconciliations/{held.pk}/",
        "asked": f"/en/submissions/lines/{asked.line_id}/",
    }


def test_the_act_is_refused_and_names_agency_and_obstacle():
    world = build("marked")
    ask(world)

    with translation.override("en"), pytest.raises(Refused) as refusal:
        release.communicate([world.submission], by=world.administrator, at=world.at)

    assert "Ministry of Energy" in str(refusal.value)
    assert "Questions the agency may still answer: 1" in str(refusal.value)
    assert world.fresh(world.submission).state == "marked"


def test_one_agency_with_an_obstacle_holds_the_whole_act_back():
    world = build("marked")

    with (
        translation.override("en"),
        pytest.raises(Refused, match=r"Ministry of Health.*not signed"),
    ):
        release.communicate([world.submission, world.other], by=world.administrator, at=world.at)

    assert world.fresh(world.submission).state == "marked"


def test_obstacles_are_found_by_the_same_queries_for_any_number_of_agencies():
    world = build("assigned")
    taken = []

    for more in (0, 30):
        for number in range(more):
            agency = make_agency(f"X{number}", "سازمان", "Office")
            titles = {
                "name_fa": "سازمان",
                "name_en": "Office",
                "level": agency.level,
                "sector": agency.sector,
            }
            participation = Participation.objects.create(cycle=world.cycle, agency=agency, **titles)
            Submission.objects.create(cycle=world.cycle, agency=agency, participation=participation)
        submissions = list(Submission.objects.filter(cycle=world.cycle))
        with CaptureQueriesContext(connection) as queries:
            found = blockers.of_submissions(submissions, world.at)
        taken.append((len(queries), len(found)))

    asked = 1 + sum(1 for blocker in blockers.BLOCKERS if blocker.things)  # lines are asked once
    assert taken == [(asked, 3), (asked, 33)]
