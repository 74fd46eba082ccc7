"""What both sides bring to an appeal: evidence, and the reviewer's questions with their replies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self, TypedDict

import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import FSMField

from agencies.models import Agency, User
from appeals.models.appeals import Appeal
from appeals.workflow import APPEALS, DECISIONS, QUESTIONS, AppealState, QuestionState
from cycles.models import Cycle
from cycles.workflow import Windows
from submissions.models import Described, Document


class Reply(TypedDict):
    text: str
    writer: User


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(appeal__in=Appeal.objects.visible_to(user, at).values("pk"))

    def waiting(self) -> Self:
        return self.filter(state=QuestionState.ASKED, appeal__state=AppealState.FILED)

    def for_list(self) -> Self:
        related = (
            "appeal__answer__measure",
            "agency",
            "cycle",
            "addressee",
            "asked_by",
            "replied_by",
        )
        return self.select_related(*related).order_by("asked_at", "pk")

    def for_notices(self) -> Self:
        """Read questions with all that their name and address need."""
        return self.select_related("appeal__answer__measure", "agency")


@APPEALS.holds_up(*DECISIONS)
def matters_of_appeals(appeals: Sequence[Appeal], at: datetime, windows: Windows) -> dict[int, str]:
    """Find the reviewer's questions that may still be answered; one query."""
    open_questions = Question.objects.filter(appeal__in=appeals, replied_at=None, due_at__gt=at)
    sentence = gettext(
        "A question on this appeal may still be answered; the decision comes after that."
    )
    return dict.fromkeys(open_questions.values_list("appeal", flat=True), sentence)


class Question(models.Model):
    """What a reviewer asks about an appeal: the agency, or (`addressee`) whoever gave the score;
    and the reply.

    Until `due_at` the appeal is not decided without the reply; afterwards it may be, and a reply
    may still come.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="questions")
    addressee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = FSMField(choices=QuestionState.choices, default=QuestionState.ASKED, protected=True)
    question = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    files: list["Attachment"]  # those of its reply; whoever reads the case file fills them in
    reply_form: Form | None  # that of its reply, where the reader may give it; the page fills it in

    objects = QuestionQuerySet.as_manager()
    named_by = ("appeal__answer__measure",)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None)
                | (Q(replied_at__isnull=False) & ~Q(reply="")),
                name="a_reply_says_something",
            ),
        )

    def __str__(self) -> str:
        return str(self.appeal)

    def get_absolute_url(self) -> str:
        return f"{reverse('appeals:detail', args=[self.appeal_id])}#question-{self.pk}"

    @property
    def holder(self) -> User | None:
        """Who hears of what is done with it: whoever is asked, then whoever asked."""
        return self.asked_by if self.state == QuestionState.REPLIED else self.addressee

    @property
    def holder_id(self) -> int | None:
        return self.holder.pk if self.holder else None

    @property
    def reviewer_id(self) -> int | None:
        """The workflow asks of the question what it asks of its appeal."""
        return self.appeal.reviewer_id

    @property
    def handlers(self) -> frozenset[int]:
        return self.appeal.handlers

    @QUESTIONS.transition
    def _reply(self, *, at: datetime, given: Reply) -> None:
        self.reply, self.replied_by, self.replied_at = given["text"], given["writer"], at

    @QUESTIONS.transition
    def _explain(self, *, at: datetime, given: Reply) -> None:
        self.reply, self.replied_by, self.replied_at = given["text"], given["writer"], at


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(appeal__in=Appeal.objects.visible_to(user, at).values("pk"))

    def live(self) -> Self:
        return (
            self.filter(withdrawn_at=None)
            .select_related("document", "attached_by", "question")
            .order_by("pk")
        )


class Attachment(Described):
    """A file that an appeal, or the reply to a question, shows.

    `is_new`: no line of the signed self-assessment showed its content; whether that may count is
    the cycle's rule.
    """

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="attachments")
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200, blank=True, help_text="Page or sheet")
    is_new = models.BooleanField()
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("appeal", "document"),
                condition=Q(withdrawn_at=None),
                name="a_file_once_an_appeal",
            ),
        )

    def __str__(self) -> str:
        return self.document.name
