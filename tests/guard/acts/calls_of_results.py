"""Acts on appeals and results: the stage, the phase and the call of each."""

from typing import Any

from django.core.files.base import ContentFile

from appeals import evidence as appeal_evidence
from appeals.drafting import actions as drafts
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from cycles.calendar import Phase
from cycles.jobs import actions as jobs
from cycles.models import Participation
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.awards import ceremonies
from festival.models import Award, Report
from festival.report import actions as report_actions
from festival.results import actions as results
from tests.factories import World
from tests.guard.acts.preparations import Call
from tests.worlds.answers import (
    power_line,
)
from tests.worlds.awards import category, ceremony, minutes
from tests.worlds.hearings import attachment, held_file, question

CALLS_OF_RESULTS: dict[str, tuple[str, Phase, Call]] = {
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


def new_paper() -> ContentFile:
    return ContentFile(b"%PDF-1.7", name="a.pdf")


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
