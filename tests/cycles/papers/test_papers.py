"""A paper is drawn once, by a worker, of exactly what its reader may see now; and it is kept."""

import io
import time
from datetime import timedelta

import pypdf
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone, translation

from agencies.models import Agency
from cycles import tasks
from cycles.jobs import actions as jobs
from cycles.jobs.kinds import HEAVY, QUICK
from cycles.models import Job, Paper, Reason
from cycles.papers import actions, pages
from cycles.ui import pdf
from submissions.models import Version
from submissions.signing import actions as signing
from tests.factories import build
from tests.jobs import do, newest
from tests.papers import body_of, draw_all, paper_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build("submitted")


def receipt_of(world, language="en"):
    with translation.override(language):
        version = Version.objects.get(submission=world.submission, kind="signed")
        return reverse("submissions:receipt", args=[version.uuid])


def text_of(content):
    read = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


# --- Once ---------------------------------------------------------------------------------------


def test_a_paper_is_ordered_by_who_asks_first_and_handed_out_once_it_is_drawn(as_, world):
    client, address = as_(world.head, world.at), receipt_of(world)

    first, second = client.get(address), client.get(address)
    waiting = [job.kind for job in Job.objects.unfinished()]
    drawn = draw_all()
    third, fourth = client.get(address), client.get(address)

    assert (first.status_code, second.status_code) == (202, 202)
    assert 'http-equiv="refresh"' in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert waiting.count("paper") == drawn == Paper.objects.count() == 1
    assert third["Content-Type"] == "application/pdf"
    assert third["Content-Disposition"].startswith('attachment; filename="receipt-')
    assert body_of(third) == body_of(fourth)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_draws_what_was_asked_for(as_, world, celery_worker):
    client, address = as_(world.head, world.at), receipt_of(world)
    until = time.monotonic() + 60

    while (answer := client.get(address)).status_code == 202 and time.monotonic() < until:
        time.sleep(0.2)

    assert body_of(answer).startswith(b"%PDF-")
    assert newest("paper").state == "done"


def test_a_request_never_draws_however_often_it_asks(as_, world, monkeypatch):
    client, address = as_(world.head, world.at), receipt_of(world)
    paper_of(client, address)
    monkeypatch.setattr(pdf, "laid_out", lambda html: pytest.fail("drawn in a request"))

    assert body_of(client.get(address)).startswith(b"%PDF-")
    Agency.objects.filter(pk=world.power.pk).update(name_en="Ministry of Water")
    assert client.get(address).status_code == 202


def test_both_languages_have_a_paper_of_their_own(as_, world):
    client = as_(world.head, world.at)

    papers = [paper_of(client, receipt_of(world, language)) for language in ("fa", "en")]

    languages = [pypdf.PdfReader(io.BytesIO(p.content)).trailer["/Root"]["/Lang"] for p in papers]
    assert languages == ["fa", "en"]


def test_a_kept_paper_takes_seven_queries_three_of_them_every_request_s(
    as_, world, django_assert_num_queries
):
    client, address = as_(world.head, world.at), receipt_of(world)
    paper_of(client, address)

    with django_assert_num_queries(7):
        answer = client.get(address)
    assert body_of(answer).startswith(b"%PDF-")


# --- Never an old one ---------------------------------------------------------------------------


def test_what_changes_on_the_page_changes_the_paper(as_, world):
    client, address = as_(world.head, world.at), receipt_of(world)
    before = text_of(paper_of(client, address).content)

    signing.move(world.submission, "withdraw", by=world.head, at=world.at)
    asked = client.get(address)
    after = text_of(paper_of(client, address).content)

    assert asked.status_code == 202
    assert "no longer counts" not in before
    assert "no longer counts" in after


def test_a_style_that_changes_changes_the_digest(monkeypatch):
    page = '<link rel="stylesheet" href="static/css/report.css">'
    before = pages.digest(page)

    monkeypatch.setattr(pages, "_digest_of_style", lambda name: b"of another release")

    assert pages.digest(page) != before
    assert pages.digest("<p>unstyled</p>") != before


