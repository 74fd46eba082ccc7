"""Acts on self-assessments and their marking: the stage, the phase and the call of each."""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from cycles.calendar import Phase
from cycles.models import Participation
from submissions.answers import actions as answers
from submissions.answers import headquarters, teamwork
from submissions.answers import sheets as answers_sheets
from submissions.evidence import actions as evidence
from submissions.evidence import uploads
from submissions.marking import actions as marking
from submissions.marking import clarifications, reconciliation
from submissions.models import Clarification, Mark
from submissions.release import actions as release
from submissions.reliability import actions as reliability
from submissions.scoring import actions as scoring
from submissions.signing import actions as signing
from submissions.signing import declaration
from submissions.stewards import actions as stewards
from submissions.stewards import supply
from submissions.verification import actions as verification
from submissions.verification import draw
from tests.factories import World
from tests.guard.acts.preparations import (
    FILE,
    Call,
    file_of_another_line,
    file_of_line,
    line_of_desk,
    marks,
    unit_of_power,
    upload_of_line,
)
from tests.worlds.answers import (
    CONCLUSION,
    LEVELS,
    apart,
    declare,
    exhibit,
    factor,
    figure,
    power_line,
    proposed,
    review_task,
    signed_version,
    steward_line,
    to_verify,
    unit_line,
)

