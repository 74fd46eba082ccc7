"""The Article 82 report: its facts, and the PDF that is handed to the President and to the
Assembly.
"""

import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from django.utils import translation

from agencies.persian import format_number
from appeals.hearing import decision
from appeals.models import Correction
from cycles.calendar import Phase, format_deadline
from festival.duties import timeline
from festival.models import Standing
from festival.open_data import files as open_data_files
from festival.report import chapters
from festival.report import facts as report_facts
from festival.report import paper as report_paper
from festival.results import actions as results
from festival.results import exports as results_exports
from indicators.models import Measure
from indicators.scoring.methods import half_up
from submissions.models import Declaration, DeclaredLevel, Score
from tests.factories import build
from tests.festival.conftest import decree
from tests.worlds.answers import declare

INVISIBLE = re.compile("[\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def facts(final):
    return report_facts.gather(final.edition, final.at)


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

    assert (declared.count, declared.confirmed, declared.rejected, declared.unjudged) == (
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

    text = _text(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    for words in (
        "The three levels of Article 81",
        "Managers",
        "91.67",
        facts.declared.digest[:16],
    ):
        assert _says(text, words), words


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
    text = _text(
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
        assert _says(text, words), words
    assert _says(text, "No decision led to a correction for other agencies.")
    assert not _says(text, world.reviewer.name_en)


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
    text = _text(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    assert (facts.corrected.count, facts.corrected.lines) == (2, 313)
    for words in ("Like cases corrected", "Lines corrected", "313", "78.25"):
        assert _says(text, words), words


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

    assert (row.missing, row.last, row.late) == ("", scheduled.edition.publish_at, 0)


def test_a_late_freeze_is_counted_in_days(db):
    world = build("decided")
    late = world.closes(Phase.FINAL) + timedelta(days=2, hours=1)

    edition = results.finalise(world.cycle, by=world.administrator, at=late)

    facts = report_facts.gather(edition, late)
    assert [(r.phase, r.late) for r in facts.year.phases if r.late] == [(Phase.FINAL, 3)]
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
    text = _text(
        *pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language="en").reading)).pages
    )

    assert facts.year.duties == timeline.years([edition.cycle], late)[0].duties
    for duty in facts.year.duties:
        with translation.override("en"):
            assert _says(text, duty.duty.title)
    assert _says(text, "The report on 1405 is not approved, 3 days after its date.")
    for words in ("1405/12", "1405/13", format_deadline(closes, "en"), "all agencies"):
        assert _says(text, words), words


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_pdf_is_tagged_in_its_language_and_names_every_agency(facts, language):
    steps = []

    read = pypdf.PdfReader(
        io.BytesIO(
            report_paper.article_82(
                facts, language=language, tell=lambda *s: steps.append(s)
            ).reading
        )
    )

    root = read.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert len(read.pages) >= 3
    text = _text(*read.pages)
    for standing in Standing.objects.for_list():
        name = (
            standing.participation.name_fa if language == "fa" else standing.participation.name_en
        )
        assert _says(text, name), name
    assert [percent for _step, percent in steps] == sorted({percent for _step, percent in steps})


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_summary_is_two_pages_and_the_chapters_begin_on_the_third(facts, language):
    read = pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language=language).reading))

    pages = [_text(page) for page in read.pages[:3]]
    with translation.override(language):
        attention = translation.gettext("What needs attention")
        method = translation.gettext("Method and calendar actually kept")
    assert [_says(page, attention) for page in pages[:2]] == [False, True]
    assert [_says(page, method) for page in pages] == [False, False, True]


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_totals_of_the_pdf_equal_the_ranking(final, facts, language):
    text = _text(
        *pypdf.PdfReader(
            io.BytesIO(report_paper.article_82(facts, language=language).reading)
        ).pages
    )

    for row in results_exports.ranking(final.edition).dict:
        numbers = [
            format_number(Decimal(row[c]), language, 2)
            for c in ("general", "specific", "total", "percent")
        ]
        # pypdf hands a Persian line of figures over in reverse, from the last digit of its last
        # cell on
        shown = "".join(numbers) if language == "en" else "".join(n[::-1] for n in numbers)
        assert shown in re.sub(r"\s", "", text), row["code"]


