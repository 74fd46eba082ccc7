"""Files of a line: new versions, use for other lines, lists, and a form without scripts."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.models import Entry
from cycles.workflow import Refused
from submissions.evidence import actions as evidence
from submissions.evidence.queries import files_of_line
from submissions.models import Answer, Document, Evidence
from submissions.signing import versions
from tests.factories import build, shown
from tests.submissions.evidence.documents import pdf, xlsx
from tests.submissions.evidence.uploading import attach, begin, line, patch, url

pytestmark = pytest.mark.django_db


def test_a_new_version_never_replaces_silently(visit):
    world = build("begun")
    first = attach(world, reference="صفحهٔ ۷")
    client = visit(world, world.staff)

    content = pdf(2)
    address = begin(client, line(world), len(content), replaces=str(first.uuid))["Location"]
    patch(client, address, content, 0)

    [second] = files_of_line(line(world).pk)
    assert second.versions == [first]
    assert second.reference == first.reference
    first = world.fresh(first)
    assert (first.withdrawn_at, first.withdrawn_by) == (
        world.fresh(second).attached_at,
        world.staff,
    )
    assert first.document.file.storage.exists(first.document.file.name)
    assert (
        Entry.objects.filter(act="attach").latest("pk").params["replaces"] == first.document.sha256
    )
    page = client.get(url("detail", world.submission.pk), {"line": line(world).pk}).content.decode()
    assert "1 earlier version" in page
    assert b"".join(client.get(url("evidence", first.uuid)).streaming_content) == pdf()


def test_a_version_of_what_is_replaced_meanwhile_is_refused():
    world = build("begun")
    first = attach(world)
    attach(world, name="b.pdf", replaces=first)

    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        attach(world, name="c.pdf", replaces=first)
    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        evidence.detach(first, by=world.staff, at=world.at)
    with translation.override("en"), pytest.raises(Refused, match="in the meantime"):
        evidence.refer(first, reference="1", by=world.staff, at=world.at)


def test_the_page_or_sheet_is_said_beside_the_file_and_signed_with_it(visit):
    world = build("answered")
    file, client = attach(world), visit(world, world.staff)
    before = versions.content_of(world.submission)

    client.post(url("refer", file.uuid), {"reference": "برگهٔ ۳"})

    assert world.fresh(file).reference == "برگهٔ 3"
    assert Evidence.objects.facts(world.submission) == [
        [line(world).pk, file.document.sha256, "برگهٔ 3", "", "", ""]
    ]
    assert versions.content_of(world.submission) != before
    assert "برگهٔ" in client.get(url("line", line(world).pk)).content.decode()


def test_a_file_is_shown_for_another_line_without_being_uploaded_again(visit):
    world = build("begun")
    file, client = attach(world, "Report of the year.pdf"), visit(world, world.staff)
    other = line(world, "G2-1")

    listed = client.get(url("held", other.pk), {"q": "report of"}).content.decode()
    client.post(url("reuse", other.pk, file.document.uuid))

    assert "Report of the year.pdf" in listed
    assert "Measure G1-1" in listed
    assert Document.objects.count() == 1
    assert Evidence.objects.get(answer=other).document == file.document
    page = client.get(url("detail", world.submission.pk), {"line": other.pk}).content.decode()
    assert "Also for 1 other line" in page
    assert "It is shown for this line." in client.get(url("held", other.pk)).content.decode()
    with translation.override("en"), pytest.raises(Refused, match="shown for this line already"):
        evidence.reuse(other, file.document, by=world.staff, at=world.at)


def test_last_year_s_file_is_shown_this_year(visit):
    world = build("begun")
    earlier = type(world.cycle).objects.create(
        year=world.cycle.year - 1, preset=world.cycle.preset, state="published"
    )
    file = shown(world, line(world, "G2-1"), name="پارسال.pdf", cycle=earlier)
    client = visit(world, world.staff)

    listed = client.get(url("held", line(world).pk), {"q": "پارسال"}).content.decode()
    client.post(url("reuse", line(world).pk, file.document.uuid))

    assert "پارسال.pdf" in listed
    assert Evidence.objects.filter(answer=line(world), document=file.document).exists()


def test_an_agency_finds_its_own_files_only(visit):
    world = build("begun")
    file = attach(world, "ours.pdf")
    health = (
        Answer.objects.filter(submission=world.other)
        .select_related("measure", "submission")
        .first()
    )
    client = visit(world, world.other_staff)

    assert "ours.pdf" not in client.get(url("held", health.pk)).content.decode()
    assert client.post(url("reuse", health.pk, file.document.uuid)).status_code == 404
    with translation.override("en"), pytest.raises(Refused, match="belongs to another agency"):
        evidence.reuse(health, file.document, by=world.other_staff, at=world.at)


def test_the_list_of_files_says_why_it_is_empty(visit):
    world = build("begun")
    client = visit(world, world.staff)

    assert (
        "The agency holds no file yet." in client.get(url("held", line(world).pk)).content.decode()
    )
    assert (
        "No file of this name."
        in client.get(url("held", line(world).pk), {"q": "zzz"}).content.decode()
    )


def test_without_scripts_a_form_sends_a_file_and_its_new_version(visit):
    world = build("begun")
    client = visit(world, world.staff)

    client.post(url("attach", line(world).pk), {"file": ContentFile(xlsx(), name="a.xlsx")})
    first = Evidence.objects.get()
    page = client.get(url("attach", line(world).pk), {"replaces": str(first.uuid)}).content.decode()
    client.post(
        url("attach", line(world).pk),
        {"file": ContentFile(pdf(), name="b.pdf"), "replaces": str(first.uuid)},
    )

    assert "at most 200 MB, in a browser without scripts 25 MB" in page
    assert [e.document.name for e in Evidence.objects.live()] == ["b.pdf"]


def test_files_stand_alone_for_the_page_that_asks_again(visit):
    world = build("begun")
    attach(world)

    client, asked = visit(world, world.staff), {"HX-Request": "true", "HX-Target": "evidence-list"}
    part = client.get(url("files", line(world).pk), headers=asked)

    assert "a.pdf" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "evidence-changed" in part["HX-Trigger-After-Settle"]
    assert not client.get(url("files", line(world).pk), headers={"HX-Request": "true"}).has_header(
        "HX-Trigger-After-Settle"
    )


def test_whoever_only_reads_is_offered_no_act(visit):
    world = build("begun")
    attach(world)

    page = visit(world, world.administrator).get(url("attach", line(world).pk)).content.decode()

    assert "No file can be added to this line now." in page
    assert "Withdraw" not in page
    assert "New version" not in page


@pytest.mark.parametrize("name", ("detail", "line", "preview", "held"))
def test_files_of_a_line_take_one_query_for_any_number(visit, name):
    world = build("begun")
    file, client, taken = attach(world), visit(world, world.staff), []
    arguments = {"detail": [world.submission.pk], "preview": [file.uuid]}.get(
        name, [line(world).pk]
    )

    for more in (0, 1, 8):
        last = file
        for number in range(more):
            attach(world, f"{more}-{number}.pdf")
            last = attach(
                world, f"v{more}-{number}.pdf", replaces=Evidence.objects.live().latest("pk")
            )
            evidence.reuse(line(world, "G2-1"), last.document, by=world.staff, at=world.at)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, *arguments), {"line": line(world).pk})
        about = ("submissions_document", "submissions_evidence")
        taken.append([q["sql"] for q in queries if any(name in q["sql"] for name in about)])

    assert len({len(sql) for sql in taken}) == 1
    if name == "detail":
        # the files, for how many lines each is shown, and how much the agency keeps
        assert len(taken[0]) == 3
