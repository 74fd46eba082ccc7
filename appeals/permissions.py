"""Who may review an appeal, and who may be asked about it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.roles import SCORERS, Role, who
from submissions.permissions import is_impartial_reviewer


def may_review(user: User, obj: Any, at: datetime) -> bool:
    """Whether an appeal may be given to somebody: who had a part in the score (`handlers`) never
    reviews it.
    """
    return is_impartial_reviewer(user, obj, at) and user.pk not in obj.handlers


@who(
    _(
        "the reviewer to whom the appeal is given, after declaring all interests; never one who "
        "had a part in the score"
    )
)
def is_reviewer(user: User, obj: Any, at: datetime) -> bool:
    return (
        obj.reviewer_id == user.pk
        and user.has_stated_interests(obj.cycle)
        and may_review(user, obj, at)
    )


@who(_("the person who is asked"))
def is_asked(user: User, obj: Any, at: datetime) -> bool:
    """Of whoever gave the score, while they give points for the authority."""
    return obj.addressee_id == user.pk and bool(user.memberships(at, *SCORERS, Role.ADMINISTRATOR))
