"""What citizens and organisations say about a published measure, for next year's working groups to
read.
"""

from datetime import datetime
from typing import Self, TypedDict
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import FSMField

from agencies.models import Agency, User
from festival.models.editions import Edition
from festival.workflow import COMMENTS, CommentState
from indicators.models import IndicatorSet, Measure


class RejectionParams(TypedDict):
    """The parameters of keeping a comment from the public."""

    reason: str


class MeasureCommentQuerySet(models.QuerySet["MeasureComment"]):
    def published(self) -> Self:
        return self.filter(state=CommentState.PUBLISHED)

    def visible_to(self, user: User | AnonymousUser, at: datetime) -> Self:
        """Show published ones to everybody; all to national administrators and auditors."""
        whole = user.is_authenticated and user.oversees_the_country(at)
        return self.all() if whole else self.published()

    def about(self, edition: Edition, lineage: UUID) -> Self:
        """Keep the comments on one measure of one year, whichever edition of it was in force."""
        return self.filter(edition__cycle=edition.cycle_id, lineage=lineage)

    def before(self, indicator_set: IndicatorSet) -> Self:
        """Keep the comments on the measures of a set about the results of earlier years."""
        lineages = Measure.objects.of(indicator_set).values("lineage")
        earlier = (
            Q()
            if indicator_set.cycle.is_practice
            else Q(edition__cycle__year__lt=indicator_set.cycle.year)
        )
        return self.filter(earlier, lineage__in=lineages)

    def for_list(self) -> Self:
        return self.select_related("edition__cycle", "about").order_by(F("made_at").desc(), "-pk")


class MeasureComment(models.Model):
    """A comment on one measure of a published edition; `about` is the agency whose result it speaks
    of, if one.

    Who wrote it is as they say; the e-mail is for the administrators to ask back and stands on no
    public page.
    """

    MOST = 2000

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="comments")
    lineage = models.UUIDField(db_index=True)
    code = models.CharField(max_length=20)
    about = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    author = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    made_at = models.DateTimeField()
    state = FSMField(choices=CommentState.choices, default=CommentState.WAITING, protected=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it is not published")

    agency_id = None
    agency = None
    named_by = ("edition__cycle",)

    objects = MeasureCommentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
        )

    def __str__(self) -> str:
        said = {"measure": self.code, "year": self.edition.cycle.label}
        return gettext("Comment on %(measure)s of %(year)s") % said

    def get_absolute_url(self) -> str:
        return reverse("festival:measure", args=[self.edition.cycle.year, self.lineage])

    @property
    def cycle_id(self) -> int:
        return self.edition.cycle_id

    @COMMENTS.transition
    def _publish(self, *, at: datetime, given: object) -> None:
        self.decided_at = at

    @COMMENTS.transition
    def _reject(self, *, at: datetime, given: RejectionParams) -> None:
        self.decided_at, self.reason = at, given["reason"]
