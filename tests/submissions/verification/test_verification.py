"""Verification at the source: the draw, who verifies, what a finding does to a score, and who reads
it when.
"""

import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import Interest
from cycles.models import Cycle, Delivery, Entry
from cycles.people import interests
from cycles.workflow import Refused
from submissions import sampling
from submissions.marking import actions as marking
from submissions.marking import assignment, reconciliation
from submissions.marking import rules as marking_rules
from submissions.models import (
    Answer,
    Block,
    Document,
    Exhibit,
    Finding,
    NodeScore,
    Score,
    Submission,
    Verification,
)
from submissions.release import actions as release
from submissions.signing import actions as signing
from submissions.verification import actions as verification_actions
from submissions.verification import draw
from tests.factories import PASSWORD, build, make_agency, make_user, supply
from tests.jobs import work_off
from tests.submissions.conftest import EICAR
from tests.submissions.marking.test_double_marking import both, mark, ruled, said, shared_out
from tests.worlds.answers import concluded, power_line

pytestmark = pytest.mark.django_db

UNSUPPORTED = {"place": "source", "finding": "unsupported", "text": "The register says otherwise"}
PARTLY = {
    "place": "site",
    "finding": "partly",
    "found_value": Decimal(15),
    "text": "Half of it was seen",
}
SUPPORTED = {"place": "source", "finding": "supported", "text": "As it says"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def drawn_all(stage="assigned", **rules):
    """Every line that can be verified is drawn."""
    world = ruled(build(stage), verification_percent=100, **rules)
    world.drawn = draw.draw(world.cycle, by=world.administrator, at=world.at)
    return world


def of_line(world, code="G1-1"):
    return Verification.objects.get(line__measure__code=code, submission=world.submission)


def hand_in_all(world):
    for block in Block.objects.filter(submission=world.submission, state="open").order_by("pk"):
        lines = Answer.objects.on_desk(block).select_related("measure", "own", "submission")
        marks = {a.pk: {"points": marking_rules.suggestion(a), "reason": ""} for a in lines}
        marking.save_marks(block, marks, by=block.assessor, at=world.at)
        marking.hand_in(block, by=block.assessor, at=world.at)
    if world.fresh(world.stewardship).state == "open":
        supply(world)
    world.submission = world.fresh(world.submission)


def conclude(world, found, **special):
    verification = special.pop("of", None) or of_line(world)
    return verification_actions.conclude(
        verification, **(found | special), by=verification.assessor, at=world.at
    )


def scores(line):
    rows = Score.objects.filter(answer=line).exclude(basis=Score.Basis.SELF).order_by("pk")
    return [(s.basis, s.points, s.is_current) for s in rows]


def total(world):
    world.submission = world.fresh(world.submission)
    return NodeScore.objects.get(
        run=world.submission.current_run, submission=world.submission, kind=""
    ).points


# --- The draw -----------------------------------------------------------------------------------


def test_only_signed_lines_with_a_value_that_no_steward_supplies_are_drawn():
    world = drawn_all()

    lines = {v.line for v in Verification.objects.select_related("line__measure")}
    assert {line.submission_id for line in lines} == {world.submission.pk}
    assert not any(line.measure.is_stewarded or line.value is None for line in lines)
    assert (
        len(lines)
        == world.drawn.lines
        == Answer.objects.filter(submission=world.submission).count() - 1
    )


def test_the_seed_and_the_reasons_stand_in_the_record():
    world = drawn_all()

    entry = Entry.objects.get(act="sample")
    assert entry.params["seed"] == Cycle.objects.get(pk=world.cycle.pk).draw_seed != ""
    kept = {str(v.line_id): v.why for v in Verification.objects.all()}
    assert entry.params["lines"] == kept
    assert {"weight", "lot"} == {why for reasons in kept.values() for why in reasons}


def test_nobody_verifies_what_they_mark_and_no_one_with_an_interest():
    world = drawn_all()

    assert {v.assessor for v in Verification.objects.all()} == {world.other_assessor}


def test_the_work_goes_to_the_least_loaded_and_an_axis_to_one_desk():
    world = ruled(build("submitted"), verification_percent=100)
    world.at = world.opens("scoring")

    draw.draw(world.cycle, by=world.administrator, at=world.at)

    places = Verification.objects.values_list("line__measure__indicator__axis", "assessor")
    assert {assessor for _axis, assessor in places} == {world.assessor.pk, world.other_assessor.pk}
    assert len(set(places)) == len({axis for axis, _assessor in places}) == 3


def test_whoever_verifies_a_line_is_not_given_its_axis_to_mark():
    world = ruled(build("submitted"), verification_percent=100)
    world.at = world.opens("scoring")
    draw.draw(world.cycle, by=world.administrator, at=world.at)

    assignment.assign_all(world.cycle, by=world.administrator, at=world.at)

    for v in Verification.objects.select_related("line__measure__indicator"):
        axis = v.line.measure.indicator.axis_id
        assert Block.objects.get(submission=world.submission, axis=axis).assessor != v.assessor
        with pytest.raises(Refused, match="verifies one of these lines"):
            assignment.assign(
                world.submission,
                axis=v.line.measure.indicator.axis,
                assessor=v.assessor,
                by=world.administrator,
                at=world.at,
            )


def test_a_second_draw_takes_nothing_out_and_adds_what_qualifies_since():
    world = ruled(build("assigned"), verification_percent=40)
    first = draw.draw(world.cycle, by=world.administrator, at=world.at)
    held = set(Verification.objects.values_list("line", flat=True))

    again = draw.draw(world.cycle, by=world.administrator, at=world.at)
    ruled(world, verification_percent=100)
    more = draw.draw(world.cycle, by=world.administrator, at=world.at)

    assert (first.lines, again.lines, more.lines) == (2, 0, 2)
    assert held < set(Verification.objects.values_list("line", flat=True))
    assert Entry.objects.filter(act="sample").count() == 2


def test_a_line_that_nobody_else_may_verify_is_counted_and_drawn_when_somebody_may():
    world = ruled(build("assigned"), verification_percent=100)
    interest = Interest.objects.create(
        user=world.other_assessor, agency=world.power, reason="x", declared_at=world.at
    )

    assert draw.draw(world.cycle, by=world.administrator, at=world.at) == (0, 4)
    interest.delete()

    assert draw.draw(world.cycle, by=world.administrator, at=world.at) == (4, 0)


def test_a_year_whose_rules_verify_nothing_draws_nothing():
    world = ruled(build("assigned"), verification_percent=0)

    with pytest.raises(Refused, match="no line is verified"):
        draw.draw(world.cycle, by=world.administrator, at=world.at)


def test_a_province_s_administrator_draws_within_the_province_and_others_not_at_all():
    world = ruled(build("assigned"), verification_percent=100)

    assert draw.draw(world.cycle, by=world.provincial_administrator, at=world.at).lines == 0
    assert not Entry.objects.filter(act="sample").exists()
    for name in ("assessor", "head", "auditor"):
        with pytest.raises(Refused):
            draw.draw(world.cycle, by=getattr(world, name), at=world.at)
    assert not Verification.objects.exists()


def test_reasons_come_from_the_line_its_weight_and_last_year():
    world = ruled(build("scored"), year=1404)
    line = power_line(world)
    lineage = line.measure.lineage
    Score.objects.filter(answer=line, is_current=True).update(basis="verified", points=Decimal(30))
    later = build_following(world, lineage)

    candidates, _places = draw._candidates(later.cycle, [later.submission])

    by_key = {c.key: c for c in candidates}
    found = by_key[power_line(later).pk]
    assert found.was_corrected
    assert found.gain == Fraction(100, 300) - Fraction(30, 300)
    assert found.weight == Fraction(300, 2000)
    assert set(found.reasons) == {sampling.Why.GAIN, sampling.Why.WEIGHT, sampling.Why.CORRECTION}


def build_following(world, lineage):
    """The year after, in the same tables: its self-assessment is the first one's lines, signed
    anew.
    """
    cycle = Cycle.objects.create(
        year=1405, preset=world.cycle.preset, state="open", verification_percent=100
    )
    participation = world.submission.participation
    participation.pk, participation.cycle = None, cycle
    participation.save()
    held = Submission.objects.create(
        cycle=cycle, agency=world.power, participation=participation, state="submitted",
        submitted_at=world.at, submitted_by=world.head,
    )  # fmt: skip
    for a in Answer.objects.filter(submission=world.submission).select_related("measure"):
        new = Answer.objects.create(submission=held, measure=a.measure, value=a.value)
        if not a.measure.is_stewarded:
            Score.objects.create(
                answer=new, basis="self", state="scored", points=new.self_points, scored_at=world.at
            )
    world.cycle, world.submission = cycle, held
    return world


@pytest.mark.parametrize("agencies", [1, 4])
def test_the_draw_takes_the_same_queries_for_any_number_of_agencies(agencies):
    world = ruled(build("assigned"), verification_percent=100)
    more_signed(world, agencies - 1)

    with CaptureQueriesContext(connection) as captured:
        drawn = draw.draw(world.cycle, by=world.administrator, at=world.at)

    assert drawn.lines == 4 + 3 * (agencies - 1)
    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) == 16


