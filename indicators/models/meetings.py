"""Meetings of a working group: agenda, attendance and minutes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self, TypedDict

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import FSMField

from agencies.models import User
from agencies.persian import in_locale, language
from agencies.roles import Constituency, Role
from cycles.calendar import format_moment
from cycles.models import Cycle
from cycles.workflow import Windows
from indicators.models.sets import IndicatorSet
from indicators.models.working_groups import WorkingGroup
from indicators.workflow import MEETINGS, SETS, MeetingState


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep meetings for whoever sits in the group or oversees the country; an agency's people
        see minutes that concern their set.
        """
        if user.oversees_the_country(at):
            return self.all()
        own = Q(state=MeetingState.HELD, agenda__set__agency__in=user.agency_ids(at))
        seats = user.memberships(at, Role.MEMBER)
        sectors = {m.sector for m in seats if m.constituency != Constituency.AGENCY}
        represented = [m.agency_id for m in seats if m.constituency == Constituency.AGENCY]
        own |= Q(agenda__set__agency__in=represented)
        if sectors:
            own |= ~Q(pk__in=()) if "" in sectors else Q(group__sector__in=sectors)
        return self.filter(pk__in=self.model.objects.filter(own).values("pk"))

    def for_list(self) -> Self:
        return self.select_related("group", "cycle").order_by("-held_at", "-pk")

    def for_notices(self) -> Self:
        """Load all that a row's name and address need."""
        return self.select_related("group", "cycle")


class SignedMinutes(TypedDict):
    """What the transition of a minuted meeting is given."""

    minutes: str
    chair: User


class Meeting(models.Model):
    """A meeting of a working group: its agenda of sets, who was there, and the minutes once it has
    been held.
    """

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="meetings")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    held_at = models.DateTimeField(help_text="When it is to be, or was, held")
    place = models.CharField(max_length=200, blank=True)
    state = FSMField(choices=MeetingState.choices, default=MeetingState.CONVENED, protected=True)
    minutes = models.TextField(blank=True)
    minuted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    minuted_at = models.DateTimeField(null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("group", "number"), name="one_meeting_a_number"),
        )

    agency_id = None
    agency = None

    def __str__(self) -> str:
        return gettext("Meeting %(number)s, %(group)s") % {
            "number": in_locale(self.number),
            "group": self.group,
        }

    def get_absolute_url(self) -> str:
        return reverse("indicators:meeting", args=[self.pk])

    @property
    def sector(self) -> str:
        """Name the sector of its group."""
        return self.group.sector

    @MEETINGS.transition
    def _minute(self, *, at: datetime, given: SignedMinutes) -> None:
        self.minutes, self.minuted_by, self.minuted_at = given["minutes"], given["chair"], at

    @MEETINGS.transition
    def _cancel(self, *, at: datetime, given: object) -> None:
        pass


@MEETINGS.holds_up("minute")
def matters_of_meetings(
    meetings: Sequence[Meeting], at: datetime, windows: Windows
) -> dict[int, str]:
    """Find the meetings whose hour has not come; no query."""
    sentence = gettext("Minutes are signed after the meeting.")
    return {meeting.pk: sentence for meeting in meetings if at < meeting.held_at}


class AgendaItem(models.Model):
    """One set on a meeting's agenda, and what was resolved on it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    resolution = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("meeting", "set"), name="one_item_a_set"),)

    def __str__(self) -> str:
        return str(self.set)


@SETS.holds_up("approve", "reject")
def matters_of_sets(sets: Sequence[IndicatorSet], at: datetime, windows: Windows) -> dict[int, str]:
    """Find the meetings convened on these sets that were neither minuted
    nor cancelled; one query.
    """
    items = AgendaItem.objects.filter(set__in=sets, meeting__state=MeetingState.CONVENED)
    found: dict[int, str] = {}
    for item in items.select_related("meeting__group").order_by("meeting__held_at", "pk"):
        sentence = gettext(
            "%(meeting)s, on %(when)s, is to discuss this set. Sign its minutes or cancel it first."
        )
        when = format_moment(item.meeting.held_at, language())
        found.setdefault(item.set_id, sentence % {"meeting": item.meeting, "when": when})
    return found


class Attendance(models.Model):
    """Somebody who was at a meeting, in the constituency for which they sat there."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=12, choices=Constituency)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("meeting", "member"), name="one_seat_a_member"),
        )

    def __str__(self) -> str:
        return f"{self.member} ({self.get_constituency_display()})"
