"""The pages of the sample and of one line."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.models import Entry
from submissions.marking import actions as marking
from submissions.models import (
    Answer,
    Block,
    Finding,
    Verification,
)
from submissions.verification import actions as verification_actions
from submissions.verification import draw
from tests.factories import PASSWORD, build
from tests.submissions.marking.two_marks import mark_values, with_rules
from tests.submissions.verification.findings import (
    UNSUPPORTED,
    drawn_all,
    more_signed,
    of_line,
    paper,
    scores,
    url,
)
from tests.worlds.answers import concluded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_sample_page_draws_and_tells_who_verifies_what_and_why(visit):
    world = with_rules(build("assigned"), verification_percent=100)
    client = visit(world, world.administrator)

    empty = client.get(url("sample", world.cycle.pk)).content.decode()
    assert "No line has been drawn" in empty
    page = client.post(url("sample", world.cycle.pk), follow=True).content.decode()

    assert "4 lines were drawn" in page
    assert "High weight" in page
    assert "Other_Assessor" in page
    narrowed = client.get(url("sample", world.cycle.pk) + "?why=lot&state=drawn").content.decode()
    assert narrowed.count("/verifications/") < page.count("/verifications/")
    assert (
        'value="note"'
        not in visit(world, world.auditor).get(url("sample", world.cycle.pk)).content.decode()
    )


@pytest.mark.parametrize("agencies", [1, 4])
def test_the_sample_page_takes_the_same_queries_for_any_length(visit, agencies):
    world = with_rules(build("assigned"), verification_percent=100)
    more_signed(world, agencies - 1)
    draw.draw(world.cycle, by=world.administrator, at=world.at)
    client = visit(world, world.administrator)
    client.get(url("sample", world.cycle.pk))

    with CaptureQueriesContext(connection) as captured:
        client.get(url("sample", world.cycle.pk))

    assert len(captured) <= 12, [q["sql"][:120] for q in captured]


def test_a_verifier_finds_the_lines_on_the_desk_and_concludes_one(visit):
    world = drawn_all()
    held = of_line(world)
    client = visit(world, held.assessor)

    assert url("verification", held.pk) in client.get(url("blocks")).content.decode()
    address = url("verification", held.pk)
    typed = {"act": "conclude", **UNSUPPORTED, "hours": "2.5", "password": "wrong"}
    refused = client.post(address, typed).content.decode()
    assert "This is not your password" in refused
    assert UNSUPPORTED["text"] in refused
    client.post(address, typed | {"password": PASSWORD, "file": paper()})

    held = of_line(world)
    assert (held.state, held.finding, held.hours) == (
        "concluded",
        Finding.UNSUPPORTED,
        Decimal("2.5"),
    )
    assert held.exhibits.count() == 1
    assert "Conclude the verification" not in client.get(address).content.decode()


def test_each_thing_missing_is_told_beside_its_field_and_nothing_typed_is_lost(visit):
    world = drawn_all()
    client = visit(world, world.other_assessor)

    page = client.post(
        url("verification", of_line(world).pk),
        {"act": "conclude", "finding": "partly", "text": "half", "password": PASSWORD},
    )

    assert set(page.context["form"].errors) == {"place", "found_value"}
    assert "half" in page.content.decode()
    assert of_line(world).state == "drawn"


def test_an_administrator_hands_a_line_over_on_its_page(visit):
    world = drawn_all()
    held = of_line(world)
    Verification.objects.filter(pk=held.pk).update(assessor=world.interested)

    visit(world, world.administrator).post(
        url("verification", held.pk), {"act": "hand_over", "assessor": world.other_assessor.pk}
    )

    assert of_line(world).assessor == world.other_assessor
    assert Entry.objects.get(act="hand_over").params["assessor"] == world.other_assessor.pk


def test_the_page_of_a_line_takes_few_queries(visit):
    world = build("marked")
    shown = concluded(world)
    client = visit(world, world.administrator)
    address = url("verification", shown.verification_id)
    client.get(address)

    with CaptureQueriesContext(connection) as captured:
        client.get(address)

    assert len(captured) <= 16, [q["sql"][:120] for q in captured]


def test_hours_are_kept_with_a_block_that_is_handed_in(visit):
    world = build("assigned")
    block = world.block
    marks = {a.pk: mark_values(1) for a in Answer.objects.on_desk(block)}
    marking.save_marks(block, marks, by=world.assessor, at=world.at)
    client = visit(world, world.assessor)

    too_many = client.post(url("hand_in", block.pk), {"hours": "501", "password": PASSWORD})
    assert "500" in str(too_many.context["form"].errors["hours"])
    client.post(url("hand_in", block.pk), {"hours": "7.25", "password": PASSWORD})

    assert (world.fresh(block).hours, world.fresh(block).state) == (Decimal("7.25"), "handed_in")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trial", range(4))
def test_a_block_handed_in_and_a_verification_concluded_at_once_miss_no_line(trial):
    world = drawn_all()
    held = of_line(world)
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    lines = Answer.objects.on_desk(block)
    marking.save_marks(
        block, {a.pk: mark_values(90) for a in lines}, by=world.assessor, at=world.at
    )
    gate, failed = threading.Barrier(2), []

    def at_once(act):
        try:
            gate.wait(timeout=10)
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    acts = (
        lambda: marking.hand_in(block, by=world.assessor, at=world.at),
        lambda: verification_actions.conclude(
            held, **UNSUPPORTED, by=world.other_assessor, at=world.at
        ),
    )
    threads = [threading.Thread(target=at_once, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failed == []
    assert scores(held.line_id) == [("agreed", Decimal(90), False), ("verified", Decimal(0), True)]
