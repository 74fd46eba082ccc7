"""Addresses of annual plans and quarterly reports."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from indicators.plans import views
from indicators.workflow import PLANS, REPORTS


class PlanMove(StringConverter):
    """The name of a move that changes a plan's state."""

    regex = "|".join(sorted(move.name for move in PLANS.moves.values() if move.target))


class ReportMove(StringConverter):
    """The name of a move that changes the state of a quarter's report."""

    regex = "|".join(sorted(move.name for move in REPORTS.moves.values() if move.target))


register_converter(PlanMove, "plan_move")
register_converter(ReportMove, "report_move")

urlpatterns = [
    path("plans/", views.plan_list, name="plans"),
    path("plans/<int:pk>/", views.plan_detail, name="plan"),
    path("plans/<int:pk>/<plan_move:name>/", views.plan_move, name="plan_move"),
    path("plans/quarters/<int:pk>/", views.quarter_detail, name="quarter"),
    path("plans/quarters/<int:pk>/<report_move:name>/", views.quarter_move, name="quarter_move"),
]
