"""Who is told of what, what a notice says, what is sent and what is not, and who has seen it."""

import smtplib
import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.models import User
from agencies.roles import Role
from appeals import tasks as appeals_tasks
from appeals.drafting import actions as drafting
from appeals.models import Appeal
from cycles.calendar import Phase
from cycles.engine import notices, reminders
from cycles.models import Channel, Cycle, Delivery, Entry, Participation, Window
from cycles.notices import delivery, wording
from cycles.notices.forms import NoticeSettingsForm
from cycles.workflow import Refused, Workflow
from cycles.years import actions as years
from festival.results import actions as results
from indicators import tasks as indicators_tasks
from indicators.sets import approval
from submissions import tasks as submissions_tasks
from submissions.answers import actions as answers
from submissions.models import Submission
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.workflow import MOVES
from tests.factories import EPOCH, build, make_agency, make_user

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def told(act, channel=Channel.INBOX):
    """The names of those told of the last act of this name."""
    entry = Entry.objects.filter(act=act).latest("id")
    return sorted(
        Delivery.objects.filter(entry=entry, channel=channel).values_list(
            "recipient__username", flat=True
        )
    )


def inbox(user):
    return Delivery.objects.filter(recipient=user, channel=Channel.INBOX).order_by("pk")


def forget():
    """As if all that the world's building told had been sent long ago."""
    Delivery.objects.all().delete()


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


# --- Who is told --------------------------------------------------------------------------------


def test_an_act_on_an_agency_is_told_to_its_head_and_staff_and_not_to_who_did_it_nor_to_other_agencies():
    w = build("answered")
    make_user("deputy", Role.HEAD, agency=w.power)
    make_user("colleague", Role.STAFF, agency=w.power)
    former = make_user("former", Role.STAFF, agency=w.power, valid_until=w.at - DAY)
    closed = make_user("closed", Role.STAFF, agency=w.power)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    signing.move(w.submission, "submit", by=w.head, at=w.at)

    assert told("submit") == ["colleague", "deputy", "staff"]
    assert former.username not in told("submit")


def test_somebody_with_two_roles_is_told_once():
    w = build("answered")
    make_user("both", Role.HEAD, agency=w.power).membership_set.create(
        role=Role.STAFF, agency=w.power, valid_from=EPOCH
    )

    signing.move(w.submission, "submit", by=w.head, at=w.at)

    assert told("submit") == ["both", "staff"]


def test_an_opened_cycle_is_told_to_every_agency_that_takes_part():
    w = build("planned")
    outside = make_agency("OLD", "سازمان پیشین", "Former", is_active=False)
    make_user("outsider", Role.HEAD, agency=outside)

    years.open_cycle(w.cycle, by=w.administrator, at=w.at, letter="۱۲۰/۴۵")

    assert told("open") == ["head", "other_head", "other_staff", "staff", "unit_head"]
    assert Entry.objects.get(act="open").params == {"letter": "۱۲۰/۴۵"}


def test_a_proposal_is_told_to_the_members_whose_seat_reaches_the_agency():
    w = build("drafted")
    make_user("health_representative", Role.MEMBER, constituency="agency", agency=w.health)
    make_user("provincial_member", Role.MEMBER, constituency="budget", province=w.province)

    approval.move(w.specific, "propose", by=w.head, at=w.at)

    assert told("propose") == ["budget", "chair", "expert", "member", "representative", "staff"]


def test_what_the_working_group_does_with_the_general_set_is_no_news_for_agencies_until_it_is_communicated():
    w = build("approved")

    approved = Entry.objects.filter(act="approve", object_pk=w.general.pk).get()
    approval.communicate([w.general], by=w.administrator, at=w.at, letter="7")

    assert not approved.deliveries.exists()
    assert told("communicate") == ["head", "other_head", "other_staff", "staff", "unit_head"]


def test_a_decree_for_a_group_is_told_to_the_agencies_of_the_group():
    w = build("open")
    group = Participation.objects.get(cycle=w.cycle, agency=w.health).groups.get()

    years.extend(
        w.cycle, phase=Phase.PROPOSAL, group=group, closes_at=w.closes(Phase.PROPOSAL) + 7 * DAY, decree_number="88",
        decreed_on=w.at.date(), reason="سیل", file=ContentFile(b"%PDF-", name="d.pdf"), by=w.administrator, at=w.at,
    )  # fmt: skip

    assert told("extend") == ["other_head", "other_staff"]
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
    assert told("publish") == []  # of the cycle, whose label moves with the edition's


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