def more_signed(world, agencies):
    for number in range(agencies):
        agency = make_agency(f"M{number}", f"سازمان {number}", f"Agency {number}")
        participation = world.submission.participation
        participation.pk, participation.agency = None, agency
        participation.save()
        held = Submission.objects.create(
            cycle=world.cycle, agency=agency, participation=participation, state="submitted",
            submitted_at=world.at, submitted_by=world.head,
        )  # fmt: skip
        of_power = Answer.objects.filter(submission=world.submission, value__isnull=False).order_by(
            "pk"
        )[:3]
        Answer.objects.bulk_create(
            Answer(submission=held, measure_id=a.measure_id, value=30) for a in of_power
        )


# --- What a finding does ------------------------------------------------------------------------


def test_a_line_not_supported_loses_its_points_when_it_had_them_already():
    world = drawn_all("marked")
    before = total(world)

    conclude(world, UNSUPPORTED)

    assert scores(power_line(world)) == [
        ("agreed", Decimal(100), False),
        ("verified", Decimal(0), True),
    ]
    assert before - total(world) == Decimal(100) * 600 / 600
    current = Score.objects.get(answer=power_line(world), is_current=True)
    assert (current.reason, current.scored_by) == (UNSUPPORTED["text"], world.other_assessor)


def test_a_finding_from_before_the_marks_is_put_on_top_of_them():
    world = drawn_all()

    conclude(world, PARTLY)
    assert scores(power_line(world)) == []
    hand_in_all(world)

    assert scores(power_line(world)) == [
        ("agreed", Decimal(100), False),
        ("verified", Decimal(50), True),
    ]
    assert world.submission.state == "marked"


