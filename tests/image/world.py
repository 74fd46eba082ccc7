"""Run inside the image, by its own actions: a small country that has answered what it is asked.

The first argument says how many agencies take part; each has a member of staff and a head, whose
names are printed.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db.models import F  # noqa: E402 -- the apps are there from here on

from agencies.models import Agency  # noqa: E402
from config.rehearsal.people import make_cast  # noqa: E402
from config.rehearsal.year import Rehearsal  # noqa: E402
from cycles.models import Delivery  # noqa: E402

YEAR = 1403

agencies = list(Agency.objects.order_by("pk")[: int(sys.argv[1])])
Agency.objects.exclude(pk__in=[agency.pk for agency in agencies]).update(is_active=False)
walk = Rehearsal(
    make_cast(agencies), year=YEAR, preset="statutory_gregorian", say=lambda line: None
)
walk.walk("answered")

Delivery.objects.filter(told_at=None).update(told_at=F("made_at"))

for agency in agencies:
    print(walk.cast.staff[agency.pk].username, walk.cast.heads[agency.pk].username)
