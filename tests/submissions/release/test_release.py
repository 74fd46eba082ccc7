"""Communicating scores: to whom, what is frozen, and the page on which it is done."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Binding, Phase
from cycles.models import Cycle, Delivery, Entry, Group, Window
from submissions.models import Score, ScoreRun, Submission
from submissions.release import actions as release
from submissions.scoring import actions as scoring
from tests.factories import PASSWORD, ask, build
from tests.submissions.marked_agencies import another, many
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db


def address(world, whom=""):
    with translation.override("en"):
        url = reverse("submissions:communicate_all", args=[world.cycle.pk])
    return f"{url}?whom={whom}" if whom else url


def sign(client, world, whom="", **said):
    """Look at the page, then sign what it showed."""
    page = client.get(address(world, whom)).content.decode()
    shown = re.search(r'name="shown" value="(\w+)"', page)
    said = {"note": "", "password": PASSWORD, "shown": shown[1] if shown else ""} | said
    return client.post(address(world, whom), said)


def state(submission):
    return type(submission).objects.get(pk=submission.pk).state


def test_all_that_are_ready_are_communicated_and_the_others_left(visit):
    world = build("marked")
    ready = another(world, "A1")
    client = visit(world, world.administrator)

    page = client.get(address(world)).content.decode()
    sign(client, world)

    assert "Ready to be communicated: 2" in page
    assert "The scores of 2 agencies will be communicated" in page
    assert (state(world.submission), state(ready), state(world.other)) == (
        "communicated",
        "communicated",
        "draft",
    )


def test_the_checklist_names_who_waits_for_what_and_where_it_is_settled(visit):
    world = build("marked")
    asked = ask(world)

    page = visit(world, world.administrator).get(address(world)).content.decode()

    assert "Ready to be communicated: 0" in page
    assert "Waiting for something: 3" in page
    assert f'<a href="/en/submissions/lines/{asked.line_id}/">Ministry of Energy</a>' in page
    assert f'<a href="/en/submissions/{world.other.pk}/">Ministry of Health</a>' in page
    assert "Two marks not reconciled: none" in re.sub(r"<[^>]*>", "", page)


def test_one_group_is_communicated_and_no_other(visit):
    world = build("marked")
    other = another(world, "A1")
    group = Group.objects.create(cycle=world.cycle, code="x", name_fa="گروه", name_en="Some group")
    other.participation.groups.set([group])

    sign(visit(world, world.administrator), world, f"group-{group.pk}")

    assert (state(world.submission), state(other)) == ("marked", "communicated")


def test_one_province_is_communicated_and_no_other(visit):
    world = build("marked")
    unit = another(world, "A1", province=world.province)

    sign(visit(world, world.administrator), world, f"province-{world.province.pk}")

    assert (state(world.submission), state(unit)) == ("marked", "communicated")


def test_a_provincial_administrator_never_reaches_beyond_the_province(visit):
    world = build("marked")
    unit = another(world, "A1", province=world.province)
    group = Group.objects.get(participations__agency=world.power)
    unit.participation.groups.clear()
    client = visit(world, world.provincial_administrator)

    page = client.get(address(world)).content.decode()
    beyond = client.get(address(world, f"group-{group.pk}")).content.decode()
    sign(client, world, f"group-{group.pk}")
    sign(client, world)

    assert "Ministry of Energy" not in page
    assert f"group-{group.pk}" not in page
    assert "Ready to be communicated: 0" in beyond
    assert (state(world.submission), state(unit)) == ("marked", "communicated")


def test_a_choice_that_is_none_reaches_nobody(visit):
    world = build("marked")
    client = visit(world, world.administrator)

    for whom in ("group-0", "province-x", "nonsense"):
        sign(client, world, whom)

    assert state(world.submission) == "marked"


def test_only_those_who_were_shown_are_communicated(visit):
    world = build("marked")
    client = visit(world, world.administrator)
    page = client.get(address(world)).content.decode()
    shown = re.search(r'name="shown" value="(\w+)"', page)[1]
    late = another(world, "A1")

    told = client.post(
        address(world), {"note": "", "password": PASSWORD, "shown": shown}
    ).content.decode()

    assert "Other agencies are ready now than when you looked." in told
    assert (state(world.submission), state(late)) == ("marked", "marked")


def test_the_password_is_asked_for_again(visit):
    world = build("marked")

    sign(visit(world, world.administrator), world, password="guess")

    assert state(world.submission) == "marked"


def test_an_auditor_looks_and_cannot_act(visit):
    world = build("marked")
    client = visit(world, world.auditor)

    page = client.get(address(world)).content.decode()
    sign(client, world)

    assert "What stands in the way" in page
    assert 'method="post"' not in page.split("<main")[1]
    assert state(world.submission) == "marked"


@pytest.mark.parametrize("count", (0, 12))
def test_the_page_takes_the_same_queries_for_any_number(
    visit, count, django_assert_max_num_queries
):
    world = build("marked")
    many(world, count)
    client = visit(world, world.administrator)

    with django_assert_max_num_queries(20):
        client.get(address(world))


def appealed(world):
    """The power ministry's first line gets fifty points more, as by an appeal."""
    answer = power_line(world)
    points = Score.objects.get(answer=answer, is_current=True).points + 50
    said = {"basis": "appeal", "state": "scored", "points": points, "reason": "سند پذیرفته شد"}
    at = world.opens(Phase.APPEAL_REVIEW, world.power)
    scoring.rescore(answer, **said, by=world.reviewer, at=at)
    return world.fresh(world.submission)


