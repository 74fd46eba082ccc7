"""Pages of decrees, dates and holidays."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cycles.calendar import Phase, from_jalali, midnight
from cycles.models import Extension, Group, Holiday
from tests.cycles.years.decrees import closing
from tests.factories import PASSWORD, build

pytestmark = pytest.mark.django_db


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


def test_a_decree_in_jalali_days_extends_to_the_days_end_and_its_paper_can_be_read(as_):
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