def drafts_of(w, count):
    agencies = [make_agency(f"N{count}-{n}", f"سازمان {n}", f"Office {n}") for n in range(count)]
    for n, agency in enumerate(agencies):
        make_user(f"head-{count}-{n}", Role.HEAD, agency=agency)
        make_user(f"staff-{count}-{n}", Role.STAFF, agency=agency)
    rows = [
        Participation(
            cycle=w.cycle,
            agency=a,
            name_fa=a.name_fa,
            name_en=a.name_en,
            level=a.level,
            sector=a.sector,
        )
        for a in agencies
    ]
    made = Participation.objects.bulk_create(rows)
    Submission.objects.bulk_create(
        Submission(cycle=w.cycle, agency_id=p.agency_id, participation=p) for p in made
    )
    return list(
        Submission.objects.filter(participation__in=made)
        .select_related("agency", "cycle")
        .order_by("pk")
    )


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


# --- Sending ------------------------------------------------------------------------------------


def test_one_mail_over_all_that_is_due_goes_to_each_person_in_their_language_with_links_that_record_the_reading():
    w = build("marked")
    User.objects.filter(pk=w.staff.pk).update(language="en")
    forget()
    release.communicate([w.submission], by=w.administrator, at=w.at)
    answer = w.submission.answers.get(measure__code="G1-1")
    appeal = drafting.save_draft(
        answer, fields={"ground": "value", "argument": "x"}, by=w.staff, at=w.at
    )
    drafting.file([appeal], by=w.head, at=w.at)

    assert delivery.tell(at=w.at + MINUTE) == 2

    to_staff = next(m for m in mail.outbox if m.to == [w.staff.email])
    to_head = next(m for m in mail.outbox if m.to == [w.head.email])
    assert to_staff.subject == "2 notices"
    assert "Scores have been communicated\nMinistry of Energy · 1405" in to_staff.body
    assert all(
        f"http://localhost:8000/en/cycles/notices/{d.pk}/" in to_staff.body for d in inbox(w.staff)
    )
    assert 'lang="en" dir="ltr"' in to_staff.alternatives[0].content
    assert 'lang="fa" dir="rtl"' in to_head.alternatives[0].content
    assert "/fa/cycles/notices/" in to_head.body
    assert to_staff.extra_headers["Message-ID"].endswith("@localhost>")
    assert not Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()


def test_nothing_is_sent_twice_and_a_run_with_nothing_to_do_sends_nothing():
    w = build("scored")

    first = delivery.tell(at=w.at + DAY)
    again = delivery.tell(at=w.at + 2 * DAY)

    assert first == len(mail.outbox) > 0
    assert again == 0
    assert len({m.to[0] for m in mail.outbox}) == first


def test_news_waits_an_hour_for_more_of_it_and_what_is_official_goes_at_once():
    w = build("answered")
    forget()
    signing.move(w.submission, "submit", by=w.head, at=w.at)

    early = delivery.tell(at=w.at + 59 * MINUTE)
    late = delivery.tell(at=w.at + HOUR)

    assert (early, late) == (0, 1)


def test_news_and_reminders_can_be_switched_off_and_official_notices_cannot():
    w = build("answered")
    off = {
        "mails_news": False,
        "mails_reminders": False,
        "texts_reminders": False,
        "mobile": "",
        "language": "fa",
    }
    delivery.choose(off, by=w.staff, at=w.at)
    forget()

    signing.move(w.submission, "submit", by=w.head, at=w.at)
    signing.move(w.fresh(w.submission), "withdraw", by=w.head, at=w.at)
    reminders.remind(
        Phase.SELF_ASSESSMENT,
        submissions_tasks.not_signed,
        at=w.closes(Phase.SELF_ASSESSMENT) - DAY,
    )
    signing.lapse(w.cycle, at=w.opens(Phase.SCORING))

    acts = inbox(w.staff).values_list("entry__act", flat=True)
    assert sorted(act or "reminder" for act in acts) == ["reminder", "stand", "submit", "withdraw"]
    mailed = Delivery.objects.filter(recipient=w.staff, channel=Channel.MAIL).values_list(
        "entry__act", flat=True
    )
    assert list(mailed) == ["stand"]


