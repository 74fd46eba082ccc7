"""Every public action called with its window closed refuses and changes nothing; a new one must
stand here.
"""

import importlib
import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from appeals import evidence as appeal_evidence
from appeals.drafting import actions as drafts
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from cycles.calendar import Phase
from cycles.engine import perform
from cycles.jobs import actions as jobs
from cycles.models import Entry, Participation
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.awards import ceremonies
from festival.models import Award, Report
from festival.report import actions as report_actions
from festival.results import actions as results
from indicators.drafting import actions as drafting
from indicators.drafting import contents, tiers
from indicators.exchange import actions as exchange
from indicators.models import Kind, Measure
from indicators.plans import actions as plans
from indicators.sets import approval, targets
from indicators.working_groups import actions as working_groups
from indicators.working_groups import meetings
from submissions.answers import actions as answers
from submissions.answers import headquarters, teamwork
from submissions.answers import sheets as answers_sheets
from submissions.evidence import actions as evidence
from submissions.evidence import uploads
from submissions.marking import actions as marking
from submissions.marking import clarifications, reconciliation
from submissions.models import Answer, Clarification, Document, Evidence, Mark, Submission, Upload
from submissions.release import actions as release
from submissions.reliability import actions as reliability
from submissions.scoring import actions as scoring
from submissions.signing import actions as signing
from submissions.signing import declaration
from submissions.stewards import actions as stewards
from submissions.stewards import supply
from submissions.verification import actions as verification
from submissions.verification import draw
from tests.factories import World, ask, build, enter_figures, lay_plan, plan_of, report_of, shown
from tests.worlds.answers import (
    CONCLUSION,
    LEVELS,
    apart,
    complete_line,
    declare,
    exhibit,
    factor,
    figure,
    given,
    power_line,
    proposed,
    review_task,
    signed_version,
    steward_line,
    to_verify,
    unit_line,
)
from tests.worlds.awards import award, category, ceremony, minutes, out_at_once, ranked, shifted
from tests.worlds.hearings import attachment, held_file, question
from tests.worlds.institution import (
    AXIS,
    GOAL,
    empty_axis,
    goal,
    health_set,
    last_year,
    meeting,
    part,
    power_measure,
    returned_suggestion,
    second_year,
)

APPS = ("cycles", "indicators", "submissions", "appeals", "festival")
MICROSECOND = timedelta(microseconds=1)
VALUE = {"points": Decimal(60), "reason": "because"}
HARD = (Phase.PROPOSAL, Phase.MONITORING, Phase.SELF_ASSESSMENT, Phase.CLARIFICATION, Phase.APPEAL)

READS = {
    "cycles.lock", "cycles.standing", "cycles.read", "submissions.check_line",
    "cycles.waiting", "cycles.given_up", "cycles.posting",
    "cycles.open_to", "cycles.proposed_windows", "cycles.why_closed", "cycles.why_not_administer",
    "cycles.with_factors", "cycles.letters_of", "cycles.why_not_keep", "cycles.needs_second",
    "cycles.has_second", "cycles.is_only_administrator",
    "cycles.planned",
    "submissions.read", "submissions.measure",
    "submissions.distance", "submissions.mean", "submissions.lines_of",

    "submissions.fit_for", "submissions.costs_of",
    "indicators.why_unready", "indicators.concur", "indicators.quarter_after", "indicators.refuse_twice",
    "indicators.reached", "indicators.offered", "indicators.lead_of", "indicators.shares_of",
    "indicators.why_not_due",
    "submissions.figures_of", "submissions.marks_of",
    "submissions.colleagues", "submissions.has_scanner",
    "submissions.stewarded_measures", "submissions.stewards", "submissions.of_measure",
    "submissions.figure_of", "submissions.held_token",
    "submissions.last_year",
    "submissions.why_unsound", "submissions.units_of", "submissions.is_on_desk",
    "appeals.grounds", "appeals.why_unsound", "appeals.points_of", "appeals.why_not_ready", "appeals.content",
    "appeals.check_file", "appeals.fit_for", "appeals.giver_of",
    "appeals.correction_for", "appeals.may_correct",
    "festival.deliveries_of", "festival.delivery_sentence",
    "festival.why_not_final", "festival.delivered", "festival.manifest", "festival.attachments",
    "festival.why_not_begun", "festival.due_on", "festival.why_unready", "festival.digest",
    "festival.occasions", "festival.why_not_answered",
    "festival.newest_edition", "festival.why_not_approve",
}  # fmt: skip
"""Public functions that only read."""

