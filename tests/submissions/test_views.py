"""The agency's pages."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from tablib import Dataset

from cycles.calendar import Phase
from cycles.models import Participation
from indicators.models import Indicator, Measure
from submissions.answers import actions as answers
from submissions.evidence import actions as evidence
from submissions.models import Answer, Evidence, Submission
from tests.factories import PASSWORD, build, make_agency

pytestmark = pytest.mark.django_db


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=args)


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission")
    return rows.get(submission=world.submission, measure__code=code)


def pdf(name="proof.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 proof", content_type="text/html")


# --- The list -----------------------------------------------------------------------------------


def test_an_agency_lists_its_own_self_assessments_only(visit):
    world = build("answered")

    page = visit(world, world.staff).get(url("list")).content.decode()

    assert "Ministry of Energy" in page
    assert "Ministry of Health" not in page
    assert "Blocks handed in" not in page


def test_the_list_is_searched_whatever_the_keyboard(visit):
    world = build("answered")
    client = visit(world, world.administrator)

    found = client.get(url("list"), {"q": "نيرو"}).content.decode()

    assert "Ministry of Energy" in found
    assert "Ministry of Health" not in found


def test_a_filter_without_a_match_says_what_to_do(visit):
    world = build("answered")

    page = visit(world, world.administrator).get(url("list"), {"state": "lapsed"}).content.decode()

    assert "No self-assessment matches." in page


def test_the_export_holds_what_is_shown_and_no_points(visit):
    world = build("marked")

    response = visit(world, world.staff).get(url("export"))
    table = Dataset().load(BytesIO(response.content).read(), format="xlsx")

    assert table["agency_code"] == ["MOE"]
    assert table.headers == [
        "assessed_year", "agency_code", "agency_fa", "agency_en", "state",
        "lines_to_answer", "lines_answered", "submitted_at",
    ]  # fmt: skip


def test_persian_pages_have_persian_digits_and_years(visit):
    world = build("submitted")

    page = visit(world, world.administrator).get(url("list", language="fa")).content.decode()

    assert "۱۴۰۵" in page
    assert "1405" not in page


@pytest.mark.parametrize("name", ("list", "export"))
def test_the_list_takes_the_same_queries_for_any_length(visit, name):
    world = build("answered")
    client = visit(world, world.administrator)
    taken = []

    for more in (0, 2, 20):
        for number in range(more):
            agency = make_agency(f"X{more}-{number}", "سازمان", "Office")
            titles = {
                "name_fa": "سازمان",
                "name_en": "Office",
                "level": agency.level,
                "sector": agency.sector,
            }
            participation = Participation.objects.create(cycle=world.cycle, agency=agency, **titles)
            answers.begin([participation], by=None, at=world.at)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url(name)).status_code == 200
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


# --- Beginning ----------------------------------------------------------------------------------


def test_an_agency_begins_its_self_assessment_itself(visit):
    world = build("communicated")
    client = visit(world, world.staff, at=world.opens(Phase.SELF_ASSESSMENT))
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    offered = client.get(url("list")).content.decode()
    response = client.post(url("begin", participation.pk))

    submission = Submission.objects.get(agency=world.power)
    assert url("begin", participation.pk) in offered
    assert response.url == url("detail", submission.pk)
    assert submission.answers.count() == 5


def test_beginning_is_not_offered_before_the_window_opens(visit):
    world = build("communicated")
    client = visit(world, world.staff)
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    offered = client.get(url("list")).content.decode()
    client.post(url("begin", participation.pk))

    assert url("begin", participation.pk) not in offered
    assert not Submission.objects.exists()


def test_nobody_begins_for_another_agency(visit):
    world = build("communicated")
    client = visit(world, world.other_staff, at=world.opens(Phase.SELF_ASSESSMENT))
    participation = Participation.objects.get(cycle=world.cycle, agency=world.power)

    response = client.post(url("begin", participation.pk))

    assert response.status_code == 404
    assert not Submission.objects.exists()


# --- The workspace ------------------------------------------------------------------------------


def test_the_workspace_opens_one_line_with_its_formula_and_points(visit):
    world = build("answered")

    page = (
        visit(world, world.staff)
        .get(url("detail", world.submission.pk), {"line": line(world).pk})
        .content.decode()
    )

    assert "300 × 30 ÷ 90 = 100.00 points" in page
    assert page.count('name="value"') == 1
    assert "Next unanswered line" not in page


def test_a_stewarded_line_has_nothing_to_enter(visit):
    world = build("answered")
    stewarded = line(world, "G1-2")

    page = (
        visit(world, world.staff)
        .get(url("detail", world.submission.pk), {"line": stewarded.pk})
        .content.decode()
    )

    assert "The authority supplies this figure" in page
    assert 'name="value"' not in page


def test_a_stranger_finds_no_workspace(visit):
    world = build("answered")

    for person in (world.other_head, world.stranger, world.assessor, world.reviewer):
        assert visit(world, person).get(url("detail", world.submission.pk)).status_code == 404


def test_an_answer_is_saved_in_persian_digits(visit):
    world = build("begun")
    client = visit(world, world.staff)

    response = client.post(url("answer", line(world).pk), {"value": "۴۵٫۵", "note": "گزارش كميته"})

    saved = line(world)
    assert response.status_code == 302
    assert (saved.value, saved.note) == (Decimal("45.5"), "گزارش کمیته")


def test_htmx_answers_with_points_and_progress_only(visit):
    world = build("begun")
    client = visit(world, world.staff)

    response = client.post(
        url("answer", line(world).pk), {"value": "45", "note": ""}, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert "150.00 of 300 points" in page
    assert 'hx-swap-oob="true"' in page
    assert "<html" not in page


def test_what_was_typed_stays_when_it_is_refused(visit):
    world = build("begun")
    client = visit(world, world.staff)

    page = client.post(
        url("answer", line(world).pk), {"value": "12,5", "note": "three surveys"}
    ).content.decode()

    assert 'value="12,5"' in page
    assert "three surveys" in page
    assert line(world).value is None


def test_not_applicable_needs_a_reason(visit):
    world = build("begun")
    client = visit(world, world.staff)

    page = client.post(
        url("answer", line(world).pk), {"claims_not_applicable": "on", "note": ""}
    ).content.decode()

    assert "Please say in the note why the measure does not apply." in page
    assert line(world).claims_not_applicable is False


def test_missing_something_shows_only_such_lines(visit):
    world = build("answered")
    answers.save_answer(line(world), value=None, note="", by=world.staff, at=world.at)
    client = visit(world, world.staff)

    page = client.get(url("detail", world.submission.pk), {"show": "missing"}).content.decode()

    assert "Measure G1-1" in page
    assert "Measure G2-1" not in page


def test_a_closed_workspace_is_read_only_and_says_why(visit):
    world = build("answered")
    client = visit(world, world.staff, at=world.closes(Phase.SELF_ASSESSMENT))
    before = line(world).value

    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()
    refused = client.post(
        url("answer", line(world).pk), {"value": "90", "note": ""}
    ).content.decode()

    assert "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3" in page
    assert 'name="value"' not in page
    assert "closed on 31 May 2027" in refused
    assert line(world).value == before


def test_the_workspace_takes_the_same_queries_for_any_length(visit):
    world = build("answered")
    client = visit(world, world.staff)
    indicator = Indicator.objects.get(code="G1-1")
    taken = []

    for more in (0, 3, 30):
        for number in range(more):
            measure = Measure.objects.create(
                indicator=indicator,
                code=f"{more}-{number}",
                title_fa="سنجه",
                points=1,
                unit_fa="درصد",
                method="survey",
            )
            Answer.objects.create(submission=world.submission, measure=measure, value=50)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("detail", world.submission.pk), {"line": line(world).pk})
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]


# --- Evidence -----------------------------------------------------------------------------------


def test_evidence_is_served_as_a_download_with_a_type_of_our_own(visit):
    world = build("answered")
    client = visit(world, world.staff)

    client.post(url("attach", line(world).pk), {"file": pdf("گواهی.pdf")})
    file = Evidence.objects.get()
    response = client.get(url("evidence", file.uuid))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 proof"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_evidence_is_hidden_from_strangers_and_from_assessors_until_signed(visit):
    world = build("answered")
    file = evidence.attach(line(world), upload=pdf(), by=world.staff, at=world.at)

    for person in (world.other_staff, world.stranger, world.assessor, world.reviewer):
        assert visit(world, person).get(url("evidence", file.uuid)).status_code == 404


def test_a_file_of_another_kind_is_refused_beside_the_field(visit):
    world = build("answered")

    page = (
        visit(world, world.staff)
        .post(url("attach", line(world).pk), {"file": pdf("run.exe")})
        .content.decode()
    )

    assert "“run.exe” cannot be accepted." in page
    assert not Evidence.objects.exists()


def test_withdrawn_evidence_stays_on_record(visit):
    world = build("answered")
    file = evidence.attach(line(world), upload=pdf(), by=world.staff, at=world.at)
    client = visit(world, world.staff)

    client.post(url("detach", file.uuid))
    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()

    assert world.fresh(file).withdrawn_at is not None
    assert "proof.pdf" not in page


# --- Review and sign ----------------------------------------------------------------------------


def test_the_review_says_what_is_missing_with_a_link(visit):
    world = build("answered")
    empty = line(world)
    answers.save_answer(empty, value=None, note="", by=world.staff, at=world.at)

    page = visit(world, world.head).get(url("review", world.submission.pk)).content.decode()

    assert f"?line={empty.pk}#line-{empty.pk}" in page
    assert "No answer (1)" in page
    assert "Sign and submit to the authority" in page


def test_the_head_signs_with_the_password(visit):
    world = build("answered")
    client = visit(world, world.head)
    address = url("move", world.submission.pk, "submit")

    wrong = client.post(address, {"note": "", "password": "guess"})
    state_after_wrong = world.fresh(world.submission).state
    right = client.post(address, {"note": "", "password": PASSWORD})

    assert "This is not your password." in wrong.content.decode()
    assert state_after_wrong == "draft"
    assert right.status_code == 302
    assert world.fresh(world.submission).state == "submitted"


def test_staff_are_not_offered_the_signature_and_may_not_take_it(visit):
    world = build("answered")
    client = visit(world, world.staff)

    page = client.get(url("review", world.submission.pk)).content.decode()
    client.post(url("move", world.submission.pk, "submit"), {"note": "", "password": PASSWORD})

    assert url("move", world.submission.pk, "submit") not in page
    assert "is for the head of the agency" in page
    assert world.fresh(world.submission).state == "draft"


def test_moves_without_a_page_are_no_address(visit):
    world = build("answered")

    assert (
        visit(world, world.head).get(f"/en/submissions/{world.submission.pk}/lapse/").status_code
        == 404
    )


def test_a_second_after_the_deadline_the_signature_is_refused_in_words(visit):
    world = build("answered")
    client = visit(world, world.head, at=world.closes(Phase.SELF_ASSESSMENT) + timedelta(seconds=1))

    page = client.post(
        url("move", world.submission.pk, "submit"), {"note": "", "password": PASSWORD}
    ).content.decode()

    assert "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3" in page
    assert world.fresh(world.submission).state == "draft"


def test_a_described_level_is_chosen_by_its_words_and_kept_as_its_number(visit):
    world = build("begun")
    levels = [
        {"percent": 0, "fa": "هیچ", "en": "None"},
        {"percent": 100, "fa": "همه", "en": "All of it"},
    ]
    Measure.objects.filter(code="G1-1").update(method="levels", params={"levels": levels})
    line = Answer.objects.get(submission=world.submission, measure__code="G1-1")
    client = visit(world, world.staff)
    address = f"/en/submissions/{world.submission.pk}/?line={line.pk}"

    offered = client.get(address).content.decode()
    client.post(f"/en/submissions/lines/{line.pk}/answer/", {"value": "1", "note": "x"})
    foreign = client.post(f"/en/submissions/lines/{line.pk}/answer/", {"value": "7", "note": "x"})
    chosen = client.get(address).content.decode()

    assert '<option value="1">All of it</option>' in offered
    assert world.fresh(line).value == 1
    assert "Select a valid choice" in foreign.content.decode()
    assert '<option value="1" selected>All of it</option>' in chosen
