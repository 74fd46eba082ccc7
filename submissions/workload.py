"""Who assesses, and how much each has in hand."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from agencies.models import Membership, User, with_roles
from agencies.roles import Role
from submissions.permissions import is_assessor

MOST_HOURS = 500


class Pool:
    """The people there are of a role, who of them may work on an object, and how much is on each
    desk.
    """

    def __init__(
        self,
        at: datetime,
        role: Role = Role.ASSESSOR,
        may: Callable[[User, Any, datetime], bool] = is_assessor,
    ) -> None:
        self.at, self.may = at, may
        ids = Membership.objects.filter(role=role).values("user")
        self.people = with_roles(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
        self.load: Counter[int] = Counter()
        self._fit: dict[int, list[User]] = {}

    def fit(self, obj: Any) -> list[User]:
        if obj.pk not in self._fit:
            self._fit[obj.pk] = [p for p in self.people if self.may(p, obj, self.at)]
        return self._fit[obj.pk]

    def take(self, fit: Iterable[User], lines: int) -> User:
        """Choose the least loaded of these, with so many lines more from now on."""
        chosen = min(fit, key=lambda a: (self.load[a.pk], a.pk))
        self.load[chosen.pk] += lines
        return chosen