# --- What the act does --------------------------------------------------------------------------


def test_what_was_communicated_is_kept_beside_what_holds_after_an_appeal():
    world = build("scored")
    out = world.fresh(world.submission)

    decided = appealed(world)

    assert out.provisional_run_id == out.current_run_id
    assert decided.provisional_run_id == out.provisional_run_id
    assert decided.current_run_id != out.provisional_run_id
    total = {n.run_id: n.points for n in decided.nodes.filter(kind="", axis=None)}
    assert total[decided.current_run_id] == total[decided.provisional_run_id] + 50


def test_the_record_names_the_run_and_the_digest_of_what_was_added_up():
    world = build("scored")

    entry = Entry.objects.get(act="communicate", model="submissions.submission")

    run = ScoreRun.objects.get(pk=entry.params["run"])
    assert run.pk == world.fresh(world.submission).provisional_run_id
    assert (run.why, entry.params["digest"]) == ("communicate", run.input_digest)


def test_each_agency_is_told_and_its_clock_started():
    world = build("marked")
    submissions = many(world, 3)

    release.communicate(submissions, by=world.administrator, at=world.at)

    assert (
        Delivery.objects.filter(
            entry__act="communicate", entry__model="submissions.submission", channel="inbox"
        ).count()
        == 3
    )
    assert Window.objects.filter(phase=Phase.APPEAL, opens_at=world.at).count() == 3


def test_the_days_to_appeal_and_to_review_follow_each_other_as_the_cycle_says():
    world = build("marked")
    Cycle.objects.filter(pk=world.cycle.pk).update(appeal_days=10, review_days=21)
    submissions = many(world, 3)

    release.communicate(submissions, by=world.administrator, at=world.at)

    ends, expected = world.at + timedelta(days=10), []
    for submission in submissions:
        of = (world.cycle.pk, submission.agency_id)
        expected += [
            (*of, Phase.APPEAL, 0, None, world.at, ends, Binding.HARD),
            (*of, Phase.APPEAL_REVIEW, 0, None, ends, ends + timedelta(days=21), Binding.DUTY),
        ]
    found = Window.objects.exclude(agency=None).order_by("pk")
    names = ("cycle_id", "agency_id", "phase", "quarter", "line")
    assert list(found.values_list(*names, "opens_at", "closes_at", "binding")) == expected


def test_two_thousand_agencies_take_no_more_queries_than_their_batches():
    world = build("marked")
    submissions = many(world, 2000)
    taken = []

    for chosen in (submissions[:1], submissions[1:]):
        with CaptureQueriesContext(connection) as queries:
            release.communicate(chosen, by=world.administrator, at=world.at)
        taken.append(len(queries))

    assert taken[0] <= 26
    assert (
        taken[1] <= taken[0] + 20
    )  # rows of states, of the record, of notices and windows, some hundreds at once
    assert (
        Window.objects.filter(
            phase=Phase.APPEAL, agency__in=[s.agency_id for s in submissions]
        ).count()
        == 2000
    )
    assert not Submission.objects.filter(
        pk__in=[s.pk for s in submissions], provisional_run=None
    ).exists()


def test_no_line_and_no_total_is_touched_by_communicating():
    world = build("marked")
    mine = Score.objects.filter(answer__submission=world.submission).order_by("pk")
    before = list(mine.values_list("pk", "points", "is_current"))

    [out] = release.communicate([world.submission], by=world.administrator, at=world.at)

    assert list(mine.values_list("pk", "points", "is_current")) == before
    assert out.nodes.get(run=out.provisional_run, kind="", axis=None).points == sum(
        (points for _pk, points, current in before if current and points), Decimal(0)
    )
