"""A page is composed again only where some answer of the database differs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency
from agencies.statements import note_statements
from cycles.models import Group
from cycles.papers import questions
from cycles.record import seals
from indicators.models import Axis, Measure
from submissions.models import Answer, Score, Submission
from submissions.release import report_views, score_report
from tests.factories import build
from tests.papers import body_of, paper_of
from tests.submissions.release.reports import peers_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    found = build("scored")
    peers_of(found, "0.1", "0.2", "0.3", "0.4")
    return found


def report_of(world):
    with translation.override("en"):
        return reverse("submissions:report_file", args=[world.submission.pk])


def composed(world):
    with note_statements() as asked:
        report_views._paper_context(world.submission.pk)
    return tuple(asked)


def test_a_page_whose_answers_are_the_same_is_not_composed_again(as_, world, monkeypatch):
    client, address = as_(world.head, world.at), report_of(world)
    first = paper_of(client, address).content
    monkeypatch.setattr(score_report, "read", lambda s: pytest.fail("composed again"))

    again = client.get(address)

    assert again.status_code == 200
    assert body_of(again) == first


def test_it_takes_three_queries_beside_those_of_every_request_and_of_permission(
    as_, world, django_assert_num_queries
):
    client, address = as_(world.head, world.at), report_of(world)
    paper_of(client, address)

    with django_assert_num_queries(6):
        answer = client.get(address)
    body_of(answer)


CHANGES = {
    "the agency is renamed": lambda w: Agency.objects.filter(pk=w.power.pk).update(name_en="Water"),
    "a reason is corrected": lambda w: Score.objects.filter(
        answer__submission=w.submission, is_current=True
    ).update(reason="Corrected"),
    "points change": lambda w: Score.objects.filter(
        answer__submission=w.submission, is_current=True
    ).update(points=1),
    "a measure is renamed": lambda w: Measure.objects.update(title_en="Another measure"),
    "an axis is renamed": lambda w: Axis.objects.update(title_en="Another axis"),
    "the group is renamed": lambda w: Group.objects.update(name_en="Another group"),
    "the group's median moves": lambda w: Submission.objects.exclude(pk=w.submission.pk).update(
        state="marked"
    ),
    "a value is corrected": lambda w: Answer.objects.filter(submission=w.submission).update(
        value=17
    ),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_whatever_changes_on_it_is_a_new_paper(as_, world, change):
    client, address = as_(world.head, world.at), report_of(world)
    paper_of(client, address)

    assert CHANGES[change](world)

    assert client.get(address).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_its_seal_is_a_new_paper(as_, world):
    client, address = as_(world.head, world.at), report_of(world)
    paper_of(client, address)

    assert seals.seal(at=world.at)

    assert client.get(address).status_code == 202


def test_what_is_no_part_of_it_leaves_it_as_it_is(as_, world):
    client, address = as_(world.head, world.at), report_of(world)
    paper_of(client, address)

    Agency.objects.filter(pk=world.health.pk).update(name_en="Another ministry")

    answer = client.get(address)
    assert answer.status_code == 200
    body_of(answer)


def test_all_that_it_shows_comes_from_the_database(world, monkeypatch):
    """What were kept in a cache would be no answer to a question."""
    monkeypatch.setattr(cache, "get", lambda *args, **kwargs: pytest.fail("from a cache"))

    asked = composed(world)

    assert len(asked) >= 8
    assert all(question.lstrip().startswith("SELECT") for question in asked)


def test_a_release_with_other_pages_remembers_nothing_of_the_one_before(as_, world, monkeypatch):
    client, address = as_(world.head, world.at), report_of(world)
    paper_of(client, address)
    monkeypatch.setattr("cycles.papers.pages.release", lambda: "another")
    monkeypatch.setattr(
        "cycles.papers.pages.compose", lambda template, context, language: "<p>Another page</p>"
    )

    assert client.get(address).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_a_page_is_composed_is_neither_on_it_nor_in_its_answers(world):
    agency = Agency.objects.filter(pk=world.power.pk)

    def rename():
        agency.update(name_en="Renamed meanwhile")
        connection.close()

    with questions.one_snapshot():
        with note_statements() as asked:
            names = [agency.get().name_en]
            with ThreadPoolExecutor(1) as another:
                another.submit(rename).result()
            names.append(agency.get().name_en)
        known = questions.Composed(tuple(asked), questions.answers_to(asked), "")

    assert names[0] == names[1] != "Renamed meanwhile"
    assert not known.holds()
    assert agency.get().name_en == "Renamed meanwhile"
