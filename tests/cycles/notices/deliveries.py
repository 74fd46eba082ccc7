"""What was told to whom, and a day on which nothing has been told yet."""

from datetime import timedelta

from agencies.roles import Role
from cycles.models import Channel, Delivery, Entry, Participation
from submissions.models import Submission
from tests.factories import make_agency, make_user

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def names_told(act, channel=Channel.INBOX):
    """The names of those told of the last act of this name."""
    entry = Entry.objects.filter(act=act).latest("id")
    return sorted(
        Delivery.objects.filter(entry=entry, channel=channel).values_list(
            "recipient__username", flat=True
        )
    )


def inbox(user):
    return Delivery.objects.filter(recipient=user, channel=Channel.INBOX).order_by("pk")


def forget():
    """As if all that the world's building told had been sent long ago."""
    Delivery.objects.all().delete()


def drafts_of(w, count):
    agencies = [make_agency(f"N{count}-{n}", f"سازمان {n}", f"Office {n}") for n in range(count)]
    for n, agency in enumerate(agencies):
        make_user(f"head-{count}-{n}", Role.HEAD, agency=agency)
        make_user(f"staff-{count}-{n}", Role.STAFF, agency=agency)
    rows = [
        Participation(
            cycle=w.cycle,
            agency=a,
            name_fa=a.name_fa,
            name_en=a.name_en,
            level=a.level,
            sector=a.sector,
        )
        for a in agencies
    ]
    made = Participation.objects.bulk_create(rows)
    Submission.objects.bulk_create(
        Submission(cycle=w.cycle, agency_id=p.agency_id, participation=p) for p in made
    )
    return list(
        Submission.objects.filter(participation__in=made)
        .select_related("agency", "cycle")
        .order_by("pk")
    )