@pytest.mark.parametrize("found_first", [True, False])
def test_both_orders_come_to_the_same_total(found_first):
    world = drawn_all()
    acts = [lambda: conclude(world, PARTLY), lambda: hand_in_all(world)]
    for act in acts if found_first else acts[::-1]:
        act()

    current = Score.objects.filter(answer__submission=world.submission, is_current=True)
    points = {s.answer.measure.code: s.points for s in current.select_related("answer__measure")}
    assert (points["G1-1"], points["G1-2"], points["G2-1"]) == (50, 150, 300)
    assert total(world) == sum(points.values())


def test_a_finding_never_raises_a_score():
    world = drawn_all("marked")

    conclude(world, PARTLY, found_value=Decimal(60))

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


def test_a_supported_line_keeps_its_score():
    world = drawn_all("marked")

    conclude(world, SUPPORTED, found_value=Decimal(1))

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]
    assert of_line(world).found_value is None


def test_a_line_marked_as_not_applicable_has_nothing_to_lose():
    world = drawn_all()
    conclude(world, UNSUPPORTED)
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    lines = Answer.objects.on_desk(block)
    marking.save_marks(
        block,
        {a.pk: {"is_not_applicable": True, "reason": "x"} for a in lines},
        by=world.assessor,
        at=world.at,
    )
    marking.hand_in(block, by=world.assessor, at=world.at)

    assert scores(power_line(world)) == [("agreed", None, True)]