FILE = {"file_name": "a.csv", "sha256": "0" * 64}

ANYTIME = {
    "cycles.perform": "the door itself",
    "cycles.administer": "the door for acts of administration",
    "cycles.plan_cycle": "a cycle must exist before it can have windows",
    "cycles.open_practice": "training is needed all year; nothing that is done in it counts",
    "cycles.open_cycle": "a cycle is opened before the first of its own windows",
    "cycles.set_windows": "the dates of a planned year are laid before it is opened, and not after",
    "cycles.extend": "a decree may come at any time; it never shortens and never reaches back",
    "cycles.list_holidays": "holidays are announced through the year",
    "cycles.strike_holiday": "an expected holiday may turn out to be none",
    "cycles.record_change": "agencies are dissolved, renamed, merged and split whenever the law says so",
    "cycles.import_register": "the register stands outside every cycle",
    "cycles.withdraw_change": "what was recorded wrongly must not take effect",
    "cycles.take_effect_due": "a change takes effect on the day that its legal basis names",
    "cycles.end_at": "part of an act that went through the door",
    "submissions.end_with_agencies": "a self-assessment ends on the day that its agency does",
    "appeals.end_with_agencies": "an appeal ends on the day that its agency does",
    "submissions.spend": "bills come late, and work begins before the year's first window",
    "submissions.strike": "what was entered wrongly is struck when it is noticed",
    "festival.lay_ceremonies": "halls are booked long before there are results",
    "festival.set_ceremony": "day and place of a ceremony may change until it is held",
    "festival.take_over_categories": "for what there are awards is best said before anybody knows the results",
    "festival.save_category": "for what there are awards is best said before anybody knows the results",
    "cycles.tell": "sends what acts have told and reminders have said; the act itself was guarded",
    "cycles.gather": "puts messages together; writes nothing but the outbox",
    "cycles.send": "sends messages; writes nothing but the outbox",
    "cycles.send_again": "messages go out once the mail server takes them again",
    "cycles.order": "part of an act that went through the door",
    "cycles.order_all": "part of an act that went through the door",
    "cycles.order_missing": "orders what acts have left to be done",
    "cycles.clear_done": "forgets jobs that were done; what they did stands with their subjects",
    "cycles.withdraw": "part of an act that went through the door",
    "cycles.take": "a job is done when a worker is free",
    "cycles.renew": "says that a worker is alive; no fact of the assessment",
    "cycles.note_progress": "how far a job is; no fact of the assessment",
    "cycles.finish": "that a job is done; no fact of the assessment",
    "cycles.put_off": "that a job waits for what is away; no fact of the assessment",
    "cycles.note_failure": "why a job came to nothing",
    "cycles.try_again": "what failed for want of memory, room or a server is tried again once that is mended",
    "cycles.stop": "a job that does harm is stopped whenever that shows",
    "cycles.check_sealing": "whether rows are sealed in time is watched at any moment",
    "cycles.watch": "whether the clocks agree is watched at any moment",
    "cycles.look_again": "whether the clocks agree is watched at any moment",
    "cycles.middleware": "whether the clocks agree is watched at any moment",
    "cycles.confirm_clock": "a clock is set right whenever it was found to be off",
    "cycles.judge": "a fault of the record is told the moment it is found",
    "cycles.report": "a fault of the record is told the moment it is found",
    "cycles.end": "the end of a fault is told the moment it is seen",
    "cycles.mend_record": "a record that a restore has broken is mended at any moment",
    "cycles.note_reading": "who reads early is recorded whenever it is read",
    "submissions.attach_content": "part of an act that went through the door",
    "cycles.see": "a notice is read when it is read",
    "cycles.see_all": "a notice is read when it is read",
    "cycles.choose": "one's own settings",
    "cycles.grant_role": "people come and go all year",
    "cycles.invite": "people come and go all year",
    "cycles.invite_again": "a link that was lost must not keep anybody out",
    "cycles.remove_leaver": "a person who leaves must lose access the same day",
    "cycles.delegate": "a head may be away at any time; each delegation carries its own end",
    "cycles.reset_second_factor": "a device may be lost on any day",
    "cycles.end_role": "a person who leaves must lose access the same day",
    "cycles.appoint": "part of an act that went through the door",
    "cycles.invited": "part of an act that went through the door",
    "cycles.sign_out": "part of an act that went through the door",
    "cycles.propose": "people come and go all year",
    "cycles.propose_invitation": "people come and go all year",
    "cycles.decide": "people come and go all year",
    "cycles.close_account": "an account in strange hands must be closed at that moment",
    "cycles.open_account": "whoever was kept out by mistake must be let in the same day",
    "cycles.identify": "people come and go all year",
    "cycles.state_interests": "nobody is shown a year's work before saying so, whenever they join it",
    "cycles.declare_interest": "an interest must be declared the moment it is known",
    "cycles.import_agencies": "the register stands outside every cycle",
    "cycles.order_verification": "whether the record holds may be asked at any moment",
    "indicators.editing": "the door for a change of the measures; its own moves have their windows",
    "indicators.note_change": "the history of a change that went through the door",
    "indicators.sum_indicator": "follows from a change that went through the door",
    "indicators.sum_axis": "follows from a change that went through the door",
    "indicators.clear": "part of replacing a content, which went through the door",
    "indicators.group_of": "the group with its usual rules, made when it is first named",
    "submissions.reopen": "opens again only where a decree holds the agency's self-assessment open at that moment",
    "submissions.drop_upload": "forgets what has come in of one's own unfinished upload; it was never evidence",
    "submissions.clear_uploads": "forgets uploads that nobody has gone on with; they were never evidence",
    "submissions.keep_document": "part of an act that went through the door",
    "appeals.keep": "part of an act that went through the door",
    "appeals.share_out": "before a review opens there is nothing to share out; each appeal's own "
    "move has its window",
    "appeals.correct": "an error that one appeal shows is corrected for all at once",
    "submissions.note_scan": "a file is checked as soon as it has come in",
    "submissions.note_preview": "what is shown of a file; no fact of the assessment",
    "submissions.lay": "reference lines are laid before scoring opens",
    "submissions.withdraw": "a reference line that turns out to be wrong must not train anybody a day longer",
    "submissions.begin_sitting": "training comes before scoring opens, and whenever an assessor joins",
    "submissions.save_sitting": "training comes before scoring opens, and whenever an assessor joins",
    "submissions.hand_in_sitting": "training comes before scoring opens, and whenever an assessor joins",
    "submissions.appoint": "work is shared out before scoring opens",
    "submissions.appoint_named": "work is shared out before scoring opens",
    "submissions.complete": "follows from scores that went through the door; its own move has its window",
    "submissions.assign": "work is shared out before scoring opens",
    "submissions.assign_all": "work is shared out before scoring opens",
    "festival.revise": "an error found after the results were frozen is put right when it is "
    "found, in a new edition",
    "festival.write": "the files say what was frozen, and are public with their edition, not before",
    "festival.write_comment": "whoever reads published results may say something about them, whenever that is",
    "festival.publish_comment": "comments come all year and are read as they come",
    "festival.reject_comment": "what must not be public is taken back when that is noticed",
    "festival.load_register": "the register of indices stands outside every cycle",
    "festival.save_index": "the register of indices stands outside every cycle",
    "festival.save_region": "the register of indices stands outside every cycle",
    "festival.enter_edition": "publishers bring their editions out whenever they do",
    "festival.import_values": "publishers bring their editions out whenever they do",
    "festival.write_report": "publishers bring their editions out whenever they do",
    "festival.send_report": "publishers bring their editions out whenever they do",
    "festival.recommend": "the next plan is drafted on a calendar of its own",
    "festival.approve_recommendation": "the next plan is drafted on a calendar of its own",
    "festival.begin": "a plan is begun from the communicated scores on; its day is held with it, "
    "late days are counted",
    "festival.adopt": "a plan is written until it is signed, late or not",
    "festival.save_item": "a plan is written until it is signed, late or not",
    "festival.strike_item": "a plan is written until it is signed, late or not",
    "festival.move": "the day of a plan is held with it, and the days it is late are counted",
    "festival.report_progress": "what is done is reported when it is done, all through the next year",
    "festival.impose": "follows from a consequence of published results, whose letter went through the door",
    "festival.settle": "what follows from results is best said before anybody knows them",
    "festival.strike_rule": "until the consequences are drawn, what follows may still be changed",
    "festival.draw": "follows from frozen results; that nobody is told before publication is the "
    "embargo's affair",
    "festival.record_letter": "refused before publication; a letter is recorded late rather than never",
    "festival.waive": "that a consequence is not right may show on any day",
    "festival.open_survey": "a survey has dates of its own",
    "festival.answer": "a survey has dates of its own",
    "festival.store_report": "keeps the file of a report that was asked for through the door",
}
"""Public actions that need no window, each with its reason; reviewed."""


