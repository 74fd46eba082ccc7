"""What an agency was called, what became of it, and which bodies went before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agencies.models import Agency
from cycles.models import ChangeKind, RegisterChange


@dataclass(frozen=True)
class AgencyHistory:
    """The changes in force of one agency, newest first: its former names, its ends, and the ends it
    came from.
    """

    names: Sequence[RegisterChange]
    ends: Sequence[RegisterChange]
    origins: Sequence[RegisterChange]

    def __bool__(self) -> bool:
        return bool(self.names or self.ends or self.origins)


def history_of(agency: Agency) -> AgencyHistory:
    """Read what became of an agency; two queries."""
    changes = list(RegisterChange.objects.in_force().concerning(agency).for_list())
    own = [change for change in changes if change.agency_id == agency.pk]
    return AgencyHistory(
        names=[change for change in own if change.kind == ChangeKind.RENAMED],
        ends=[change for change in own if change.kind != ChangeKind.RENAMED],
        origins=[change for change in changes if change.agency_id != agency.pk],
    )
