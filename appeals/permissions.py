"""Who may review an appeal, and who may be asked about it."""

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.roles import SCORERS, Role, who
from submissions.permissions import CycleRow, is_impartial_reviewer


class AppealRow(CycleRow, Protocol):
    """Type an appeal, or a question of its reviewer; `handlers` had a part in the score."""

    @property
    def handlers(self) -> frozenset[int]: ...

    @property
    def reviewer_id(self) -> int | None: ...


class ConsultationRow(Protocol):
    @property
    def addressee_id(self) -> int | None: ...


def may_review(user: User, obj: AppealRow, at: datetime) -> bool:
    """Say whether an appeal may be given to somebody: who had a part in the score (`handlers`)
    never reviews it.
    """
    return is_impartial_reviewer(user, obj, at) and user.pk not in obj.handlers


@who(
    _(
        "the reviewer to whom the appeal is given, after declaring all interests; never one who "
        "had a part in the score"
    )
)
def is_reviewer(user: User, obj: AppealRow, at: datetime) -> bool:
    return (
        obj.reviewer_id == user.pk
        and user.has_stated_interests(obj.cycle)
        and may_review(user, obj, at)
    )


@who(_("the person who is asked"))
def is_asked(user: User, obj: ConsultationRow, at: datetime) -> bool:
    """Let whoever gave the score answer, while they give points for the authority."""
    return obj.addressee_id == user.pk and bool(user.memberships(at, *SCORERS, Role.ADMINISTRATOR))
