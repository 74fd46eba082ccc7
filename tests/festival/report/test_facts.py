"""The facts of the Article 82 report, and the pages on which it tells them."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pypdf
from django.utils import translation

from appeals.hearing import decision
from appeals.models import Correction
from cycles.calendar import Phase, format_deadline
from festival.duties import timeline
from festival.report import facts as report_facts
from festival.report import paper as report_paper
from festival.results import actions as results
from indicators.scoring.methods import half_up
from submissions.models import Declaration, DeclaredLevel
from tests.factories import build
from tests.festival.conftest import decree
from tests.festival.report.papers import says, text_of
from tests.worlds.answers import declare


def test_the_facts_are_those_of_the_year(facts):
    assert (facts.participants, facts.submitted) == (3, 1)
    assert {s.participation.agency.code for s in facts.not_submitted} == {"MOHME", "MOE-QZ"}
    assert (facts.mean, facts.mean_growth) == (Decimal("70.00"), None)
    assert [(band.name, count) for band, count in facts.bands if count] == [("average", 1)]
    assert (facts.appeals.filed, facts.appeals.partly, facts.appeals.upheld) == (1, 1, 0)
    assert facts.appeals.points_moved == Decimal(50)
    assert facts.specific_sets == 1
    assert [(a.code, a.mean) for a in facts.axes] == [
        ("G1", Decimal("50.00")),
        ("G2", Decimal("75.00")),
    ]
    assert (facts.strongest[0].code, facts.weakest[0].percent) == ("G2-1", Decimal("50.00"))


def test_the_first_page_shows_the_national_groups_and_counts_the_others(facts):
    [national, *_rest] = [g for g in facts.groups if g.province_id is None]
    provincial = replace(national, province_id=26)

    of_both = replace(facts, groups=[provincial, national, *[provincial] * 9])
    of_provinces = replace(facts, groups=[provincial] * 10)

    assert (of_both.leading_groups, of_both.further_groups) == ([national], 10)
    assert (of_provinces.leading_groups, of_provinces.further_groups) == ([provincial] * 8, 2)


def test_the_declarations_of_article_81_are_added_up_by_level(final):
    declare(final)
    Declaration.objects.update(verdict="accepted", verdict_reason="دیده شد")

    declared = report_facts.gather(final.edition, final.at).declared

    assert (declared.count, declared.confirmed, declared.rejected, declared.unjudged_count) == (
        1,
        1,
        0,
        0,
    )
    assert [
        (row.due, row.assessed, row.percent, row.forms, row.reports) for row in declared.levels
    ] == [
        (12, 11, Decimal("91.67"), 12, 4),
        (40, 36, Decimal("90.00"), 80, 2),
        (400, 300, Decimal("75.00"), 800, 2),
    ]


def test_what_was_declared_and_never_signed_is_not_added_up(final):
    declare(final)
    Declaration.objects.update(submission=final.other)

    declared = report_facts.gather(final.edition, final.at).declared

    assert (declared.count, [row.due for row in declared.levels]) == (0, [0, 0, 0])
    assert [row.percent for row in declared.levels] == [None, None, None]


def test_the_digest_of_the_declarations_tells_other_numbers(final):
    declare(final)
    before = report_facts.gather(final.edition, final.at).declared.digest

    DeclaredLevel.objects.filter(level="staff").update(assessed=299)

    assert report_facts.gather(final.edition, final.at).declared.digest != before


def test_the_pdf_tells_the_three_levels_and_the_digest_behind_them(final):
    declare(final)
    facts = report_facts.gather(final.edition, final.at)

    text = text_of(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    for words in (
        "The three levels of Article 81",
        "Managers",
        "91.67",
        facts.declared.digest[:16],
    ):
        assert says(text, words), words


def test_the_report_tells_how_appeals_ended_and_how_long_they_took(db):
    world = build("heard")
    late = world.closes(Phase.APPEAL_REVIEW, world.power) + timedelta(days=2)
    reason = "بخشی پذیرفته شد"
    decision.decide(
        world.appeal,
        "uphold_partly",
        reason=reason,
        awarded=Decimal("123.25"),
        by=world.reviewer,
        at=late,
    )
    took = half_up(Decimal((late - world.appeal.filed_at) / timedelta(days=1)), 1)
    final_at = world.opens(Phase.FINAL) + timedelta(days=9)
    edition = results.finalise(world.cycle, by=world.administrator, at=final_at)

    facts = report_facts.gather(edition, final_at)
    text = text_of(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    assert (facts.appeals.late, facts.appeals.median, facts.appeals.longest) == (1, took, took)
    for words in (
        "Days from filing to decision, median",
        f"{took}",
        "23.25",
        "Decided after the closing",
        "Withdrawn",
    ):
        assert says(text, words), words
    assert says(text, "No decision led to a correction for other agencies.")
    assert not says(text, world.reviewer.name_en)


def test_the_report_adds_up_the_corrections_of_like_cases(final):
    said = {"rule": {}, "reason": "x", "made_by": final.administrator, "made_at": final.at}
    of = {
        "cycle": final.cycle,
        "measure": final.appeal.answer.measure,
        "appeal": final.appeal,
        "error": "formula",
    }
    for lines, moved in ((311, Decimal("77.25")), (2, Decimal(1))):
        Correction.objects.create(**of, **said, line_count=lines, points_moved=moved)

    facts = report_facts.gather(final.edition, final.at)
    text = text_of(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    assert (facts.corrected.count, facts.corrected.lines) == (2, 313)
    for words in ("Like cases corrected", "Lines corrected", "313", "78.25"):
        assert says(text, words), words


def test_groups_of_the_country_stand_before_those_of_the_provinces(facts):
    assert [g.province_id is not None for g in facts.groups] == [False, False, True]
    assert sum(g.size for g in facts.groups) == 3


def test_the_calendar_tells_what_was_kept_and_why_something_is_missing(final, facts):
    kept = {row.phase: row for row in facts.year.phases}

    with translation.override("en"):
        missing = {phase: row.missing for phase, row in kept.items() if row.missing}
    assert missing == {Phase.MONITORING: "not reported", Phase.FESTIVAL: "not published yet"}
    assert kept[Phase.FINAL].last == final.at
    assert kept[Phase.SELF_ASSESSMENT].acts == 1


def test_the_festival_is_dated_once_its_moment_is_set(scheduled):
    [row] = [
        r
        for r in report_facts.gather(scheduled.edition, scheduled.at).year.phases
        if r.phase == Phase.FESTIVAL
    ]

    assert (row.missing, row.last, row.most_days_late) == ("", scheduled.edition.publish_at, 0)


def test_a_late_freeze_is_counted_in_days(db):
    world = build("decided")
    late = world.closes(Phase.FINAL) + timedelta(days=2, hours=1)

    edition = results.finalise(world.cycle, by=world.administrator, at=late)

    facts = report_facts.gather(edition, late)
    assert [(r.phase, r.most_days_late) for r in facts.year.phases if r.most_days_late] == [
        (Phase.FINAL, 3)
    ]
    with translation.override("en"):
        assert facts.lateness == [
            "The report on 1405 is not approved, 3 days after its date",
            "The report on 1405 is not delivered, 3 days after its date",
        ]


def test_the_report_tells_every_duty_and_every_decree_as_the_timeline_does(db):
    world = build("decided")
    closes = world.closes(Phase.APPEAL) + timedelta(days=30)
    decree(world, Phase.APPEAL, closes, "1405/12")
    decree(world, Phase.APPEAL, closes + timedelta(days=9), "1405/13", agency=world.power)
    late = world.closes(Phase.FINAL) + timedelta(days=2, hours=1)
    edition = results.finalise(world.cycle, by=world.administrator, at=late)

    facts = report_facts.gather(edition, late)
    text = text_of(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    assert facts.year.duties == timeline.years([edition.cycle], late)[0].duties
    for duty in facts.year.duties:
        with translation.override("en"):
            assert says(text, duty.duty.title)
    assert says(text, "The report on 1405 is not approved, 3 days after its date.")
    for words in ("1405/12", "1405/13", format_deadline(closes, "en"), "all agencies"):
        assert says(text, words), words
