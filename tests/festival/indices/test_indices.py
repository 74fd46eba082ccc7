"""The register of international indices: what it takes in, what it never overwrites, what it tells,
and to whom.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from festival.indices import actions as indices
from festival.indices import import_check
from festival.indices.chapter import chapter
from festival.indices.merging import EditionFacts, compare_with_stored
from festival.indices.published_values import PublishedValue
from festival.indices.publisher_files import read
from festival.indices.publishers import PUBLISHERS
from festival.indices.queries import positions
from festival.models import Index, IndexEdition, IndexReport, IndexValue, Recommendation, Region
from tests.factories import PASSWORD, World, build
from tests.tabs import Tab
from tests.worlds.indices import index, recommendation, region

FACTS = EditionFacts("2024", "Survey 2024")
FILE = {"file_name": "x.csv", "sha256": "a" * 64}
State = IndexValue.State


@pytest.fixture
def world(db: None) -> World:
    with translation.override("en"):
        yield build("people")


@pytest.fixture
def followed(world: World) -> Index:
    """An index without any edition, for which the power ministry answers."""
    made = Index.objects.create(
        code="CPI", name_fa="فساد", name_en="Corruption", publisher="Transparency"
    )
    made.agencies.add(world.power)
    return made


def enter(world, followed, year=2024, score="25", rank=150, count=None, label="2024", **facts):
    facts = EditionFacts(label, "Report", country_count=count, **facts)
    score = None if score is None else Decimal(score)
    return indices.enter_edition(
        followed,
        year=year,
        facts=facts,
        score=score,
        rank=rank,
        by=world.administrator,
        at=world.at,
    )


def take_in(world, followed, text, code="table", year=None, facts=FACTS, **said):
    sheet = read(PUBLISHERS[code], text.encode(), "x.csv")
    lines = lambda: import_check.checked_again(  # noqa: E731
        PUBLISHERS[code], followed, sheet, year=year, as_checked=None
    )
    return indices.import_values(
        followed, lines, facts=facts, by=world.administrator, at=world.at, **FILE | said
    )


def tried(followed, text, code="table", year=None):
    return import_check.check(
        PUBLISHERS[code], followed, read(PUBLISHERS[code], text.encode(), "x.csv"), year=year
    )


def held(followed, year=2024):
    """What holds of an index in a year, by country."""
    rows = IndexValue.objects.current().filter(edition__index=followed, edition__year=year)
    return {v.country: (v.score, v.rank) for v in rows}


# --- The initial table --------------------------------------------------------------------------


def test_the_initial_table_begins_an_empty_register_and_each_index_stands_in_the_record(world):
    begun = indices.load_register(by=world.administrator, at=world.at)

    egdi = Index.objects.get(code="EGDI")
    assert len(begun) == Index.objects.count() == 11
    assert held(egdi)["IRN"] == (Decimal("0.65639"), 101)
    assert (egdi.vision_rank, egdi.vision_region.code, egdi.vision_year) == (1, "vision", 2025)
    assert len(egdi.vision_region.countries) == 25
    assert Entry.objects.filter(act="load_register").count() == 11
    assert [a.code for a in Index.objects.get(code="HDI").agencies.order_by("code")] == [
        "MOE",
        "MOHME",
    ]


def test_a_rank_without_a_score_is_told_as_that(world):
    indices.load_register(by=world.administrator, at=world.at)

    found = IndexValue.objects.get(edition__index__code="EGDI", edition__year=2020)

    assert (found.score, found.rank, found.edition.country_count) == (None, 89, 193)


def test_a_register_that_holds_something_is_not_begun_again(world, followed):
    with pytest.raises(Refused, match="not empty"):
        indices.load_register(by=world.administrator, at=world.at)

    assert Index.objects.get() == followed


@pytest.mark.parametrize("who", ["staff", "head", "provincial_administrator", "auditor", "chair"])
def test_only_national_administrators_keep_the_register(world, followed, who):
    person = world.people[who]
    attempts = [
        lambda: indices.save_index(
            followed, fields={"plan": "x"}, agencies=[], by=person, at=world.at
        ),
        lambda: indices.save_region(
            region(world), fields={"countries": ["IRN"]}, by=person, at=world.at
        ),
        lambda: indices.enter_edition(
            followed, year=2024, facts=FACTS, score=Decimal(1), rank=None, by=person, at=world.at
        ),
        lambda: indices.recommend(followed, year=1405, text="x", by=person, at=world.at),
        lambda: indices.approve_recommendation(recommendation(world), by=person, at=world.at),
    ]

    for attempt in attempts:
        with pytest.raises(Refused, match="is for a national administrator"):
            attempt()
    assert not Entry.objects.exclude(workflow="cycles.administration").exists()
    assert not IndexEdition.objects.filter(index=followed).exists()


# --- Indices and regions ------------------------------------------------------------------------


def test_the_code_of_an_index_never_changes(world, followed):
    fields = {"code": "OTHER", "name_fa": "ادراک فساد"}
    changed = indices.save_index(
        followed, fields=fields, agencies=[world.health], by=world.administrator, at=world.at
    )

    assert (changed.code, changed.name_fa) == ("CPI", "ادراک فساد")
    assert list(changed.agencies.all()) == [world.health]
    assert Entry.objects.get(act="save_index").params == {
        "changed": ["name_fa"],
        "agencies": ["MOHME"],
    }


def test_two_indices_never_have_one_code(world, followed):
    fields = {"code": "CPI", "name_fa": "دیگری", "publisher": "x"}

    with pytest.raises(Refused, match="already is an index with this code"):
        indices.save_index(None, fields=fields, agencies=[], by=world.administrator, at=world.at)


def test_a_region_knows_only_countries_that_there_are(world):
    fields = {"code": "near", "name_fa": "نزدیک", "countries": ["IRN", "ATL"]}

    with pytest.raises(Refused, match="ATL"):
        indices.save_region(None, fields=fields, by=world.administrator, at=world.at)

    assert not Region.objects.exists()


def test_a_comparison_follows_its_region_at_once(world):
    near, egdi = region(world), index(world)
    [before] = positions([egdi], near)

    near = indices.save_region(
        near, fields={"countries": ["IRN", "IRQ"]}, by=world.administrator, at=world.at
    )
    [after] = positions([egdi], near)

    assert (before.region_place.place, before.region_place.of) == (2, 3)
    assert (after.region_place.place, after.region_place.of) == (1, 2)
    assert Entry.objects.get(act="save_region").params == {"added": [], "removed": ["TUR"]}


# --- Editions by hand ---------------------------------------------------------------------------


def test_not_covered_is_a_state_of_its_own_and_not_the_same_as_not_known(world, followed):
    enter(world, followed, year=2023)
    enter(world, followed, year=2024, score=None, rank=None)
    take_in(world, followed, "country,year,score\nTUR,2025,40\n")

    [found] = positions([followed], None, upto=2024)
    [later] = positions([followed], None)

    assert found.value.state == State.NOT_COVERED
    assert (found.is_not_covered, found.edition.year, found.held.year, found.at.score) == (
        True,
        2024,
        2023,
        25,
    )
    assert (later.is_not_covered, later.value, later.edition.year, later.held.year) == (
        False,
        None,
        2025,
        2023,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.NOT_COVERED, "score": 1},
        {"state": State.NOT_COVERED, "rank": 1},
        {"state": State.PUBLISHED},
        {"score": 1, "rank": 0},
        {"score": 1, "country": "ir"},
    ],
)
def test_the_database_refuses_a_value_that_cannot_be(world, followed, wrong):
    edition = enter(world, followed)

    with pytest.raises(IntegrityError), transaction.atomic():
        IndexValue.objects.create(**{"edition": edition, "country": "TUR"} | wrong)


def test_a_publishers_revision_is_a_new_row_and_the_old_one_stays(world, followed):
    first = enter(world, followed, score="25", rank=150, count=180)

    revised = enter(world, followed, score="26", rank=147, count=180, label="2024 revised")

    first.refresh_from_db()
    assert (revised.supersedes, revised.is_current, first.is_current) == (first, True, False)
    assert IndexValue.objects.get(edition=first).score == 25
    assert held(followed) == {"IRN": (26, 147)}
    assert Entry.objects.filter(act="enter_edition").latest("id").params["revised"] == [2024]


def test_another_number_of_countries_is_a_revision_for_a_rank_moves_with_it(world, followed):
    enter(world, followed, count=180)

    revised = enter(world, followed, count=182)

    assert (revised.country_count, revised.is_revised) == (182, True)
    assert held(followed) == {"IRN": (25, 150)}


def test_what_was_not_known_is_filled_without_a_revision(world, followed):
    enter(world, followed, score=None, rank=150)

    edition = enter(
        world, followed, score="25", rank=None, count=180, published_on=date(2025, 2, 11)
    )

    assert (edition.is_revised, edition.country_count, edition.published_on) == (
        False,
        180,
        date(2025, 2, 11),
    )
    assert held(followed) == {"IRN": (25, 150)}


def test_what_is_held_already_is_not_written_again(world, followed):
    enter(world, followed, count=180)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match="already holds exactly this"):
        enter(world, followed, count=180)

    assert (Entry.objects.count(), IndexEdition.objects.count()) == (rows, 1)


def test_a_rank_beyond_the_number_of_countries_is_refused(world, followed):
    with pytest.raises(Refused, match="beyond the number of countries"):
        enter(world, followed, rank=181, count=180)


# --- Files --------------------------------------------------------------------------------------

TABLE = "country,year,score,rank\nIRN,2024,25,150\nTUR,2024,36,115\nIRQ,2024,23,157\n"


def test_a_trial_tells_what_is_new_changed_the_same_and_wrong_and_writes_nothing(world, followed):
    enter(world, followed, score="24", rank=150)
    take_in(world, followed, "country,year,score,rank\nIRQ,2024,23,157\n")

    found = tried(followed, f"{TABLE}Atlantis,2024,1,1\n")

    assert [str(one["object"]) for one in found.new] == ["Türkiye · 2024 · 36 · rank 115"]
    assert [
        (one["row"], one["changes"][0]["was"], one["changes"][0]["becomes"])
        for one in found.changed
    ] == [(2, "24", "25")]
    assert (found.unchanged, found.left_out, [e["row"] for e in found.errors]) == (1, 1, ["5"])
    assert held(followed)["IRN"] == (24, 150)


def test_the_same_file_a_second_time_changes_nothing(world, followed):
    take_in(world, followed, TABLE)
    before = list(IndexValue.objects.order_by("pk").values_list())

    found = tried(followed, TABLE)
    with pytest.raises(Refused, match="already holds exactly this"):
        take_in(world, followed, TABLE)

    assert (found.differs, found.unchanged) == (False, 3)
    assert list(IndexValue.objects.order_by("pk").values_list()) == before
    assert Entry.objects.filter(act="import_values").count() == 1


def test_a_changed_value_revises_its_year_alone_and_keeps_what_the_file_does_not_name(
    world, followed
):
    take_in(world, followed, f"{TABLE}IRN,2023,24,149\n")

    take_in(
        world,
        followed,
        "country,year,score,rank\nIRN,2024,26,147\n",
        facts=EditionFacts("2024b", "Revision"),
    )

    assert held(followed) == {"IRN": (26, 147), "TUR": (36, 115), "IRQ": (23, 157)}
    assert {e.year: (e.label, e.is_revised) for e in IndexEdition.objects.current()} == {
        2023: ("2024", False),
        2024: ("2024b", True),
    }
    superseded = IndexEdition.objects.get(is_current=False)
    assert {v.country: v.score for v in superseded.values_held.all()} == {
        "IRN": 25,
        "TUR": 36,
        "IRQ": 23,
    }


def test_a_file_adds_countries_to_a_typed_edition_without_a_revision(world, followed):
    edition = enter(world, followed)

    take_in(world, followed, TABLE, facts=EditionFacts("x", "y", sha256="b" * 64))

    edition.refresh_from_db()
    assert (edition.label, edition.sha256, edition.is_current) == ("2024", "b" * 64, True)
    assert sorted(held(followed)) == ["IRN", "IRQ", "TUR"]
    assert Entry.objects.get(act="import_values").params["completed"] == [2024]


def test_a_file_that_is_silent_about_the_rank_takes_none_away(world, followed):
    enter(world, followed)

    found = tried(followed, "country,year,score\nIRN,2024,25\n")

    assert (found.differs, found.unchanged) == (False, 1)


def test_a_country_that_is_listed_without_a_figure_is_not_covered(world, followed):
    take_in(world, followed, "country,year,score\nIRN,2024,\nTUR,2024,36\n")

    assert IndexValue.objects.get(country="IRN").state == State.NOT_COVERED


def test_a_file_that_names_all_countries_says_how_many_there_are(world, followed):
    text = "year,iso3,country,egdi,rank\n2024,IRN,Iran,0.6,2\n2024,TUR,Türkiye,0.8,1\n2024,SSD,South Sudan,,\n"
    sheet = read(PUBLISHERS["egdi"], text.encode(), "x.csv")

    counts = import_check.countries_by_year(PUBLISHERS["egdi"], followed, sheet, year=None)

    assert counts == {2024: 2}
    assert import_check.countries_by_year(PUBLISHERS["table"], followed, sheet, year=None) == {}


def test_what_was_shown_is_what_is_written_or_nothing(world, followed):
    sheet = read(PUBLISHERS["table"], TABLE.encode(), "x.csv")
    shown = import_check.check(PUBLISHERS["table"], followed, sheet, year=None).digest
    enter(world, followed, score="24")

    with pytest.raises(Refused, match="has changed since it was checked"):
        import_check.checked_again(
            PUBLISHERS["table"], followed, sheet, year=None, as_checked=shown
        )


# --- The agencies' reports and the recommendations ----------------------------------------------


def write(world, followed, by=None, done="سامانه‌ها یکپارچه شد", agency=None):
    return indices.write_report(
        followed, agency or world.power, year=1405, done=done, by=by or world.staff, at=world.at
    )


def test_staff_write_the_report_and_the_head_sends_it(world, followed):
    report = write(world, followed)

    with pytest.raises(Refused, match="head of the agency"):
        indices.send_report(report, by=world.staff, at=world.at)
    sent = indices.send_report(report, by=world.head, at=world.at)

    assert (sent.state, sent.sent_by, sent.sent_at) == ("sent", world.head, world.at)
    assert Entry.objects.get(act="send").agency_code == "MOE"


def test_only_a_responsible_agency_reports_and_only_its_own_people(world, followed):
    with pytest.raises(Refused, match="does not answer for this index"):
        write(world, followed, by=world.other_staff, agency=world.health)
    with pytest.raises(Refused, match="is for staff of the agency"):
        write(world, followed, by=world.other_staff)

    assert not IndexReport.objects.exists()


def test_what_was_sent_stays_and_a_later_report_stands_in_its_place(world, followed):
    first = indices.send_report(write(world, followed), by=world.head, at=world.at)
    draft = write(world, followed, done="تکمیل شد")

    assert draft.pk != first.pk
    assert [r.pk for r in IndexReport.objects.newest()] == [first.pk]
    indices.send_report(draft, by=world.head, at=world.at)
    assert [r.pk for r in IndexReport.objects.newest()] == [draft.pk]
    assert IndexReport.objects.get(pk=first.pk).done == "سامانه‌ها یکپارچه شد"


def test_a_draft_is_read_by_its_agency_and_the_national_officers_alone(world, followed):
    report = write(world, followed)

    readers = {
        who
        for who, person in world.people.items()
        if report in IndexReport.objects.visible_to(person, world.at)
    }

    assert readers == {
        "staff",
        "head",
        "headquarters",
        "agency_administrator",
        "administrator",
        "auditor",
    }


def test_a_recommendation_is_added_to_in_versions_and_only_the_last_is_approved(world, followed):
    first = indices.recommend(followed, year=1405, text="یک", by=world.administrator, at=world.at)
    second = indices.recommend(followed, year=1405, text="دو", by=world.administrator, at=world.at)

    with pytest.raises(Refused, match="later version"):
        indices.approve_recommendation(first, by=world.administrator, at=world.at)
    with pytest.raises(Refused, match="text of the last version"):
        indices.recommend(followed, year=1405, text="دو", by=world.administrator, at=world.at)
    indices.approve_recommendation(second, by=world.administrator, at=world.at)

    assert [r.text for r in Recommendation.objects.in_force()] == ["دو"]
    assert [r.text for r in Recommendation.objects.visible_to(world.staff, world.at)] == ["دو"]
    assert Recommendation.objects.visible_to(world.auditor, world.at).count() == 2
    with pytest.raises(Refused, match="approved already"):
        indices.approve_recommendation(second, by=world.administrator, at=world.at)


# --- Position, progress, chapter ----------------------------------------------------------------


def test_a_position_says_rank_region_percentile_change_and_progress(world):
    [found] = positions([index(world)], region(world))

    assert (found.ranked, found.place.of, found.is_reckoned) == (3, 4, True)
    assert (found.region_place.place, found.region_place.of) == (2, 3)
    assert found.better_than == Decimal("33.33")
    assert (found.change.since, found.change.gain) == (2018, Decimal("0.1"))
    assert (found.progress.first, found.progress.last, found.progress.compared) == (2018, 2024, 3)
    assert found.progress.annual == Decimal("0.01666667")
    assert found.progress.excess == 0
    assert found.region_progress.faster == Decimal("50.00")


def test_the_gap_to_a_place_is_told_in_places_and_in_the_score_that_it_takes(world):
    [found] = positions([index(world)], region(world))

    assert (found.goal.places, found.goal.score) == (1, Decimal("0.9"))
    assert (found.goal.gap.lacking, found.goal.gap.pace) == (Decimal("0.3"), Decimal("0.05"))


def test_the_countrys_own_values_alone_give_no_place_and_no_comparison(world):
    indices.load_register(by=world.administrator, at=world.at)

    [found] = positions([Index.objects.get(code="FSI")], Region.objects.get())

    assert (found.at.score, found.place, found.ranked, found.region_place, found.progress) == (
        Decimal("82.9"), None, None, None, None,
    )  # fmt: skip
    [hdi] = positions([Index.objects.get(code="HDI")], Region.objects.get())
    assert (hdi.progress.annual, hdi.progress.excess, hdi.better_than) == (
        Decimal("-0.0016"),
        None,
        None,
    )


def test_positions_take_three_queries_for_any_number_of_indices_and_countries(
    world, django_assert_num_queries
):
    indices.load_register(by=world.administrator, at=world.at)
    codes = "\n".join(
        f"{code},{year},{n},{n}"
        for year in (2018, 2024)
        for n, code in enumerate(("TUR", "IRQ", "SAU"), 1)
    )
    take_in(world, Index.objects.get(code="EGDI"), f"country,year,score,rank\n{codes}\n")
    every, near = list(Index.objects.for_list()), Region.objects.get()

    for some in (every[:1], every):
        with django_assert_num_queries(3):
            positions(some, near)


def test_the_chapter_holds_what_was_known_in_its_year_and_what_was_approved(world):
    egdi = index(world)
    indices.send_report(write(world, egdi), by=world.head, at=world.at)
    text = indices.recommend(
        egdi, year=1405, text="سامانه‌ها پیوسته شود", by=world.administrator, at=world.at
    )

    before = chapter(1405, world.at)
    indices.approve_recommendation(text, by=world.administrator, at=world.at)
    after, early = chapter(1405, world.at), chapter(1397, world.at)

    assert [row.position.edition.year for row in after.rows] == [2024]
    assert [row.position.edition.year for row in early.rows] == [2018]
    assert (before.recommended, [row.recommendation.text for row in after.recommended]) == (
        (),
        ["سامانه‌ها پیوسته شود"],
    )
    assert [report.agency for row in after.reported for report in row.reports] == [world.power]
    assert (early.recommended, early.reported) == ((), ())
    assert chapter(1390, world.at).is_empty


def test_an_edition_that_comes_out_later_is_not_in_an_earlier_chapter(world, followed):
    tomorrow = (world.at + timedelta(days=1)).date()
    enter(world, followed, year=2019, label="2019", published_on=tomorrow)

    assert chapter(1400, world.at).is_empty
    assert not chapter(1400, world.at + timedelta(days=2)).is_empty


# --- The pages ----------------------------------------------------------------------------------


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
    assert held(followed) == {"IRN": (25, 150), "TUR": (36, 115)}


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

    assert held(followed) == {"IRN": (25, None)}
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


def test_published_values_are_compared_with_the_stored_ones():
    held = IndexValue(score=Decimal(25), rank=None, state=State.PUBLISHED)
    gone = IndexValue(state=State.NOT_COVERED)

    def kind(before, score, rank):
        return compare_with_stored(before, PublishedValue(1, "IRN", 2024, score, rank)).kind

    assert kind(None, Decimal(1), None) == "new"
    assert kind(held, Decimal(25), None) == "same"
    assert kind(held, Decimal(25), 3) == "filled"
    assert kind(held, Decimal(24), 3) == "revised"
    assert kind(held, None, None) == "revised"
    assert kind(gone, None, None) == "same"
    assert kind(gone, Decimal(1), None) == "revised"


def test_a_file_of_many_years_names_each_edition_by_its_year_and_dates_none_that_is_held(
    world, followed
):
    typed = enter(world, followed, year=2022, label="2022", count=180)
    facts = EditionFacts("", "All years", date(2025, 2, 11), counted={2022: 9, 2023: 9})

    take_in(world, followed, "country,year,score\nTUR,2022,36\nTUR,2023,34\n", facts=facts)

    assert {e.year: (e.label, e.country_count) for e in IndexEdition.objects.all()} == {
        2022: ("2022", 180),
        2023: ("2023", 9),
    }
    typed.refresh_from_db()
    assert typed.published_on is None


def test_when_an_edition_came_out_is_not_said_by_a_later_one(world, followed):
    typed = enter(world, followed, year=2022, label="2022")

    take_in(
        world,
        followed,
        "country,year,score\nTUR,2022,36\n",
        facts=EditionFacts("2024", "x", date(2025, 2, 11)),
    )

    typed.refresh_from_db()
    assert typed.published_on is None
