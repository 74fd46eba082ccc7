"""A file's title and letter: typed while the line is open, signed, and
shown wherever the file is.
"""

import json
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from appeals import evidence as appeals_evidence
from appeals.drafting import actions as drafting
from appeals.models import Attachment, Filing
from cycles.workflow import Refused
from submissions.evidence import actions as evidence
from submissions.models import Answer, Description, Evidence, Exhibit, Version
from submissions.signing import actions as signing
from submissions.signing import signed_lines, versions
from tests.factories import build
from tests.factories import shown as shown_file
from tests.submissions.evidence.documents import docx, pdf
from tests.submissions.verification.findings import drawn_all, of_line
from tests.tabs import Tab

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "گزارش عملکرد",
    "letter_number": "۱۲/۳۴۵",
    "letter_on": "۱۴۰۴/۱۲/۱۱",
    "reference": "صفحهٔ ۷",
}
LETTER = Description("گزارش عملکرد", "12/345", date(2026, 3, 2))


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission__agency", "submission__cycle")
    return rows.get(submission=world.submission, measure__code=code)


def url(name, *args, language="fa"):
    with translation.override(language):
        return reverse(name, args=args)


def attached(world, code="G1-1", content=None, name="a.pdf"):
    file = ContentFile(content or pdf(), name=name)
    return evidence.attach(line(world, code), upload=file, by=world.staff, at=world.at)


def described(world, shown, description=LETTER):
    return evidence.refer(
        shown, reference="صفحهٔ ۷", description=description, by=world.staff, at=world.at
    )


def test_a_file_is_described_on_the_page_of_its_line(visit):
    world = build("begun")
    shown, client = attached(world), visit(world, world.staff)

    client.post(url("submissions:refer", shown.uuid), TYPED)
    page = client.get(
        url("submissions:detail", world.submission.pk), {"line": line(world).pk}
    ).content.decode()

    assert world.fresh(shown).description == LETTER
    assert 'value="گزارش عملکرد"' in page
    assert 'value="۱۴۰۴/۱۲/۱۱"' in page


def test_a_description_stored_by_another_tab_is_asked_about_and_nothing_lost(visit):
    world = build("begun")
    shown, client = attached(world), visit(world, world.staff)
    page, address = url("submissions:files", line(world).pk), url("submissions:refer", shown.uuid)
    first, second = Tab(client, page, address), Tab(client, page, address)
    first.send(**TYPED)

    asked = second.send(title="عنوان دیگر", letter_on="۱۴۰۴/۱۲/۱۲")
    content = asked.content.decode()
    kept = world.fresh(shown).description
    Tab.of(client, address, content, address).send()

    assert asked.status_code == 422
    assert "اکنون ذخیره است: گزارش عملکرد" in content
    assert "اکنون ذخیره است: ۱۴۰۴/۱۲/۱۱" in content
    assert kept == LETTER
    assert world.fresh(shown).description == Description("عنوان دیگر", "", date(2026, 3, 3))


def test_a_description_sent_again_as_it_is_shown_is_no_clash(visit):
    world = build("begun")
    shown, client = attached(world), visit(world, world.staff)
    described(world, shown)

    answer = Tab(
        client, url("submissions:files", line(world).pk), url("submissions:refer", shown.uuid)
    ).send()

    assert answer.status_code == 302
    assert world.fresh(shown).description == LETTER


@pytest.mark.parametrize("name", ("submissions:files", "submissions:line", "submissions:held"))
def test_a_description_is_shown_wherever_a_lines_files_are(visit, name):
    world = build("begun")
    described(world, attached(world))

    page = visit(world, world.staff).get(url(name, line(world).pk)).content.decode()

    assert "گزارش عملکرد" in page
    assert "۱۲/۳۴۵" in page
    assert "۱۱ اسفند ۱۴۰۴" in page


def test_a_description_is_shown_beside_the_pictures(visit):
    world = build("begun")
    shown = described(world, attached(world))

    page = visit(world, world.staff).get(url("submissions:preview", shown.uuid)).content.decode()

    assert "گزارش عملکرد" in page
    assert "۱۲/۳۴۵" in page
    assert "۱۱ اسفند ۱۴۰۴" in page


def test_a_day_that_is_none_is_told_and_nothing_typed_is_lost(visit):
    world = build("begun")
    shown, client = attached(world), visit(world, world.staff)

    answer = client.post(
        url("submissions:refer", shown.uuid, language="en"), TYPED | {"letter_on": "1404/13/40"}
    )

    page = answer.content.decode()
    assert "Enter a date, such as 1406/03/10" in page
    for kept in ("گزارش عملکرد", "1404/13/40"):
        assert f'value="{kept}"' in page
    assert world.fresh(shown).description == Description()


def test_nothing_is_described_once_the_self_assessment_is_signed():
    world = build("answered")
    shown = attached(world)
    signing.move(world.submission, "submit", by=world.head, at=world.at)

    with pytest.raises(Refused):
        described(world, shown)

    assert world.fresh(shown).description == Description()


