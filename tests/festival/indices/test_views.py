"""Pages of the register, and its open data."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cycles.models import Entry
from festival.indices import actions as indices
from festival.models import Index, IndexEdition, IndexReport, IndexValue, Region
from tests.factories import PASSWORD
from tests.festival.indices.registers import enter, values_in_force
from tests.tabs import Tab
from tests.worlds.indices import index


@pytest.fixture
def there(world, client, settings, clock):
    clock(world.at)

    def get(name, *args, who=None, query=""):
        client.logout()
        if who:
            client.force_login(world.people[who])
        return client.get(reverse(f"festival:{name}", args=args) + query)

    return get


def text_of(response):
    return response.content.decode()


def test_the_public_list_takes_the_same_queries_for_any_number_of_indices(
    world, there, django_assert_max_num_queries
):
    indices.load_register(by=world.administrator, at=world.at)
    Index.objects.exclude(code="EGDI").update(is_active=False)
    with django_assert_max_num_queries(20) as one:
        there("indices")
    Index.objects.update(is_active=True)
    with django_assert_max_num_queries(20) as all_of_them:
        answer = there("indices")

    assert len(all_of_them.captured_queries) == len(one.captured_queries)
    assert text_of(answer).count('class="spark"') > 5


def test_the_public_reads_the_words_for_what_is_revised_and_not_covered(world, there, followed):
    enter(world, followed, year=2023)
    enter(world, followed, year=2023, score="26", rank=147)
    enter(world, followed, year=2024, score=None, rank=None)

    told = text_of(there("index", "CPI"))

    assert "not covered this year" in told
    assert "revised" in told
    assert "superseded" in told
    assert "the figures below are of 2023" in told


def test_an_index_no_longer_followed_is_shown_to_administrators_alone(world, there, followed):
    Index.objects.update(is_active=False)

    assert there("index", "CPI").status_code == 404
    assert "Corruption" not in text_of(there("indices"))
    assert "no longer followed" in text_of(there("index", "CPI", who="administrator"))


def test_the_page_of_an_index_draws_the_country_beside_region_and_world(world, there):
    index(world)

    told = text_of(there("index", "EGDI"))

    assert all(
        f'class="stroke-{line}" points="6.0,' in told for line in ("home", "region", "world")
    )
    assert "Türkiye" in told
    assert "France" not in told


def test_another_region_may_be_chosen(world, there):
    index(world)
    Region.objects.create(code="far", name_fa="دور", name_en="Far", countries=["FRA"], position=2)

    told = text_of(there("index", "EGDI", query="?region=far"))

    assert "France" in told
    assert "Türkiye" not in told


def test_open_data_holds_every_value_that_holds_and_no_superseded_one(world, there, followed):
    index(world)
    enter(world, followed, score="25")
    enter(world, followed, score="26")

    lines = b"".join(there("indices_file").streaming_content).decode("utf-8-sig").splitlines()

    assert lines[0].startswith(
        "index,name_en,publisher,edition,year,country,score,rank,countries,state,revised"
    )
    assert len(lines) == 1 + 8 + 1
    assert [line for line in lines if line.startswith("CPI")] == [
        "CPI,Corruption,Transparency,2024,2024,IRN,26,150,,published,true,Report"
    ]


def test_a_file_is_tried_on_the_page_and_taken_over_when_it_is_confirmed(
    world, there, client, followed
):
    there("index", "CPI", who="administrator")
    page = reverse("festival:index_import", args=["CPI", "table"])
    typed = {"label": "2024", "source": "Index 2024", "year": "۲۰۲۴", "published_on": "2025-02-11"}

    tried = client.post(
        page,
        {
            **typed,
            "file": SimpleUploadedFile("a.csv", b"country,score,rank\nIRN,25,150\nTUR,36,115"),
        },
    )
    assert (len(tried.context["check"].new), IndexValue.objects.count()) == (2, 0)
    client.post(page, {"token": tried.context["token"]})

    edition = IndexEdition.objects.get()
    assert (edition.label, edition.year, edition.published_on, len(edition.sha256)) == (
        "2024", 2024, date(2025, 2, 11), 64,
    )  # fmt: skip
    assert values_in_force(followed) == {"IRN": (25, 150), "TUR": (36, 115)}


def test_wrong_rows_are_named_and_left_out_only_when_asked_for(world, there, client, followed):
    there("index", "CPI", who="administrator")
    page = reverse("festival:index_import", args=["CPI", "table"])
    file = SimpleUploadedFile("a.csv", b"country,year,score\nIRN,2024,25\nAtlantis,2024,7")

    tried = client.post(page, {"label": "2024", "source": "x", "file": file})
    assert "No country is known by “Atlantis”." in text_of(tried)
    assert "No country is known by these names: <bdi>Atlantis</bdi>" in text_of(tried)
    assert 'type="checkbox" name="take" value="right" required' in tried.content.decode()
    client.post(page, {"token": tried.context["token"]})
    assert not IndexValue.objects.exists()
    client.post(page, {"token": tried.context["token"], "take": "right"})

    assert values_in_force(followed) == {"IRN": (25, None)}
    assert Entry.objects.get(act="import_values").params["left_out"] == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"year": "1403", "score": "1"}, "Enter a Gregorian year"),
        ({"year": "2024"}, "Give a score or a rank"),
        ({"year": "2024", "score": "1", "is_not_covered": "on"}, "has neither score nor rank"),
        ({"year": "2024", "rank": "1.5"}, "decimal places"),
        ({"year": "2024", "score": "12,5"}, "may part decimals or thousands"),
    ],
)
def test_an_edition_typed_wrongly_is_told_in_words_and_stays_typed(
    world, there, client, followed, typed, told
):
    there("index", "CPI", who="administrator")

    answer = client.post(
        reverse("festival:edition_new", args=["CPI"]), {"label": "Kept", "source": "x", **typed}
    )

    assert told in text_of(answer)
    assert 'value="Kept"' in text_of(answer)
    assert not IndexEdition.objects.exists()


def test_an_index_is_entered_on_its_page_with_its_agencies_and_target(world, there, client):
    there("indices", who="administrator")
    typed = {
        "code": "GII", "name_fa": "نوآوری", "publisher": "WIPO", "direction": "higher", "agencies": "MOE، mohme",
        "vision_rank": "۱", "vision_year": "2025", "is_active": "on",
    }  # fmt: skip

    wrong = client.post(
        reverse("festival:index_new"), {**typed, "vision_year": "", "agencies": "NONE"}
    )
    assert "No agency has the code: NONE." in text_of(wrong)
    client.post(reverse("festival:index_new"), typed)

    made = Index.objects.get()
    assert (made.code, made.vision_rank, made.vision_year, made.agencies.count()) == (
        "GII",
        1,
        2025,
        2,
    )


def test_a_region_is_typed_by_names_in_either_language(world, there, client):
    there("indices", who="administrator")
    typed = {"code": "near", "name_fa": "نزدیک", "countries": "Iran, ترکیه\nIRQ"}

    client.post(reverse("festival:region_new"), typed)

    assert Region.objects.get().countries == ["IRN", "TUR", "IRQ"]


def test_what_has_no_place_in_the_list_is_saved_again_as_it_is_shown(world, there, client):
    there("indices", who="administrator")
    held_region = Region.objects.create(code="near", name_fa="نزدیک", countries=["IRN", "TUR"])
    held = Index.objects.create(code="GII", name_fa="نوآوری", publisher="WIPO", direction="higher")

    for address in (
        reverse("festival:region_edit", args=["near"]),
        reverse("festival:index_edit", args=["GII"]),
    ):
        assert Tab(client, address).send(name_fa="نام دیگر").status_code == 302

    for each in (held_region, held):
        each.refresh_from_db()
        assert (each.name_fa, each.position) == ("نام دیگر", 0)


def test_a_report_is_written_and_sent_on_its_pages_and_then_read_by_everybody(
    world, there, client, followed
):
    page = there("index_report", "CPI", "MOE", 1405, who="staff")
    client.post(page.request["PATH_INFO"], {"done": "سامانهٔ شفافیت", "asked": "بودجه"})
    draft = IndexReport.objects.get()
    assert "سامانهٔ شفافیت" not in text_of(there("index", "CPI"))

    there("index_reports", who="head")
    client.post(reverse("festival:index_report_send", args=[draft.pk]), {"password": PASSWORD})

    assert "سامانهٔ شفافیت" in text_of(there("index", "CPI"))


def test_the_register_is_begun_by_a_button_while_it_is_empty(world, there, client):
    assert "Take over the initial table" not in text_of(there("indices"))
    assert "Take over the initial table" in text_of(there("indices", who="administrator"))

    client.post(reverse("festival:register_load"))

    assert "Take over the initial table" not in text_of(there("indices", who="administrator"))
    assert Index.objects.count() == 11


@pytest.mark.parametrize("year", [1299, 1500])
def test_there_is_no_chapter_of_a_year_that_cannot_be(there, year):
    assert there("indices_chapter", year).status_code == 404