class OneAddressRefused(EmailBackend):
    """A mail server that does not know the staff's address, until it is told."""

    refuses = True

    def send_messages(self, messages):
        if self.refuses and any("staff@example.org" in m.to for m in messages):
            raise smtplib.SMTPRecipientsRefused({"staff@example.org": (550, b"No such user here")})
        return super().send_messages(messages)


def test_an_address_that_fails_is_noted_stops_nobody_else_and_is_tried_again_later_with_the_same_message_id(
    settings, monkeypatch
):
    settings.EMAIL_BACKEND = f"{__name__}.OneAddressRefused"
    w = build("marked")
    forget()
    release.communicate([w.submission], by=w.administrator, at=w.at)

    assert delivery.tell(at=w.at) == 1
    failed = Delivery.objects.get(recipient=w.staff, channel=Channel.MAIL)
    assert (failed.attempts, failed.told_at) == (1, None)
    assert "No such user here" in failed.error
    assert delivery.tell(at=w.at + timedelta(seconds=30)) == 0
    assert w.fresh(failed).attempts == 1

    monkeypatch.setattr(OneAddressRefused, "refuses", False)
    assert delivery.tell(at=w.at + MINUTE) == 1

    sent = w.fresh(failed)
    assert (sent.message_id, sent.error, sent.told_at) == (failed.message_id, "", w.at + MINUTE)
    assert mail.outbox[-1].extra_headers["Message-ID"] == f"<{failed.message_id}>"


def test_after_eight_attempts_a_message_is_given_up(settings):
    settings.EMAIL_BACKEND = f"{__name__}.OneAddressRefused"
    w = build("scored")
    Delivery.objects.exclude(recipient=w.staff).delete()

    for day in range(20):
        delivery.tell(at=w.at + day * DAY)

    assert set(
        Delivery.objects.filter(channel=Channel.MAIL).values_list("attempts", flat=True)
    ) == {8}