def test_the_moment_is_that_of_who_asked_first_and_changes_no_digest(as_):
    world = build("scored")
    with translation.override("en"):
        address = reverse("submissions:report_file", args=[world.submission.pk])
    first = text_of(paper_of(as_(world.head, world.at), address).content)

    later = as_(world.head, world.at + timedelta(hours=3)).get(address)
    second = text_of(body_of(later))

    assert later.status_code == 200
    assert "as it stands on" in first
    assert second == first
    assert Paper.objects.count() == 1


# --- Only to who may ----------------------------------------------------------------------------


def test_a_paper_that_is_kept_is_no_way_round_what_its_reader_may_see(as_, world):
    address = receipt_of(world)
    paper_of(as_(world.head, world.at), address)

    assert as_(world.other_head, world.at).get(address).status_code == 404


def test_scores_withheld_again_take_their_paper_along(as_):
    world = build("scored")
    with translation.override("en"):
        address = reverse("submissions:report_file", args=[world.submission.pk])
    paper_of(as_(world.head, world.at), address)

    type(world.submission).objects.filter(pk=world.submission.pk).update(state="marked")

    assert as_(world.head, world.at).get(address).status_code == 404


# --- What may go wrong, and what comes after ----------------------------------------------------


def test_a_paper_that_cannot_be_drawn_says_so_and_stops_asking(as_, world):
    client, address = as_(world.head, world.at), receipt_of(world)
    client.get(address)
    for _attempt in range(3):
        job = jobs.take(QUICK, worker="test", at=newest("paper").not_before)
        while job.kind != "paper":
            jobs.finish(job, at=world.at)
            job = jobs.take(QUICK, worker="test", at=newest("paper").not_before)
        jobs.note_failure(job, Reason.MEMORY, error="MemoryError", at=world.at)

    answer = client.get(address)

    assert answer.status_code == 202
    assert 'http-equiv="refresh"' not in answer.content.decode()
    assert "not enough memory" in answer.content.decode()
    assert Job.objects.filter(kind="paper").count() == 1


def test_a_paper_that_was_drawn_meanwhile_is_left_alone(as_, world):
    paper_of(as_(world.head, world.at), receipt_of(world))
    paper = Paper.objects.get()

    do("paper", paper)
    kept = actions.store_paper(paper, pdf=b"another", at=world.at)

    assert (kept.sha256, kept.drawn_at) == (paper.sha256, paper.drawn_at)
    assert kept.page == ""


def test_papers_wait_for_whatever_else_there_is_to_do(as_, world):
    as_(world.head, world.at).get(receipt_of(world))
    Job.objects.exclude(kind="paper").delete()
    jobs.order("scan", world.submission, by=None, at=world.at + timedelta(minutes=1))
    at = world.at + timedelta(hours=1)

    taken = [jobs.take(QUICK, worker="test", at=at) for _time in range(2)]

    assert [job.kind for job in taken if job] == ["scan", "paper"]


@pytest.mark.django_db(transaction=True)
def test_old_papers_are_cleared_away_with_their_files_and_drawn_anew(as_, world, settings):
    client, address = as_(world.head, world.at), receipt_of(world)
    paper_of(client, address)
    name = Paper.objects.get().file.name
    settings.CLOCK_OFFSET = world.at - timezone.now() + timedelta(days=29)
    tasks.clear_jobs()
    kept = default_storage.exists(name)

    settings.CLOCK_OFFSET += timedelta(days=2)
    tasks.clear_jobs()

    assert kept
    assert not default_storage.exists(name)
    assert not Paper.objects.exists()
    assert paper_of(as_(world.head, world.at), address).content.startswith(b"%PDF-")


def test_a_queue_without_papers_goes_on_as_before(world):
    jobs.order("report", world.submission, by=None, at=world.at)

    taken = jobs.take(HEAVY, worker="test", at=world.at)

    assert taken is not None
    assert taken.kind == "report"
