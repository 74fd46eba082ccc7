"""Ceremonies, award categories and the committee's minutes: who prepares them, and what stays."""

import pytest
from django.core.files.base import ContentFile

from agencies.models import Province
from cycles.models import Cycle, Entry
from cycles.workflow import Refused
from festival.awards import ceremonies
from tests.festival.awards.ceremonies import (
    SECOND,
    decide,
    keep_minutes,
    lay_ceremony,
    of_code,
    of_province,
    put_forward,
)

pytestmark = pytest.mark.usefixtures("english")


# --- Ceremonies and categories ------------------------------------------------------------------


def test_one_act_lays_the_country_s_and_each_province_s_ceremony_and_may_be_repeated(final):
    Province.objects.create(
        code="IR-01", name_fa="مرکزی", name_en="Markazi", capital_fa="اراک", capital_en="Arak"
    )

    first = ceremonies.lay_ceremonies(final.cycle, by=final.administrator, at=final.at)
    again = ceremonies.lay_ceremonies(final.cycle, by=final.administrator, at=final.at)

    assert {c.province.code if c.province else None for c in first} == {None, "IR-26", "IR-01"}
    assert again == []
    assert Entry.objects.filter(act="lay_ceremonies").count() == 3
    with pytest.raises(Refused, match="national administrator"):
        ceremonies.lay_ceremonies(final.cycle, by=final.provincial_administrator, at=final.at)


def test_categories_come_from_the_starter_and_next_year_from_the_year_before(final):
    made = ceremonies.take_over_categories(final.cycle, by=final.administrator, at=final.at)
    fields = {"name_fa": "عنوان ویژه", "basis": "committee", "offered": "national"}
    ceremonies.save_category(
        final.cycle, code="special", fields=fields, is_new=True, by=final.administrator, at=final.at
    )
    following = Cycle.objects.create(year=final.cycle.year + 1, preset=final.cycle.preset)

    copied = ceremonies.take_over_categories(following, by=final.administrator, at=final.at)

    assert {"total", "general", "specific", "growth", "service_desk", "elites", "outstanding"} < {
        c.code for c in made
    }
    assert {c.code for c in copied} == {c.code for c in made} | {"special"}
    assert [c.position for c in copied] == sorted(c.position for c in copied)
    assert {c.code for c in made if c.is_composed} == {"thematic"}
    with pytest.raises(Refused, match="categories already"):
        ceremonies.take_over_categories(following, by=final.administrator, at=final.at)


def test_a_category_changes_until_an_award_in_it_is_decided(final):
    ceremony = lay_ceremony(final)
    given = put_forward(final, ceremony, final.power)
    said = {
        "code": "service_desk",
        "fields": {"name_fa": "خدمت"},
        "by": final.administrator,
        "at": final.at,
    }
    ceremonies.save_category(final.cycle, **said)

    decide(final, given)

    with pytest.raises(Refused, match="it stays as it is"):
        ceremonies.save_category(final.cycle, **said)
    assert of_code(final, "service_desk").name_fa == "خدمت"


def test_a_province_sets_its_own_ceremony_and_no_other(final):
    national, own = lay_ceremony(final), of_province(final)
    fields = {"place": "تالار شهر", "chair": "استاندار"}

    ceremonies.set_ceremony(own, fields=fields, by=final.provincial_administrator, at=final.at)

    assert final.fresh(own).place == "تالار شهر"
    with pytest.raises(Refused, match="of the province whose festival it is"):
        ceremonies.set_ceremony(
            national, fields=fields, by=final.provincial_administrator, at=final.at
        )
    with pytest.raises(Refused, match="Nothing was changed"):
        ceremonies.set_ceremony(own, fields=fields, by=final.provincial_administrator, at=final.at)


# --- Decisions ----------------------------------------------------------------------------------


def test_minutes_are_of_a_meeting_that_was_held_and_keep_their_signed_paper(final):
    ceremony = lay_ceremony(final)
    paper = ContentFile(b"%PDF-1.7 signed", name="../up/صورت‌جلسه.pdf")

    with pytest.raises(Refused, match="not been held"):
        keep_minutes(final, ceremony, held_at=final.at + SECOND)
    kept = keep_minutes(final, ceremony, file=paper)
    second = keep_minutes(final, ceremony)

    assert (kept.number, second.number, kept.present) == (1, 2, ["نخست", "دوم"])
    assert kept.file_name == "صورت‌جلسه.pdf"
    assert Entry.objects.of(kept).get().params["sha256"] == kept.sha256 != ""