def test_a_mail_server_that_does_not_answer_is_held_against_no_message(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    w = build("scored")

    assert delivery.tell(at=w.at + DAY) == 0

    assert set(Delivery.objects.filter(channel=Channel.MAIL).values_list("attempts", "error")) == {
        (0, "")
    }
    assert not Delivery.objects.filter(channel=Channel.MAIL, message_id="").exists()


def test_a_closed_account_gets_nothing_even_if_it_was_told_before_it_closed():
    w = build("scored")
    User.objects.filter(pk=w.staff.pk).update(is_active=False)

    delivery.tell(at=w.at + DAY)

    assert all(m.to != [w.staff.email] for m in mail.outbox)
    assert Delivery.objects.filter(
        recipient=w.staff, channel=Channel.MAIL, error="The account is closed."
    ).exists()
    assert (
        not Delivery.objects.filter(recipient=w.staff, channel=Channel.MAIL)
        .exclude(told_at=None)
        .exists()
    )


class DiesAfterSending(EmailBackend):
    """The worker's last breath: the mail is out, and nobody is left to mark it."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


def test_a_mail_that_was_sent_but_not_marked_comes_again_as_the_same_mail(settings):
    w = build("scored")
    Delivery.objects.exclude(recipient=w.head).delete()
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(SystemExit):
        delivery.tell(at=w.at + DAY)
    assert Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    delivery.tell(at=w.at + 2 * DAY)

    first, again = mail.outbox
    assert first.extra_headers == again.extra_headers
    assert (first.subject, first.body, first.alternatives) == (
        again.subject,
        again.body,
        again.alternatives,
    )
    assert not Delivery.objects.filter(channel=Channel.MAIL, told_at=None).exists()


class Slow(EmailBackend):
    def send_messages(self, messages):
        time.sleep(0.01)
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    w = build("begun")
    drafts_of(w, 20)
    forget()
    reminders.remind(
        Phase.SELF_ASSESSMENT,
        submissions_tasks.not_signed,
        at=w.closes(Phase.SELF_ASSESSMENT) - DAY,
    )
    start, sent = threading.Barrier(2), []

    def work():
        try:
            start.wait()
            sent.append(delivery.tell(at=w.closes(Phase.SELF_ASSESSMENT) - DAY))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    delivery.tell(at=w.closes(Phase.SELF_ASSESSMENT) - DAY)

    ids = [m.extra_headers["Message-ID"] for m in mail.outbox]
    people = len(
        set(Delivery.objects.filter(channel=Channel.MAIL).values_list("recipient", flat=True))
    )
    assert len(ids) == len(set(ids)) == people == 45
    assert not Delivery.objects.filter(told_at=None).exists()


# --- Reminders ----------------------------------------------------------------------------------


def reminded(w, at, phase=Phase.SELF_ASSESSMENT, left=submissions_tasks.not_signed):
    """Who is reminded at a moment."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    reminders.remind(phase, left, at=at)
    rows = Delivery.objects.exclude(pk__in=before).filter(channel=Channel.INBOX)
    return sorted(rows.values_list("recipient__username", flat=True))


def test_those_who_have_something_left_are_reminded_14_7_3_and_1_days_and_6_hours_before():
    w = build("begun")
    closes = w.closes(Phase.SELF_ASSESSMENT)
    stages = [14 * DAY, 7 * DAY, 3 * DAY, DAY, 6 * HOUR]

    before = [reminded(w, closes - stage - MINUTE) for stage in stages[:1]]
    on_time = [reminded(w, closes - stage + MINUTE) for stage in stages]
    again = [reminded(w, closes - stage + 2 * MINUTE) for stage in stages]
    after = reminded(w, closes)

    everybody = ["head", "other_head", "other_staff", "staff", "unit_head"]
    assert before == [[]]
    assert on_time == [everybody] * 5
    assert again == [[]] * 5
    assert after == []


def test_a_reminder_names_what_is_left_and_the_days_left():
    w = build("begun")
    row = w.submission.answers.get(measure__code="G1-1")
    answers.save_answer(row, value=Decimal(1), note="", by=w.staff, at=w.at)
    closes = w.closes(Phase.SELF_ASSESSMENT)

    reminders.remind(
        Phase.SELF_ASSESSMENT, submissions_tasks.not_signed, at=closes - 3 * DAY + 2 * MINUTE
    )

    with translation.override("en"):
        [notice] = wording.in_words(inbox(w.head).filter(entry=None))
    assert (
        notice.title
        == "3 days left: 3 lines are not complete and the self-assessment is not signed"
    )
    assert notice.about == "Ministry of Energy · Self-assessment · 1405"
    assert notice.closes_at == closes
    assert notice.url == f"/en/submissions/{w.submission.pk}/"


def test_who_has_signed_is_not_reminded():
    w = build("submitted")

    assert reminded(w, w.closes(Phase.SELF_ASSESSMENT) - DAY) == [
        "other_head",
        "other_staff",
        "unit_head",
    ]


def test_after_a_week_without_the_scheduler_one_reminder_goes_out_not_four():
    w = build("begun")
    closes = w.closes(Phase.SELF_ASSESSMENT)
    forget()

    reminders.remind(Phase.SELF_ASSESSMENT, submissions_tasks.not_signed, at=closes - 2 * HOUR)

    assert inbox(w.head).count() == 1
    assert inbox(w.head).get().key.endswith(":6h")


def test_an_extension_begins_the_series_anew_for_whom_it_concerns():
    w = build("begun")
    closes = w.closes(Phase.SELF_ASSESSMENT)
    reminded(w, closes - 3 * DAY)
    years.extend(
        w.cycle, phase=Phase.SELF_ASSESSMENT, agency=w.power, closes_at=closes + 4 * DAY, decree_number="88",
        decreed_on=w.at.date(), reason="سیل", file=ContentFile(b"%PDF-", name="d.pdf"), by=w.administrator,
        at=closes - 3 * DAY,
    )  # fmt: skip

    at_seven_days = reminded(w, closes - 3 * DAY + HOUR)
    at_one_day = reminded(w, closes - DAY)
    after_the_old_closing = reminded(w, closes + DAY)

    assert at_seven_days == ["head", "staff"]
    assert at_one_day == ["other_head", "other_staff", "unit_head"]
    assert after_the_old_closing == ["head", "staff"]
    with translation.override("en"):
        assert wording.in_words(inbox(w.head).filter(entry=None))[-1].letter == "88"


def test_agencies_that_have_proposed_nothing_are_reminded_of_the_closing_of_proposals():
    w = build("drafted")
    specific = approval.move(w.specific, "propose", by=w.head, at=w.at)

    names = reminded(
        w, w.closes(Phase.PROPOSAL) - 7 * DAY, Phase.PROPOSAL, indicators_tasks.not_proposed
    )

    assert specific.state == "proposed"
    assert names == ["other_head", "other_staff", "unit_head"]


def test_agencies_with_drafted_appeals_are_reminded_within_their_own_two_weeks_and_not_at_their_beginning():
    w = build("drafted_appeal")
    closes = w.closes(Phase.APPEAL, w.power)

    at_once = reminded(w, w.at, Phase.APPEAL, appeals_tasks.not_filed)
    late = reminded(w, closes - DAY, Phase.APPEAL, appeals_tasks.not_filed)

    assert at_once == []
    assert late == ["head", "staff"]
    with translation.override("en"):
        [notice] = wording.in_words(inbox(w.head).filter(entry=None))
    assert notice.title == "1 day left: 1 drafted appeal is not filed"
    assert notice.url == f"/en/appeals/agencies/{Appeal.objects.first().submission_id}/"


def test_a_quarter_has_reminders_of_its_own():
    w = build("communicated")
    ends = Window.objects.get(cycle=w.cycle, phase=Phase.MONITORING, quarter=2).closes_at

    def left(cycles):
        for quarter in (1, 2, 3):
            yield reminders.Todo(
                w.cycle.pk, w.power.pk, Submission, 0, ("submissions:list",), quarter=quarter
            )

    reminders.remind(Phase.MONITORING, left, at=ends - 7 * DAY)

    with translation.override("en"):
        [notice] = wording.in_words(inbox(w.head).filter(entry=None))
    assert notice.about == "Ministry of Energy · Monitoring, quarter 2 · 1405"
    assert notice.closes_at == ends


@pytest.mark.parametrize(
    "task", (indicators_tasks.remind, submissions_tasks.remind, appeals_tasks.remind)
)
def test_the_tasks_go_by_the_clock_of_the_portal(task, settings):
    w = build("drafted_appeal")
    settings.CLOCK_OFFSET = w.closes(Phase.APPEAL, w.power) - DAY - timezone.now()
    forget()

    task()

    expected = {"head", "staff"} if task is appeals_tasks.remind else set()
    assert {d.recipient.username for d in Delivery.objects.all()} == expected


def test_reminding_takes_the_same_queries_for_3_and_for_30_agencies():
    w = build("begun")
    at, taken = w.closes(Phase.SELF_ASSESSMENT) - DAY, []

    for more in (3, 27):
        drafts_of(w, more)
        forget()
        with CaptureQueriesContext(connection) as queries:
            reminders.remind(Phase.SELF_ASSESSMENT, submissions_tasks.not_signed, at=at)
        taken.append(len(queries))

    assert taken[0] == taken[1]


def test_the_last_reminders_go_out_as_one_text_message_too_to_those_who_want_it(settings, tmp_path):
    settings.SMS_DIRECTORY = tmp_path
    w = build("begun")
    wishes = {
        "mails_news": True,
        "mails_reminders": False,
        "texts_reminders": True,
        "language": "en",
    }
    delivery.choose({**wishes, "mobile": "+989121234567"}, by=w.staff, at=w.at)
    closes = w.closes(Phase.SELF_ASSESSMENT)
    forget()

    reminders.remind(Phase.SELF_ASSESSMENT, submissions_tasks.not_signed, at=closes - 3 * DAY)
    delivery.tell(at=closes - 3 * DAY)
    assert list(tmp_path.iterdir()) == []
    reminders.remind(Phase.SELF_ASSESSMENT, submissions_tasks.not_signed, at=closes - DAY)
    delivery.tell(at=closes - DAY)
    delivery.tell(at=closes - DAY)

    [file] = tmp_path.iterdir()
    number, sentence, link = file.read_text().splitlines()
    assert number == "+989121234567"
    assert sentence.startswith("1 day left: 4 lines are not complete")
    assert link == "http://localhost:8000/en/cycles/notices/"
    assert len(sentence) + len(link) < 300
    assert all(m.to != [w.staff.email] for m in mail.outbox)


# --- Reading and choosing -----------------------------------------------------------------------


def test_when_a_notice_is_first_opened_is_recorded_once_and_it_leads_on(as_):
    w = build("scored")
    row = inbox(w.head).filter(is_official=True).latest("pk")
    client = as_(w.head, w.at + DAY)

    answer = client.get(f"/en/cycles/notices/{row.pk}/")
    first = w.fresh(row).seen_at
    as_(w.head, w.at + 2 * DAY).get(f"/en/cycles/notices/{row.pk}/")

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/en/submissions/{w.submission.pk}/report/",
    )
    assert abs(first - (w.at + DAY)) < MINUTE
    assert w.fresh(row).seen_at == first


