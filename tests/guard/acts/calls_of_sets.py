"""Acts on sets of indicators and their plans: the stage, the phase and the call of each."""

from decimal import Decimal

from cycles.calendar import Phase
from indicators.drafting import actions as drafting
from indicators.drafting import contents, tiers
from indicators.exchange import actions as exchange
from indicators.models import Kind, Measure
from indicators.plans import actions as plans
from indicators.sets import approval, targets
from indicators.working_groups import actions as working_groups
from indicators.working_groups import meetings
from tests.factories import plan_of, report_of
from tests.guard.acts.preparations import FILE, Call, content, measure_fields
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

CALLS_OF_SETS: dict[str, tuple[str, Phase, Call]] = {
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
            w.specific, [targets.AgencyTarget(power_measure(w).pk, w.unit.pk, target=Decimal(18))], by=w.headquarters, at=at
        ),
    ),
    "indicators.import_targets": (
        "communicated", Phase.MONITORING,
        lambda w, at: targets.import_targets(
            w.specific, lambda: [targets.AgencyTarget(power_measure(w).pk, w.unit.pk, target=Decimal(18))],
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
}  # fmt: skip