def test_a_new_version_of_a_file_and_its_use_elsewhere_keep_its_description():
    world = build("begun")
    shown = described(world, attached(world))

    newer = evidence.attach(
        line(world),
        upload=ContentFile(docx(), name="a.docx"),
        replaces=shown,
        by=world.staff,
        at=world.at,
    )
    reused = evidence.reuse(line(world, "G2-1"), newer.document, by=world.staff, at=world.at)

    assert newer.description == reused.description == LETTER


# --- What is signed -----------------------------------------------------------------------------


def test_a_signature_covers_the_description_and_the_version_shows_it(visit):
    world = build("answered")
    shown = described(world, attached(world))

    signing.move(world.submission, "submit", by=world.head, at=world.at)

    version = Version.objects.get(submission=world.submission)
    [said] = [each for each in json.loads(version.content)["lines"] if each["measure"] == "G1-1"]
    facts = ["صفحهٔ 7", "گزارش عملکرد", "12/345", "2026-03-02"]
    assert said["evidence"] == [[shown.pk, shown.document.sha256, *facts]]
    page = visit(world, world.staff).get(url("submissions:version", version.uuid)).content.decode()
    for word in ("a.pdf", "گزارش عملکرد", "۱۲/۳۴۵", "۱۱ اسفند ۱۴۰۴", "صفحهٔ ۷"):
        assert word in page


def test_a_version_that_is_taken_up_describes_its_files_again_as_it_did():
    world = build("answered")
    shown = described(world, attached(world))
    signing.move(world.submission, "submit", by=world.head, at=world.at)
    version = Version.objects.get(submission=world.submission)
    signing.move(world.submission, "withdraw", by=world.head, at=world.at)
    evidence.refer(
        shown, reference="8", description=Description("دیگر"), by=world.staff, at=world.at
    )

    versions.restore(world.fresh(world.submission), version, at=world.at)

    again = Evidence.objects.get(pk=shown.pk)
    assert (again.description, again.reference) == (LETTER, "صفحهٔ 7")
    assert versions.content_of(world.fresh(world.submission)) == version.content


def test_a_version_of_the_first_form_without_letters_is_shown_and_taken_up():
    world = build("answered")
    shown = attached(world)
    content = json.loads(versions.content_of(world.submission))
    for each in content["lines"]:
        each["evidence"] = [row[:3] for row in each["evidence"]]
    old = Version(submission=world.submission, content=json.dumps(content))

    files = [file for each in signed_lines.signed_lines(old) for file in each.files]
    versions.restore(world.submission, old, at=world.at)

    assert [(file.name, file.description) for file in files] == [("a.pdf", Description())]
    assert world.fresh(shown).withdrawn_at is None


# --- Appeals and verifications ------------------------------------------------------------------


def test_a_file_of_an_appeal_is_described_where_the_appeal_is_written_and_read(visit):
    world = build("scored")
    client = visit(world, world.staff)
    said = {
        "ground": "value",
        "proposed_value": "60",
        "argument": "مقدار درست ۶۰ است",
        "act": "stay",
    }
    file = SimpleUploadedFile("new.pdf", pdf(2))

    client.post(url("appeals:draft", line(world).pk), said | TYPED | {"file": file})
    page = client.get(url("appeals:draft", line(world).pk)).content.decode()

    assert Attachment.objects.get().description == LETTER
    for word in ("گزارش عملکرد", "۱۲/۳۴۵", "۱۱ اسفند ۱۴۰۴"):
        assert word in page


def test_what_is_filed_names_the_letters():
    world = build("drafted_appeal")
    appeals_evidence.attach(
        world.appeal,
        upload=ContentFile(pdf(2), name="b.pdf"),
        description=LETTER,
        by=world.staff,
        at=world.at,
    )

    drafting.file([world.appeal], by=world.head, at=world.at)

    [file] = json.loads(Filing.objects.get().content)[0]["files"]
    assert file[4:] == ["گزارش عملکرد", "12/345", "2026-03-02"]


def test_a_file_shown_again_with_an_appeal_is_described_as_in_the_self_assessment():
    world = build("drafted_appeal")
    shown = shown_file(world, line(world))
    shown.describe(LETTER)
    shown.save()

    attachment = appeals_evidence.refer(
        world.appeal, document=shown.document, by=world.staff, at=world.at
    )

    assert attachment.description == LETTER


def test_a_file_of_a_verification_is_described_for_whoever_reads_it(visit):
    world = drawn_all()
    held = of_line(world)
    client = visit(world, held.assessor)

    client.post(
        url("submissions:verification", held.pk),
        TYPED | {"act": "note", "file": SimpleUploadedFile("s.pdf", pdf())},
    )
    page = client.get(url("submissions:verification", held.pk)).content.decode()

    assert Exhibit.objects.get().description == LETTER
    assert "۱۱ اسفند ۱۴۰۴" in page
