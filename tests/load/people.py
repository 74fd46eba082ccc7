"""Run inside the image after the world: everybody's session, and the lines and forms that are
theirs, as JSON.

An agency has one head and several members of staff; those of the cast are joined by as many as
asked for.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from importlib import import_module  # noqa: E402 -- the apps are there from here on

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from agencies.models import Membership, User  # noqa: E402
from agencies.roles import Role  # noqa: E402
from config.rehearsal.people import EPOCH, PASSWORD  # noqa: E402
from submissions.models import Answer, Submission  # noqa: E402

STAFF_OF_AN_AGENCY = int(sys.argv[1])
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


people = []
for submission in Submission.objects.order_by("pk"):
    roles = Membership.objects.filter(agency=submission.agency_id).select_related("user")
    head, first = roles.get(role=Role.HEAD).user, roles.get(role=Role.STAFF).user
    staff = [first]
    for number in range(1, STAFF_OF_AN_AGENCY):
        name = f"{first.username}-{number}"
        colleague = User.objects.create(
            username=name, email=f"{name}@example.org", password=first.password
        )
        Membership.objects.create(
            user=colleague, role=Role.STAFF, agency_id=submission.agency_id, valid_from=EPOCH
        )
        staff.append(colleague)

    lines = (
        Answer.objects.filter(submission=submission)
        .exclude(measure__method="steward")
        .order_by("pk")
    )
    keys = list(lines.values_list("pk", flat=True))
    for number, person in enumerate(staff):
        own = keys[number :: len(staff)]
        people.append(
            {"session": signed_in(person), "form": submission.pk, "lines": own, "signs": False}
        )
    people.append({"session": signed_in(head), "form": submission.pk, "lines": keys, "signs": True})

names = {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME}
print(json.dumps({"cookies": names, "password": PASSWORD, "people": people}))