def measure_fields() -> dict[str, Any]:
    titles = {
        "title_fa": "تازه",
        "title_en": "New",
        "unit_fa": "درصد",
        "unit_en": "percent",
        "params": {},
    }
    return {
        **titles,
        "points": Decimal(10),
        "method": "linear",
        "direction": "higher",
        "target": Decimal(5),
    }


def content() -> exchange.Content:
    """The one measure of a file."""
    tier = {"code": "S1", "title_fa": "تازه", "title_en": "", "points": Decimal(1000)}
    return exchange.Content(
        tier, tier, None, measure_fields() | {"code": "S1-01", "points": Decimal(1000)}, None, None
    )


def file_of_line(w: World) -> Evidence:
    return Evidence.objects.filter(answer=power_line(w)).first() or shown(w, power_line(w))


def file_of_another_line(w: World) -> Document:
    other = (
        Answer.objects.exclude(pk=power_line(w).pk)
        .filter(submission=w.submission)
        .order_by("pk")
        .first()
    )
    return Document.objects.first() or shown(w, other).document


def upload_of_line(w: World) -> Upload:
    """One whose last piece has come in."""
    facts = {"by": w.staff, "name": "x.txt", "length": 1, "begun_at": w.at}
    return Upload.objects.get_or_create(answer=power_line(w), defaults=facts)[0]


