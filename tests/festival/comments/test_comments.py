"""Comments of the public on a measure: written by anybody, read first by an administrator."""

import pytest

from cycles.models import Entry
from cycles.workflow import Refused
from festival.comments import actions as comments
from festival.models import MeasureComment
from indicators.models import Measure
from tests.factories import make_agency
from tests.faults.parts.away import refusing_cache
from tests.festival.comments.written_comments import TEXT, published_comment, waiting_comment

pytestmark = pytest.mark.usefixtures("english")

QUEUE = "/en/festival/manage/comments/"

# -- Writing


def test_a_visitor_s_comment_is_shown_only_once_an_administrator_has_published_it(
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

    comment = waiting_comment(public, measure, email="sara@example.org", author="Sara")
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
    comment = waiting_comment(public, measure, "  كيفيت\u200f   خوب  \nنيست ", author=" علي ")

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
        waiting_comment(public, measure, **said)

    assert not MeasureComment.objects.exists()


def test_an_agency_that_was_not_asked_is_not_commented_on(public, measure):
    stranger = make_agency("X1", "سازمان", "Organization X")

    with pytest.raises(Refused, match="Organization X was not asked"):
        waiting_comment(public, measure, about=stranger)


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
    published_comment(public, measure, "<script>alert(1)</script>")

    page = client.get(url).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# -- The administrators


def test_the_queue_is_for_national_administrators(public, client, measure):
    waiting_comment(public, measure, email="sara@example.org")

    for who in ("auditor", "provincial_administrator", "head"):
        client.force_login(public.people[who])
        assert client.get(QUEUE).status_code == 404
    client.force_login(public.administrator)
    page = client.get(QUEUE).content.decode()

    assert TEXT in page
    assert "sara@example.org" in page


def test_a_comment_is_published_and_taken_back_from_the_queue(public, client, url, measure):
    comment = waiting_comment(public, measure)
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
    comment = waiting_comment(public, measure)

    for who in ("auditor", "provincial_administrator", "head", "chair"):
        with pytest.raises(Refused, match="national administrator"):
            comments.publish_comment(comment, by=public.people[who], at=public.at)