def _text(*pages):
    return INVISIBLE.sub("", "\n".join(page.extract_text() for page in pages))


def _says(text, words):
    """Whether every word stands in the text; cells of a table follow one
    another without a space.
    """
    return all(word in text for word in INVISIBLE.sub("", words).split())


# --- Chapters past the ranking ------------------------------------------------------------------


def test_a_specific_line_that_did_not_earn_its_ceiling_is_behind_its_target(facts):
    behind = facts.behind

    assert behind.lines >= behind.behind >= len(behind.most) > 0
    assert all(row.lost > 0 and row.percent < 100 for row in behind.most)
    assert [row.lost for row in behind.most] == sorted(
        (row.lost for row in behind.most), reverse=True
    )


def test_each_article_of_the_act_lies_in_one_chapter():
    articles = [
        a for _number, first, last, _title in chapters.CHAPTERS for a in range(first, last + 1)
    ]

    assert articles == list(range(1, 129))


def test_the_chapters_of_the_act_are_measured_by_what_cites_their_articles(final):
    Measure.objects.filter(code="G1-1").update(law="csma", article="۳۷ و ۳۸")

    rows = {row.number: row for row in chapters.execution(final.edition)}

    assert (rows[5].measures, rows[5].lines) == (1, 1)
    line = Score.objects.get(
        answer__measure__code="G1-1", answer__submission=final.submission, is_current=True
    )
    ceiling = Measure.objects.get(code="G1-1").points
    assert rows[5].percent == half_up(line.points * 100 / ceiling, 2)
    assert rows[11].percent is None


def test_provinces_count_their_own_units_alone(final):
    standings = Standing.objects.filter(edition=final.edition).for_list()

    [row] = chapters.provinces(standings)

    assert (row.province.code, row.size, row.submitted, row.mean) == ("IR-26", 1, 0, None)


def test_of_few_agencies_no_correlation_is_told(final):
    Measure.objects.filter(code="G1-1").update(method="survey")

    [row] = chapters.validity(final.edition, Standing.objects.filter(edition=final.edition))

    assert (row.agencies, row.correlation) == (1, None)


def test_the_archive_copy_holds_the_data_from_which_everything_is_recomputed(final):
    files = open_data_files.attachments(open_data_files.write(final.edition, at=final.at))
    facts = report_facts.gather(final.edition, final.at)

    papers = report_paper.article_82(facts, language="fa", attachments=files)

    archive = pypdf.PdfReader(io.BytesIO(papers.archive))
    root = archive.trailer["/Root"]
    assert {name: body[0] for name, body in archive.attachments.items()} == dict(files)
    assert len(root["/AF"]) == len(files)
    assert {str(f.get_object()["/AFRelationship"]) for f in root["/AF"]} == {"/Data"}
    said = root["/Metadata"].get_object().get_data().decode()
    assert re.search("pdfaid:part[^>]*>3<", said)
    assert re.search("pdfaid:conformance[^>]*>A<", said)
    assert re.search('pdfuaid:part="1"', said)
    assert [str(intent["/S"]) for intent in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert archive.trailer["/ID"]
    assert all(
        "/ModDate" in f.get_object()["/EF"]["/F"].get_object()["/Params"] for f in root["/AF"]
    )
    assert root["/Lang"] == "fa"
    assert root["/MarkInfo"]["/Marked"]
    reading = pypdf.PdfReader(io.BytesIO(papers.reading))
    assert [p.get_contents().get_data() for p in archive.pages] == [
        p.get_contents().get_data() for p in reading.pages
    ]
    for page in archive.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in described or "/FontFile3" in described
