"""The page on which administrators see, and enter, what the assessment of a cycle took."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.roles import is_national_administrator
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from submissions.lookups import overseen_cycle
from submissions.models import Expense
from submissions.progress.costs import costs_of, spend, strike
from submissions.progress.forms import ExpenseForm


@require_http_methods(["GET", "POST"])
def costs(request: PortalRequest, pk: int) -> HttpResponse:
    """Show hours by kind, expenses, and both for each agency assessed; by POST an expense is
    entered.
    """
    cycle = overseen_cycle(request, pk, whole=True)
    form = ExpenseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            spend(
                cycle,
                label=form.cleaned_data["label"],
                amount=form.cleaned_data["amount"],
                spent_on=form.cleaned_data["spent_on"],
                hours=form.cleaned_data["hours"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("Saved."))
            return redirect("submissions:costs", pk)
    context = {
        "cycle": cycle,
        "costs": costs_of(cycle),
        "expenses": Expense.objects.visible_to(request.user, request.at)
        .filter(cycle=cycle)
        .standing(),
        "form": form if is_national_administrator(request.user, cycle, request.at) else None,
    }
    return render(request, "submissions/progress/costs.html", context)


@require_POST
def expense_strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an expense out of the sums."""
    expense = get_object_or_404(Expense.objects.visible_to(request.user, request.at), pk=pk)
    with attempt(request):
        strike(expense, by=request.user, at=request.at)
        messages.success(request, _("Saved."))
    return redirect("submissions:costs", expense.cycle_id)