VALUE = {"points": Decimal(60), "reason": "because"}
CALLS_OF_SELF_ASSESSMENTS: dict[str, tuple[str, Phase, Call]] = {
    "submissions.begin": (
        "communicated", Phase.SELF_ASSESSMENT,
        lambda w, at: answers.begin(Participation.objects.filter(cycle=w.cycle), by=None, at=at),
    ),
    "submissions.save_answer": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: answers.save_answer(power_line(w), value=Decimal(1), note="", by=w.staff, at=at),
    ),
    "submissions.save_answers": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: answers.save_answers(
            w.submission, {power_line(w).pk: {"value": Decimal(1)}}, by=w.staff, at=at
        ),
    ),
    "submissions.enter": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: answers.enter(
            w.submission, {power_line(w).pk: {"value": Decimal(1)}}, "answer", by=w.staff, at=at
        ),
    ),
    "submissions.import_answers": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: answers_sheets.import_answers(
            w.submission, lambda: ({power_line(w).pk: {"value": Decimal(1)}}, {}), by=w.staff, at=at, **FILE
        ),
    ),
    "submissions.fill_units": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: headquarters.fill_units(
            [unit_of_power(w)], {unit_line(w).pk: Decimal(1)}, seen={unit_line(w).pk: unit_line(w).token("value")},
            by=w.headquarters, at=at,
        ),
    ),
    "submissions.give_document": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: headquarters.give_document(
            [unit_of_power(w)], unit_line(w).measure, upload=ContentFile(b"x", name="x.txt"), by=w.headquarters, at=at
        ),
    ),
    "submissions.save_declaration": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: declaration.save_declaration(w.submission, statement="x", levels=LEVELS, by=w.staff, at=at),
    ),
    "submissions.judge_declaration": (
        "assigned", Phase.SCORING,
        lambda w, at: declaration.judge_declaration(
            declare(w), verdict="accepted", reason="seen", by=w.assessor, at=at
        ),
    ),
    "submissions.take_up": (
        "begun", Phase.SELF_ASSESSMENT, lambda w, at: signing.take_up(signed_version(w), by=w.staff, at=at)
    ),
    "submissions.share_out": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: teamwork.share_out(
            w.submission, assignee=w.staff, axis=power_line(w).measure.indicator.axis, by=w.staff, at=at
        ),
    ),
    "submissions.mark_ready": (
        "begun",
        Phase.SELF_ASSESSMENT,
        lambda w, at: teamwork.mark_ready(power_line(w), is_ready=True, by=w.staff, at=at),
    ),
    "submissions.comment": (
        "begun", Phase.SELF_ASSESSMENT, lambda w, at: teamwork.comment(power_line(w), text="x", by=w.staff, at=at)
    ),
    "submissions.claim_factor": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: teamwork.claim_factor(power_line(w), kind="law", text="x", by=w.staff, at=at),
    ),
    "submissions.withdraw_factor": (
        "begun", Phase.SELF_ASSESSMENT, lambda w, at: teamwork.withdraw_factor(factor(w), by=w.staff, at=at)
    ),
    "submissions.judge_factor": (
        "assigned", Phase.SCORING,
        lambda w, at: marking.judge_factor(factor(w), verdict="accepted", reason="seen", by=w.assessor, at=at),
    ),
    "submissions.attach": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: evidence.attach(power_line(w), upload=ContentFile(b"x", name="x.txt"), by=w.staff, at=at),
    ),
    "submissions.begin_upload": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: uploads.begin_upload(power_line(w), name="x.txt", length=1, by=w.staff, at=at),
    ),
    "submissions.finish_upload": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: uploads.finish_upload(
            upload_of_line(w), content=ContentFile(b"x", name="x.txt"), by=w.staff, at=at
        ),
    ),
    "submissions.reuse": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: evidence.reuse(power_line(w), file_of_another_line(w), by=w.staff, at=at),
    ),
    "submissions.refer": (
        "begun", Phase.SELF_ASSESSMENT,
        lambda w, at: evidence.refer(file_of_line(w), reference="7", by=w.staff, at=at),
    ),
    "submissions.detach": (
        "begun", Phase.SELF_ASSESSMENT, lambda w, at: evidence.detach(file_of_line(w), by=w.staff, at=at)
    ),
    "submissions.move": (
        "answered", Phase.SELF_ASSESSMENT, lambda w, at: signing.move(w.submission, "submit", by=w.head, at=at)
    ),
    "submissions.lapse": ("begun", Phase.SCORING, lambda w, at: signing.lapse(w.cycle, at=at)),
    "submissions.save_marks": (
        "assigned", Phase.SCORING, lambda w, at: marking.save_marks(w.block, marks(w), by=w.assessor, at=at)
    ),
    "submissions.ask": (
        "assigned", Phase.SCORING,
        lambda w, at: clarifications.ask(line_of_desk(w), question="?", by=w.assessor, at=at),
    ),
    "submissions.reply": (
        "assigned", Phase.CLARIFICATION,
        lambda w, at: clarifications.reply(Clarification.objects.get(), text="!", by=w.staff, at=at),
    ),
    "submissions.propose": (
        "assigned", Phase.SCORING, lambda w, at: reconciliation.propose(apart(w), **VALUE, by=w.assessor, at=at),
    ),
    "submissions.agree": (
        "assigned", Phase.SCORING, lambda w, at: reconciliation.agree(proposed(w), by=w.other_assessor, at=at),
    ),
    "submissions.settle": (
        "assigned", Phase.SCORING, lambda w, at: reconciliation.settle(apart(w), **VALUE, by=w.administrator, at=at),
    ),
    "submissions.draw": ("marked", Phase.SCORING, lambda w, at: draw.draw(w.cycle, by=w.administrator, at=at)),
    "submissions.hand_over": (
        "assigned", Phase.SCORING,
        lambda w, at: draw.hand_over(to_verify(w), assessor=w.other_assessor, by=w.administrator, at=at),
    ),
    "submissions.note": (
        "assigned", Phase.SCORING, lambda w, at: verification.note(to_verify(w), text="x", by=w.other_assessor, at=at)
    ),
    "submissions.show": (
        "assigned", Phase.SCORING,
        lambda w, at: verification.show(
            to_verify(w), upload=ContentFile(b"x", name="x.txt"), by=w.other_assessor, at=at
        ),
    ),
    "submissions.take_back": (
        "assigned", Phase.SCORING, lambda w, at: verification.take_back(exhibit(w), by=w.other_assessor, at=at)
    ),
    "submissions.conclude": (
        "assigned", Phase.SCORING,
        lambda w, at: verification.conclude(to_verify(w), **CONCLUSION, by=w.other_assessor, at=at),
    ),
    "submissions.close": (
        "marked", Phase.SCORING, lambda w, at: reliability.close(review_task(w), outcome="x", by=w.administrator, at=at)
    ),
    "submissions.save_figures": (
        "assigned", Phase.SCORING,
        lambda w, at: stewards.save_figures(w.stewardship, {steward_line(w).pk: figure()}, by=w.steward, at=at),
    ),
    "submissions.import_figures": (
        "assigned", Phase.SCORING,
        lambda w, at: stewards.import_figures(
            w.stewardship, lambda: ({steward_line(w).pk: figure()}, {}), by=w.steward, at=at, **FILE
        ),
    ),
    "submissions.cite": (
        "assigned", Phase.SCORING,
        lambda w, at: stewards.cite(
            w.stewardship, title="x", document=ContentFile(b"x", name="x.txt"), by=w.steward, at=at
        ),
    ),
    "submissions.supply": (
        "assigned", Phase.SCORING, lambda w, at: supply.supply(w.stewardship, by=w.steward, at=at),
    ),
    "submissions.open_again": (
        "marked", Phase.SCORING,
        lambda w, at: supply.open_again(w.stewardship, reason="because", by=w.administrator, at=at),
    ),
    "submissions.hand_in": ("assigned", Phase.SCORING, lambda w, at: hand_in_all_marks(w, at)),
    "submissions.order_reliability": (
        "marked", Phase.SCORING, lambda w, at: reliability.order_reliability(w.cycle, by=w.administrator, at=at)
    ),
    "submissions.order_run": (
        "marked", Phase.SCORING, lambda w, at: scoring.order_run(w.cycle, by=w.administrator, at=at)
    ),
    "submissions.communicate": (
        "marked", Phase.SCORING, lambda w, at: release.communicate([w.submission], by=w.administrator, at=at)
    ),
    "submissions.rescore": (
        "heard", Phase.APPEAL_REVIEW,
        lambda w, at: scoring.rescore(
            power_line(w), basis="appeal", state="scored", points=Decimal(200), reason="because", by=w.reviewer, at=at
        ),
    ),
}  # fmt: skip


def hand_in_all_marks(w: World, at: Any) -> Any:
    for pk in marks(w):
        mark = {"points": Decimal(1), "reason": "because", "marked_at": w.at}
        Mark.objects.get_or_create(answer_id=pk, block=w.block, assessor=w.assessor, defaults=mark)
    return marking.hand_in(w.block, by=w.assessor, at=at)
