"""Pages of the board and of a measure before the group, groups and meetings."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cycles.calendar import Phase
from indicators.models import (
    Meeting,
    Review,
    Suggestion,
    Vote,
)
from indicators.working_groups import actions as working_groups
from tests.factories import PASSWORD, _drafted, _open, _planned, _proposed, build, make_agency
from tests.guard.test_authorization import agenda
from tests.indicators.pages import text
from tests.indicators.working_groups.group_pages import url
from tests.papers import paper_of
from tests.worlds.institution import goal, power_measure

pytestmark = pytest.mark.django_db


# --- The board ----------------------------------------------------------------------------------


def test_the_board_shows_every_agency_with_its_stage_and_the_days_left_or_late(as_):
    w = build("proposed")
    early = text(as_(w.administrator, w.at).get(url("board", w.cycle.year)))
    late = w.closes(Phase.APPROVAL) + timedelta(days=16, hours=1)
    after = text(as_(w.administrator, late).get(url("board", w.cycle.year)))

    for name in ("Ministry of Energy", "Ministry of Health", "Qazvin Regional Water"):
        assert name in early
    assert early.count("Not begun") >= 2
    assert "days and" in early or "days left" in early
    assert "17 days late" in after


def test_the_board_narrows_by_stage_and_group_and_shows_members_their_sector(as_):
    w = build("proposed")
    board = url("board", w.cycle.year)
    not_begun = text(as_(w.administrator, w.at).get(board, {"stage": "not_begun"}))
    w.member.membership_set.update(sector="health_welfare")
    of_member = text(as_(w.member, w.at).get(board))
    of_representative = text(as_(w.representative, w.at).get(board))

    assert "Ministry of Energy" not in not_begun
    assert "Ministry of Health" in not_begun
    assert "Ministry of Energy" not in of_member
    assert "Ministry of Health" in of_member
    assert "Ministry of Energy" in of_representative
    assert "Ministry of Health" not in of_representative


@pytest.mark.parametrize("count", [1, 12])
def test_the_board_takes_the_same_queries_for_any_number_of_agencies(as_, count):
    w = build("people")
    for number in range(count):
        make_agency(f"X{number}", f"سازمان {number}", f"Organization {number}")
    _planned(w, year=1405, preset="statutory_gregorian")
    for stage in (_open, _drafted, _proposed):
        stage(w)
    client = as_(w.administrator, w.at)
    client.get(url("board", w.cycle.year))

    with CaptureQueriesContext(connection) as queries:
        client.get(url("board", w.cycle.year))

    assert len([q for q in queries if "django_session" not in q["sql"]]) == 8


# --- A measure before the group -----------------------------------------------------------------


def test_proposed_suggested_and_agreed_stand_side_by_side_and_acts_come_back(
    as_,
):
    w = build("proposed")
    m = power_measure(w)
    page = url("review", w.specific.pk, m.lineage)
    values = {"points": "600", "target": "۱۵", "title_fa": m.title_fa, "title_en": m.title_en}

    asked = as_(w.expert, w.at).post(
        url("suggest", w.specific.pk, m.lineage), values | {"reason": "میانگین"}, follow=True
    )
    for who in (w.member, w.budget):
        as_(who, w.at).post(
            url("vote_measure", w.specific.pk, m.lineage), {"choice": "approve", "rating": "slack"}
        )
    as_(w.staff, w.at).post(url("comment", w.specific.pk, m.lineage), {"text": "چرا؟"})
    as_(w.chair, w.at).post(
        url("settle", w.specific.pk, m.lineage),
        values | {"outcome": "approved", "reason": "میانگین"},
    )
    seen = text(as_(w.staff, w.at).get(page))

    assert asked.redirect_chain[-1][0] == page
    assert Suggestion.objects.get().values == {"target": "15"}
    assert Vote.objects.filter(lineage=m.lineage, rating="slack").count() == 2
    assert Review.objects.get(lineage=m.lineage).outcome == "approved"
    assert power_measure(w).target == 15
    assert ">20<" in seen
    assert "<strong>15</strong>" in seen
    assert "چرا؟" in seen
    assert w.member.name_en not in seen  # the agency reads reasons, not names


def test_what_is_wrong_is_said_beside_the_form_and_nothing_typed_is_lost(as_):
    w = build("proposed")
    m = power_measure(w)
    typed = {
        "points": "many",
        "target": "15",
        "title_fa": "عنوان دیگر",
        "reason": "دلیلی که نوشته شد",
    }

    suggested = text(as_(w.expert, w.at).post(url("suggest", w.specific.pk, m.lineage), typed))
    voted = text(
        as_(w.member, w.at).post(
            url("vote_measure", w.specific.pk, m.lineage), {"choice": "reject"}
        )
    )
    late = text(
        as_(w.head, w.at).post(
            url("vote_measure", w.specific.pk, m.lineage), {"choice": "approve", "reason": "نظر من"}
        )
    )

    assert "Enter one number" in suggested
    assert "دلیلی که نوشته شد" in suggested
    assert "عنوان دیگر" in suggested
    assert "Please give a reason" in voted
    assert "is for" in late
    assert "نظر من" in late
    assert not Suggestion.objects.exists()
    assert not Vote.objects.exists()


def test_a_vote_on_all_measures_says_which_single_votes_it_replaces(as_):
    w = build("proposed")
    m = power_measure(w)
    working_groups.vote(
        w.specific, choice="return", reason="x", lineage=m.lineage, by=w.member, at=w.at
    )
    client = as_(w.member, w.at)

    warned = text(client.get(url("vote", w.specific.pk)))
    client.post(url("vote", w.specific.pk), {"choice": "approve"})

    assert "replaces your vote on 1 single measure" in warned
    assert [v.lineage for v in Vote.objects.filter(member=w.member)] == [None]


@pytest.mark.parametrize("count", [1, 6])
def test_a_measure_before_the_group_takes_the_same_queries_for_any_number_of_voices(as_, count):
    w = build("proposed")
    m = power_measure(w)
    for number in range(count):
        working_groups.comment(
            w.specific, text=f"{number}", lineage=m.lineage, by=w.member, at=w.at
        )
        working_groups.suggest(
            w.specific,
            lineage=m.lineage,
            values={"target": 10 + number},
            reason="x",
            by=w.expert,
            at=w.at,
        )
    client = as_(w.chair, w.at)
    client.get(url("review", w.specific.pk, m.lineage))

    with CaptureQueriesContext(connection) as queries:
        client.get(url("review", w.specific.pk, m.lineage))

    assert len([q for q in queries if "django_session" not in q["sql"]]) <= 26


def test_goals_are_ranked_by_members_and_the_mean_place_is_shown(as_):
    w = build("proposed")
    first, second = (
        goal(w),
        w.specific.goals.create(code="O2", title_fa="دیگر", title_en="Other", type="strategic"),
    )
    client = as_(w.member, w.at)

    wrong = text(
        client.post(url("rank", w.specific.pk), {f"goal_{first.pk}": 1, f"goal_{second.pk}": 1})
    )
    client.post(url("rank", w.specific.pk), {f"goal_{first.pk}": 2, f"goal_{second.pk}": 1})

    assert "a place of its own" in wrong
    assert "mean place 1.0" in text(client.get(url("detail", w.specific.pk)))


# --- Groups and meetings ------------------------------------------------------------------------


def test_a_group_gets_rules_and_a_meeting_and_its_signed_minutes_are_a_paper(as_):
    w = build("open")
    year, sector = w.cycle.year, w.power.sector
    rules = {"quorum": "3", "majority": "60", "concurring": ["authority"], "chair_casts": "on"}
    as_(w.administrator, w.opens(Phase.PROPOSAL)).post(url("rules", year, sector), rules)
    for stage in (_drafted, _proposed):
        stage(w)
    chair = as_(w.chair, w.opens(Phase.APPROVAL))
    empty = text(chair.post(url("convene", year, sector), {"held_at": "2030-01-01 10:00"}))
    chair.post(
        url("convene", year, sector),
        {"held_at": "1404/11/20 10:00", "place": "تالار", "sets": [w.specific.pk]},
    )
    found = Meeting.objects.get()
    groups = text(chair.get(url("groups", year)))
    chair = as_(w.chair, found.held_at + timedelta(hours=3))
    item = found.agenda.get()
    minutes = {
        "present": [w.chair.pk, w.member.pk],
        "minutes": "دربارهٔ هدف‌ها گفت‌وگو شد",
        f"item_{item.pk}": "تصویب",
    }
    unsigned = text(chair.post(url("minute", found.pk), minutes | {"password": "wrong"}))
    signed = text(
        chair.post(url("minute", found.pk), minutes | {"password": PASSWORD}, follow=True)
    )
    paper = paper_of(chair, url("minutes_file", found.pk))

    assert "Choose at least one set" in empty
    assert "more than 60" in groups
    assert "not your password" in unsigned
    assert "گفت‌وگو شد" in unsigned
    assert "تصویب" in signed
    reader = PdfReader(io.BytesIO(paper.content))
    words = "".join(page.extract_text() for page in reader.pages)
    assert paper.response["Content-Type"] == "application/pdf"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Minutes" in words
    assert w.chair.name_en in words
    assert text(as_(w.staff, found.held_at).get(url("meeting", found.pk))).count("تصویب") == 1


def test_minutes_that_are_not_signed_are_no_paper_and_strangers_find_no_meeting(as_):
    w = build("proposed")
    meeting = agenda(w)

    assert as_(w.chair, w.at).get(url("minutes_file", meeting.pk)).status_code == 404
    assert as_(w.other_staff, w.at).get(url("meeting", meeting.pk)).status_code == 404
    assert as_(w.staff, w.at).get(url("meeting", meeting.pk)).status_code == 404
    assert as_(w.staff, w.at).get(url("groups", w.cycle.year)).status_code == 404
