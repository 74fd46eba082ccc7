"""What the frame of every page needs: the sections open to the reader and the way to the other
language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.roles import AGENCY_ROLES, AUTHORITY_ROLES, HEADS, Role
from cycles.notices import wording
from cycles.requests import PortalRequest

SECTIONS: tuple[tuple[str, str | Promise, frozenset[Role]], ...] = (
    ("submissions:list", _("Self-assessments"), AGENCY_ROLES | {Role.ADMINISTRATOR, Role.AUDITOR}),
    ("submissions:blocks", _("Marking"), frozenset({Role.ASSESSOR})),
    ("submissions:stewardships", _("Stewards' figures"), frozenset({Role.STEWARD})),
    (
        "appeals:list",
        _("Appeals"),
        AGENCY_ROLES | {Role.ADMINISTRATOR, Role.AUDITOR, Role.REVIEWER},
    ),
    ("indicators:list", _("Indicators"), AGENCY_ROLES | AUTHORITY_ROLES),
    ("indicators:plans", _("Plans"), AGENCY_ROLES),
    ("festival:improvements", _("Improvement"), AGENCY_ROLES),
    ("cycles:list", _("Cycles"), AUTHORITY_ROLES),
    ("festival:duties", _("Duties"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    ("cycles:agencies", _("Agencies"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    (
        "cycles:people",
        _("People"),
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.AGENCY_ADMINISTRATOR, *HEADS}),
    ),
    ("cycles:ledger", _("Ledger"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)
"""Which roles find which section; what stands there is each page's own affair."""


@dataclass(frozen=True)
class Link:
    url: str
    label: str | Promise
    current: bool


def _nearest(path: str, places: Iterable[str], home: str) -> str:
    """Find the section that a page lies in: the longest address, as the ledger's lies below that of
    the cycles.
    """
    above = [url for url in places if path.startswith(url) and (url != home or path == home)]
    return max(above, key=len, default="")


def frame(request: PortalRequest) -> dict[str, object]:
    """Give every page the navigation by role, the notices not seen, the same page in the other
    language, and whether the clock is a rehearsal's.
    """
    sections: list[tuple[str, str | Promise]] = []
    inbox = ""
    unseen: Callable[[], int] | None = None
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        held = {m.role for m in user.memberships(request.at)}
        sections = [(reverse("home"), _("Desk"))]
        sections += [(reverse(name), label) for name, label, roles in SECTIONS if held & roles]
        unseen = cache(lambda: wording.unseen_count(user, request.at))
        # asked by the frame alone: a part of a page that is answered by itself makes no query for
        # it
        inbox = reverse("cycles:inbox")
    sections.append((reverse("festival:results"), _("Results")))
    sections.append((reverse("festival:timeline"), _("Timeline")))
    home = reverse("home")
    places = [url for url, _label in sections] + ([inbox] if inbox else [])
    here = _nearest(request.path, places, home)
    other = "en" if get_language() == "fa" else "fa"
    return {
        "navigation": [Link(url, label, url == here) for url, label in sections],
        "bell": {"url": inbox, "unseen": unseen, "current": inbox == here} if inbox else {},
        "other_language": other,
        "other_language_url": translate_url(request.get_full_path(), other),
        "clock_offset": settings.CLOCK_OFFSET,
    }
