"""Who may keep results and decide on awards, and what anybody may do."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role, Who, administers_set, who

is_everybody = Who("everybody", _("everybody"), lambda user, obj, at: True)
"""For what needs no account: whoever writes it is not known."""


@who(_("an administrator of the country, or of the province whose festival it is"))
def is_festival_keeper(user: Any, obj: Any, at: datetime) -> bool:
    return administers_set(user, obj, at)


@who(
    _(
        "an administrator of the country, or of the province whose festival it is, without "
        "interest in the agency"
    )
)
def is_awarder(user: Any, obj: Any, at: datetime) -> bool:
    """Keep the authority's own awards for administrators who are outsiders to it."""
    if user.is_conflicted(obj.agency_id):
        return False
    held = user.memberships(at, Role.ADMINISTRATOR)
    keeps = [m for m in held if m.province_id is None or m.province_id == obj.province_id]
    return any(m.is_outsider or not obj.agency.is_authority for m in keeps)