def line_of_desk(w: World) -> Answer:
    of_desk = Answer.objects.on_desk(w.block)
    return of_desk.with_submission().order_by("pk").first()


def marks(w: World) -> dict[int, dict[str, Any]]:
    lines = Answer.objects.on_desk(w.block)
    return {a.pk: {"points": Decimal(1), "reason": "because"} for a in lines}


def unit_of_power(w: World) -> Submission:
    return Submission.objects.get(cycle=w.cycle, agency=w.unit)


PREPARED: dict[str, Callable[[World], Any]] = {
    "indicators.remove_axis": empty_axis, "indicators.remove_goal": goal, "indicators.rank_goals": goal,
    "indicators.copy_set": last_year, "indicators.take_measure": last_year, "indicators.carry_over": second_year,
    "indicators.take_share": lambda w: (health_set(w), part(w)), "indicators.take_suggestion": returned_suggestion,
    "indicators.minute": meeting, "indicators.cancel": meeting, "indicators.convene": meeting,
    "indicators.move_plan": lambda w: lay_plan(w, signed=False), "indicators.save_figures": lay_plan,
    "indicators.move_report": lambda w: (lay_plan(w), enter_figures(w)),
    "appeals.reply": question, "appeals.refer": held_file, "appeals.detach": attachment,
    "submissions.take_up": signed_version, "submissions.withdraw_factor": factor, "submissions.judge_factor": factor,
    "submissions.hand_over": to_verify, "submissions.note": to_verify, "submissions.show": to_verify,
    "submissions.take_back": exhibit, "submissions.conclude": to_verify, "submissions.close": review_task,
    "submissions.propose": apart, "submissions.agree": proposed, "submissions.settle": apart,
    "submissions.mark_ready": complete_line, "submissions.supply": given,
    "submissions.finish_upload": upload_of_line, "submissions.reuse": file_of_another_line,
    "submissions.refer": file_of_line, "submissions.detach": file_of_line,
    "submissions.judge_declaration": declare,
    "festival.minute": ceremony, "festival.propose": ranked,
    "festival.put_forward": lambda w: (ceremony(w), category(w)),
    "festival.strike": lambda w: award(w, "proposed"), "festival.decide": lambda w: award(w, "proposed"),
    "festival.withdraw": award, "festival.confirm": shifted, "festival.revoke": out_at_once,
}  # fmt: skip
"""What must stand there before an action is tried, so that the trying itself changes nothing."""

