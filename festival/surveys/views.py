"""Pages of the survey of a year's agencies: laid by an administrator, answered by each agency, read
once closed.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.roles import HEADS, OVERSEERS, Role
from cycles.engine.perform import why_closed
from cycles.models import Participation
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from festival.lookups import managed_cycles
from festival.models import Survey, SurveyReturn
from festival.surveys import actions, results
from festival.surveys.forms import AnswersForm, SurveyForm
from festival.workflow import SURVEYS
from submissions.scoring import distribution

MOST_NAMED = 100
"""Of the agencies that have not answered, so many are named."""


def _survey(request: PortalRequest, pk: int) -> Survey:
    return get_object_or_404(Survey.objects.visible_to(request.user, request.at).for_list(), pk=pk)


@require_http_methods(["GET", "POST"])
def survey_new(request: PortalRequest, year: int) -> HttpResponse:
    """Lay the survey of a year; where there is one, the way to it."""
    cycle = get_object_or_404(managed_cycles(request).of_years(), year=year)
    if held := Survey.objects.filter(cycle=cycle).first():
        return redirect("festival:survey", held.pk)
    move = SURVEYS["open"]
    if why := why_closed(SURVEYS, Survey(cycle=cycle), "open", by=request.user, at=request.at):
        messages.error(request, why)
        return redirect("festival:manage", year)
    form = SurveyForm(
        request.POST or None, initial={"opens_at": request.at}, move=move, user=request.user
    )
    if form.is_valid():
        typed = form.cleaned_data
        with attempt(form):
            held = actions.open_survey(
                cycle,
                opens_at=max(typed["opens_at"], request.at),
                closes_at=typed["closes_at"],
                questions=form.questions,
                letter=typed["letter"],
                note=typed["note"],
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("The survey is set up, and the agencies are told."))
            return redirect("festival:survey", held.pk)
    return render(request, "festival/surveys/survey_new.html", {"cycle": cycle, "form": form})


@require_safe
def survey(request: PortalRequest, pk: int) -> HttpResponse:
    """Show an agency's people the way to its answers; show the authority the returns, and the
    answers once it is closed.
    """
    held = _survey(request, pk)
    user, at = request.user, request.at
    returned = SurveyReturn.objects.filter(survey=held).values("agency")
    mine = Agency.objects.filter(pk__in=user.agency_ids(at, Role.STAFF, *HEADS)).order_by(
        "sort_key", "pk"
    )
    answered = set(returned.filter(agency__in=mine).values_list("agency", flat=True))
    oversees = user.holds(*OVERSEERS, at=at)
    taking_part = Participation.objects.visible_to(user, at).active().filter(cycle=held.cycle)
    waiting = taking_part.filter(agency__is_active=True).exclude(agency__in=returned)
    context = {
        "survey": held,
        "is_open": held.is_open(at),
        "mine": [(agency, agency.pk in answered) for agency in mine],
        "oversees": oversees,
        "results": results.read(held, at) if oversees else None,
        "waiting": waiting.order_by("sort_key", "pk")[:MOST_NAMED] if oversees else [],
        "waiting_count": waiting.count() if oversees else 0,
        "fewest": distribution.FEWEST,
    }
    return render(request, "festival/surveys/survey.html", context)


@require_http_methods(["GET", "POST"])
def survey_answer(request: PortalRequest, pk: int, agency: int) -> HttpResponse:
    """Take an agency's answers; they are sent once, and cannot be told apart afterwards."""
    held = _survey(request, pk)
    mine = Agency.objects.filter(pk__in=request.user.agency_ids(request.at, Role.STAFF, *HEADS))
    own_agency = get_object_or_404(mine, pk=agency)
    then = redirect(reverse("festival:survey", args=[pk]))
    if why := actions.why_not_answered(held, own_agency, request.at):
        messages.error(request, why)
        return then
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, questions=held.questions.order_by("position"))
    if form.is_valid():
        with attempt(form):
            actions.answer(held, own_agency, form.answers, by=request.user, at=request.at)
            messages.success(
                request, _("Thank you. Your answers are kept without your agency's name.")
            )
            return then
    return render(
        request,
        "festival/surveys/survey_answer.html",
        {"survey": held, "agency": own_agency, "form": form},
    )