def test_a_notice_of_what_is_gone_is_still_told_in_words(as_):
    w = build("scored")
    row = inbox(w.head).filter(is_official=True).latest("pk")
    gone = Entry.objects.get(pk=row.entry_id)
    gone.pk, gone.object_pk, gone.object_label = None, 0, "آنچه دیگر نیست"
    gone.save(force_insert=True)
    Delivery.objects.filter(pk=row.pk).update(entry=gone)

    page = as_(w.head, w.at).get(f"/en/cycles/notices/{row.pk}/")

    assert page.status_code == 200
    assert "آنچه دیگر نیست" in page.content.decode()


def test_somebody_elses_notice_does_not_exist_and_cannot_be_seen_for_them(as_):
    w = build("scored")
    row = inbox(w.head).latest("pk")

    assert as_(w.staff, w.at).get(f"/en/cycles/notices/{row.pk}/").status_code == 404
    with pytest.raises(Refused):
        delivery.see(row, by=w.staff, at=w.at)
    assert w.fresh(row).seen_at is None


def test_marking_all_as_seen_leaves_official_notices_to_be_opened(as_):
    w = build("scored")
    client = as_(w.staff, w.at)

    client.post("/en/cycles/notices/seen/")

    unseen = inbox(w.staff).filter(seen_at=None)
    assert unseen.exists()
    assert all(row.is_official for row in unseen)
    assert inbox(w.staff).exclude(seen_at=None).exists()