Call = Callable[[World, Any], Any]
CALLS: dict[str, tuple[str, Phase, Call]] = {
    "indicators.draft_set": (
        "open", Phase.PROPOSAL,
        lambda w, at: drafting.draft_set(cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.power, by=w.staff, at=at),
    ),
    "indicators.save_measure": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: drafting.save_measure(w.specific, fields=measure_fields(), by=w.staff, at=at),
    ),
    "indicators.remove_measure": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: drafting.remove_measure(
            w.specific, Measure.objects.of(w.specific).first(), by=w.staff, at=at
        ),
    ),
    "indicators.fill_general_set": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: contents.fill_general_set(w.general, rows=[], by=w.administrator, at=at),
    ),
    "indicators.save_axis": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: tiers.save_axis(w.general, fields=AXIS, by=w.administrator, at=at),
    ),
    "indicators.remove_axis": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: tiers.remove_axis(w.general, empty_axis(w), by=w.administrator, at=at),
    ),
    "indicators.save_goal": (
        "drafted", Phase.PROPOSAL, lambda w, at: tiers.save_goal(w.specific, fields=GOAL, by=w.staff, at=at),
    ),
    "indicators.remove_goal": (
        "drafted", Phase.PROPOSAL, lambda w, at: tiers.remove_goal(w.specific, goal(w), by=w.staff, at=at),
    ),
    "indicators.issue_for": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: contents.issue_for(w.general, years=2, by=w.administrator, at=at),
    ),
    "indicators.copy_set": (
        "drafted", Phase.PROPOSAL, lambda w, at: contents.copy_set(last_year(w), w.cycle, by=w.other_staff, at=at),
    ),
    "indicators.take_measure": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: contents.take_measure(w.specific, Measure.objects.of(last_year(w)).first(), by=w.staff, at=at),
    ),
    "indicators.share": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: targets.share(
            w.specific, power_measure(w), {w.power: Decimal(60), w.health: Decimal(40)}, by=w.staff, at=at
        ),
    ),
    "indicators.take_share": (
        "drafted", Phase.PROPOSAL, lambda w, at: targets.take_share(health_set(w), part(w), by=w.other_staff, at=at),
    ),
    "indicators.comment": (
        "proposed", Phase.APPROVAL, lambda w, at: working_groups.comment(w.specific, text="?", by=w.member, at=at),
    ),
    "indicators.suggest": (
        "proposed", Phase.APPROVAL,
        lambda w, at: working_groups.suggest(
            w.specific, lineage=power_measure(w).lineage, values={"target": 15}, reason="because", by=w.expert, at=at
        ),
    ),
    "indicators.rank_goals": (
        "proposed", Phase.APPROVAL,
        lambda w, at: working_groups.rank_goals(w.specific, {goal(w).pk: 1}, by=w.member, at=at),
    ),
    "indicators.settle": (
        "proposed", Phase.APPROVAL,
        lambda w, at: working_groups.settle(
            w.specific, lineage=power_measure(w).lineage, outcome="returned", reason="because", by=w.chair, at=at
        ),
    ),
    "indicators.take_suggestion": (
        "proposed", Phase.APPROVAL,
        lambda w, at: working_groups.take_suggestion(returned_suggestion(w), by=w.staff, at=at),
    ),
    "indicators.set_rules": (
        "open", Phase.PROPOSAL,
        lambda w, at: meetings.set_rules(
            w.cycle, sector="", quorum=3, concurring=["authority"], majority=50, chair_casts=True,
            by=w.administrator, at=at,
        ),
    ),
    "indicators.convene": (
        "proposed", Phase.APPROVAL,
        lambda w, at: meetings.convene(
            w.cycle, sector=w.power.sector, held_at=at, place="", sets=[w.specific], by=w.chair, at=at
        ),
    ),
    "indicators.minute": (
        "proposed", Phase.APPROVAL,
        lambda w, at: meetings.minute(
            meeting(w), minutes="x", resolutions={}, present={w.chair.pk: "authority"}, by=w.chair, at=at
        ),
    ),
    "indicators.cancel": (
        "proposed", Phase.APPROVAL, lambda w, at: meetings.cancel(meeting(w), by=w.chair, at=at),
    ),
    "indicators.carry_over": (
        "drafted", Phase.APPROVAL, lambda w, at: approval.carry_over(second_year(w), by=w.administrator, at=at),
    ),
    "indicators.set_targets": (
        "communicated", Phase.MONITORING,
        lambda w, at: targets.set_targets(
            w.specific, [targets.Own(power_measure(w).pk, w.unit.pk, target=Decimal(18))], by=w.headquarters, at=at
        ),
    ),
    "indicators.import_targets": (
        "communicated", Phase.MONITORING,
        lambda w, at: targets.import_targets(
            w.specific, lambda: [targets.Own(power_measure(w).pk, w.unit.pk, target=Decimal(18))],
            by=w.headquarters, at=at, **FILE,
        ),
    ),
    "indicators.import_measures": (
        "drafted", Phase.PROPOSAL,
        lambda w, at: exchange.import_measures(w.specific, lambda: [content()], by=w.staff, at=at, **FILE),
    ),
    "indicators.save_plan": (
        "communicated", Phase.MONITORING,
        lambda w, at: plans.save_plan(plan_of(w), {power_measure(w).pk: {1: Decimal(5)}}, by=w.staff, at=at),
    ),
    "indicators.move_plan": (
        "communicated", Phase.MONITORING, lambda w, at: plans.move_plan(plan_of(w), "sign", by=w.head, at=at),
    ),
    "indicators.save_figures": (
        "communicated", Phase.MONITORING,
        lambda w, at: plans.save_figures(
            report_of(w), {power_measure(w).pk: {"actual": Decimal(5)}}, by=w.staff, at=at
        ),
    ),
    "indicators.move_report": (
        "communicated", Phase.MONITORING,
        lambda w, at: plans.move_report(report_of(w), "report", by=w.head, at=at),
    ),
    "indicators.move": (
        "drafted", Phase.PROPOSAL, lambda w, at: approval.move(w.specific, "propose", by=w.head, at=at)
    ),
    "indicators.vote": (
        "proposed", Phase.APPROVAL,
        lambda w, at: working_groups.vote(w.specific, choice="approve", reason="", by=w.member, at=at),
    ),
    "indicators.communicate": (
        "approved", Phase.APPROVAL, lambda w, at: approval.communicate([w.specific], by=w.administrator, at=at)
    ),
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
    "submissions.hand_in": ("assigned", Phase.SCORING, lambda w, at: _hand_in(w, at)),
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
    "appeals.save_draft": (
        "scored", Phase.APPEAL,
        lambda w, at: drafts.save_draft(
            power_line(w), fields={"ground": "value", "argument": "x"}, by=w.staff, at=at
        ),
    ),
    "appeals.discard": (
        "drafted_appeal", Phase.APPEAL, lambda w, at: drafts.discard(w.appeal, by=w.staff, at=at)
    ),
    "appeals.attach": (
        "drafted_appeal", Phase.APPEAL, lambda w, at: appeal_evidence.attach(w.appeal, upload=new_paper(), by=w.staff, at=at)
    ),
    "appeals.refer": (
        "drafted_appeal", Phase.APPEAL,
        lambda w, at: appeal_evidence.refer(w.appeal, document=held_file(w), by=w.staff, at=at),
    ),
    "appeals.detach": (
        "drafted_appeal", Phase.APPEAL, lambda w, at: appeal_evidence.detach(attachment(w), by=w.staff, at=at)
    ),
    "appeals.file": ("drafted_appeal", Phase.APPEAL, lambda w, at: drafts.file([w.appeal], by=w.head, at=at)),
    "appeals.withdraw": ("filed", Phase.APPEAL, lambda w, at: drafts.withdraw(w.appeal, by=w.head, at=at)),
    "appeals.hand_over": (
        "heard", Phase.APPEAL_REVIEW,
        lambda w, at: hearing.hand_over(w.appeal, reviewer=w.reviewer, by=w.administrator, at=at),
    ),
    "appeals.ask": (
        "heard", Phase.APPEAL_REVIEW,
        lambda w, at: hearing.ask(w.appeal, question="x", agency=True, by=w.reviewer, at=at),
    ),
    "appeals.reply": (
        "heard", Phase.APPEAL_REVIEW, lambda w, at: hearing.reply(question(w), text="x", by=w.staff, at=at)
    ),
    "appeals.decide": (
        "heard", Phase.APPEAL_REVIEW,
        lambda w, at: decision.decide(w.appeal, "dismiss", reason="because", by=w.reviewer, at=at),
    ),
    "festival.finalise": (
        "decided", Phase.FINAL, lambda w, at: results.finalise(w.cycle, by=w.administrator, at=at)
    ),
    "festival.ask_for_report": (
        "final", Phase.FINAL,
        lambda w, at: report_actions.ask_for_report(w.edition, languages=["fa"], by=w.administrator, at=at),
    ),
    "festival.write_text": (
        "final", Phase.FINAL,
        lambda w, at: report_actions.write_text(
            w.edition, language="fa", chapter="coverage", text="{lines}", after=0, by=w.administrator, at=at
        ),
    ),
    "festival.cancel_report": ("final", Phase.FINAL, lambda w, at: _cancel(w, at)),
    "festival.approve_report": ("final", Phase.FINAL, lambda w, at: _approve(w, at)),
    "festival.deliver": ("final", Phase.FINAL, lambda w, at: _deliver(w, at)),
    "festival.schedule": (
        "final", Phase.FINAL,
        lambda w, at: results.schedule(
            w.edition, publish_at=w.opens(Phase.FESTIVAL), by=w.administrator, at=at
        ),
    ),
    "festival.minute": (
        "final", Phase.FINAL,
        lambda w, at: ceremonies.minute(
            ceremony(w), held_at=at, members="x", text="because", by=w.administrator, at=at
        ),
    ),
    "festival.propose": (
        "final", Phase.FINAL, lambda w, at: awards.propose(ceremony(w), by=w.administrator, at=at)
    ),
    "festival.put_forward": (
        "final", Phase.FINAL,
        lambda w, at: awards.put_forward(
            ceremony(w), category=category(w), participation=Participation.objects.get(cycle=w.cycle, agency=w.power),
            rank="winner", reason="because", by=w.administrator, at=at,
        ),
    ),
    "festival.strike": (
        "final", Phase.FINAL,
        lambda w, at: awards.strike(Award.objects.get(), reason="because", by=w.administrator, at=at),
    ),
    "festival.decide": (
        "final", Phase.FINAL,
        lambda w, at: awards.decide(
            ceremony(w), minutes(w), {Award.objects.get().pk: awards.Decision("winner", "because")},
            by=w.administrator, at=at,
        ),
    ),
    "festival.withdraw": (
        "final", Phase.FINAL,
        lambda w, at: awards.withdraw(Award.objects.get(), reason="because", by=w.administrator, at=at),
    ),
    "festival.confirm": (
        "final", Phase.FINAL,
        lambda w, at: awards.confirm(Award.objects.get(), reason="because", by=w.administrator, at=at),
    ),
    "festival.revoke": (
        "final", Phase.FESTIVAL,
        lambda w, at: awards.revoke(Award.objects.get(), reason="because", by=w.administrator, at=at),
    ),
    "festival.publish_due": ("scheduled", Phase.FESTIVAL, lambda w, at: _publish(w, at)),
}  # fmt: skip
"""Each guarded action: the stage at which it is the next thing to do, its phase, and the call."""


