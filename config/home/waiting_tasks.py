"""Everything that waits for a person, on one desk."""

from agencies.roles import HEADS, SCORERS, SUPERIOR_ROLES, Role
from config.home.administrator_tasks import AdministratorTasks
from config.home.agency_tasks import AgencyTasks
from config.home.scoring_tasks import ScoringTasks
from config.home.year_strip import Task


class Desk(AgencyTasks, ScoringTasks, AdministratorTasks):
    """Everything on the home page of one user at one moment; a fixed number of queries whatever
    stands there.
    """

    def tasks(self) -> list[Task]:
        """List what waits for the reader, the nearest deadline first."""
        found: list[Task] = []
        for roles, source in (
            ({Role.STAFF, *HEADS, *SUPERIOR_ROLES}, self._of_agency),
            ({Role.MEMBER}, self._of_working_group),
            (set(SCORERS), self._before_scoring),
            ({*SCORERS, Role.ADMINISTRATOR}, self._of_asked),
            ({Role.ASSESSOR}, self._of_assessor),
            ({Role.STEWARD}, self._of_steward),
            ({Role.REVIEWER}, self._of_reviewer),
            ({Role.ADMINISTRATOR}, self._of_administrator),
        ):
            if self.user.holds(*roles, at=self.at):
                found += source()
        return sorted(found, key=lambda t: (t.until is None, t.until or self.at))
