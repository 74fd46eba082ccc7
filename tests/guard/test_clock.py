"""Whatever the clock, the decrees and the acts: no hard window accepts late, none is shortened,
nothing is early.

A machine walks a year by random steps and holds a model of its own, one instant an agency and
phase, against what the portal accepts, refuses and records.
"""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from appeals.drafting import actions as drafting
from cycles.calendar import Phase
from cycles.models import Entry, Group, Window
from cycles.workflow import Refused
from cycles.years import actions as years
from indicators.scoring.statutory_tree import LineState
from submissions.answers import actions as answers
from submissions.models import Answer, Score, Submission
from submissions.release import actions as release
from submissions.signing import actions as signing
from tests.factories import World, build

DAY = timedelta(days=1)
HARD = {"answer", "attach", "submit", "withdraw", "reopen", "edit", "file"}
"""The recorded acts of the machine that stand under a hard deadline."""

SCOPES = {
    "power": ["power"],
    "health": ["health"],
    "unit": ["unit"],
    "group of power": ["power"],
    "all": ["power", "health", "unit"],
}


class Year(RuleBasedStateMachine):
    """Three agencies between self-assessment and the decision of appeals."""

    world: World

    @initialize()
    def begin(self):
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        w = self.world
        self.clock = w.closes(Phase.SELF_ASSESSMENT) - 2 * DAY
        self.first_row = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.agencies = {"power": w.power, "health": w.health, "unit": w.unit}
        self.scoring = w.opens(Phase.SCORING)
        self.base = {
            (Phase.SELF_ASSESSMENT, name): w.closes(Phase.SELF_ASSESSMENT) for name in self.agencies
        }
        self.decrees = []  # (phase, scope, until)

    def teardown(self):
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)

    def submission(self, name):
        return Submission.objects.select_related("cycle", "agency").get(
            cycle=self.world.cycle, agency=self.agencies[name]
        )

    def people(self, name, role):
        prefix = {"power": "", "health": "other_", "unit": "unit_"}[name]
        return self.world.people[f"{prefix}{role}"]

    def try_to(self, act, *, allowed):
        """The portal's answer must be the model's."""
        done, why = None, ""
        try:
            with transaction.atomic():
                done = act()
        except Refused as refusal:
            why = str(refusal)
        assert (why == "") == allowed, f"at {self.clock}: {why or 'accepted'}"
        return done

    # -- The model

    def closing(self, phase, name):
        concerned = [u for p, scope, u in self.decrees if p == phase and name in SCOPES[scope]]
        return max([self.base[phase, name], *concerned])

    def to_be_exceeded(self, phase, scope):
        """The instant a decree must be later than; None where nobody
        concerned has such a deadline.
        """
        concerned = [name for name in SCOPES[scope] if (phase, name) in self.base]
        if not concerned:
            return None
        if phase == Phase.APPEAL or scope in self.agencies:
            least = min(self.closing(phase, name) for name in concerned)
        else:
            general = [u for p, other, u in self.decrees if p == phase and other == "all"]
            least = max([self.base[phase, concerned[0]], *general])
        of_scope = [
            u
            for p, other, u in self.decrees
            if (p, other) == (phase, "group of power") == (phase, scope)
        ]
        return max([least, *of_scope])

    # -- What may happen

    @rule(hours=st.integers(1, 96))
    def time_passes(self, hours):
        self.clock += timedelta(hours=hours)

    @rule(which=st.integers(0, 5), microseconds=st.sampled_from((-1, 0, 1)))
    def a_deadline_comes(self, which, microseconds):
        ahead = sorted({moment for key in self.base if (moment := self.closing(*key)) > self.clock})
        if ahead:
            self.clock = ahead[which % len(ahead)] + timedelta(microseconds=microseconds)
            self.everybody_tries_to_save_and_to_appeal()

    @rule(
        phase=st.sampled_from((Phase.SELF_ASSESSMENT, Phase.APPEAL)),
        scope=st.sampled_from(sorted(SCOPES)),
        days=st.integers(-10, 20),
    )
    def a_decree_is_tried(self, phase, scope, days):
        w, until = self.world, self.clock + days * DAY
        group = (
            Group.objects.get(cycle=w.cycle, participations__agency=w.power)
            if scope == "group of power"
            else None
        )
        floor = self.to_be_exceeded(phase, scope)
        done = self.try_to(
            lambda: years.extend(
                w.cycle,
                phase=phase,
                agency=self.agencies.get(scope),
                group=group,
                closes_at=until,
                decree_number="7",
                decreed_on=date(2027, 6, 1),
                reason="test",
                file=ContentFile(b"%PDF-", name="d.pdf"),
                by=w.administrator,
                at=self.clock,
            ),
            allowed=floor is not None and until > floor and until > self.clock,
        )
        if done:
            self.decrees.append((phase, scope, until))

    @rule(name=st.sampled_from(("power", "health", "unit")))
    def the_head_signs(self, name):
        s = self.submission(name)
        allowed = s.state == "draft" and self.clock < self.closing(Phase.SELF_ASSESSMENT, name)
        self.try_to(
            lambda: signing.move(s, "submit", by=self.people(name, "head"), at=self.clock),
            allowed=allowed,
        )

    @rule()
    def the_scheduler_runs(self):
        if self.clock >= self.scoring:
            signing.lapse(self.world.cycle, at=self.clock)
            signing.reopen(self.world.cycle, at=self.clock)
        for name in self.agencies:
            if self.clock >= max(self.scoring, self.closing(Phase.SELF_ASSESSMENT, name)):
                assert self.submission(name).state != "draft"

    def score_every_line(self, submission):
        """Leave nothing in the way of communicating but the calendar."""
        lines = Answer.objects.filter(submission=submission)
        Score.objects.filter(answer__in=lines, is_current=True).update(is_current=False)
        for line in lines:
            Score.objects.create(
                answer=line,
                basis=Score.Basis.AGREED,
                state=LineState.SCORED,
                points=1,
                scored_at=self.clock,
            )

    @rule(name=st.sampled_from(("power", "health")))
    def scores_are_communicated(self, name):
        signed = Submission.objects.filter(pk=self.submission(name).pk, state="submitted")
        if signed.exists():
            self.score_every_line(signed.get())
            signed.update(state="marked")
        s = self.submission(name)
        allowed = s.state == "marked" and self.clock >= self.scoring
        done = self.try_to(
            lambda: release.communicate([s], by=self.world.administrator, at=self.clock),
            allowed=allowed,
        )
        if done:
            self.base[Phase.APPEAL, name] = self.clock + 14 * DAY

    @rule()
    def everybody_tries_to_save_and_to_appeal(self):
        for name in ("power", "health"):
            s = self.submission(name)
            line = (
                Answer.objects.filter(submission=s)
                .select_related("submission", "measure")
                .order_by("pk")
                .first()
            )
            staff = self.people(name, "staff")
            self.try_to(
                lambda line=line, staff=staff: answers.save_answer(
                    line, value=2, note="", by=staff, at=self.clock
                ),
                allowed=s.state == "draft"
                and self.clock < self.closing(Phase.SELF_ASSESSMENT, name),
            )
            said = {"ground": "value", "argument": "x", "proposed_value": None}
            self.try_to(
                lambda line=line, staff=staff, said=said: drafting.save_draft(
                    line, fields=said, by=staff, at=self.clock
                ),
                allowed=(Phase.APPEAL, name) in self.base
                and self.clock < self.closing(Phase.APPEAL, name),
            )

    # -- What must always hold

    @invariant()
    def the_closing_of_each_agency_is_the_models(self):
        for phase, name in getattr(self, "base", ()):
            s = self.submission(name)
            assert Window.objects.concerning([s]).of(phase, s).closes_at == self.closing(
                phase, name
            ), (phase, name)

    @invariant()
    def the_record_knows_no_late_act_under_a_hard_deadline(self):
        rows = Entry.objects.filter(pk__gt=getattr(self, "first_row", 0), act__in=HARD)
        assert not rows.filter(days_late__gt=0).exists()
        assert not Entry.objects.filter(days_late__lt=0).exists()


@pytest.mark.django_db
def test_no_hard_deadline_is_ever_bent_whatever_the_clock_and_the_decrees():
    Year.world = build("answered")

    run_state_machine_as_test(
        Year,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Stage.explicit, Stage.reuse, Stage.generate),
        ),
    )