def read_twice(found_first):
    """The heaviest line is marked by two who lie apart and verified by a third."""
    world = shared_out(verification_percent=100)
    world.people["third"] = make_user("third", "assessor")
    interests.state_interests(world.cycle, by=world.third, at=world.at)
    draw.draw(world.cycle, by=world.administrator, at=world.at)
    first, second = both(world)
    [line] = second.drawn
    held = Verification.objects.get(line=line)
    assert held.assessor == world.third
    if found_first:
        conclude(world, UNSUPPORTED, of=held)
    mark(world, first, said=said(100))
    mark(world, second, said=said(20))
    return world, line, held


def test_a_finding_waits_for_the_value_that_two_assessors_agree_on():
    world, line, _held = read_twice(found_first=True)
    assert scores(line) == []
    apart = world.submission.reconciliations.get()

    apart = reconciliation.propose(
        apart, points=Decimal(70), reason="half", by=world.assessor, at=world.at
    )
    reconciliation.agree(apart, by=world.other_assessor, at=world.at)

    assert scores(line) == [("agreed", Decimal(70), False), ("verified", Decimal(0), True)]


def test_a_value_that_was_settled_is_lowered_by_what_is_found_later():
    world, line, held = read_twice(found_first=False)
    apart = world.submission.reconciliations.get()
    reconciliation.settle(
        apart, points=Decimal(70), reason="half", by=world.administrator, at=world.at
    )

    conclude(world, UNSUPPORTED, of=held)

    assert scores(line) == [("agreed", Decimal(70), False), ("verified", Decimal(0), True)]


def test_nothing_is_verified_after_the_scores_are_communicated():
    world = drawn_all("marked")
    Submission.objects.filter(pk=world.submission.pk).update(state="communicated")

    with pytest.raises(Refused, match="not communicated"):
        conclude(world, UNSUPPORTED)

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


@pytest.mark.parametrize(
    ("special", "why"),
    [
        ({"finding": ""}, "what was found"),
        ({"place": "moon"}, "what was found"),
        ({"text": " \n"}, "what was seen"),
        ({"finding": "partly"}, "Give the value"),
        ({"finding": "partly", "found_value": Decimal(-1)}, "negative"),
        ({"hours": Decimal("500.5")}, "between 0 and 500"),
        ({"hours": Decimal(-1)}, "between 0 and 500"),
    ],
)
def test_a_finding_that_says_too_little_is_refused_and_changes_nothing(special, why):
    world = drawn_all("marked")

    with pytest.raises(Refused, match=why):
        conclude(world, UNSUPPORTED, **special)

    assert of_line(world).state == "drawn"
    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


def test_what_was_noted_for_later_counts_for_nothing():
    world = drawn_all("marked")
    held = of_line(world)

    verification_actions.note(
        held, **UNSUPPORTED, hours=Decimal("1.5"), by=held.assessor, at=world.at
    )

    held = of_line(world)
    assert (held.state, held.finding, held.hours) == ("drawn", "unsupported", Decimal("1.5"))
    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]
    assert not Verification.objects.lowering().exists()
    assert not Entry.objects.filter(act="note").exists()


def test_the_agency_appeals_a_finding_and_may_win_its_points_back(visit):
    world = drawn_all("marked")
    for held in Verification.objects.all():
        conclude(world, UNSUPPORTED if held.line == power_line(world) else SUPPORTED, of=held)
    signing.lapse(world.cycle, at=world.at)
    release.communicate([world.submission], by=world.administrator, at=world.at)

    page = (
        visit(world, world.staff)
        .get(reverse("appeals:draft", args=[power_line(world).pk]))
        .content.decode()
    )

    assert "The verification at the source" in page
    report = visit(world, world.staff).get(url("report", world.submission.pk)).content.decode()
    assert "Verification at the source" in report
    assert UNSUPPORTED["text"] in report


# --- Who verifies -------------------------------------------------------------------------------


