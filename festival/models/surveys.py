"""What agencies say of the process: a survey, its questions, who has answered, and, apart from
that, the answers.
"""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.persian import local_name
from agencies.roles import HEADS, OVERSEERS, Role
from cycles.models import Cycle, Participation


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show surveys to administrators and auditors, and from their opening on to people of the
        agencies that take part.
        """
        if user.holds(*OVERSEERS, at=at):
            return self.all()
        mine = user.agency_ids(at, Role.STAFF, *HEADS)
        taking_part = Participation.objects.filter(agency__in=mine).values("cycle")
        return self.filter(cycle__in=taking_part, opens_at__lte=at)

    def open(self, at: datetime) -> Self:
        return self.filter(opens_at__lte=at, closes_at__gt=at)

    def for_list(self) -> Self:
        return self.select_related("cycle").order_by("-cycle__year", "pk")

    def for_notices(self) -> Self:
        """Load what a notice's name and address need."""
        return self.select_related("cycle")


class Survey(models.Model):
    """The survey of one cycle's agencies on the process, open from `opens_at` up to, not including,
    `closes_at`.
    """

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    agency_id = None
    agency = None

    objects = SurveyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="a_survey_closes_after_it_opens"
            ),
        )

    def __str__(self) -> str:
        return gettext("Survey on the assessment of %(year)s") % {"year": self.cycle.label}

    def get_absolute_url(self) -> str:
        return reverse("festival:survey", args=[self.pk])

    def is_open(self, at: datetime) -> bool:
        """Say whether answers are taken at a moment."""
        return self.opens_at <= at < self.closes_at


class QuestionKind(models.TextChoices):
    SCALE = "scale", _("From 1 to 5")
    CHOICE = "choice", _("One of several")
    TEXT = "text", _("In words")


SCALE = range(1, 6)


class SurveyQuestion(models.Model):
    """One question; of a choice, `choices` holds the words of each in Persian and in English."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=QuestionKind)
    text_fa = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    choices = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "position"), name="questions_of_a_survey_have_an_order"
            ),
            models.CheckConstraint(
                condition=Q(kind=QuestionKind.CHOICE) ^ Q(choices=[]), name="a_choice_has_its_words"
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """Return the question in the reader's language."""
        return local_name(self.text_fa, self.text_en)

    @property
    def options(self) -> list[tuple[int, str]]:
        """Return the choices in the reader's language; none where the question is answered in
        words.
        """
        if self.kind == QuestionKind.SCALE:
            return [(value, str(value)) for value in SCALE]
        return [(value, local_name(fa, en)) for value, (fa, en) in enumerate(self.choices, 1)]


class SurveyReturn(models.Model):
    """That an agency has answered, and nothing of what it said."""

    cycle_id = None

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("survey", "agency"), name="an_agency_answers_once"),
        )

    def __str__(self) -> str:
        return f"{self.survey} · {self.agency}"


class SurveyAnswer(models.Model):
    """One answer to one question: it knows neither agency nor moment nor its fellows, and its key
    is drawn by lot.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="answers")
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(value__isnull=False, text="") | (Q(value=None) & ~Q(text="")),
                name="an_answer_is_a_value_or_words",
            ),
        )

    def __str__(self) -> str:
        return self.text or str(self.value)
