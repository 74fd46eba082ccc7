"""Who is told of what, and what a notice says."""

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agencies.models import User
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.engine import notices
from cycles.models import Delivery, Entry, Participation
from cycles.notices import delivery, wording
from cycles.workflow import Workflow
from cycles.years import actions as years
from festival.results import actions as results
from indicators.sets import approval
from submissions.answers import actions as answers
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.workflow import MOVES
from tests.cycles.notices.deliveries import DAY, drafts_of, forget, inbox, names_told
from tests.factories import EPOCH, build, make_agency, make_user

pytestmark = pytest.mark.django_db


# --- Who is told --------------------------------------------------------------------------------


def test_an_act_on_an_agency_is_told_to_its_other_people_and_to_no_other_agency():
    w = build("answered")
    make_user("deputy", Role.HEAD, agency=w.power)
    make_user("colleague", Role.STAFF, agency=w.power)
    former = make_user("former", Role.STAFF, agency=w.power, valid_until=w.at - DAY)
    closed = make_user("closed", Role.STAFF, agency=w.power)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    signing.move(w.submission, "submit", by=w.head, at=w.at)

    assert names_told("submit") == ["colleague", "deputy", "staff"]
    assert former.username not in names_told("submit")


def test_somebody_with_two_roles_is_told_once():
    w = build("answered")
    make_user("both", Role.HEAD, agency=w.power).membership_set.create(
        role=Role.STAFF, agency=w.power, valid_from=EPOCH
    )

    signing.move(w.submission, "submit", by=w.head, at=w.at)

    assert names_told("submit") == ["both", "staff"]


def test_an_opened_cycle_is_told_to_every_agency_that_takes_part():
    w = build("planned")
    outside = make_agency("OLD", "سازمان پیشین", "Former", is_active=False)
    make_user("outsider", Role.HEAD, agency=outside)

    years.open_cycle(w.cycle, by=w.administrator, at=w.at, letter="۱۲۰/۴۵")

    assert names_told("open") == ["head", "other_head", "other_staff", "staff", "unit_head"]
    assert Entry.objects.get(act="open").params == {"letter": "۱۲۰/۴۵"}


def test_a_proposal_is_told_to_the_members_whose_seat_reaches_the_agency():
    w = build("drafted")
    make_user("health_representative", Role.MEMBER, constituency="agency", agency=w.health)
    make_user("provincial_member", Role.MEMBER, constituency="budget", province=w.province)

    approval.move(w.specific, "propose", by=w.head, at=w.at)

    assert names_told("propose") == [
        "budget",
        "chair",
        "expert",
        "member",
        "representative",
        "staff",
    ]


def test_the_general_set_is_no_news_for_agencies_until_it_is_communicated():
    w = build("approved")

    approved = Entry.objects.filter(act="approve", object_pk=w.general.pk).get()
    approval.communicate([w.general], by=w.administrator, at=w.at, letter="7")

    assert not approved.deliveries.exists()
    assert names_told("communicate") == ["head", "other_head", "other_staff", "staff", "unit_head"]


def test_a_decree_for_a_group_is_told_to_the_agencies_of_the_group():
    w = build("open")
    group = Participation.objects.get(cycle=w.cycle, agency=w.health).groups.get()

    years.extend(
        w.cycle, phase=Phase.PROPOSAL, group=group, closes_at=w.closes(Phase.PROPOSAL) + 7 * DAY, decree_number="88",
        decreed_on=w.at.date(), reason="سیل", file=ContentFile(b"%PDF-", name="d.pdf"), by=w.administrator, at=w.at,
    )  # fmt: skip

    assert names_told("extend") == ["other_head", "other_staff"]
    with translation.override("en"):
        [notice] = wording.in_words(
            inbox(w.other_head).filter(entry__act="extend").select_related("entry")
        )
    assert (notice.title, notice.letter) == ("A deadline has been extended by decree", "88")
    assert notice.url == "/en/cycles/1405/"


def test_published_results_are_told_to_every_agency():
    w = build("scheduled")

    results.publish_due(at=w.edition.publish_at)

    assert (
        Entry.objects.get(workflow="festival.edition", act="publish")
        .deliveries.filter(is_official=True)
        .exists()
    )
    assert names_told("publish") == []  # of the cycle, whose label moves with the edition's


def test_every_move_that_tells_says_what_in_a_sentence_of_its_own():
    moves = [m for workflow in Workflow.registry.values() for m in workflow.moves.values()]

    assert [m.name for m in moves if m.tells and str(m.news) == str(m.label)] == []
    assert {m.name for m in moves if m.tells} & {
        "attach",
        "answer",
        "mark",
        "edit",
        "hand_in",
        "assign",
    } == set()


def test_what_is_rolled_back_tells_nobody():
    w = build("answered")
    before = Delivery.objects.count()

    with transaction.atomic():
        signing.move(w.submission, "submit", by=w.head, at=w.at)
        assert Delivery.objects.count() > before
        transaction.set_rollback(True)

    assert Delivery.objects.count() == before
    delivery.tell(at=w.at + DAY)
    assert not any("signed and submitted" in m.subject or "امضا" in m.subject for m in mail.outbox)


def test_telling_takes_the_same_queries_for_one_object_and_for_many():
    w = build("begun")
    taken = []

    for count in (1, 3, 30):
        objs = drafts_of(w, count)
        entry = Entry.objects.latest("id")
        with CaptureQueriesContext(connection) as queries:
            notices.tell(MOVES["begin"], [entry.pk] * count, objs, by=None, at=w.at)
        taken.append(sum(q["sql"].startswith("SELECT") for q in queries))

    assert taken[0] == taken[1] == taken[2] <= 3


# --- What a notice says -------------------------------------------------------------------------


def test_a_notice_is_in_the_language_of_its_reader_and_leads_to_what_it_is_about():
    w = build("scored")
    row = (
        inbox(w.head)
        .filter(entry__act="communicate", entry__workflow="submissions.submission")
        .select_related("entry")
    )

    with translation.override("en"):
        [english] = wording.in_words(row)
    with translation.override("fa"):
        [persian] = wording.in_words(row)

    assert (english.sentence, english.is_official) == (
        "Scores have been communicated: Ministry of Energy · 1405",
        True,
    )
    assert english.url == f"/en/submissions/{w.submission.pk}/report/"
    assert "وزارت نیرو · ۱۴۰۵" in persian.sentence


def test_reading_takes_the_same_queries_for_any_number_of_notices_of_one_kind():
    w = build("begun")
    taken = []

    for count in (1, 3, 30):
        objs = drafts_of(w, count)
        answers.begin([s.participation for s in objs], by=None, at=w.at)
        of_these = {
            "entry__model": "submissions.submission",
            "entry__object_pk__in": [s.pk for s in objs],
        }
        rows = Delivery.objects.filter(**of_these).select_related("entry")
        with CaptureQueriesContext(connection) as queries:
            wording.in_words(rows)
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


def test_the_number_of_the_letter_stands_in_the_record_the_notice_and_the_mail():
    w = build("marked")
    forget()

    release.communicate([w.submission], by=w.administrator, at=w.at, letter="1405/77")
    delivery.tell(at=w.at)

    assert Entry.objects.filter(act="communicate").latest("id").params["letter"] == "1405/77"
    assert all(
        "1405/77" in body for m in mail.outbox for body in (m.body, m.alternatives[0].content)
    )
    assert len(mail.outbox) == 2