def test_an_administrator_gives_a_line_to_another_and_never_to_who_marks_it():
    world = drawn_all()
    held = of_line(world)

    for name in ("assessor", "interested", "provincial_assessor"):
        with pytest.raises(Refused, match="may not verify"):
            draw.hand_over(held, assessor=getattr(world, name), by=world.administrator, at=world.at)

    assert of_line(world).assessor == world.other_assessor
    assert draw.fit_for(held, world.at) == [world.other_assessor]


def test_whoever_comes_to_mark_the_line_does_not_verify_it():
    world = drawn_all()
    Block.objects.filter(submission=world.submission).update(assessor=world.other_assessor)

    with pytest.raises(Refused, match="never one who marks it"):
        conclude(world, UNSUPPORTED)


# --- Who reads it -------------------------------------------------------------------------------

SECRET = "NOT FOR YOUR EYES"


def test_who_marks_reads_no_finding_before_all_is_marked(visit):
    world = drawn_all()
    held = conclude(world, UNSUPPORTED | {"text": SECRET})
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    client = visit(world, world.assessor)
    addresses = [
        url("line", held.line_id),
        url("verifications"),
        url("blocks"),
        url("block", block.pk),
        url("hand_in", block.pk),
    ]

    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
    assert client.get(url("verification", held.pk)).status_code == 404

    hand_in_all(world)
    assert SECRET in client.get(url("verification", held.pk)).content.decode()


def test_an_administrator_who_marks_is_as_blind(visit):
    world = drawn_all()
    held = conclude(world, UNSUPPORTED | {"text": SECRET})
    Block.objects.filter(submission=world.submission).update(assessor=world.administrator)

    assert visit(world, world.administrator).get(url("verification", held.pk)).status_code == 404


def test_the_agency_reads_what_was_found_and_its_files_with_its_scores(visit):
    world = drawn_all("marked")
    held = of_line(world)
    shown = verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)
    conclude(world, UNSUPPORTED | {"text": SECRET})
    client = visit(world, world.staff)

    for address in (url("verification", held.pk), url("exhibit", shown.uuid)):
        assert client.get(address).status_code == 404
    assert SECRET not in client.get(url("line", held.line_id)).content.decode()
    Submission.objects.filter(pk=world.submission.pk).update(
        state="communicated", communicated_at=world.at
    )

    assert SECRET in client.get(url("verification", held.pk)).content.decode()
    assert SECRET in client.get(url("line", held.line_id)).content.decode()
    file = client.get(url("exhibit", shown.uuid))
    assert (file.status_code, b"".join(file.streaming_content)) == (200, b"%PDF-1.7 %%EOF")
    assert "attachment" in file["Content-Disposition"]
    assert visit(world, world.other_staff).get(url("exhibit", shown.uuid)).status_code == 404


def test_what_is_noted_is_read_by_nobody_else(visit):
    world = drawn_all("marked")
    held = of_line(world)
    verification_actions.note(
        held, **(UNSUPPORTED | {"text": SECRET}), by=held.assessor, at=world.at
    )
    shown = verification_actions.show(
        held, upload=paper("secret.pdf"), by=held.assessor, at=world.at
    )
    client = visit(world, world.administrator)

    page = client.get(url("verification", held.pk)).content.decode()

    assert SECRET not in page
    assert "secret.pdf" not in page
    assert client.get(url("exhibit", shown.uuid)).status_code == 404
    assert SECRET not in client.get(url("line", held.line_id)).content.decode()
    assert SECRET in visit(world, held.assessor).get(url("verification", held.pk)).content.decode()


def test_the_verifier_sees_the_line_and_its_evidence_but_no_mark(visit):
    world = drawn_all()
    marking.save_marks(
        Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1"),
        {power_line(world).pk: {"points": Decimal("87.65"), "reason": SECRET}},
        by=world.assessor,
        at=world.at,
    )
    client = visit(world, world.other_assessor)

    for address in (url("verification", of_line(world).pk), url("line", power_line(world).pk)):
        page = client.get(address).content.decode()
        assert "87.65" not in page
        assert SECRET not in page


# --- Files --------------------------------------------------------------------------------------


def paper(name="log.pdf", content=b"%PDF-1.7 %%EOF"):
    return SimpleUploadedFile(name, content, "application/pdf")


