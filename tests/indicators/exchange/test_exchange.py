"""Pages by which sets, the targets of single agencies and what applies to them go out and come in
as spreadsheets.
"""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.models import Entry
from indicators.exchange.columns import APPLICABILITY, MEASURES, TARGETS
from indicators.models import IndicatorSet, Measure, MeasureTarget
from indicators.sets import targets
from indicators.sets.targets import AgencyTarget
from tests.factories import build
from tests.indicators.exchange.test_measures import as_csv, checked, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def as_(client, monkeypatch):
    """A client signed in as somebody, at a moment of the world."""

    def sign_in(user, at):
        monkeypatch.setattr("cycles.clock.now", lambda: at)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def drafted():
    return build("drafted")


# --- Targets and what applies -------------------------------------------------------------------


@pytest.fixture
def broken_down():
    w = build("communicated")
    codes = {m.code: m.pk for m in Measure.objects.of(w.general)}
    at = w.opens("monitoring")
    rows = [
        AgencyTarget(codes["G1-1"], w.power.pk, target=Decimal("85.5")),
        AgencyTarget(
            codes["G1-2"], w.health.pk, applies=False, reason="=این وزارتخانه شبکه‌ای ندارد"
        ),
    ]
    targets.set_targets(w.general, rows, by=w.administrator, at=at)
    w.at = at
    return w


def address(indicator_set, form, rest):
    return f"/en/indicators/{indicator_set.pk}/files/{form.name}/{rest}/"


def upload(client, indicator_set, form, content, name="a.csv"):
    return client.post(
        address(indicator_set, form, "import"), {"file": SimpleUploadedFile(name, content)}
    )


@pytest.mark.parametrize("form", (MEASURES, TARGETS, APPLICABILITY), ids=lambda form: form.name)
@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_every_export_is_read_again_by_its_page_as_no_change(broken_down, as_, form, kind):
    w = broken_down
    if form is MEASURES:
        w = build_again(w)
    client = as_(w.administrator, w.at)
    target = w.general

    content = client.get(address(target, form, kind)).content
    page = upload(client, target, form, content, f"a.{kind}")

    assert page.context["form"].errors == {}
    assert page.context["check"].errors == []
    assert not page.context["check"].differs
    assert "There is nothing to write." in page.content.decode()


def build_again(w):
    """The same world, its general set a draft in the window of drafts."""
    IndicatorSet.objects.filter(pk=w.general.pk).update(state="draft")
    w.at = w.opens("proposal")
    return w


def test_targets_are_taken_without_the_wrong_rows_only_when_that_is_asked_for(broken_down, as_):
    w = broken_down
    client = as_(w.administrator, w.at)
    lines = [
        "targets/1,measure_code,agency_code,target,floor",
        ",G1-1,MOE,70,",
        ",G2-1,MOHME,۴۵٫۵,",
        ",G9-9,MOE,70,",
        ",G1-1,NOBODY,70,",
        ",G2-1,MOE,much,",
        ",G1-2,MOHME,5,",
        ",G1-1,MOHME,0,",
    ]

    page = upload(client, w.general, TARGETS, "\n".join(lines).encode())
    check, token = page.context["check"], page.context["token"]
    client.post(address(w.general, TARGETS, "import"), {"token": token})
    untouched = MeasureTarget.objects.get(
        measure__code="G1-1", participation__agency=w.power
    ).target
    client.post(address(w.general, TARGETS, "import"), {"token": token, "take": "right"})

    assert [(e["row"], e["letter"], e["column"]) for e in check.errors] == [
        ("4", "B", "measure_code"),
        ("5", "C", "agency_code"),
        ("6", "D", "target"),
        ("7", "B", "measure_code"),
        ("8", "D", "target"),
    ]
    assert untouched == Decimal("85.5")
    assert (
        MeasureTarget.objects.get(measure__code="G1-1", participation__agency=w.power).target == 70
    )
    assert MeasureTarget.objects.get(
        measure__code="G2-1", participation__agency=w.health
    ).target == Decimal("45.5")
    entry = Entry.objects.filter(act="set_targets").order_by("-pk").first()
    assert (entry.params["rows"], entry.params["left_out"], entry.params["file"]) == (2, 5, "a.csv")


