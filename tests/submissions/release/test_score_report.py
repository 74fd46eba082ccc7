"""The score report and the extracts of the units, as pages and on paper."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Participation
from indicators.models import Axis, Indicator, IndicatorSet, Kind, Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, Submission
from submissions.release import actions as release
from submissions.release import score_report
from submissions.scoring import distribution, totals
from tests.factories import build
from tests.submissions.marked import another
from tests.submissions.release.test_release import appealed
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db

INVISIBLE = re.compile("[\u200c\u200e\u200f\u2066-\u2069]")
ADDRESSES = ("report", "report_file", "extract", "extract_file")


def url(name, world, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=[world.submission.pk])


def read(world):
    return score_report.read(world.fresh(world.submission))


def communicate(world, submissions):
    return release.communicate(submissions, by=world.administrator, at=world.at)


def peers_of(world, *shares):
    """So many more agencies of the power ministry's group with communicated scores."""
    return communicate(world, [another(world, f"P{n}", share) for n, share in enumerate(shares)])


# --- The embargo --------------------------------------------------------------------------------


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

    assert visit(world, world.administrator).get(url(name, world)).status_code == 200

    assert [e.actor_id for e in held] == [world.administrator.pk]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_visitor_is_led_to_the_sign_in_page(name):
    world = build("scored")

    assert "/accounts/login/" in Client().get(url(name, world))["Location"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_after_communication_the_agency_reads_and_others_do_not(visit, name):
    world = build("scored")

    codes = {
        w: visit(world, getattr(world, w)).get(url(name, world)).status_code
        for w in ("staff", "other_head")
    }

    assert codes == {"staff": 200, "other_head": 404}


def test_the_page_and_the_papers_name_no_place(visit):
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    page = visit(world, world.head).get(url("report", world)).content.decode().split("<main")[1]

    assert "rank" not in page.lower()
    for code in ("P0", "P1", "P2", "P3"):
        assert f"Office {code}" not in page


# --- Beside the group ---------------------------------------------------------------------------


def test_the_group_is_shown_from_five_agencies_on(visit):
    world = build("scored")
    client = visit(world, world.head)
    peers_of(world, "0.1", "0.2", "0.3")

    four = client.get(url("report", world)).content.decode()
    communicate(world, [another(world, "P9", "0.4")])
    five = client.get(url("report", world)).content.decode()

    assert "fewer than 5 of its agencies" in four
    assert "Middle half of the group" not in four
    assert "fewer than 5 of its agencies" not in five
    assert "Middle half of the group" in five


def test_the_spread_is_the_median_and_quartiles_of_what_was_communicated():
    world = build("scored")
    another(world, "WAITS", "0.99")  # marked and not communicated
    peers_of(world, "0.104", "0.2", "0.3", "0.4", "0.6")

    [group] = distribution.peers(world.submission)

    axis = Axis.objects.get(code="G2")
    own = next(s for s in read(world).sums if s.node.axis == axis)
    assert own.percent == 75
    # 10.4, 20, 30, 40, 60 and the own 75: the quartiles lie a quarter of the way between two, the median half way
    assert group.spreads["general", axis.pk] == distribution.Spread(
        Decimal(23), Decimal(35), Decimal(55)
    )


def test_an_axis_of_ones_own_has_no_spread():
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    spread = {s.title: s.spread for s in read(world).sums if s.node.axis}

    assert spread[Axis.objects.get(set=world.specific).title] is None
    assert spread[Axis.objects.get(code="G1").title] is not None


def test_what_an_appeal_gave_another_does_not_move_the_spread():
    world = build("scored")
    others = peers_of(world, "0.1", "0.2", "0.3", "0.4")
    before = distribution.peers(others[0])

    appealed(world)

    assert distribution.peers(others[0]) == before


# --- Beside last year ---------------------------------------------------------------------------


def last_year(w, share="0.25"):
    """The year before, communicated: the first line has the lineage of this year's first, its axis
    the same code.
    """
    cycle = Cycle.objects.create(year=w.cycle.year - 1, preset=w.cycle.preset, state="published")
    held = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL, state="communicated")
    axis = Axis.objects.create(set=held, code="G1", title_fa="محور", points=400)
    indicator = Indicator.objects.create(axis=axis, code="x", title_fa="شاخص", points=400)
    lineage = power_line(w).measure.lineage
    titles = {"title_fa": "سنجهٔ پارسال", "unit_fa": "درصد", "method": "linear", "target": 90}
    measure = Measure.objects.create(
        indicator=indicator, code="OTHER", points=400, lineage=lineage, **titles
    )
    names = {
        "name_fa": "وزارت",
        "name_en": "Ministry",
        "level": w.power.level,
        "sector": w.power.sector,
    }
    participation = Participation.objects.create(cycle=cycle, agency=w.power, **names)
    of = {"cycle": cycle, "agency": w.power, "participation": participation}
    submission = Submission.objects.create(
        **of, state="communicated", communicated_at=w.at - timedelta(days=360)
    )
    answer = Answer.objects.create(submission=submission, measure=measure, value=20)
    points = 400 * Decimal(share)
    Score.objects.create(
        answer=answer, basis="agreed", state="scored", points=points, scored_at=w.at
    )
    totals.compute([submission], why="communicate", by=None, at=w.at)
    return submission


