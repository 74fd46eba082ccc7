"""AffectedLine cases: what a corrected rule gives each agency, and the one act that gives it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import Interest
from appeals.corrections import actions as corrections
from appeals.corrections import effects
from appeals.corrections.effects import Effect, Rule
from appeals.models import Appeal, Correction
from cycles.models import Cycle, Delivery, Entry
from cycles.workflow import Refused
from indicators.models import Measure
from submissions.models import Answer, NodeScore, Score, Submission, Verification
from submissions.scoring import totals
from tests.factories import EPOCH, PASSWORD, build
from tests.worlds.hearings import wrong

pytestmark = pytest.mark.django_db
EASIER = Rule("linear", {"target": Decimal(60)}, {})


def url(name, *args):
    with translation.override("en"):
        return reverse(f"appeals:{name}", args=args)


def like_cases(value=30, points=100, state="scored", basis="agreed"):
    """The power ministry's decided appeal showed an error of the target; the health ministry has
    the line, too.
    """
    world = build("decided")
    world.appeal = wrong(world)
    Submission.objects.filter(pk=world.other.pk).update(
        state="communicated", communicated_at=world.at
    )
    lines = list(Answer.objects.filter(submission=world.other).select_related("measure"))
    totals.put(((a, "scored", Decimal(0), "") for a in lines), basis="agreed", by=None, at=world.at)
    line = next(a for a in lines if a.measure.code == "G1-1")
    Answer.objects.filter(pk=line.pk).update(value=value)
    totals.put([(line, state, points, "")], basis=basis, by=None, at=world.at)
    totals.compute([world.other], why="test", by=None, at=world.at)
    return world


def effect_of(world, rule=EASIER, **rules):
    measure = Measure.objects.get(code="G1-1")
    found = effects.affected_lines(measure, rule, **({"may_fall": False} | rules))
    like = next(x for x in found if x.line.submission_id == world.other.pk)
    return like.effect, like.after


@pytest.mark.parametrize(
    ("value", "points", "target", "fate", "after"),
    [
        (30, 100, 60, Effect.RAISED, 150),  # as the method had it
        (
            30,
            50,
            60,
            Effect.RAISED,
            75,
        ),  # the assessor gave half of it, and half of the right it is
        (80, Decimal("266.6666666667"), 60, Effect.RAISED, 300),  # never over the ceiling
        (0, 0, 60, Effect.SAME, 0),  # zero is a score of its own
        (90, 300, 60, Effect.SAME, 300),
        (30, 100, 100, Effect.SPARED, 100),  # it would fall
    ],
)
def test_a_scored_line_gets_what_the_right_rule_gives_it(value, points, target, fate, after):
    world = like_cases(value, points)

    assert effect_of(world, Rule("linear", {"target": Decimal(target)}, {})) == (
        fate,
        Decimal(after),
    )


def test_a_score_falls_only_where_the_year_s_rules_let_it():
    world = like_cases()

    assert effect_of(world, Rule("linear", {"target": Decimal(100)}, {}), may_fall=True) == (
        Effect.LOWERED,
        Decimal(90),
    )


@pytest.mark.parametrize("state", ("not_applicable", "not_answered", "under_review"))
def test_a_line_without_points_stays_as_it_is(state):
    world = like_cases(None, None, state)

    assert effect_of(world) == (Effect.VOID, None)


def test_what_was_decided_on_appeal_is_only_ever_raised():
    world = like_cases(30, 200, basis="appeal")

    assert effect_of(world, may_fall=True) == (Effect.DECIDED, Decimal(200))


def test_what_was_found_at_the_source_counts_not_what_the_agency_says():
    world = like_cases(60, 100)
    line = Answer.objects.get(submission=world.other, measure__code="G1-1")
    said = {
        "place": "source",
        "finding": "partly",
        "found_value": 30,
        "text": "x",
        "state": "concluded",
    }
    of = {
        "cycle": world.cycle,
        "agency": world.health,
        "submission": world.other,
        "line": line,
        "why": ["lot"],
    }
    Verification.objects.create(
        **of, **said, assessor=world.assessor, drawn_at=world.at, concluded_at=world.at
    )

    assert effect_of(world) == (Effect.RAISED, Decimal(150))


def test_one_act_corrects_all_tells_them_and_stands_in_the_record():
    world = like_cases()

    made = corrections.correct(
        world.appeal, EASIER, reason="هدف ۶۰ است", by=world.administrator, at=world.at
    )

    score = Score.objects.get(
        answer__submission=world.other, answer__measure__code="G1-1", is_current=True
    )
    total = NodeScore.objects.get(
        run=world.fresh(world.other).current_run, submission=world.other, kind=""
    )
    entry = Entry.objects.get(workflow="appeals.correction", act="correct")
    told = set(
        Delivery.objects.filter(entry=entry, channel="inbox").values_list(
            "recipient__username", flat=True
        )
    )
    assert (score.basis, score.points, score.reason) == ("correction", 150, "هدف ۶۰ است")
    assert (made.line_count, made.points_moved, total.points) == (1, 50, 150)
    assert entry.params["lines"] == 1
    assert told == {"other_head", "other_staff"}
    assert Score.objects.get(answer=world.appeal.answer_id, is_current=True).basis == "appeal"


@pytest.mark.parametrize("why", ("tied", "stale", "final", "same", "no error", "not theirs"))
def test_what_may_not_be_corrected_is_refused_and_nothing_changes(why):
    world = like_cases()
    by, rule, seen = world.administrator, EASIER, ""
    if why == "tied":
        Interest.objects.create(user=by, agency=world.health, reason="Family", declared_at=EPOCH)
    elif why == "stale":
        seen = "0" * 64
    elif why == "final":
        Cycle.objects.filter(pk=world.cycle.pk).update(state="final")
    elif why == "same":
        rule = Rule("linear", {"target": Decimal(90)}, {})
    elif why == "no error":
        Appeal.objects.filter(pk=world.appeal.pk).update(error="")
    else:
        by = world.provincial_administrator
    rows = Score.objects.count()

    with pytest.raises(Refused):
        corrections.correct(
            world.appeal, rule, reason="x", seen=seen, by=world.fresh(by), at=world.at
        )

    assert (Score.objects.count(), Correction.objects.count()) == (rows, 0)


def test_the_administrator_looks_then_signs_just_what_was_shown(visit):
    world = like_cases()
    client, address = visit(world, world.administrator), url("correct", world.appeal.pk)
    typed = {"target": "۶۰", "reason": "هدف ۶۰ است"}

    page = client.post(address, typed | {"act": "look"}).content.decode()
    shown = page.split('name="shown" value="')[1].split('"')[0]
    before = Correction.objects.count()
    wrong_password = client.post(
        address, typed | {"act": "sign", "shown": shown, "password": "guess"}
    )
    client.post(address, typed | {"act": "sign", "shown": shown, "password": PASSWORD})

    made = Correction.objects.get()
    assert "Rises" in page
    assert before == 0
    assert "This is not your password." in wrong_password.content.decode()
    assert client.get(url("correction", made.pk)).status_code == 200
    led = visit(world, world.other_staff).get(url("correction", made.pk))
    assert led.url.endswith(
        f"/lines/{Answer.objects.get(submission=world.other, measure__code='G1-1').pk}/"
    )
    assert visit(world, world.stranger).get(url("correction", made.pk)).status_code == 404


def test_a_steward_s_figures_are_pasted_and_what_is_wrong_is_named(visit):
    world = like_cases()
    Appeal.objects.filter(pk=world.appeal.pk).update(
        error="steward",
        answer=Answer.objects.get(submission=world.submission, measure__code="G1-2"),
    )
    client, address = visit(world, world.administrator), url("correct", world.appeal.pk)
    code = world.health.code

    bad = client.post(
        address, {"act": "look", "reason": "x", "figures": f"{code} 50\nXX 7"}
    ).content.decode()
    good = client.post(
        address, {"act": "look", "reason": "x", "figures": f"{code}\t۵۰"}
    ).content.decode()

    assert "Line 2: no agency with this measure has the code XX." in bad
    assert "1 score changes" in good
    assert "150.00" in good


@pytest.mark.parametrize("name", ("staff", "reviewer", "auditor", "provincial_administrator"))
def test_the_page_is_there_for_the_keeper_of_the_set_alone(visit, name):
    world = like_cases()

    assert (
        visit(world, getattr(world, name)).get(url("correct", world.appeal.pk)).status_code == 404
    )


def test_two_lines_take_the_queries_of_one():
    world = like_cases()
    alone = world.fresh(world.administrator)
    with CaptureQueriesContext(connection) as one:
        corrections.correct(world.appeal, EASIER, reason="x", by=alone, at=world.at)
    both = like_lower(world)
    with CaptureQueriesContext(connection) as two:
        corrections.correct(
            world.appeal,
            Rule("linear", {"target": Decimal(20)}, {}),
            reason="x",
            by=both,
            at=world.at,
        )

    assert Correction.objects.latest("pk").line_count == 2
    assert len(one) == len(two)


def like_lower(world):
    """The power ministry's line counts again as its assessor had it, so that a correction reaches
    both.
    """
    answer = Answer.objects.select_related("measure").get(pk=world.appeal.answer_id)
    totals.put([(answer, "scored", Decimal(100), "")], basis="agreed", by=None, at=world.at)
    return world.fresh(world.administrator)
