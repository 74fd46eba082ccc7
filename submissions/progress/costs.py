"""What the assessment of a cycle took: hours by kind, expenses, and what that is for each agency
assessed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.scoring.methods import half_up
from submissions.models import Block, Expense, Submission, Verification
from submissions.workflow import EXPENSES, SubmissionState


@dataclass(frozen=True)
class Costs:
    """Hours and rials of a cycle; None where nobody said any, which is not zero. `assessed`:
    agencies wholly marked.
    """

    first: Decimal | None
    second: Decimal | None
    verification: Decimal | None
    other: Decimal | None
    amount: Decimal | None
    assessed: int

    @property
    def hours(self) -> Decimal | None:
        said = [
            h for h in (self.first, self.second, self.verification, self.other) if h is not None
        ]
        return sum(said, Decimal(0)) if said else None

    @property
    def hours_each(self) -> Decimal | None:
        """Hours for each agency assessed."""
        return self._each(self.hours, 2)

    @property
    def amount_each(self) -> Decimal | None:
        """Rials for each agency assessed."""
        return self._each(self.amount, 0)

    def _each(self, whole: Decimal | None, places: int) -> Decimal | None:
        return (
            None if whole is None or not self.assessed else half_up(whole / self.assessed, places)
        )


def costs_of(cycle: Cycle) -> Costs:
    """Add up what a cycle has taken so far, as far as it was said; four queries."""
    read: dict[bool, Decimal | None] = dict(
        Block.objects.filter(cycle=cycle).order_by().values_list("is_second").annotate(Sum("hours"))
    )
    verified = Verification.objects.filter(cycle=cycle).aggregate(said=Sum("hours"))
    spent = Expense.objects.filter(cycle=cycle, struck_at=None).aggregate(
        hours=Sum("hours"), amount=Sum("amount")
    )
    wholly = (SubmissionState.MARKED, SubmissionState.COMMUNICATED)
    return Costs(
        first=read.get(False),
        second=read.get(True),
        verification=verified["said"],
        other=spent["hours"],
        amount=spent["amount"],
        assessed=Submission.objects.filter(cycle=cycle, state__in=wholly).count(),
    )


@transaction.atomic
def spend(
    cycle: Cycle,
    *,
    label: str,
    amount: Decimal,
    spent_on: date,
    hours: Decimal | None = None,
    by: User,
    at: datetime,
) -> Expense:
    """Enter what something cost, with the hours it stands for where there are any."""
    if amount < 0 or (hours is not None and hours < 0):
        raise Refused(_("Neither the amount nor the hours may be negative."))
    expense = Expense.objects.create(
        cycle=cycle,
        label=label,
        amount=amount,
        hours=hours,
        spent_on=spent_on,
        entered_by=by,
        entered_at=at,
    )
    perform(
        EXPENSES,
        [expense],
        "spend",
        by=by,
        at=at,
        amount=amount,
        hours=hours,
        spent_on=spent_on.isoformat(),
    )
    return expense


@transaction.atomic
def strike(expense: Expense, *, by: User, at: datetime) -> Expense:
    """Take an expense out of the sums; it stays on record."""
    expense = locked(Expense.objects.select_related("cycle"), with_keys=True).get(pk=expense.pk)
    if expense.struck_at:
        raise Refused(_("This has been struck already."))
    perform(EXPENSES, [expense], "strike", by=by, at=at, amount=expense.amount)
    expense.struck_at = at
    expense.save(update_fields=["struck_at"])
    return expense
