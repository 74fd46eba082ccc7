"""Decrees move a hard deadline, for whom they name, never back; and nothing else moves a window of
an open cycle.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from cycles.calendar import DAY, Phase, day_of, from_jalali, midnight
from cycles.models import Entry, Extension, Group, Holiday, Window
from cycles.people import interests
from cycles.presets import (
    PRESETS,
    expected_holidays,
    is_working_day,
    spare_holidays,
    why_out_of_order,
    windows_for,
)
from cycles.workflow import Refused
from cycles.years import actions as years
from cycles.years import holidays
from submissions import tasks
from submissions.answers import actions as answers
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.signing import actions as signing
from tests.factories import PASSWORD, build

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
MICROSECOND = timedelta(microseconds=1)


def extend(world, until, *, phase=Phase.SELF_ASSESSMENT, by=None, at=None, **scope):
    return years.extend(
        world.cycle,
        phase=phase,
        closes_at=until,
        decree_number="۱۴۰۵/۱۲",
        decreed_on=date(2027, 5, 20),
        reason="سیل در استان",
        file=ContentFile(b"%PDF-1.7 decree", name="decree.pdf"),
        by=by or world.administrator,
        at=at or world.at,
        **scope,
    )


def closing(world, submission, phase=Phase.SELF_ASSESSMENT):
    return Window.objects.concerning([submission]).of(phase, submission).closes_at


def save(world, submission, at):
    answer = submission.answers.select_related("submission", "measure").first()
    staff = world.staff if submission == world.submission else world.other_staff
    return answers.save_answer(answer, value=1, note="", by=staff, at=at)


def test_a_decree_for_one_agency_moves_its_deadline_and_no_other():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    extend(world, before + WEEK, agency=world.power)

    assert closing(world, world.submission) == before + WEEK
    assert closing(world, world.other) == before
    save(world, world.submission, before + WEEK - MICROSECOND)
    with pytest.raises(Refused):
        save(world, world.submission, before + WEEK)


def test_a_decree_for_a_group_moves_the_deadlines_of_its_agencies():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    group = Group.objects.get(participations__agency=world.power, cycle=world.cycle)

    extend(world, before + WEEK, group=group)

    assert closing(world, world.submission) == before + WEEK
    assert closing(world, world.other) == before


def test_of_several_decrees_the_latest_deadline_is_in_force():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + 3 * WEEK, agency=world.power)

    extend(world, before + WEEK)
    extend(world, before + 2 * WEEK)

    assert closing(world, world.submission) == before + 3 * WEEK
    assert closing(world, world.other) == before + 2 * WEEK


@pytest.mark.parametrize("scope", ("one", "group", "all"))
def test_no_decree_shortens(scope):
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    group = Group.objects.get(participations__agency=world.power, cycle=world.cycle)
    named = {"one": {"agency": world.power}, "group": {"group": group}, "all": {}}[scope]
    extend(world, before + 2 * WEEK, **named)

    with pytest.raises(Refused, match="never shortens"), translation.override("en"):
        extend(world, before + 2 * WEEK, **named)

    assert Extension.objects.count() == 1
    assert closing(world, world.submission) == before + 2 * WEEK


def test_a_decree_may_come_after_the_deadline_but_never_reaches_back():
    world = build("submitted")
    before = world.closes(Phase.SELF_ASSESSMENT)
    now = before + timedelta(days=2)

    with pytest.raises(Refused, match="never reaches back"), translation.override("en"):
        extend(world, before + timedelta(days=1), at=now)
    extend(world, before + WEEK, at=now)

    with pytest.raises(Refused):
        save(world, world.other, before + WEEK)
    assert closing(world, world.other) == before + WEEK
    assert save(world, world.other, now).value == 1


def test_a_duty_is_not_extended():
    world = build("open")

    with pytest.raises(Refused, match="accepts late"), translation.override("en"):
        extend(world, world.closes(Phase.APPROVAL) + WEEK, phase=Phase.APPROVAL)


def test_only_a_national_administrator_records_a_decree():
    world = build("answered")

    for person in (world.head, world.auditor, world.assessor):
        with pytest.raises(Refused):
            extend(world, world.closes(Phase.SELF_ASSESSMENT) + WEEK, by=person)

    assert not Extension.objects.exists()


@pytest.mark.parametrize("stage", ("planned", "final"))
def test_a_planned_and_a_final_year_know_no_decree(stage):
    world = build(stage)

    with pytest.raises(Refused, match="open cycle"), translation.override("en"):
        extend(world, world.at + 52 * WEEK)


def test_each_quarter_is_extended_for_itself():
    world = build("open")
    quarters = {
        w.quarter: w.closes_at
        for w in Window.objects.filter(cycle=world.cycle, phase=Phase.MONITORING)
    }

    extension = extend(world, quarters[2] + WEEK, phase=Phase.MONITORING, quarter=2)
    report = Extension(cycle=world.cycle, agency=world.power, quarter=1)
    first = Window.objects.concerning([report]).of(Phase.MONITORING, report)
    report.quarter = 2
    second = Window.objects.concerning([report]).of(Phase.MONITORING, report)

    assert sorted(quarters) == [1, 2, 3, 4]
    assert first.closes_at == quarters[1]
    assert second.closes_at == quarters[2] + WEEK
    assert second.decree == extension.decree_number


def test_an_extended_appeal_moves_the_review_that_follows_it():
    world = build("scored")
    appeal, review = (
        closing(world, world.submission, Phase.APPEAL),
        closing(world, world.submission, Phase.APPEAL_REVIEW),
    )

    extend(world, appeal + WEEK, phase=Phase.APPEAL, agency=world.power)

    term = Window.objects.concerning([world.submission]).of(Phase.APPEAL_REVIEW, world.submission)
    assert closing(world, world.submission, Phase.APPEAL) == appeal + WEEK
    assert term.closes_at == review + WEEK
    assert term.opens_at == appeal + WEEK
    assert term.statutory_at == review


def test_the_refusal_says_when_under_which_article_and_that_nothing_was_extended():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    with translation.override("en"), pytest.raises(Refused) as refused:
        save(world, world.submission, before)

    assert str(refused.value) == (
        "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3 of the "
        "executive bylaw of "
        "Articles 81 and 82. No extension has been decreed."
    )


def test_the_refusal_after_an_extension_names_the_decree_and_both_dates():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + WEEK)

    with translation.override("en"), pytest.raises(Refused) as refused:
        save(world, world.submission, before + WEEK)

    assert "closed on 7 June 2027, 24:00 (17 Khordad 1406)" in str(refused.value)
    assert "Decree ۱۴۰۵/۱۲ had extended it from 31 May 2027, 24:00 (10 Khordad 1406)." in str(
        refused.value
    )


def test_the_record_keeps_the_decree_with_what_it_moved():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    extension = extend(world, before + WEEK, agency=world.power)
    entry = Entry.objects.get(act="extend")

    assert (entry.agency_code, entry.object_pk, entry.note) == ("MOE", extension.pk, "سیل در استان")
    assert entry.params["letter"] == "۱۴۰۵/۱۲"
    assert entry.params["sha256"] == extension.sha256
    assert entry.params["was"] == "2027-05-31T20:30:00+00:00"


def test_an_act_in_the_extension_keeps_the_statutory_date_and_counts_as_in_time():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + WEEK)

    signing.move(world.submission, "submit", by=world.head, at=before + timedelta(days=3))
    entry = Entry.objects.get(act="submit")

    assert (entry.statutory_at, entry.days_late) == (before, 0)


def test_the_scheduler_spares_whose_deadline_was_moved_and_opens_again_what_had_lapsed(settings):
    world = build("submitted")
    before = world.closes(Phase.SELF_ASSESSMENT)
    settings.CLOCK_OFFSET = before + timedelta(hours=1) - timezone.now()
    extend(world, before + WEEK, agency=world.unit)
    tasks.lapse_overdue()
    lapsed = world.fresh(world.other).state
    unit = type(world.other).objects.get(agency=world.unit).state

    extend(world, before + WEEK, agency=world.health, at=before + timedelta(hours=2))
    tasks.lapse_overdue()
    reopened = world.fresh(world.other).state
    save(world, world.fresh(world.other), before + timedelta(days=1))
    settings.CLOCK_OFFSET = before + WEEK + timedelta(minutes=1) - timezone.now()
    tasks.lapse_overdue()

    assert (lapsed, unit, reopened) == ("lapsed", "draft", "draft")
    assert world.fresh(world.other).state == "lapsed"


def test_with_the_scheduler_stopped_for_a_week_nothing_late_is_accepted_and_what_is_open_stays_open():
    world = build("submitted")
    late = world.closes(Phase.SELF_ASSESSMENT) + WEEK

    with pytest.raises(Refused):
        save(world, world.other, late)
    interests.state_interests(world.cycle, by=world.assessor, at=late)
    block = assignment.assign(
        world.submission,
        axis=world.submission.answers.first().measure.indicator.axis,
        assessor=world.assessor,
        by=world.administrator,
        at=late,
    )
    line = world.submission.answers.filter(measure__indicator__axis=block.axis).first()
    marked = marking.save_marks(
        block, {line.pk: {"points": 1, "reason": "seen"}}, by=world.assessor, at=late
    )

    assert world.fresh(world.other).state == "draft"
    assert len(marked) == 1


@pytest.mark.parametrize(
    "statement",
    (
        "UPDATE cycles_window SET closes_at = closes_at + interval '1 day'",
        "UPDATE cycles_window SET opens_at = opens_at - interval '1 day'",
        "DELETE FROM cycles_window",
        "TRUNCATE cycles_window",
        "UPDATE cycles_extension SET closes_at = closes_at + interval '1 day'",
        "DELETE FROM cycles_extension",
        "TRUNCATE cycles_extension",
    ),
)
def test_the_database_refuses_to_move_a_window_of_an_open_cycle_or_a_decree(statement):
    world = build("answered")
    extend(world, world.closes(Phase.SELF_ASSESSMENT) + WEEK)
    before = list(Window.objects.order_by("pk").values())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(Window.objects.order_by("pk").values()) == before


# --- The dates of a planned year ----------------------------------------------------------------


def dates(world, **moved):
    """The windows of the preset, the closings of some phases moved."""
    planned = windows_for("statutory_gregorian", world.cycle.year)
    return [
        replace(w, closes_at=w.closes_at + moved.get(w.phase.value, timedelta())) for w in planned
    ]


def test_the_dates_of_a_planned_year_are_changed_and_the_record_keeps_both():
    world = build("planned")
    [before] = [w for w in dates(world) if w.phase == Phase.FESTIVAL]

    years.set_windows(world.cycle, dates(world, festival=WEEK), by=world.administrator, at=world.at)
    entry = Entry.objects.get(act="set_windows")

    assert world.closes(Phase.FESTIVAL) == before.closes_at + WEEK
    assert set(entry.params["windows"]) >= {"festival-0"}


def test_the_dates_of_an_open_year_are_never_changed():
    world = build("open")
    before = list(Window.objects.order_by("pk").values())

    with pytest.raises(Refused):
        years.set_windows(
            world.cycle, dates(world, festival=WEEK), by=world.administrator, at=world.at
        )

    assert list(Window.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("moved", "said"),
    (
        ({"self_assessment": WEEK}, "“Scoring” may not open before “Self-assessment” has closed."),
        ({"festival": timedelta(days=-31)}, "“Festival” closes before it opens."),
        (
            {"proposal": 2 * WEEK},
            "“Indicator approval” may neither open nor close before “Indicator proposal”.",
        ),
    ),
)
def test_dates_out_of_order_are_refused_in_words(moved, said):
    world = build("planned")

    with translation.override("en"), pytest.raises(Refused) as refused:
        years.set_windows(world.cycle, dates(world, **moved), by=world.administrator, at=world.at)

    assert str(refused.value) == said


def test_every_preset_keeps_its_order_when_holidays_are_spared():
    for year in range(1400, 1411):
        days = {day for day, _fa, _en in expected_holidays(year) + expected_holidays(year + 1)}
        for preset in PRESETS:
            planned = spare_holidays(windows_for(preset, year), days)

            assert why_out_of_order(planned) == ""
            assert all(is_working_day(day_of(w.closes_at - DAY), days) for w in planned)
            assert all(
                w.closes_at >= b.closes_at
                for w, b in zip(planned, windows_for(preset, year), strict=True)
            )


def test_a_deadline_on_a_friday_and_a_holiday_moves_to_the_next_working_day_where_the_cycle_says_so():
    world = build("people")
    friday = date(2026, 2, 20)  # the last day for proposals in the Gregorian year of 1405
    saturday = ("شنبهٔ نمونه", "A holiday of this test")
    holidays.list_holidays([(date(2026, 2, 21), *saturday)], by=world.administrator, at=world.at)

    spared = years.plan_cycle(
        year=1405, preset="statutory_gregorian", by=world.administrator, at=world.at
    )
    plain = years.proposed_windows("statutory_gregorian", 1405, spares_holidays=False)

    assert plain[0].closes_at == midnight(friday + DAY)
    assert Window.objects.get(cycle=spared, phase=Phase.PROPOSAL).closes_at == midnight(
        date(2026, 2, 23)
    )


def test_a_struck_holiday_counts_no_more_and_stays_on_record():
    world = build("people")
    [holiday] = holidays.list_holidays(
        [(date(2026, 2, 21), "نمونه", "")], by=world.administrator, at=world.at
    )

    holidays.strike_holiday(holiday, by=world.administrator, at=world.at)
    [proposal] = [
        w
        for w in years.proposed_windows("statutory_gregorian", 1405, spares_holidays=True)
        if w.phase == Phase.PROPOSAL
    ]

    assert proposal.closes_at == midnight(date(2026, 2, 22))
    assert list(Entry.objects.order_by("pk").values_list("act", flat=True)) == [
        "list_holidays",
        "strike_holiday",
    ]


def test_the_expected_holidays_of_a_year_hold_its_fixed_ones_in_both_languages():
    days = {day: (name_fa, name_en) for day, name_fa, name_en in expected_holidays(1405)}

    for month, day in ((1, 1), (1, 12), (1, 13), (3, 14), (3, 15), (11, 22), (12, 29)):
        name_fa, name_en = days[from_jalali(1405, month, day)]
        assert name_en.isascii()
        assert not name_fa.isascii()
    assert all(from_jalali(1405, 1, 1) <= day < from_jalali(1406, 1, 1) for day in days)


# --- The pages ----------------------------------------------------------------------------------


@pytest.fixture
def as_(client, settings):
    """Sign somebody in at a moment."""

    def sign_in(user, at):
        settings.CLOCK_OFFSET = at - timezone.now()
        client.force_login(user)
        return client

    return sign_in


def paper(**changes):
    """What is typed to extend the self-assessment for all."""
    return {
        "window": "self_assessment:0",
        "closes_at": "۱۴۰۶/۰۳/۲۰",
        "decree_number": "۵۵/۱",
        "decreed_on": "1406/03/01",
        "reason": "سیل",
        "file": SimpleUploadedFile("decree.pdf", b"%PDF-1.7", "application/pdf"),
        "password": PASSWORD,
    } | changes


def test_a_decree_typed_in_jalali_days_extends_to_the_end_of_the_day_and_its_paper_can_be_read(as_):
    world = build("answered")
    client = as_(world.administrator, world.at)

    answer = client.post("/en/cycles/1405/extend/", paper(), follow=True).content.decode()
    extension = Extension.objects.get()
    file = as_(world.other_staff, world.at).get(f"/en/cycles/extensions/{extension.pk}/decree/")

    assert "10 June 2027, 24:00 (20 Khordad 1406)" in answer
    assert closing(world, world.submission) == midnight(from_jalali(1406, 3, 21))
    assert b"".join(file.streaming_content) == b"%PDF-1.7"
    assert file["Content-Disposition"] == 'attachment; filename="decree.pdf"'


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        ({"password": "wrong"}, "This is not your password."),
        ({"closes_at": "1406/03/01"}, "A decree never shortens"),
        ({"closes_at": "soon"}, "Enter a date"),
        ({"file": SimpleUploadedFile("decree.pdf", b"MZ")}, "must be a PDF"),
        ({"agency": "MOE", "group": "GROUP"}, "not both"),
        ({"agency": "nowhere"}, "No agency has this code"),
    ),
)
def test_a_wrong_decree_is_refused_beside_its_field_and_what_was_typed_stays(as_, changes, said):
    world = build("answered")
    group = Group.objects.filter(cycle=world.cycle).first()
    typed = {
        key: group.pk if value == "GROUP" else value for key, value in paper(**changes).items()
    }

    answer = (
        as_(world.administrator, world.at).post("/en/cycles/1405/extend/", typed).content.decode()
    )

    assert said in answer
    assert "سیل" in answer
    assert not Extension.objects.exists()


def test_dates_are_shown_in_both_calendars_before_they_are_kept(as_):
    world = build("planned")
    client = as_(world.administrator, world.at)
    page = client.get("/en/cycles/1405/windows/")
    typed = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    typed = {
        name: page.context["form"].fields[name].prepare_value(value)
        for name, value in typed.items()
    }
    typed["closes-festival-0"] = "1406/07/20"

    shown = client.post("/en/cycles/1405/windows/", typed | {"show": "1"}).content.decode()
    before = world.closes(Phase.FESTIVAL)
    client.post("/en/cycles/1405/windows/", typed)

    assert "12 October 2027, 24:00 (20 Mehr 1406)" in shown
    assert before == midnight(date(2027, 10, 1))
    assert world.closes(Phase.FESTIVAL) == midnight(from_jalali(1406, 7, 21))


def test_the_preview_of_a_year_says_which_deadlines_holidays_moved(as_):
    world = build("people")
    client = as_(world.administrator, world.at)
    client.post("/en/cycles/holidays/expected/1404/")

    page = client.get(
        "/en/cycles/plan/?year=1405&preset=statutory_gregorian&spares_holidays=on"
    ).content.decode()

    assert "moved off a holiday from 20 February 2026, 24:00" in page
    assert "22 February 2026, 24:00" not in page
    assert "21 February 2026, 24:00" in page


def test_a_holiday_is_added_listed_and_struck_on_its_page(as_):
    world = build("people")
    client = as_(world.administrator, world.at)

    typed = {"day": "1405/02/02", "name_fa": "نمونه", "name_en": "Sample"}
    added = client.post("/en/cycles/holidays/add/", typed, follow=True).content.decode()
    holiday = Holiday.objects.get()
    struck = client.post(f"/en/cycles/holidays/{holiday.pk}/strike/", follow=True).content.decode()
    again = client.post("/en/cycles/holidays/add/", {"day": "never"}).content.decode()

    assert "22 April 2026 (2 Ordibehesht 1405)" in added
    assert "Sample" in added
    assert "Struck" in struck
    assert "Enter a date" in again
