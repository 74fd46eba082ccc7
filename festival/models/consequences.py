"""What follows from results: the rules of a year, and what they mean for each agency, followed to
its end.
"""

from datetime import date, datetime, timedelta
from typing import Self, TypedDict

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.persian import local_name
from agencies.roles import OVERSEERS
from cycles.calendar import day_of
from cycles.models import Cycle
from festival.models.editions import Edition
from festival.workflow import CONSEQUENCES, ConsequenceState
from indicators.scoring.statutory_tree import BANDS

NOT_FILED = "not_filed"
OCCASIONS = [
    *((band.name, band.label) for band in BANDS),
    (NOT_FILED, _("No self-assessment filed")),
]
"""Upon what a consequence follows: a band, or not having filed."""


class ConsequenceKind(models.TextChoices):
    APPRECIATION = "appreciation", _("Letter of appreciation")
    WARNING = "warning", _("Letter of warning")
    PLAN = "plan", _("Compulsory improvement plan")
    SUPERIOR = "superior", _("Report to the superior authority")


class ConsequenceRuleQuerySet(models.QuerySet["ConsequenceRule"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.all() if user.oversees_the_country(at) else self.none()

    def standing(self) -> Self:
        return self.filter(struck_at=None).select_related("cycle").order_by("pk")


class ConsequenceRule(models.Model):
    """What follows in one cycle, from which band or from not filing; `repeated`: only in the second
    year in a row.

    `days` is within how many days of the results' publication it is due.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    on = models.CharField(max_length=12, choices=OCCASIONS)
    repeated = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=ConsequenceKind)
    words_fa = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300, blank=True)
    days = models.PositiveSmallIntegerField(default=30)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)

    agency_id = None
    agency = None

    objects = ConsequenceRuleQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "on", "repeated", "kind"),
                condition=Q(struck_at=None),
                name="a_consequence_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_on_display()}: {self.words}"

    @property
    def words(self) -> str:
        """Return the consequence in the reader's language."""
        return local_name(self.words_fa, self.words_en)


class LetterParams(TypedDict):
    """The parameters of recording the letter by which a consequence was done."""

    letter_number: str
    letter_on: date
    signer: User


class WaiverParams(TypedDict):
    """The parameters of waiving a consequence."""

    reason: str
    signer: User


class ConsequenceQuerySet(models.QuerySet["Consequence"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show consequences to readers under embargo; from publication on to the agency itself and
        its overseers.
        """
        if user.oversees_the_country(at):
            return self.all()
        published = Q(edition__in=Edition.objects.published(at).values("pk"))
        return self.filter(
            published & (Q(agency__in=user.agency_ids(at)) | in_reach(user, at, OVERSEERS))
        )

    def due(self) -> Self:
        """Select what is neither done nor waived, of agencies that there still are."""
        return self.filter(state=ConsequenceState.DUE, agency__is_active=True)

    def for_list(self) -> Self:
        rows = self.select_related(
            "agency__province", "cycle", "edition__cycle", "rule", "settled_by"
        )
        return rows.order_by("-cycle__year", "agency__sort_key", "pk")

    def for_notices(self) -> Self:
        """Load what a notice's name and address need."""
        return self.select_related("agency", "cycle", "rule")


class Consequence(models.Model):
    """What one rule means for one agency: due once the results are out, then done by a letter, or
    waived.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="consequences")
    rule = models.ForeignKey(ConsequenceRule, models.PROTECT, related_name="consequences")
    state = FSMField(choices=ConsequenceState.choices, default=ConsequenceState.DUE, protected=True)
    letter_number = models.CharField(max_length=60, blank=True)
    letter_on = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to="consequences/", max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was waived")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ConsequenceQuerySet.as_manager()
    named_by = ("rule",)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "agency"), name="a_rule_meets_an_agency_once"),
            models.CheckConstraint(
                condition=~Q(state=ConsequenceState.DONE)
                | (~Q(letter_number="") & Q(letter_on__isnull=False)),
                name="what_is_done_has_its_letter",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConsequenceState.WAIVED) | ~Q(reason=""),
                name="what_is_waived_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(kind)s · %(agency)s · results of %(year)s") % {
            "kind": self.rule.get_kind_display(),
            "agency": self.agency,
            "year": self.cycle.label,
        }

    def get_absolute_url(self) -> str:
        return reverse("festival:consequence", args=[self.pk])

    @property
    def due_on(self) -> date | None:
        """Return the day by which it is to be done; None while no publication is set (needs
        `edition` and `rule`).
        """
        if self.edition.publish_at is None:
            return None
        return day_of(self.edition.publish_at) + timedelta(days=self.rule.days)

    def late_by(self, at: datetime) -> int:
        """Count the days by which an act at this moment is late; an agency that has ended is owed
        nothing.
        """
        if self.due_on is None or not self.agency.is_active:
            return 0
        return max(0, (day_of(at) - self.due_on).days)

    @CONSEQUENCES.transition
    def _deliver(self, *, at: datetime, given: LetterParams) -> None:
        self.letter_number, self.letter_on = given["letter_number"], given["letter_on"]
        self.settled_by, self.settled_at = given["signer"], at

    @CONSEQUENCES.transition
    def _waive(self, *, at: datetime, given: WaiverParams) -> None:
        self.reason, self.settled_by, self.settled_at = given["reason"], given["signer"], at