def test_the_inbox_takes_the_same_queries_for_any_length_and_can_be_narrowed(as_):
    w = build("begun")
    forget()
    client, taken = as_(w.head, w.at), []

    for count in (1, 3, 60):
        entries = (
            list(Entry.objects.filter(model="submissions.submission").order_by("pk")[:1]) * count
        )
        Delivery.objects.bulk_create(
            Delivery(recipient=w.head, channel="inbox", entry=e, key=f"{count}-{n}", made_at=w.at)
            for n, e in enumerate(entries)
        )
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/en/cycles/notices/")
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]
    assert page.content.decode().count("The self-assessment can be filled in") == 25
    assert "No notices here" in client.get("/en/cycles/notices/?show=official").content.decode()


def test_the_bell_of_every_page_shows_how_many_notices_are_not_seen(as_):
    w = build("scored")
    count = inbox(w.head).filter(seen_at=None).count()

    page = as_(w.head, w.at).get("/en/").content.decode()

    assert f"not seen: </span>{count}</span>" in page


@pytest.mark.parametrize(
    "typed", ("09121234567", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "+98 912 123 4567", "0098-912-123-4567", "9121234567")
)
def test_a_mobile_number_is_understood_however_it_is_written(typed):
    form = NoticeSettingsForm({"language": "fa", "mobile": typed, "texts_reminders": "on"})

    assert form.is_valid()
    assert form.cleaned_data["mobile"] == "+989121234567"


@pytest.mark.parametrize(
    "typed", ("02188776655", "0912123456", "+1 555 123 4567", "abc", "٠٩١٢١٢٣٤٥٦٧٨")
)
def test_what_is_no_mobile_number_is_refused(typed):
    assert "mobile" in NoticeSettingsForm({"language": "fa", "mobile": typed}).errors


def test_text_messages_need_a_number_on_the_page_and_in_the_act(as_):
    w = build("people")
    wishes = {
        "language": "en",
        "mobile": "",
        "texts_reminders": True,
        "mails_news": True,
        "mails_reminders": True,
    }

    page = as_(w.staff, w.at).post(
        "/en/cycles/notices/settings/", {"language": "en", "texts_reminders": "on"}
    )
    with pytest.raises(Refused):
        delivery.choose(wishes, by=w.staff, at=w.at)

    assert page.status_code == 200
    assert not w.fresh(w.staff).texts_reminders


def test_choices_are_kept_and_are_no_official_act(as_):
    w = build("people")
    typed = {"language": "en", "mobile": "۰۹۱۲۱۲۳۴۵۶۷", "texts_reminders": "on", "mails_news": "on"}

    as_(w.staff, w.at).post("/fa/cycles/notices/settings/", typed)

    chosen = w.fresh(w.staff)
    assert [getattr(chosen, name) for name in delivery.CHOICES] == [
        "en",
        "+989121234567",
        True,
        False,
        True,
    ]
    assert not Entry.objects.exists()


