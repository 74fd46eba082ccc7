"""Notices are opened, chosen and narrowed, and administrators see who has not seen one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Channel, Cycle, Delivery, Entry
from cycles.notices import delivery
from cycles.notices.forms import NoticeSettingsForm
from cycles.workflow import Refused
from submissions.signing import actions as signing
from tests.cycles.notices.deliveries import DAY, MINUTE, drafts_of, forget, inbox
from tests.factories import build, make_user

pytestmark = pytest.mark.django_db


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
