"""A machine that lets everybody try every act on appeals at random moments, and its own model of them."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from agencies.models import Interest, User
from appeals import evidence
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal, Filing, Question
from appeals.workflow import DECIDED, DECISIONS
from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from submissions.models import Answer, NodeScore, Score
from tests.factories import EPOCH, World

DAY = timedelta(days=1)
CODES = ("G1-1", "G2-1", "G1-2")
REVIEWERS = ("reviewer", "second_reviewer")
PEOPLE = (
    "staff",
    "head",
    "other_head",
    "administrator",
    "assessor",
    "steward",
    "reviewer",
    "second_reviewer",
)
OWN, HEAD = {"staff", "head"}, {"head"}
EDGES = (0, 1, 13, 14, 15, 20, 28, 40)
"""Days after the communication near which something opens or closes."""


class Hearing(RuleBasedStateMachine):
    """One agency's three lines from the communication of their scores until every appeal is
    decided, and after.
    """

    world: World

    @initialize(start=st.sampled_from(("communicated", "filed", "heard", "heard")))
    def begin(self, start):
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        w = self.world
        self.opened = w.submission.communicated_at
        self.clock = self.opened
        self.closes, self.review = (
            w.closes(Phase.APPEAL, w.power),
            w.opens(Phase.APPEAL_REVIEW, w.power),
        )
        self.model: dict[int, str] = {}  # what each appeal's state should be
        self.reviewer: dict[int, str | None] = {}
        self.asked: dict[
            int, object
        ] = {}  # until when an open question holds each appeal's decision up
        self.tied: set[str] = set()
        self.points = {code: self.score(code) for code in CODES}
        self.decided = 0
        if start != "communicated":
            self.clock = self.opened + DAY
            for code in CODES:
                self.somebody_drafts(code=code, who="staff", value=50, says=True)
            self.somebody_files(codes=set(CODES), who="head")
        if start == "heard":
            self.clock = self.review + DAY
            self.the_scheduler_shares_out()

    def teardown(self):
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)

    def line(self, code):
        return Answer.objects.select_related("measure", "submission").get(
            submission=self.world.submission, measure__code=code
        )

    def score(self, code):
        return Score.objects.get(answer=self.line(code), is_current=True).points

    def person(self, who):
        return User.objects.get(
            pk=self.world.people[who].pk
        )  # roles and interests are read anew at every request

    def appeal(self, code):
        rows = Appeal.objects.filter(answer=self.line(code)).exclude(state="withdrawn")
        return rows.select_related("agency", "cycle", "answer__measure").first()

    def try_to(self, act, *, allowed):
        """The portal's answer must be the model's; what is refused leaves nothing behind."""
        rows, done, refusal = Entry.objects.count(), None, None
        try:
            with transaction.atomic():
                done = act()
        except Refused as why:
            refusal = why
        assert (refusal is None) == allowed, f"at {self.clock}: {refusal or 'accepted'}"
        assert refusal is None or Entry.objects.count() == rows
        return done

    @property
    def in_window(self):
        return self.opened <= self.clock < self.closes

    # -- What may happen

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours):
        self.clock += timedelta(hours=hours)

    @rule(days=st.sampled_from(EDGES), microseconds=st.sampled_from((-1, 0, 1)))
    def a_moment_near_an_edge(self, days, microseconds):
        self.clock = max(
            self.clock, self.opened + days * DAY + timedelta(microseconds=microseconds)
        )

    @rule(
        code=st.sampled_from(CODES),
        who=st.sampled_from(PEOPLE),
        value=st.integers(0, 100),
        says=st.booleans(),
    )
    def somebody_drafts(self, code, who, value, says):
        held = self.appeal(code)
        allowed = self.in_window and who in OWN and (held is None or self.model[held.pk] == "draft")
        fields = {
            "ground": "procedure",
            "argument": "چون نادرست است" if says else "",
            "proposed_value": Decimal(value),
        }
        drafted = self.try_to(
            lambda: drafting.save_draft(
                self.line(code), fields=fields, by=self.person(who), at=self.clock
            ),
            allowed=allowed,
        )
        if drafted:
            self.model[drafted.pk] = "draft"
            self.reviewer.setdefault(drafted.pk, None)

    @rule(code=st.sampled_from(CODES), who=st.sampled_from(PEOPLE), number=st.integers(0, 10**6))
    def somebody_adds_a_file(self, code, who, number):
        held = self.appeal(code)
        if held is None or held.attachments.count() >= 3:
            return
        upload = ContentFile(b"%PDF-1.7 " + str(number).encode(), name="a.pdf")
        again = held.attachments.filter(document__size=upload.size, document__name="a.pdf").exists()
        if not again:
            allowed = self.in_window and who in OWN and self.model[held.pk] == "draft"
            self.try_to(
                lambda: evidence.attach(held, upload=upload, by=self.person(who), at=self.clock),
                allowed=allowed,
            )

    @rule(codes=st.sets(st.sampled_from(CODES), min_size=1), who=st.sampled_from(PEOPLE))
    def somebody_files(self, codes, who):
        held = [a for code in sorted(codes) if (a := self.appeal(code))]
        if not held:
            return
        whole = all(self.model[a.pk] == "draft" and a.argument for a in held)
        filed = self.try_to(
            lambda: drafting.file(held, by=self.person(who), at=self.clock),
            allowed=self.in_window and who in HEAD and whole,
        )
        for appeal in filed or ():
            self.model[appeal.pk] = "filed"

    @rule(code=st.sampled_from(CODES), who=st.sampled_from(PEOPLE))
    def somebody_withdraws(self, code, who):
        held = self.appeal(code)
        if held is None:
            return
        drafted = self.model[held.pk] == "draft"
        do, who_may = (drafting.discard, OWN) if drafted else (drafting.withdraw, HEAD)
        allowed = self.in_window and who in who_may and self.model[held.pk] in ("draft", "filed")
        if self.try_to(lambda: do(held, by=self.person(who), at=self.clock), allowed=allowed):
            self.model[held.pk] = "withdrawn"

    @rule()
    def the_scheduler_shares_out(self):
        hearing.share_out(self.world.cycle, by=None, at=self.clock)
        for pk, state in self.model.items():
            if state == "filed" and self.clock >= self.review:
                given = Appeal.objects.select_related("reviewer").get(pk=pk).reviewer
                self.reviewer[pk] = given.username if given else None
                assert self.reviewer[pk] not in self.tied or len(self.tied) == 2
                assert len(self.tied) == 2 or self.reviewer[pk] is not None

    @rule(who=st.sampled_from(REVIEWERS))
    def a_reviewer_declares_an_interest(self, who):
        if not self.tied:  # the other stays free, so that appeals can still be heard
            of = {"user": self.world.people[who], "agency": self.world.power}
            Interest.objects.create(**of, reason="Family", declared_at=EPOCH)
            self.tied.add(who)
            for code in CODES:
                self.somebody_decides(code=code, who=who, name="dismiss", share=0)

    def hears(self, held, who):
        return self.reviewer[held.pk] == who and who not in self.tied

    @rule(
        code=st.sampled_from(CODES),
        who=st.sampled_from((*PEOPLE, *REVIEWERS * 4)),
        agency=st.booleans(),
    )
    def somebody_asks(self, code, who, agency):
        held = self.appeal(code)
        if held is None or self.asked.get(held.pk):
            return
        allowed = (
            self.clock >= self.review and self.model[held.pk] == "filed" and self.hears(held, who)
        )
        asked = self.try_to(
            lambda: hearing.ask(
                held, question="چرا؟", agency=agency, by=self.person(who), at=self.clock
            ),
            allowed=allowed,
        )
        if asked:
            self.asked[held.pk] = asked.due_at

    @rule(code=st.sampled_from(CODES), who=st.sampled_from(PEOPLE))
    def somebody_replies(self, code, who):
        held = self.appeal(code)
        question = (
            held
            and Question.objects.filter(appeal=held, state="asked")
            .select_related("addressee")
            .first()
        )
        if not question:
            return
        may = OWN if question.addressee is None else {question.addressee.username}
        replied = self.try_to(
            lambda: hearing.reply(question, text="چون", by=self.person(who), at=self.clock),
            allowed=self.clock >= self.review and self.model[held.pk] == "filed" and who in may,
        )
        if replied:
            self.asked.pop(held.pk, None)

    @rule(
        code=st.sampled_from(CODES),
        who=st.sampled_from((*PEOPLE, *REVIEWERS * 4)),
        name=st.sampled_from(DECISIONS),
        share=st.integers(0, 10),
    )
    def somebody_decides(self, code, who, name, share):
        held = self.appeal(code)
        if held is None:
            return
        before = self.points[code]
        ceiling = held.answer.measure.points
        gives = name.startswith("uphold")
        awarded = ceiling * share / 10 if gives else None
        waits = (due := self.asked.get(held.pk)) is not None and self.clock < due
        allowed = (
            self.clock >= self.review
            and self.model[held.pk] == "filed"
            and self.hears(held, who)
            and not waits
            and (not gives or awarded >= before)
        )
        done = self.try_to(
            lambda: decision.decide(
                held, name, reason="چون", awarded=awarded, by=self.person(who), at=self.clock
            ),
            allowed=allowed,
        )
        if done:
            self.model[held.pk] = done.state
            self.decided += 1
            if gives:
                self.points[code] = awarded

    @rule(code=st.sampled_from(CODES), who=st.sampled_from(REVIEWERS), agency=st.booleans())
    def a_reviewer_asks_and_does_not_wait(self, code, who, agency):
        self.somebody_asks(code=code, who=who, agency=agency)
        self.somebody_decides(code=code, who=who, name="dismiss", share=0)

    # -- What must always hold

    @invariant()
    def every_appeal_is_there_in_the_state_of_the_model(self):
        if hasattr(self, "model"):
            assert dict(Appeal.objects.values_list("pk", "state")) == self.model

    @invariant()
    def no_score_has_moved_without_a_decision_and_the_totals_are_their_sum(self):
        if not hasattr(self, "points"):
            return
        assert {code: self.score(code) for code in CODES} == self.points
        w = self.world
        rows = Score.objects.filter(answer__submission=w.submission)
        decisions = Entry.objects.filter(workflow="appeals.appeal", act__in=DECISIONS).count()
        assert rows.filter(basis="appeal").count() <= decisions == self.decided
        current = w.fresh(w.submission).current_run_id
        total = NodeScore.objects.get(run=current, submission=w.submission, kind="")
        assert total.points == sum(
            s.points for s in rows.filter(is_current=True) if s.points is not None
        )

    @invariant()
    def nothing_was_filed_outside_its_window_or_decided_by_whoever_may_not(self):
        if not hasattr(self, "closes"):
            return
        for appeal in Appeal.objects.filter(filed_at__isnull=False).select_related(
            "filing", "decided_by"
        ):
            assert self.opened <= appeal.filed_at < self.closes
            assert appeal.filing.filed_at == appeal.filed_at
            if appeal.state in DECIDED:
                assert appeal.decided_at >= self.review
                assert appeal.decided_by_id == appeal.reviewer_id
                assert appeal.decided_by_id not in appeal.handlers
        assert Filing.objects.exclude(agency=self.world.power).count() == 0