def test_lines_are_held_against_last_year_by_lineage_and_sums_by_code():
    world = build("scored")
    last_year(world)

    report = read(world)

    lines = {line.answer.measure.code: line.last_percent for line in report.lines}
    assert lines.pop("G1-1") == 25
    assert set(lines.values()) == {None}
    sums = {(s.node.kind, s.node.axis and s.node.axis.code): s.last_percent for s in report.sums}
    assert sums["", None] == sums["general", None] == sums["general", "G1"] == 25
    assert sums["general", "G2"] is None


def test_what_was_not_communicated_last_year_is_not_told():
    world = build("scored")
    Submission.objects.filter(pk=last_year(world).pk).update(state="marked")

    report = read(world)

    assert {s.last_percent for s in report.sums} == {None}
    assert {line.last_percent for line in report.lines} == {None}


def test_two_years_ago_is_not_last_year():
    world = build("scored")
    old = last_year(world)
    Cycle.objects.filter(pk=old.cycle_id).update(year=world.cycle.year - 2)

    assert {line.last_percent for line in read(world).lines} == {None}


# --- Lines --------------------------------------------------------------------------------------


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


# --- The extract of a unit ----------------------------------------------------------------------


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


# --- On paper -----------------------------------------------------------------------------------


def text_of(response):
    assert response["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    return INVISIBLE.sub("", "\n".join(page.extract_text() for page in pages))


@pytest.mark.parametrize(
    ("language", "words"),
    (
        ("en", ("Score report", "Ministry of Energy", "Line by line", "Measure G1-1")),
        ("fa", ("گزارش امتیازهای مکتسبه", "وزارت نیرو", "ارزیابان")),
    ),
)
def test_the_paper_says_the_same_in_the_language_of_the_page(visit, language, words):
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    response = visit(world, world.head).get(url("report_file", world, language))

    text = text_of(response)
    places = [
        text.index(word) for phrase in words[:2] for word in INVISIBLE.sub("", phrase).split()
    ]
    assert places == sorted(places)  # letters and words stand in the order in which they are read
    for phrase in words:
        assert all(word in text for word in INVISIBLE.sub("", phrase).split())
    assert pypdf.PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Lang"] == language


def test_the_paper_of_a_unit_holds_its_lines_alone(visit):
    world = build("scored")
    Measure.objects.filter(title_en="Non-revenue water").update(responsible_unit="Water")

    text = text_of(visit(world, world.head).get(url("extract_file", world), {"unit": "Water"}))

    assert "Non-revenue water" in text
    assert "Outage minutes" not in text
    assert (
        text.index("Extract of the score report")
        < text.index("Non-revenue water")
        < text.index("Action")
    )


def test_a_paper_made_before_communication_says_so(visit):
    world = build("marked")

    text = text_of(visit(world, world.administrator).get(url("report_file", world)))

    assert "These scores have not been communicated" in " ".join(text.split())
