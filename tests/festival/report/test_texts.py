"""The report's texts in versions, its figures by name and by statement, its number, and stopping a
drawing-up.
"""

import dataclasses
import io
import json

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from cycles.jobs import actions as jobs
from cycles.jobs.kinds import HEAVY, Stopped
from cycles.models import Entry
from cycles.workflow import Refused
from festival import tasks
from festival.models import Chapter, Report, ReportText, Standing
from festival.report import actions as report
from festival.report import facts as report_facts
from festival.report import figures
from festival.report import texts as report_texts
from tests.factories import PASSWORD, YEAR
from tests.jobs import newest

NOT_READ = {"edition", "at", "seal", "queries"}


@pytest.fixture
def facts(final):
    return report_facts.gather(final.edition, final.at)


def _write(world, text, *, after=0, chapter="coverage", language="en"):
    said = {"language": language, "chapter": chapter, "text": text, "after": after}
    return report.write_text(world.edition, **said, by=world.administrator, at=world.at)


def _asked(world, language="en"):
    [asked] = report.ask_for_report(
        world.edition, languages=[language], by=world.administrator, at=world.at
    )
    return asked


# --- Texts --------------------------------------------------------------------------------------


def test_every_draft_sets_the_same_figures_in_both_languages_and_rests_on_real_facts(
    facts,
):
    for chapter in Chapter:
        drafts = {}
        for language in ("fa", "en"):
            with translation.override(language):
                drafts[language] = report_texts.draft(chapter, facts)

        assert [report_texts.unknown_names(text) for text in drafts.values()] == [[], []], chapter
        assert {*report_texts.NAME.findall(drafts["fa"])} == {
            *report_texts.NAME.findall(drafts["en"])
        }, chapter
        assert set(report_texts.CHAPTER_DRAFTS[chapter][1]) <= facts.queries.keys(), chapter


def test_every_figure_has_a_value_in_the_readers_digits(facts):
    with translation.override("fa"):
        said = {name: figure.in_words(facts) for name, figure in figures.FIGURES.items()}

    assert said["participants"] == "۳"
    assert said["mean"] == "۷۰٫۰۰"
    assert said["mean_growth"] == "—"


def test_a_text_is_kept_in_versions_and_the_last_one_is_set(final):
    _write(final, "First.")
    _write(final, "Of {participants} agencies {submitted} reported.", after=1)

    texts = report_texts.last_versions(final.cycle.pk, "en")
    with translation.override("en"):
        told = report_texts.chapter_texts(report_facts.gather(final.edition, final.at), texts)

    assert told["coverage"].paragraphs == ("Of 3 agencies 1 reported.",)
    assert [t.text for t in ReportText.objects.order_by("number")] == [
        "First.",
        "Of {participants} agencies {submitted} reported.",
    ]
    assert report_texts.last_versions(final.cycle.pk, "fa") == {}
    entry = Entry.objects.filter(act="write_text").order_by("-pk").first()
    assert (entry.params["chapter"], entry.params["version"]) == ("coverage", 2)


def test_an_empty_version_is_the_draft_again(final, facts):
    _write(final, "Mine.")
    _write(final, "", after=1)

    with translation.override("en"):
        told = report_texts.chapter_texts(facts, report_texts.last_versions(final.cycle.pk, "en"))
        assert told["coverage"].paragraphs == (
            report_texts.fill_figures(report_texts.draft(Chapter.COVERAGE, facts), facts),
        )


@pytest.mark.parametrize(
    ("text", "after", "why"),
    [
        ("Second.", 0, "written meanwhile"),
        ("First.", 1, "text of the last version"),
        ("{agencies} took part.", 1, "No figure has this name: agencies"),
    ],
)
def test_a_text_that_passes_over_anothers_or_names_no_figure_is_refused(final, text, after, why):
    _write(final, "First.")

    with translation.override("en"), pytest.raises(Refused, match=why):
        _write(final, text, after=after)

    assert ReportText.objects.count() == 1


def test_what_is_typed_stays_on_the_page_when_it_is_refused(final, client, clock):
    _write(final, "First.")
    clock(final.at)
    client.force_login(final.administrator)
    address = f"/en/festival/manage/{YEAR}/texts/en/coverage/"

    page = client.post(address, {"text": "My own words.", "after": 0}).content.decode()
    assert "was written meanwhile" in page
    assert "My own words." in page
    page = client.post(address, {"text": "{nonsense} words.", "after": 1}).content.decode()
    assert "No figure has this name: nonsense" in page

    page = client.post(
        address, {"text": "In all 12 agencies.", "after": 1}, follow=True
    ).content.decode()
    assert "do not follow the tables: 12" in page
    assert "Version 2" in page