DOOR = re.compile(r"^from cycles\.engine\.perform import [^\n]*\b(perform|administer)\b", re.M)
"""A file that goes through the door holds acts, whatever it is called."""

OF_PAGES = {"pages", "lookups"}
"""These show beforehand whether the door would open, and act nowhere."""


BEHIND_ACTS = {
    "cycles": [perform],
    "indicators": [contents, tiers],
    "submissions": [headquarters, answers_sheets],
}
"""The door itself, and files whose acts go through it by way of another act."""


def act_modules(app: str) -> list[ModuleType]:
    """Import every file of an app that holds acts: those called `actions`, and those that go through the door."""
    found = []
    for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
        name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        reads = path.stem.endswith("views") or path.stem in OF_PAGES
        if not reads and (path.stem == "actions" or DOOR.search(path.read_text())):
            found.append(importlib.import_module(name))
    return found + BEHIND_ACTS.get(app, [])


def new_paper() -> ContentFile:
    return ContentFile(b"%PDF-1.7", name="a.pdf")


def _hand_in(w: World, at: Any) -> Any:
    for pk in marks(w):
        mark = {"points": Decimal(1), "reason": "because", "marked_at": w.at}
        Mark.objects.get_or_create(answer_id=pk, block=w.block, assessor=w.assessor, defaults=mark)
    return marking.hand_in(w.block, by=w.assessor, at=at)


