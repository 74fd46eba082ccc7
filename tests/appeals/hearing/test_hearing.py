"""Who hears an appeal, what is asked, what each side may show, and what a decision may give."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from agencies.models import Interest
from appeals import evidence
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal, Attachment
from cycles.calendar import Phase
from cycles.models import Cycle, Delivery, Entry
from cycles.workflow import Refused
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Mark, Verification
from tests.factories import EPOCH, build, make_user, shown

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 new"


def line(world, code="G1-1"):
    return Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code=code
    )


def paper(content=PAPER, name="سند.pdf"):
    return ContentFile(content, name=name)


def second_reviewer(world):
    person = make_user("second_reviewer", "reviewer")
    person.clearance_set.create(kind="interests", year=world.cycle.year, since=EPOCH)
    return person


# --- Who hears it -------------------------------------------------------------------------------


def test_appeals_go_to_reviewers_by_load_once_the_review_has_opened():
    world = build("filed")
    other = second_reviewer(world)
    opens = world.opens(Phase.APPEAL_REVIEW, world.power)
    fields = {"ground": "procedure", "argument": "x"}
    second = drafting.save_draft(line(world, "G2-1"), fields=fields, by=world.staff, at=world.at)
    drafting.file([second], by=world.head, at=world.at)

    early = hearing.share_out(world.cycle, by=None, at=opens - timedelta(microseconds=1))
    shared = hearing.share_out(world.cycle, by=None, at=opens)
    again = hearing.share_out(world.cycle, by=None, at=opens)

    assert (early, shared, again) == ((0, 0, 0), (2, 0, 0), (0, 0, 0))
    assert set(Appeal.objects.values_list("reviewer", flat=True)) == {world.reviewer.pk, other.pk}


@pytest.mark.parametrize("part", ("marked", "verified", "interest", "member"))
def test_nobody_with_a_part_or_an_interest_hears_it(part):
    world = build("filed")
    opens = world.opens(Phase.APPEAL_REVIEW, world.power)
    if part == "marked":
        Mark.objects.filter(answer=line(world)).update(assessor=world.reviewer)
    elif part == "verified":
        of = {
            "cycle": world.cycle,
            "agency": world.power,
            "submission": world.submission,
            "line": line(world),
        }
        Verification.objects.create(**of, why=["lot"], assessor=world.reviewer, drawn_at=world.at)
    elif part == "interest":
        Interest.objects.create(
            user=world.reviewer, agency=world.power, reason="Family", declared_at=EPOCH
        )
    else:
        world.reviewer.membership_set.create(role="staff", agency=world.power, valid_from=EPOCH)

    shared = hearing.share_out(world.cycle, by=None, at=opens)

    assert shared == (0, 0, 1)
    with pytest.raises(Refused):
        hearing.hand_over(
            world.appeal, reviewer=world.fresh(world.reviewer), by=world.administrator, at=opens
        )
    assert world.fresh(world.appeal).reviewer is None


def test_an_interest_declared_since_takes_the_appeal_to_another():
    world = build("heard")
    other = second_reviewer(world)
    Interest.objects.create(
        user=world.reviewer, agency=world.power, reason="Family", declared_at=EPOCH
    )

    shared = hearing.share_out(world.cycle, by=None, at=world.at)

    assert shared == (1, 1, 0)
    assert world.fresh(world.appeal).reviewer == other


def test_whoever_is_not_given_the_appeal_does_not_decide_it():
    world = build("heard")
    other = second_reviewer(world)

    with pytest.raises(Refused):
        decision.decide(world.appeal, "dismiss", reason="x", by=other, at=world.at)

    assert world.fresh(world.appeal).state == "filed"


# --- Questions ----------------------------------------------------------------------------------


def test_a_question_holds_the_decision_up_until_it_is_answered_or_its_days_are_over():
    world = build("heard")
    asked = hearing.ask(
        world.appeal, question="کدام سند؟", agency=True, by=world.reviewer, at=world.at
    )
    decide = lambda at: decision.decide(  # noqa: E731
        world.appeal, "dismiss", reason="x", by=world.reviewer, at=at
    )

    with translation.override("en"), pytest.raises(Refused, match="may still be answered"):
        decide(asked.due_at - timedelta(microseconds=1))
    decided = decide(asked.due_at)

    assert asked.due_at - world.at == timedelta(days=world.cycle.clarification_days)
    assert decided.state == "dismissed"


def test_the_agency_replies_with_a_file_and_the_reviewer_hears_of_it():
    world = build("heard")
    asked = hearing.ask(
        world.appeal, question="کدام سند؟", agency=True, by=world.reviewer, at=world.at
    )

    replied = hearing.reply(asked, text="این سند", upload=paper(), by=world.staff, at=world.at)
    told = Delivery.objects.filter(entry__workflow="appeals.question", channel="inbox")

    shown_with = Attachment.objects.get()
    assert (replied.state, shown_with.question, shown_with.is_new) == ("replied", replied, True)
    assert world.reviewer.pk in set(
        told.filter(entry__act="reply").values_list("recipient", flat=True)
    )
    assert {world.head.pk, world.staff.pk} <= set(
        told.filter(entry__act="ask").values_list("recipient", flat=True)
    )
    with pytest.raises(Refused):
        hearing.reply(replied, text="باز", by=world.staff, at=world.at)


def test_whoever_gave_the_score_is_asked_and_nobody_else_explains():
    world = build("heard")
    asked = hearing.ask(world.appeal, question="چرا؟", agency=False, by=world.reviewer, at=world.at)

    assert asked.addressee == world.assessor
    for person in (world.staff, world.other_assessor, world.reviewer):
        with pytest.raises(Refused):
            hearing.reply(asked, text="چون", by=person, at=world.at)
    assert hearing.reply(asked, text="چون", by=world.assessor, at=world.at).state == "replied"
    assert Appeal.objects.visible_to(world.assessor, world.at).get() == world.appeal


# --- Evidence -----------------------------------------------------------------------------------


def test_a_file_is_new_unless_the_self_assessment_showed_its_content():
    world = build("drafted_appeal")
    held = shown(world, line(world), content=b"%PDF-1.7 old", name="old.pdf")

    new = evidence.attach(world.appeal, upload=paper(), by=world.staff, at=world.at)
    again = evidence.refer(world.appeal, document=held.document, by=world.staff, at=world.at)

    assert (new.is_new, again.is_new) == (True, False)
    with pytest.raises(Refused):
        evidence.attach(world.appeal, upload=paper(), by=world.staff, at=world.at)


def test_another_agency_s_file_is_not_shown():
    world = build("drafted_appeal")
    held = shown(world, line(world), agency=world.health)

    with pytest.raises(Refused):
        evidence.refer(world.appeal, document=held.document, by=world.staff, at=world.at)

    assert not Attachment.objects.exists()


def test_what_is_filed_can_no_longer_be_changed_and_names_its_files():
    world = build("drafted_appeal")
    attached = evidence.attach(world.appeal, upload=paper(), by=world.staff, at=world.at)
    [filed] = drafting.file([world.appeal], by=world.head, at=world.at)

    for act in (
        lambda: evidence.attach(filed, upload=paper(b"%PDF-1.7 more"), by=world.staff, at=world.at),
        lambda: evidence.detach(attached, by=world.staff, at=world.at),
        lambda: drafting.save_draft(
            line(world), fields={"ground": "value"}, by=world.staff, at=world.at
        ),
    ):
        with pytest.raises(Refused):
            act()

    assert attached.document.sha256 in filed.filing.content


@pytest.mark.parametrize(
    ("code", "ground"),
    [("G1-1", "steward"), ("G1-2", "value"), ("G1-1", "verification"), ("G1-1", "nonsense")],
)
def test_a_ground_that_does_not_fit_the_line_is_refused(code, ground):
    world = build("scored")

    with pytest.raises(Refused):
        drafting.save_draft(
            line(world, code), fields={"ground": ground}, by=world.staff, at=world.at
        )

    assert not Appeal.objects.exists()


def test_of_a_steward_s_line_a_percent_is_proposed():
    world = build("scored")

    drafted = drafting.save_draft(
        line(world, "G1-2"),
        fields={"ground": "steward", "argument": "x", "proposed_value": Decimal(80)},
        by=world.staff,
        at=world.at,
    )

    assert (drafted.points_before, drafted.proposed_points) == (150, 240)


# --- Filings ------------------------------------------------------------------------------------


def test_there_may_be_several_filings_and_a_withdrawn_line_is_appealed_anew():
    world = build("filed")
    drafting.withdraw(world.appeal, by=world.head, at=world.at)
    fields = {"ground": "procedure", "argument": "دوباره"}
    again = drafting.save_draft(line(world), fields=fields, by=world.staff, at=world.at)
    [filed] = drafting.file([again], by=world.head, at=world.at)

    assert (filed.filing.number, world.fresh(world.appeal).state) == (2, "withdrawn")
    assert Entry.objects.filter(workflow="appeals.filing", act="file").count() == 2


def test_nothing_is_withdrawn_once_the_review_begins():
    world = build("heard")

    with pytest.raises(Refused):
        drafting.withdraw(world.appeal, by=world.head, at=world.at)

    assert world.fresh(world.appeal).state == "filed"


# --- Decisions ----------------------------------------------------------------------------------


def test_a_score_falls_only_where_the_year_s_rules_let_it():
    world = build("heard")
    Cycle.objects.filter(pk=world.cycle.pk).update(appeal_may_lower=True)

    decision.decide(
        world.appeal,
        "dismiss",
        reason="سند کمتر نشان می‌دهد",
        awarded=Decimal(40),
        by=world.reviewer,
        at=world.at,
    )

    assert line(world).scores.get(is_current=True).points == 40


def test_a_line_is_found_not_to_apply_only_where_that_was_asked():
    world = build("heard")
    void = {"reason": "مأموریت دستگاه نیست", "void": True, "by": world.reviewer, "at": world.at}
    with pytest.raises(Refused):
        decision.decide(world.appeal, "uphold", **void)
    Appeal.objects.filter(pk=world.appeal.pk).update(ground="applicability")

    decided = decision.decide(world.fresh(world.appeal), "uphold", **void)

    score = line(world).scores.get(is_current=True)
    assert (score.state, score.points) == (LineState.NOT_APPLICABLE, None)
    assert (decided.decided_void, decided.decided_points) == (True, None)


@pytest.mark.parametrize(
    ("name", "awarded", "error"), [("dismiss", 200, ""), ("dismiss", None, "target")]
)
def test_a_dismissal_gives_no_points_and_shows_no_error_for_others(name, awarded, error):
    world = build("heard")

    with pytest.raises(Refused):
        decision.decide(
            world.appeal, name, reason="x", awarded=awarded and Decimal(awarded), error=error, by=world.reviewer,
            at=world.at,
        )  # fmt: skip

    assert world.fresh(world.appeal).state == "filed"
