"""What the public says of a measure: written by anybody, read first by an administrator, shown to
working groups.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from festival.comments import actions as comments
from festival.models import Edition, MeasureComment
from festival.ranking.history import measure_outcome
from indicators.models import IndicatorSet, Kind, Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, Submission
from tests.factories import YEAR, make_agency
from tests.faults.parts.away import refusing_cache

TEXT = "The target is too low."
QUEUE = "/en/festival/manage/comments/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _nobody_has_tried():
    cache.clear()


@pytest.fixture
def public(scheduled, clock):
    """The world, looked at an hour after publication."""
    scheduled.at = scheduled.edition.publish_at + timedelta(hours=1)
    clock(scheduled.at)
    return scheduled


@pytest.fixture
def measure(public):
    return Measure.objects.of(public.general).get(code="G1-1")


@pytest.fixture
def url(measure):
    return f"/en/festival/{YEAR}/measures/{measure.lineage}/"


def _written(world, measure, text=TEXT, **said):
    return comments.write_comment(world.edition, measure, text=text, **said, by=None, at=world.at)


def _published(world, measure, text=TEXT, **said):
    return comments.publish_comment(
        _written(world, measure, text, **said), by=world.administrator, at=world.at
    )


# -- Writing


def test_a_visitor_comments_and_it_is_shown_only_once_an_administrator_has_published_it(
    public, client, url
):
    posted = {
        "text": TEXT,
        "author": "Sara",
        "organisation": "Water Watch",
        "email": "sara@example.org",
    }
    answer = client.post(url, posted, follow=True)
    waiting = client.get(url).content.decode()
    comment = MeasureComment.objects.get()
    comments.publish_comment(comment, by=public.administrator, at=public.at)
    page = client.get(url).content.decode()

    assert "Your comment appears here once" in answer.content.decode()
    assert (comment.state, comment.code, comment.about) == ("waiting", "G1-1", None)
    assert TEXT not in waiting
    for told in (TEXT, "Sara", "Water Watch"):
        assert told in page
    assert "sara@example.org" not in page


def test_a_comment_is_no_official_act_but_what_is_decided_on_it_is(public, measure):
    rows = Entry.objects.count()

    comment = _written(public, measure, email="sara@example.org", author="Sara")
    assert Entry.objects.count() == rows

    comments.publish_comment(comment, by=public.administrator, at=public.at)
    comments.reject_comment(comment, reason="Names a person", by=public.administrator, at=public.at)
    published, rejected = Entry.objects.order_by("-id")[:2][::-1]
    assert (published.act, published.source, published.target) == (
        "publish",
        "waiting",
        "published",
    )
    assert (rejected.act, rejected.note, rejected.cycle_id) == (
        "reject",
        "Names a person",
        public.cycle.pk,
    )
    for told in ("Sara", "sara@example.org", TEXT):
        assert told not in published.body + rejected.body


def test_what_was_typed_is_brought_to_one_spelling(public, measure):
    comment = _written(public, measure, "  كيفيت\u200f   خوب  \nنيست ", author=" علي ")

    assert (comment.text, comment.author) == ("کیفیت خوب\nنیست", "علی")


@pytest.mark.parametrize(
    ("said", "why"),
    (
        ({"text": " \u200c "}, "Write what you have to say"),
        ({"text": "x" * (MeasureComment.MOST + 1)}, "at most 2,000 characters"),
    ),
)
def test_a_comment_says_something_and_not_too_much(public, measure, said, why):
    with pytest.raises(Refused, match=why):
        _written(public, measure, **said)

    assert not MeasureComment.objects.exists()


def test_an_agency_that_was_not_asked_is_not_commented_on(public, measure):
    stranger = make_agency("X1", "سازمان", "Organization X")

    with pytest.raises(Refused, match="Organization X was not asked"):
        _written(public, measure, about=stranger)


def test_nothing_is_said_about_results_before_they_are_published(scheduled):
    measure = Measure.objects.of(scheduled.general).get(code="G1-1")

    with pytest.raises(Refused, match="not published yet"):
        comments.write_comment(scheduled.edition, measure, text=TEXT, by=None, at=scheduled.at)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(public, client, url):
    page = client.post(
        url, {"text": TEXT, "email": "no address", "about": "NOBODY"}
    ).content.decode()

    assert TEXT in page
    assert "No agency has this code or name" in page
    assert not MeasureComment.objects.exists()


def test_a_machine_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(public, client, url):
    answer = client.post(url, {"text": TEXT, "website": "http://spam.example"}, follow=True)

    assert "Thank you" in answer.content.decode()
    assert not MeasureComment.objects.exists()


def test_an_address_that_has_written_enough_is_asked_to_wait_and_another_is_not(
    public, client, url, settings
):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"comment": "2/h/ip"}

    statuses = [client.post(url, {"text": f"{TEXT} {n}"}).status_code for n in range(3)]
    last = client.post(url, {"text": "Kept text"})
    other = client.post(url, {"text": TEXT}, REMOTE_ADDR="198.51.100.7")

    assert statuses == [302, 302, 429]
    assert "Kept text" in last.content.decode()
    assert "try again later" in last.content.decode()
    assert other.status_code == 302
    assert MeasureComment.objects.count() == 3


def test_without_the_cache_an_address_is_counted_all_the_same(public, client, url, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"comment": "2/h/ip"}
    settings.CACHES = refusing_cache()

    statuses = [client.post(url, {"text": f"{TEXT} {n}"}).status_code for n in range(3)]

    assert statuses == [302, 302, 429]


def test_markup_in_a_comment_is_shown_as_it_was_typed(public, client, url, measure):
    _published(public, measure, "<script>alert(1)</script>")

    page = client.get(url).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# -- The administrators


def test_the_queue_is_for_national_administrators(public, client, measure):
    _written(public, measure, email="sara@example.org")

    for who in ("auditor", "provincial_administrator", "head"):
        client.force_login(public.people[who])
        assert client.get(QUEUE).status_code == 404
    client.force_login(public.administrator)
    page = client.get(QUEUE).content.decode()

    assert TEXT in page
    assert "sara@example.org" in page


def test_a_comment_is_published_and_taken_back_from_the_queue(public, client, url, measure):
    comment = _written(public, measure)
    client.force_login(public.administrator)

    client.post(f"{QUEUE}{comment.pk}/publish/")
    assert TEXT in client.get(url).content.decode()

    refused = client.post(
        f"{QUEUE}{comment.pk}/reject/", {"reason": " "}, follow=True
    ).content.decode()
    assert "Say why the comment is not published" in refused
    client.post(f"{QUEUE}{comment.pk}/reject/", {"reason": "Names a person"})
    comment = MeasureComment.objects.get()
    assert (comment.state, comment.reason) == ("rejected", "Names a person")
    assert TEXT not in client.get(url).content.decode()
    assert "Names a person" in client.get(f"{QUEUE}?state=rejected").content.decode()


def test_nobody_else_publishes_a_comment(public, measure):
    comment = _written(public, measure)

    for who in ("auditor", "provincial_administrator", "head", "chair"):
        with pytest.raises(Refused, match="national administrator"):
            comments.publish_comment(comment, by=public.people[who], at=public.at)


# -- The measure


def _score(world, measure, number, points, state=LineState.SCORED):
    agency = make_agency(f"Y{number}", f"سازمان {number}", f"Organization {number}")
    template = world.submission.participation
    template.pk, template.agency, template._state.adding = None, agency, True
    template.save()
    submission = Submission.objects.create(
        cycle=world.cycle, agency=agency, participation=template, state="communicated"
    )
    answer = Answer.objects.create(submission=submission, measure=measure)
    Score.objects.create(
        answer=answer, basis="agreed", state=state, points=points, scored_at=world.edition.ranked_at
    )  # fmt: skip


def test_the_distribution_is_told_from_five_agencies_on(public, client, url, measure):
    for number in range(3):
        _score(public, measure, number, Decimal(300))
    few = client.get(url).content.decode()
    _score(public, measure, 3, Decimal(60))
    _score(public, measure, 4, None, LineState.NOT_APPLICABLE)
    many, found = client.get(url).content.decode(), measure_outcome(public.edition, measure.lineage)

    assert "How many agencies reached" not in few
    assert "How many agencies reached" in many
    assert (found.scored, found.not_applicable, found.not_answered) == (5, 1, 0)
    assert [step.count for step in found.steps][-1] >= 3
    assert sum(step.count for step in found.steps) == 5
    assert {step.low: step.count for step in found.steps}[20] >= 1
    assert 20 < found.mean < 100


def test_there_is_no_page_of_what_was_not_asked_or_not_published(public, client, url, measure):
    other = "00000000-0000-4000-8000-000000000000"

    assert client.get(f"/en/festival/{YEAR}/measures/{other}/").status_code == 404
    assert client.get(url.replace(str(YEAR), str(YEAR - 1))).status_code == 404
    Edition.objects.update(publish_at=public.at + timedelta(hours=1))
    assert client.get(url).status_code == 404
    assert client.post(url, {"text": TEXT}).status_code == 404


def test_the_agency_s_page_leads_to_the_measure_with_the_agency_filled_in(public, client, url):
    page = client.get("/en/festival/agencies/MOE/").content.decode()

    assert f'href="{url}?agency=MOE"' in page
    assert 'value="MOE"' in client.get(f"{url}?agency=MOE").content.decode()


def test_the_page_of_a_measure_takes_the_same_queries_for_any_number_of_agencies_and_comments(
    public, client, url, measure
):
    counts = []
    for number in range(3):
        _score(public, measure, number, Decimal(300))
        _published(public, measure, f"{TEXT} {number}", about=public.power)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert len(set(counts)) == 1


# -- The working groups


def _next_set(world, measure):
    """The general set of the next year, proposed, in which the measure has the same lineage."""
    cycle = Cycle.objects.create(year=YEAR + 1, preset="statutory_gregorian", state="open")
    following = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL, state="proposed")
    axis, indicator = measure.indicator.axis, measure.indicator
    axis.pk, axis.set, axis._state.adding = None, following, True
    axis.save()
    indicator.pk, indicator.axis, indicator._state.adding = None, axis, True
    indicator.save()
    measure.pk, measure.indicator, measure._state.adding = None, indicator, True
    measure.save()
    return following


def test_next_year_s_working_group_reads_the_published_comments_on_its_measures(
    public, client, measure
):
    _published(public, measure)
    _written(public, measure, "Still waiting")
    _published(public, Measure.objects.of(public.general).get(code="G2-1"), "Of another measure")
    following = _next_set(public, measure)
    address = f"/en/festival/sets/{following.pk}/comments/"
    client.force_login(public.member)

    page, slot = (
        client.get(address, headers=h).content.decode() for h in ({}, {"HX-Request": "true"})
    )
    set_page = client.get(f"/en/indicators/{following.pk}/").content.decode()

    for text in (page, slot):
        assert TEXT in text
        assert "Still waiting" not in text
        assert "Of another measure" not in text
    assert "<html" not in slot
    assert f'hx-get="{address}"' in set_page
    assert f'href="{address}"' in set_page


def test_a_year_s_own_set_is_not_told_what_was_said_of_its_results(public, client, measure):
    _published(public, measure)
    client.force_login(public.member)

    page = client.get(f"/en/festival/sets/{public.general.pk}/comments/").content.decode()

    assert TEXT not in page


def test_comments_on_a_set_are_closed_to_those_who_may_not_see_it(public, client, measure):
    _published(public, measure)
    following = _next_set(public, measure)
    client.force_login(public.stranger)

    assert client.get(f"/en/festival/sets/{following.pk}/comments/").status_code == 404