def test_a_persian_text_s_page_says_so_and_sets_its_draft_from_the_right_in_english(
    final, client, clock
):
    clock(final.at)
    client.force_login(final.administrator)

    page = client.get(f"/en/festival/manage/{YEAR}/texts/fa/coverage/").content.decode()

    assert "· Persian</span></h1>" in page
    assert '<div class="card-body" lang="fa" dir="rtl">' in page


def test_a_text_like_the_draft_is_no_text_of_ones_own(final, client, clock, facts):
    _write(final, "First.")
    clock(final.at)
    client.force_login(final.administrator)
    with translation.override("en"):
        draft = report_texts.draft(Chapter.COVERAGE, facts)

    client.post(f"/en/festival/manage/{YEAR}/texts/en/coverage/", {"text": draft, "after": 1})

    assert ReportText.objects.order_by("-number")[0].text == ""


# --- Figures ------------------------------------------------------------------------------------


def test_every_fact_has_the_statements_by_which_it_was_read_and_they_still_run(facts):
    held = figures.record(facts)

    assert {f.name for f in dataclasses.fields(facts)} - NOT_READ == held.keys()
    with connection.cursor() as cursor:
        for name, fact in held.items():
            assert fact["queries"], name
            for statement in fact["queries"]:
                assert statement.lstrip(" (\n").startswith(("SELECT", "WITH")), statement
                cursor.execute(statement)


def test_the_number_of_participants_is_that_of_its_statement(facts):
    [statement] = facts.queries["participants"]

    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert len(cursor.fetchall()) == facts.participants == Standing.objects.count()


def test_a_figure_that_changed_is_named(final, facts):
    before = figures.record(facts)
    assert figures.differing_figures(before, json.loads(json.dumps(before))) == []

    Standing.objects.filter(submitted=True).update(percent="71.00")
    again = report_facts.gather(final.edition, final.at)

    assert "mean" in figures.differing_figures(before, figures.record(again))
    assert "lines" not in figures.differing_figures(before, figures.record(again))


def test_a_report_is_drawn_up_with_its_number_its_text_and_its_figures(final, capsys):
    _write(final, "Reported: {submitted} of {participants}.", chapter="lead")
    kept = tasks.draw_up(_asked(final), at=final.at)

    with kept.archive.open("rb") as file:
        archive = pypdf.PdfReader(io.BytesIO(file.read()))
    told = json.loads(archive.attachments[figures.FILE][0])
    first = archive.pages[0].extract_text()
    assert "Reported: 1 of 3." in first
    assert f"82/{YEAR}/1" in first
    assert told["facts"] == kept.facts
    assert told["facts"]["submitted"]["value"] == 1

    call_command("recompute_report", str(kept.uuid))
    assert "none differs" in capsys.readouterr().out
    Standing.objects.filter(submitted=True).update(percent="71.00")
    with pytest.raises(CommandError, match="mean"):
        call_command("recompute_report", str(kept.uuid))


# --- Stopping -----------------------------------------------------------------------------------


def test_a_drawing_up_that_was_stopped_ends_and_keeps_nothing(final):
    asked = _asked(final)
    job, steps = jobs.take(HEAVY, worker="test", at=final.at), []

    def tell(step, percent):
        steps.append(step)
        if step == "layout":
            report.cancel_report(asked, by=final.administrator, at=final.at)
        jobs.note_progress(job, step=step, percent=percent, at=final.at)

    with pytest.raises(Stopped):
        tasks.draw_up(asked, at=final.at, tell=tell)

    asked = Report.objects.get(pk=asked.pk)
    assert steps[-1] == "layout"
    assert (asked.finished_at, asked.file.name, newest("report").state) == (None, "", "cancelled")
    assert report.store_report(asked, pdf=b"%PDF-1.7 late", at=final.at).finished_at is None
    assert not jobs.take(HEAVY, worker="test", at=final.at)
    assert Report.objects.get(pk=asked.pk).finished_at is None


def test_what_is_finished_or_stopped_cannot_be_stopped(final):
    finished = report.store_report(_asked(final), pdf=b"%PDF-1.7 kept", at=final.at)
    stopped = report.cancel_report(_asked(final), by=final.administrator, at=final.at)

    for each, why in ((finished, "is finished"), (stopped, "not being drawn up")):
        with translation.override("en"), pytest.raises(Refused, match=why):
            report.cancel_report(each, by=final.administrator, at=final.at)


def test_a_stopped_drawing_up_is_shown_as_such(final, client, clock):
    asked = _asked(final)
    clock(final.at)
    client.force_login(final.administrator)
    address = f"/en/festival/manage/reports/{asked.uuid}/"
    assert "Stop the drawing-up" in client.get(address).content.decode()

    client.post(f"{address}cancel/", {"password": PASSWORD})

    assert "The drawing-up was stopped on" in client.get(address).content.decode()
    assert "Stopped" in client.get(f"/en/festival/manage/{YEAR}/").content.decode()