def _cancel(w: World, at: Any) -> Any:
    report, _made = Report.objects.get_or_create(
        edition=w.edition, language="fa", asked_by=w.administrator, asked_at=w.at
    )
    jobs.order("report", report, by=w.administrator, at=w.at)
    return report_actions.cancel_report(report, by=w.administrator, at=at)


def _approve(w: World, at: Any) -> Any:
    report = Report.objects.create(
        edition=w.edition, language="fa", asked_by=w.administrator, asked_at=w.at, finished_at=w.at
    )
    return report_actions.approve_report(report, by=w.administrator, at=at)


def _deliver(w: World, at: Any) -> Any:
    for language in ("fa", "en"):
        Report.objects.get_or_create(
            edition=w.edition, language=language, asked_by=w.administrator,
            defaults={
                "asked_at": w.at, "finished_at": w.at, "first_approved_at": w.at, "approved_at": w.at,
                "first_approved_by": w.administrator, "approved_by": w.auditor,
            },
        )  # fmt: skip
    return report_actions.deliver(
        w.edition, addressee="president", letter="1", by=w.administrator, at=at
    )


def _publish(w: World, at: Any) -> Any:
    """The clock's own act: before its instant there is nothing to do, and the label stays."""
    done = results.publish_due(at=at)
    if not done:
        raise Refused("nothing is due; opens on the set instant")
    return done


