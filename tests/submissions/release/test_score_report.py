"""The score report and the extracts of the units, as pages and on paper."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cycles.calendar import Phase
from cycles.models import Entry
from indicators.models import Indicator, Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, Submission
from submissions.release import score_report
from tests.factories import build
from tests.papers import paper_of
from tests.submissions.marked_agencies import another
from tests.submissions.release.reports import communicate, peers_of, read, url
from tests.submissions.release.test_release import appealed
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db

ADDRESSES = ("report", "report_file", "extract", "extract_file")


@pytest.mark.parametrize(
    "who", ("staff", "head", "other_head", "assessor", "reviewer", "unit_head", "stranger")
)
@pytest.mark.parametrize("name", ADDRESSES)
def test_before_communication_nobody_but_the_authority_reads_scores(visit, who, name):
    world = build("marked")

    assert visit(world, getattr(world, who)).get(url(name, world)).status_code == 404


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_authority_reading_scores_before_communication_is_on_record(visit, name):
    world = build("marked")
    held = Entry.objects.filter(
        act="read_embargoed", object_pk=world.submission.pk, params={"what": "scores"}
    )

    paper_of(visit(world, world.administrator), url(name, world))

    assert [e.actor_id for e in held] == [world.administrator.pk]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_visitor_is_led_to_the_sign_in_page(name):
    world = build("scored")

    assert "/accounts/login/" in Client().get(url(name, world))["Location"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_after_communication_the_agency_reads_and_others_do_not(visit, name):
    world = build("scored")

    paper_of(visit(world, world.staff), url(name, world))

    assert visit(world, world.other_head).get(url(name, world)).status_code == 404


def test_the_page_and_the_papers_name_no_place(visit):
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    page = visit(world, world.head).get(url("report", world)).content.decode().split("<main")[1]

    assert "rank" not in page.lower()
    for code in ("P0", "P1", "P2", "P3"):
        assert f"Office {code}" not in page


def test_the_four_states_look_different(visit):
    world = build("scored")
    lines = list(Answer.objects.filter(submission=world.submission).order_by("pk"))
    states = (LineState.NOT_APPLICABLE, LineState.NOT_ANSWERED, LineState.UNDER_REVIEW)
    for line, state in zip(lines, states, strict=False):
        Score.objects.filter(answer=line, is_current=True).update(state=state, points=None)
    Score.objects.filter(answer=lines[3], is_current=True).update(points=0)

    page = visit(world, world.head).get(url("report", world)).content.decode()

    badges = {
        re.sub(r"\s+", " ", b)
        for b in re.findall(r'<span class="badge bg-\w+-lt">[^<]*</span>', page)
    }
    assert '<span class="badge bg-secondary-lt">Not applicable</span>' in badges
    assert '<span class="badge bg-red-lt">Not answered</span>' in badges
    assert '<span class="badge bg-azure-lt">Under review</span>' in badges
    assert re.search(r"0\.00 / \d+", page)


def test_strongest_and_weakest_are_told_apart_and_who_is_left_out():
    world = build("scored")
    by_code = {a.measure.code: a for a in world.submission.answers.select_related("measure")}
    Score.objects.filter(answer=by_code["G1-2"], is_current=True).update(
        state="not_applicable", points=None
    )
    Measure.objects.filter(code="G2-1").update(is_pilot=True)
    for code, share in (("G1-1", "0.5"),):
        points = by_code[code].measure.points * Decimal(share)
        Score.objects.filter(answer=by_code[code], is_current=True).update(points=points)

    report = read(world)

    assert not {line.answer.pk for line in report.strongest} & {
        line.answer.pk for line in report.weakest
    }
    ranked = [*report.strongest, *report.weakest]
    assert len({line.answer.pk for line in ranked}) == len(ranked) <= 3
    assert all(a.percent >= b.percent for a in report.strongest for b in report.weakest)
    assert sorted((str(why), count) for why, count in report.left_out) == sorted(
        [(str(LineState.NOT_APPLICABLE.label), 1), (str(score_report.TRIAL), 1)]
    )


def test_what_was_communicated_stands_beside_what_holds_after_an_appeal(visit):
    world = build("scored")
    before = read(world)
    appealed(world)

    report = read(world)
    page = visit(world, world.head).get(url("report", world)).content.decode()

    [line] = [line for line in report.lines if line.is_changed]
    assert line.answer == power_line(world)
    assert line.communicated.points + 50 == line.score.points
    assert (report.is_changed, before.is_changed) == (True, False)
    assert (
        report.total.communicated.points
        == before.total.node.points
        == report.total.node.points - 50
    )
    assert "As communicated" in page
    assert "سند پذیرفته شد" in page


def test_each_line_leads_to_its_dossier_and_to_an_appeal_while_there_is_time(visit):
    world = build("scored")
    answer = power_line(world)
    link, dossier = f"/en/appeals/lines/{answer.pk}/draft/", f"/en/submissions/lines/{answer.pk}/"

    during = visit(world, world.staff).get(url("report", world)).content.decode()
    by_authority = visit(world, world.administrator).get(url("report", world)).content.decode()
    closes = world.closes(Phase.APPEAL, world.power)
    after = visit(world, world.staff, at=closes).get(url("report", world)).content.decode()

    assert dossier in during
    assert link in during
    assert "13 days and 23 hours left" in during
    assert "Lines may be appealed until" in during
    assert link not in by_authority
    assert link not in after


def test_the_report_takes_the_same_queries_for_any_length(visit, django_assert_max_num_queries):
    world = build("scored")
    client = visit(world, world.head)
    indicator, taken = Indicator.objects.get(code="G1-1"), []

    for more in (0, 3, 30):
        for number in range(more):
            titles = {"title_fa": "سنجه", "points": 1, "unit_fa": "درصد", "method": "survey"}
            measure = Measure.objects.create(indicator=indicator, code=f"{more}-{number}", **titles)
            answer = Answer.objects.create(submission=world.submission, measure=measure, value=50)
            Score.objects.create(
                answer=answer,
                basis="agreed",
                state="scored",
                points=Decimal("0.5"),
                scored_at=world.at,
            )
        if more:
            communicate(world, [another(world, f"P{more}-{n}") for n in range(more)])
        for name in ("report", "extract"):
            with CaptureQueriesContext(connection) as queries:
                client.get(url(name, world))
            taken.append(len(queries))

    assert taken[0] == taken[2] == taken[4]
    assert taken[1] == taken[3] == taken[5]
    submission = Submission.objects.select_related("cycle").get(pk=world.submission.pk)
    with django_assert_max_num_queries(8):
        score_report.read(submission)


def test_each_unit_gets_its_own_lines_with_reasons_and_analysis(visit):
    world = build("scored")
    water = Measure.objects.get(title_en="Non-revenue water")
    Measure.objects.filter(pk=water.pk).update(responsible_unit="معاونت آب")
    client = visit(world, world.staff)

    units = client.get(url("extract", world)).content.decode()
    own = client.get(url("extract", world), {"unit": "معاونت آب"}).content.decode()
    rest = client.get(url("extract", world), {"unit": ""}).content.decode()

    assert "معاونت آب" in units
    assert "4 lines" in units
    assert "Non-revenue water" not in units
    assert "Non-revenue water" in own
    assert "آموزش" in own  # the action for improvement
    assert "Outage minutes" not in own
    assert "Outage minutes" in rest
    assert "Non-revenue water" not in rest
    assert client.get(url("extract", world), {"unit": "x"}).status_code == 404
    assert client.get(url("extract_file", world), {"unit": "x"}).status_code == 404
