"""What a line lacks, what stands out, who fills it in, what colleagues say of it, and influences
from outside.
"""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from cycles.models import Analysis, Cycle
from cycles.workflow import Refused
from indicators.models import Measure
from submissions import completeness, outliers
from submissions.answers import actions as answers
from submissions.answers import teamwork
from submissions.completeness import Lack
from submissions.marking import actions as marking
from submissions.models import Answer, ExternalFactor, LineComment, Score, Submission
from submissions.outliers import Bounds
from tests.factories import ANALYSIS, build, make_agency, make_user, shown

pytestmark = pytest.mark.django_db


def line(world, code="G1-1"):
    rows = Answer.objects.select_related(
        "measure__indicator__axis__set", "submission__agency", "submission__cycle"
    )
    return rows.get(submission=world.submission, measure__code=code)


def own_line(world):
    """A line of the agency's specific set."""
    return line(world, Measure.objects.of(world.specific).order_by("pk").first().code)


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def file_of(world, answer):
    return shown(world, answer)


# --- What a line lacks --------------------------------------------------------------------------


def test_a_line_begins_lacking_its_value_and_a_stewarded_one_lacks_nothing():
    world = build("begun")

    lacking = dict(
        Answer.objects.filter(submission=world.submission).values_list("measure__method", "lacking")
    )

    assert lacking.pop("steward") == []
    assert set(map(tuple, lacking.values())) == {("value",)}


def test_a_specific_measure_is_analysed_in_words_and_a_general_one_is_not():
    world = build("begun")

    general = answers.save_answer(line(world), value=Decimal(30), by=world.staff, at=world.at)
    own = answers.save_answer(own_line(world), value=Decimal(30), by=world.staff, at=world.at)
    analysed = answers.save_answer(own_line(world), **ANALYSIS, by=world.staff, at=world.at)

    assert (general.lacking, own.lacking, analysed.lacking) == ([], ["analysis"], [])


@pytest.mark.parametrize(("rule", "lacking"), ((Analysis.NONE, []), (Analysis.EVERY, ["analysis"])))
def test_whose_lines_are_analysed_is_a_rule_of_the_cycle(rule, lacking):
    world = build("begun")
    Cycle.objects.filter(pk=world.cycle.pk).update(asks_analysis=rule)

    saved = answers.save_answer(line(world), value=Decimal(30), by=world.staff, at=world.at)

    assert saved.lacking == lacking


def test_a_value_lacks_the_evidence_its_measure_asks_for_until_a_file_is_there():
    world = build("begun")
    Measure.objects.filter(pk=line(world).measure_id).update(evidence_rule="required")

    without = answers.save_answer(line(world), value=Decimal(30), by=world.staff, at=world.at)
    file_of(world, line(world))
    completeness.recount(world.cycle, [line(world)])

    assert without.lacking == ["evidence"]
    assert line(world).lacking == []


def test_progress_counts_the_same_in_sql_and_in_python():
    world = build("begun")
    answers.save_answer(line(world), value=Decimal(30), by=world.staff, at=world.at)
    answers.save_answer(own_line(world), value=Decimal(30), by=world.staff, at=world.at)

    in_sql = Submission.objects.with_progress().get(pk=world.submission.pk)
    in_python = completeness.progress(list(world.submission.answers.for_page()))

    assert (in_sql.lines_done, in_sql.lines) == in_python == (1, 4)


# --- What stands out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "value", "found"),
    (
        (Bounds(last=Decimal(40)), "60", []),
        (Bounds(last=Decimal(40)), "60.00000001", ["history"]),
        (Bounds(last=Decimal(40)), "19.9", ["history"]),
        (Bounds(last=Decimal(0)), "0", []),
        (Bounds(last=Decimal(0)), "1", ["history"]),
        (Bounds(None, Decimal(10), Decimal(20)), "50", []),
        (Bounds(None, Decimal(10), Decimal(20)), "50.1", ["group"]),
        (Bounds(None, Decimal(10), Decimal(20)), "-20.1", ["group"]),
        (Bounds(None, Decimal(10), Decimal(10)), "99", []),
        (Bounds(Decimal(10), Decimal(10), Decimal(20)), "99", ["history", "group"]),
        (Bounds(), "99", []),
    ),
)
def test_what_stands_out_is_judged_at_the_exact_bound(bounds, value, found):
    assert bounds.outliers(Decimal(value)) == found
    assert bounds.outliers(None) == []


def last_year(world, agency, value, points=None):
    """What an agency reached on the first general measure the year before, communicated."""
    earlier, _made = Cycle.objects.get_or_create(
        year=world.cycle.year - 1, defaults={"preset": world.cycle.preset, "state": "open"}
    )
    participation = earlier.participations.create(
        agency=agency, level=agency.level, sector=agency.sector, name_fa=agency.name_fa
    )
    of = {
        "cycle": earlier,
        "agency": agency,
        "participation": participation,
        "state": "communicated",
    }
    held = Answer.objects.create(
        submission=Submission.objects.create(**of), measure=line(world).measure, value=value
    )
    Score.objects.create(
        answer=held, basis="agreed", state="scored", points=points or 0, scored_at=world.at
    )
    return held


def test_a_value_far_from_last_year_lacks_a_reason_until_one_is_given():
    world = build("begun")
    last_year(world, world.power, Decimal(40), points=Decimal(150))

    bold = answers.save_answer(line(world), value=Decimal(80), by=world.staff, at=world.at)
    explained = answers.save_answer(
        line(world), outlier_reason="سامانهٔ تازه", by=world.staff, at=world.at
    )

    assert (bold.outliers, bold.lacking) == (["history"], ["reason"])
    assert explained.lacking == []
    [past] = outliers.history(world.submission)[line(world).measure.lineage]
    assert (past.value, past.points, past.share) == (40, 150, 50)