def test_a_sheet_of_targets_leaves_alone_what_applies_and_the_other_way_round(broken_down, as_):
    w = broken_down
    client = as_(w.administrator, w.at)
    lines = (
        "applicability/1,measure_code,agency_code,applies,reason\n,G1-1,MOE,false,شبکه‌ای "
        "ندارد\n,G1-2,MOHME,بله,\n"
    )

    page = upload(client, w.general, APPLICABILITY, lines.encode())
    client.post(address(w.general, APPLICABILITY, "import"), {"token": page.context["token"]})

    of_power = MeasureTarget.objects.get(measure__code="G1-1", participation__agency=w.power)
    assert (of_power.target, of_power.applies, of_power.reason) == (
        Decimal("85.5"),
        False,
        "شبکه‌ای ندارد",
    )
    assert MeasureTarget.objects.get(measure__code="G1-2", participation__agency=w.health).applies


@pytest.mark.parametrize(
    "line, place",
    (
        (",G1-1,MOE,false,", ("2", "reason")),
        (",G1-1,MOE,true,چون", ("2", "reason")),
        (",G1-1,MOE,perhaps,", ("2", "applies")),
        (f",G1-1,MOE,false,{'x' * 301}", ("2", "reason")),
        (",G1-1,MOE,true,\n,G1-1,MOE,true,", ("3", "agency_code")),
    ),
)
def test_what_is_wrong_in_a_sheet_of_what_applies_is_named(broken_down, as_, line, place):
    w = broken_down
    content = f"applicability/1,measure_code,agency_code,applies,reason\n{line}\n"

    page = upload(as_(w.administrator, w.at), w.general, APPLICABILITY, content.encode())

    assert [(e["row"], e["column"]) for e in page.context["check"].errors] == [place]


def test_nobody_exports_the_targets_of_agencies_that_they_may_not_see(broken_down, as_):
    w = broken_down

    of_power = as_(w.staff, w.at).get(address(w.general, TARGETS, "csv")).content.decode()
    of_health = as_(w.other_staff, w.at).get(address(w.general, TARGETS, "csv")).content.decode()

    assert "85.5" in of_power
    assert "85.5" not in of_health


# --- Pages --------------------------------------------------------------------------------------


def test_a_draft_is_taken_in_through_the_page(drafted, as_):
    w = drafted
    client = as_(w.staff, w.at)
    rows = rows_of(client.get(address(w.specific, MEASURES, "csv")).content)
    rows[0]["target"] = "۱۸٫۵"

    page = upload(client, w.specific, MEASURES, as_csv(rows))
    told = page.content.decode()
    answer = client.post(
        address(w.specific, MEASURES, "import"), {"token": page.context["token"]}, follow=True
    )

    assert "Rows changed: 1" in told
    assert Measure.objects.of(w.specific).get(code="S1-01").target == Decimal("18.5")
    assert "Rows added or changed: 1" in answer.content.decode()


def test_the_wrong_form_or_version_is_told_with_the_one_that_is_wanted(drafted, as_):
    client = as_(drafted.staff, drafted.at)

    page = upload(client, drafted.specific, MEASURES, b"targets/1,measure_code\n,x\n")

    assert "must say “measures/1”" in page.content.decode()


def test_where_nothing_can_be_imported_the_page_says_why_and_import_leads_there(broken_down, as_):
    w = broken_down
    client = as_(w.administrator, w.at)

    page = client.get(f"/en/indicators/{w.general.pk}/files/")
    away = client.get(address(w.general, MEASURES, "import"))

    assert page.context["offers"][0].closed
    assert not page.context["offers"][1].closed
    assert away.status_code == 302


@pytest.mark.parametrize("language", ("fa", "en"))
@pytest.mark.parametrize("form", (MEASURES, TARGETS, APPLICABILITY), ids=lambda form: form.name)
def test_a_template_has_every_column_and_its_example_is_a_right_row_of_its_form(
    drafted, as_, form, language
):
    client = as_(drafted.staff, drafted.at)

    content = client.get(f"/{language}/indicators/templates/{form.name}/csv/").content
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))

    assert rows[0] == [str(form), *form.names]
    assert [row[0][:1] for row in rows[1:]] == ["#", "#", "#"]
    if form is MEASURES:
        example = as_csv([dict(zip(rows[0], ["", *rows[3][1:]], strict=True))])
        assert checked(drafted.specific, example).errors == []