def public_actions() -> set[str]:
    found = set()
    for app in APPS:
        found |= {
            f"{app}.{name}"
            for module in act_modules(app)
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
    return found


def test_every_public_action_is_named_here() -> None:
    assert public_actions() == READS | set(ANYTIME) | set(CALLS)


def test_every_public_action_is_atomic_and_takes_who_and_when_by_keyword() -> None:
    wrong = []
    for name in sorted(set(CALLS) - {"festival.publish_due"}):
        app, function = name.split(".")
        found = [
            getattr(module, function) for module in act_modules(app) if hasattr(module, function)
        ]
        parameters = inspect.signature(found[0]).parameters
        for wanted in {"by", "at"} - ({"by"} if name == "submissions.lapse" else set()):
            if (
                wanted not in parameters
                or parameters[wanted].kind != inspect.Parameter.KEYWORD_ONLY
            ):
                wrong.append(f"{name}: {wanted}")
    assert wrong == []


def snapshot() -> dict[str, Any]:
    """Every row of the portal's own tables, as text."""
    tables = [t for t in connection.introspection.table_names() if t.split("_")[0] in APPS]
    with connection.cursor() as cursor:
        rows = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "
                f'"{table}" t'
            )
            rows[table] = cursor.fetchone()[0]
    return rows


MAKES_ITS_REPORT = {"festival.approve_report", "festival.cancel_report", "festival.deliver"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_action_refuses_before_its_window_and_a_hard_one_after_it_and_nothing_changes(
    name: str,
) -> None:
    stage, phase, call = CALLS[name]
    world = build(stage)
    PREPARED.get(name, lambda w: None)(world)
    if name == "submissions.hand_in":
        with pytest.raises(Refused):
            _hand_in(world, world.opens(phase) - MICROSECOND)
    own = world.power if phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION) else None
    if name == "submissions.reply":
        ask(world)
    moments = [world.opens(phase, own) - MICROSECOND]
    if phase in HARD:
        moments += [world.closes(phase, own), world.closes(phase, own) + timedelta(days=400)]
    for at in moments:
        before = snapshot() if name not in MAKES_ITS_REPORT else None

        with pytest.raises(Refused, match=r"opens on|closed on"):
            call(world, at)

        if before is not None:
            assert snapshot() == before
    at = max(world.opens(phase, own), world.at)
    rows = Entry.objects.count()
    call(world, at if name != "festival.publish_due" else world.edition.publish_at)
    assert Entry.objects.count() > rows or name.split(".")[1] in {
        "draft_set", "save_measure", "remove_measure", "fill_general_set", "save_answer", "save_answers", "save_marks",
        "save_draft", "save_axis", "remove_axis", "save_goal", "remove_goal", "issue_for", "copy_set", "take_measure",
        "share", "take_share", "import_measures", "comment", "rank_goals", "take_suggestion", "save_plan",
        "save_figures", "enter", "share_out", "mark_ready", "claim_factor", "withdraw_factor",
        "begin_upload", "refer", "save_declaration", "note", "discard",
    }  # fmt: skip
