"""Who has something left to do is reminded before the deadline, once a stage."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from appeals import tasks as appeals_tasks
from appeals.models import Appeal
from cycles.calendar import Phase
from cycles.engine import reminders
from cycles.models import Channel, Delivery, Window
from cycles.notices import delivery, wording
from cycles.years import actions as years
from indicators import tasks as indicators_tasks
from indicators.sets import approval
from submissions import tasks as submissions_tasks
from submissions.answers import actions as answers
from submissions.models import Submission
from tests.cycles.notices.deliveries import DAY, HOUR, MINUTE, drafts_of, forget, inbox
from tests.factories import build

pytestmark = pytest.mark.django_db


# --- Reminders ----------------------------------------------------------------------------------


def remind_people(w, at, phase=Phase.SELF_ASSESSMENT, left=submissions_tasks.not_signed):
    """Who is reminded at a moment."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    reminders.remind(phase, left, at=at)
    rows = Delivery.objects.exclude(pk__in=before).filter(channel=Channel.INBOX)
    return sorted(rows.values_list("recipient__username", flat=True))


def test_who_has_something_left_is_reminded_14_7_3_and_1_days_and_6_hours_before():
    w = build("begun")
    closes = w.closes(Phase.SELF_ASSESSMENT)
    stages = [14 * DAY, 7 * DAY, 3 * DAY, DAY, 6 * HOUR]

    before = [remind_people(w, closes - stage - MINUTE) for stage in stages[:1]]
    on_time = [remind_people(w, closes - stage + MINUTE) for stage in stages]
    again = [remind_people(w, closes - stage + 2 * MINUTE) for stage in stages]
    after = remind_people(w, closes)

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

    assert remind_people(w, w.closes(Phase.SELF_ASSESSMENT) - DAY) == [
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
    remind_people(w, closes - 3 * DAY)
    years.extend(
        w.cycle, phase=Phase.SELF_ASSESSMENT, agency=w.power, closes_at=closes + 4 * DAY, decree_number="88",
        decreed_on=w.at.date(), reason="سیل", file=ContentFile(b"%PDF-", name="d.pdf"), by=w.administrator,
        at=closes - 3 * DAY,
    )  # fmt: skip

    at_seven_days = remind_people(w, closes - 3 * DAY + HOUR)
    at_one_day = remind_people(w, closes - DAY)
    after_the_old_closing = remind_people(w, closes + DAY)

    assert at_seven_days == ["head", "staff"]
    assert at_one_day == ["other_head", "other_staff", "unit_head"]
    assert after_the_old_closing == ["head", "staff"]
    with translation.override("en"):
        assert wording.in_words(inbox(w.head).filter(entry=None))[-1].letter == "88"


def test_agencies_without_a_proposal_are_reminded_of_the_closing_of_proposals():
    w = build("drafted")
    specific = approval.move(w.specific, "propose", by=w.head, at=w.at)

    names = remind_people(
        w, w.closes(Phase.PROPOSAL) - 7 * DAY, Phase.PROPOSAL, indicators_tasks.not_proposed
    )

    assert specific.state == "proposed"
    assert names == ["other_head", "other_staff", "unit_head"]


def test_drafted_appeals_are_reminded_of_in_their_two_weeks_and_not_at_the_beginning():
    w = build("drafted_appeal")
    closes = w.closes(Phase.APPEAL, w.power)

    at_once = remind_people(w, w.at, Phase.APPEAL, appeals_tasks.not_filed)
    late = remind_people(w, closes - DAY, Phase.APPEAL, appeals_tasks.not_filed)

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