def test_a_group_of_five_and_more_gives_bounds_and_a_smaller_one_none():
    world = build("begun")
    group = world.submission.participation.groups.get()
    peers = [make_agency(f"P{n}", f"دستگاه {n}", f"Peer {n}") for n in range(5)]
    for number, peer in enumerate(peers):
        now = world.cycle.participations.create(
            agency=peer, level=peer.level, sector=peer.sector, name_fa=peer.name_fa
        )
        now.groups.add(group)
        if number < 4:
            last_year(world, peer, Decimal(10 + number))
    few = outliers.bounds(world.submission)
    last_year(world, peers[4], Decimal(14))
    cache.clear()

    many = outliers.bounds(world.submission)[line(world).measure.lineage]

    assert few == {}
    assert (many.first_quartile, many.third_quartile) == (11, 13)
    assert many.outliers(Decimal(20)) == ["group"]


# --- What colleagues do -------------------------------------------------------------------------


def test_lines_are_given_out_by_axis_to_people_of_the_agency_only():
    world = build("begun")
    colleague = make_user("colleague", "staff", agency=world.power)
    axis = line(world).measure.indicator.axis

    count = teamwork.share_out(
        world.submission, assignee=colleague, axis=axis, by=world.staff, at=world.at
    )
    with pytest.raises(Refused):
        teamwork.share_out(
            world.submission, assignee=world.other_staff, axis=axis, by=world.staff, at=world.at
        )

    given = Answer.objects.filter(submission=world.submission, assignee=colleague)
    assert count == given.count() > 0
    assert not given.exclude(measure__indicator__axis=axis).exists()


def test_a_line_is_ready_only_when_complete_and_no_longer_once_it_is_changed():
    world = build("begun")
    with pytest.raises(Refused):
        teamwork.mark_ready(line(world), is_ready=True, by=world.staff, at=world.at)
    answers.save_answer(line(world), value=Decimal(30), by=world.staff, at=world.at)

    ready = teamwork.mark_ready(line(world), is_ready=True, by=world.staff, at=world.at)
    answers.save_answer(
        line(world), value=Decimal(30), by=world.staff, at=world.at
    )  # nothing changed
    still = line(world).ready_at
    answers.save_answer(line(world), value=Decimal(31), by=world.staff, at=world.at)

    assert ready.ready_at == still == world.at
    assert line(world).ready_at is None


def test_comments_are_for_the_agency_and_its_headquarters_alone(visit):
    world = build("submitted")
    teamwork.comment(line(world), text="بین خودمان", by=world.staff, at=world.at)

    seen = {
        name: LineComment.objects.visible_to(world.people[name], world.at).exists()
        for name in (
            "staff",
            "head",
            "other_staff",
            "administrator",
            "auditor",
            "assessor",
            "reviewer",
        )
    }

    assert seen == {
        "staff": True, "head": True, "other_staff": False, "administrator": False, "auditor": False,
        "assessor": False, "reviewer": False,
    }  # fmt: skip
    page = visit(world, world.auditor).get(
        f"{url('detail', world.submission.pk)}?line={line(world).pk}"
    )
    assert "بین خودمان" not in page.content.decode()


def test_a_headquarters_comments_on_its_units_line_and_nobody_elses():
    world = build("begun")
    unit = Submission.objects.get(cycle=world.cycle, agency=world.unit)
    of_unit = unit.answers.select_related("submission__agency").first()

    teamwork.comment(of_unit, text="بازنگری شود", by=world.headquarters, at=world.at)
    with pytest.raises(Refused):
        teamwork.comment(of_unit, text="x", by=world.other_head, at=world.at)

    assert LineComment.objects.visible_to(world.unit_head, world.at).get().text == "بازنگری شود"


# --- Influences from outside --------------------------------------------------------------------


def test_an_influence_without_evidence_lacks_it_and_is_judged_with_a_reason():
    world = build("answered")
    answer = line(world)
    bare = teamwork.claim_factor(
        answer, kind="budget", text="اعتبار نیامد", by=world.staff, at=world.at
    )
    without = line(world).lacking
    teamwork.withdraw_factor(bare, by=world.staff, at=world.at)
    proven = teamwork.claim_factor(
        answer,
        kind="budget",
        text="اعتبار نیامد",
        evidence=file_of(world, answer),
        by=world.staff,
        at=world.at,
    )

    assert without == [Lack.FACTOR.value]
    assert line(world).lacking == []
    assert list(ExternalFactor.objects.live()) == [proven]


def test_a_factor_names_a_file_of_its_own_line():
    world = build("begun")

    with pytest.raises(Refused):
        teamwork.claim_factor(
            line(world),
            kind="law",
            text="x",
            evidence=file_of(world, own_line(world)),
            by=world.staff,
            at=world.at,
        )


def test_only_the_assessor_of_the_line_judges_a_factor_and_the_agency_reads_why(visit):
    world = build("assigned")
    factor = ExternalFactor.objects.create(
        answer=line(world), kind="budget", text="x", claimed_by=world.staff, claimed_at=world.at
    )
    with pytest.raises(Refused):
        marking.judge_factor(
            factor, verdict="accepted", reason="x", by=world.other_assessor, at=world.at
        )
    with pytest.raises(Refused):
        marking.judge_factor(factor, verdict="accepted", reason=" ", by=world.assessor, at=world.at)

    marking.judge_factor(
        factor, verdict="rejected", reason="سند کافی نیست", by=world.assessor, at=world.at
    )

    page = visit(world, world.staff).get(url("line", line(world).pk)).content.decode()
    assert "سند کافی نیست" in page
    assert "Rejected" in page
