"""Drafts are written, signed together, and filed."""

import hashlib

import pytest

from appeals.drafting import actions as drafting
from appeals.models import Appeal, Filing
from cycles.calendar import Phase
from tests.appeals.pages import line, url
from tests.factories import PASSWORD, build
from tests.tabs import Tab

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def typed(**changed):
    return {"ground": "value", "proposed_value": "۶۰", "argument": "مقدار درست ۶۰ است"} | changed


def test_a_draft_is_saved_with_the_points_of_the_proposed_value(visit):
    world = build("scored")

    response = visit(world, world.staff).post(url("draft", line(world).pk), typed())

    appeal = Appeal.objects.get()
    assert response.url == url("agency", world.submission.pk)
    assert (appeal.proposed_value, appeal.proposed_points, appeal.points_before) == (60, 200, 100)


def test_the_points_are_shown_before_anything_is_saved(visit):
    world = build("scored")
    client = visit(world, world.staff)

    page = client.post(url("draft", line(world).pk), typed(preview="1")).content.decode()
    partial = client.post(
        url("draft", line(world).pk), typed(preview="1"), headers=HTMX
    ).content.decode()

    for answer in (page, partial):
        assert "The proposed value gives 200.00 of 300 points." in answer
    assert "<html" not in partial
    assert not Appeal.objects.exists()


def test_the_draft_page_tells_the_time_left(visit):
    world = build("scored")
    client = visit(world, world.staff)

    english = client.get(url("draft", line(world).pk)).content.decode()
    persian = client.get(url("draft", line(world).pk, language="fa")).content.decode()

    assert "13 days and 23 hours left" in english
    assert "۱۳ روز" in persian


def test_what_was_typed_stays_when_the_window_has_closed(visit):
    world = build("scored")
    client = visit(world, world.staff, at=world.closes(Phase.APPEAL, world.power))

    page = client.post(
        url("draft", line(world).pk), typed(argument="Long and careful")
    ).content.decode()

    assert "Appeal closed on" in page
    assert "Long and careful" in page
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("name", ("other_staff", "stranger", "assessor", "other_assessor"))
def test_a_line_s_appeal_pages_are_not_there_for_others(visit, name):
    world = build("drafted_appeal")
    client = visit(world, getattr(world, name))

    for address in (
        url("draft", line(world).pk),
        url("line", line(world).pk),
        url("detail", world.appeal.pk),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ("administrator", "auditor", "reviewer"))
def test_a_draft_is_the_agency_s_own_business(visit, name):
    world = build("drafted_appeal")
    client = visit(world, getattr(world, name))

    listed = client.get(url("list")).content.decode()
    slot = client.get(url("line", line(world).pk), headers=HTMX).content.decode()
    form = client.get(url("draft", line(world).pk)).content.decode()

    assert client.get(url("detail", world.appeal.pk)).status_code == 404
    assert url("detail", world.appeal.pk) not in listed + slot
    assert "مقدار درست" not in listed + slot + form


def test_the_slot_offers_an_appeal_while_the_window_is_open(visit):
    world = build("scored")
    address, link = url("line", line(world).pk), url("draft", line(world).pk)

    during = visit(world, world.staff).get(address, headers=HTMX).content.decode()
    after = (
        visit(world, world.staff, at=world.closes(Phase.APPEAL, world.power))
        .get(address)
        .content.decode()
    )

    assert link in during
    assert "<html" not in during
    assert link not in after


def signing(*appeals, **changed):
    """The form by which these drafts are filed, as they stand."""
    seen = {f"revision-{a.pk}": a.revision for a in appeals}
    return {
        "appeal": [str(a.pk) for a in appeals],
        "note": "",
        "password": PASSWORD,
        **seen,
    } | changed


def test_the_head_signs_all_drafts_with_one_password(visit):
    world = build("drafted_appeal")
    visit(world, world.staff).post(url("draft", line(world, "G2-1").pk), typed(proposed_value="35"))
    client, address = visit(world, world.head), url("file", world.submission.pk)
    drafts = list(Appeal.objects.order_by("pk"))

    offered = client.get(url("list")).content.decode()
    wrong = client.post(address, signing(*drafts, password="guess"))
    after_wrong = set(Appeal.objects.values_list("state", flat=True))
    response = client.post(address, signing(*drafts))

    filing = Filing.objects.get()
    assert "2 drafts are not filed yet." in offered
    assert "This is not your password." in wrong.content.decode()
    assert after_wrong == {"draft"}
    assert set(Appeal.objects.values_list("state", "filing")) == {("filed", filing.pk)}
    assert response.url == url("filing", filing.uuid)
    assert hashlib.sha256(filing.content.encode()).hexdigest() == filing.sha256


def test_only_the_drafts_that_were_chosen_are_filed(visit):
    world = build("drafted_appeal")
    visit(world, world.staff).post(url("draft", line(world, "G2-1").pk), typed(proposed_value="35"))

    visit(world, world.head).post(
        url("file", world.submission.pk), signing(world.fresh(world.appeal))
    )

    assert list(Appeal.objects.filter(state="filed")) == [world.appeal]


def test_a_draft_changed_since_it_was_shown_is_not_filed(visit):
    world = build("drafted_appeal")
    client = visit(world, world.head)
    form = signing(world.fresh(world.appeal))
    drafting.save_draft(
        line(world), fields={"ground": "value", "argument": "Other"}, by=world.staff, at=world.at
    )

    page = client.post(url("file", world.submission.pk), form).content.decode()

    assert "A draft has been changed since you looked." in page
    assert world.fresh(world.appeal).state == "draft"


def test_a_draft_without_an_argument_is_saved_and_not_filed(visit):
    world = build("scored")
    visit(world, world.staff).post(url("draft", line(world).pk), typed(argument=""))
    draft = Appeal.objects.get()
    client = visit(world, world.head)

    page = client.get(url("file", world.submission.pk)).content.decode()
    client.post(url("file", world.submission.pk), signing(draft))

    assert "Please say why the score should change." in page
    assert world.fresh(draft).state == "draft"


def test_of_two_who_write_at_once_the_later_is_told_and_keeps_the_text(visit):
    world = build("scored")
    client, address = visit(world, world.staff), url("draft", line(world).pk)
    first, second = Tab(client, address), Tab(client, address)
    first.send(**typed(argument="Theirs"))

    page = second.send(**typed(argument="Mine")).content.decode()
    again = Tab.of(client, address, page).send(**typed(argument="Mine"))

    assert "Somebody has changed this since you opened the page." in page
    assert "Stored now: Theirs" in page
    assert "Mine" in page
    assert again.status_code == 302
    assert Appeal.objects.get().argument == "Mine"


@pytest.mark.parametrize("name", ("staff", "other_head", "administrator"))
def test_nobody_else_files_them(visit, name):
    world = build("drafted_appeal")
    client = visit(world, getattr(world, name))

    page = client.get(url("list")).content.decode()
    client.post(url("file", world.submission.pk), signing(world.appeal))

    assert url("file", world.submission.pk) not in page
    assert world.fresh(world.appeal).state == "draft"