def test_a_file_is_kept_with_its_digest_and_belongs_to_no_agency():
    world = drawn_all()
    held = of_line(world)

    shown = verification_actions.show(
        held, upload=paper("../../log.pdf"), by=held.assessor, at=world.at
    )

    document = shown.document
    assert (document.name, document.agency, document.state) == ("log.pdf", None, "unscanned")
    assert len(document.sha256) == 64
    assert not Document.objects.held_by(world.power.pk).filter(pk=document.pk).exists()
    assert Entry.objects.get(act="show").params["sha256"] == document.sha256
    conclude(world, SUPPORTED)
    assert Entry.objects.get(act="conclude").params["files"] == [document.sha256]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "cannot be accepted"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"<html>", "cannot be accepted"),
        ("a.xlsm", b"PK", "macro"),
    ],
)
def test_other_files_are_refused(name, content, why):
    world = drawn_all()
    held = of_line(world)

    with pytest.raises(Refused, match=why):
        verification_actions.show(held, upload=paper(name, content), by=held.assessor, at=world.at)

    assert not Exhibit.objects.exists()


def test_a_file_that_is_too_large_and_one_too_many_are_refused(monkeypatch):
    world = drawn_all()
    held = of_line(world)
    monkeypatch.setattr(verification_actions, "MOST_AT_ONCE", 2**20)
    monkeypatch.setattr(verification_actions, "MOST_FILES", 1)

    with pytest.raises(Refused, match="larger than 1 MB"):
        verification_actions.show(
            held, upload=paper(content=b"%PDF-1.7" + b" " * 2**20), by=held.assessor, at=world.at
        )
    verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)
    with pytest.raises(Refused, match="at most 1 files"):
        verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)


def test_a_file_shown_by_mistake_is_withdrawn_and_handed_out_to_nobody(visit):
    world = drawn_all()
    held = of_line(world)
    shown = verification_actions.show(held, upload=paper(), by=held.assessor, at=world.at)

    page = visit(world, held.assessor).post(
        url("verification", held.pk),
        {"take_back": str(shown.uuid), "text": "half written"},
        follow=True,
    )

    assert "half written" in page.content.decode()
    assert Exhibit.objects.get().withdrawn_at is not None
    assert visit(world, held.assessor).get(url("exhibit", shown.uuid)).status_code == 404


def test_a_harmful_file_is_locked_away(visit, scanner):
    world = drawn_all()
    held = of_line(world)
    client = visit(world, held.assessor)

    client.post(
        url("verification", held.pk), {"act": "note", "file": SimpleUploadedFile("a.txt", EICAR)}
    )
    shown = Exhibit.objects.get()
    work_off()

    shown = Exhibit.objects.get()
    assert not Delivery.objects.filter(
        recipient=world.staff, entry__model="submissions.document"
    ).exists()
    assert shown.document.state == "infected"
    assert client.get(url("exhibit", shown.uuid)).status_code == 302


# --- Pages --------------------------------------------------------------------------------------


def test_the_sample_page_draws_and_tells_who_verifies_what_and_why(visit):
    world = ruled(build("assigned"), verification_percent=100)
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
    world = ruled(build("assigned"), verification_percent=100)
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
    marks = {a.pk: said(1) for a in Answer.objects.on_desk(block)}
    marking.save_marks(block, marks, by=world.assessor, at=world.at)
    client = visit(world, world.assessor)

    too_many = client.post(url("hand_in", block.pk), {"hours": "501", "password": PASSWORD})
    assert "500" in str(too_many.context["form"].errors["hours"])
    client.post(url("hand_in", block.pk), {"hours": "7.25", "password": PASSWORD})

    assert (world.fresh(block).hours, world.fresh(block).state) == (Decimal("7.25"), "handed_in")


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trial", range(4))
def test_a_block_handed_in_and_a_verification_concluded_at_once_miss_no_line(trial):
    world = drawn_all()
    held = of_line(world)
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    lines = Answer.objects.on_desk(block)
    marking.save_marks(block, {a.pk: said(90) for a in lines}, by=world.assessor, at=world.at)
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