# --- Who has not seen what ----------------------------------------------------------------------


def test_administrators_see_who_has_not_seen_an_official_notice_those_first(as_):
    w = build("scored")
    entry = Entry.objects.get(act="communicate", workflow="submissions.submission")
    delivery.see(inbox(w.head).get(entry=entry), by=w.head, at=w.at)
    Delivery.objects.filter(entry=entry, channel=Channel.MAIL, recipient=w.staff).update(
        error="550 No such user here"
    )
    client = as_(w.administrator, w.at)

    listed = client.get(
        "/en/cycles/notices/unseen/?act=submissions.submission:communicate"
    ).content.decode()
    people = client.get(f"/en/cycles/notices/unseen/{entry.pk}/").content.decode()

    assert listed.count("Scores have been communicated</a>") == 1
    staff, head = people[people.index("<tbody") :].split("<tr")[1:3]
    assert "Agency staff · Ministry of Energy" in staff
    assert "not seen yet" in staff
    assert "550 No such user here" in staff
    assert "Head of the agency · Ministry of Energy" in head
    assert "not seen yet" not in head


def test_a_provincial_administrator_sees_the_notices_of_the_province_only(as_):
    w = build("begun")
    signing.lapse(w.cycle, at=w.opens(Phase.SCORING))
    at = w.opens(Phase.SCORING)
    entries = {e.agency_code: e for e in Entry.objects.filter(act="lapse")}
    client = as_(w.provincial_administrator, at)

    page = client.get("/en/cycles/notices/unseen/").content.decode()

    assert page.count("closed without a submission</a>") == 1
    assert client.get(f"/en/cycles/notices/unseen/{entries['MOE-QZ'].pk}/").status_code == 200
    assert client.get(f"/en/cycles/notices/unseen/{entries['MOE'].pk}/").status_code == 404


@pytest.mark.parametrize("name", ("staff", "head", "assessor", "member", "stranger"))
def test_who_has_not_seen_what_is_nobody_elses_business(as_, name):
    w = build("scored")
    entry = Entry.objects.get(act="communicate", workflow="submissions.submission")
    client = as_(w.people[name], w.at)

    assert client.get("/en/cycles/notices/unseen/").status_code == 404
    assert client.get(f"/en/cycles/notices/unseen/{entry.pk}/").status_code == 404


def test_the_pages_of_the_unseen_take_the_same_queries_for_any_length(as_):
    w = build("begun")
    at, lists, details = w.opens(Phase.SCORING), [], []

    for count in (1, 3, 21):
        drafts_of(w, count)
        signing.lapse(Cycle.objects.get(pk=w.cycle.pk), at=at)
        entry = Entry.objects.filter(act="lapse").latest("pk")
        for n in range(count):
            make_user(f"more-{count}-{n}", Role.STAFF, agency=w.power)
        people = User.objects.filter(username__startswith=f"more-{count}-")
        Delivery.objects.bulk_create(
            Delivery(
                recipient=p,
                channel="inbox",
                entry=entry,
                key=f"entry:{entry.pk}",
                made_at=at,
                is_official=True,
            )
            for p in people
        )
        client = as_(w.administrator, at)
        for taken, url in ((lists, ""), (details, f"{entry.pk}/")):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/en/cycles/notices/unseen/{url}").status_code == 200
            taken.append(len(queries))

    assert lists[0] == lists[1] == lists[2]
    assert details[0] == details[1] == details[2]


@pytest.mark.parametrize(
    ("stage", "name", "act", "asks"),
    (("marked", "administrator", "communicate", True), ("answered", "head", "submit", False)),
)
def test_the_page_of_an_official_act_asks_for_the_letter_and_others_do_not(
    as_, stage, name, act, asks
):
    w = build(stage)

    page = (
        as_(w.people[name], w.at).get(f"/en/submissions/{w.submission.pk}/{act}/").content.decode()
    )

    assert ("Number of the official letter" in page) == asks


def test_a_letter_typed_on_the_page_reaches_the_record(as_):
    w = build("marked")
    typed = {"note": "", "letter": "۱۲۳/الف", "password": "correct horse battery staple"}

    as_(w.administrator, w.at).post(f"/en/submissions/{w.submission.pk}/communicate/", typed)

    assert (
        Entry.objects.get(act="communicate", workflow="submissions.submission").params["letter"]
        == "123/الف"
    )
