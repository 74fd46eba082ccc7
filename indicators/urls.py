"""Addresses of the pages of indicator sets and annual plans."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from indicators import quarters, reference, views
from indicators.workflow import PLANS, REPORTS, SETS


class SetMove(StringConverter):
    """The name of a move that changes a set's state; any other name is no address."""

    regex = "|".join(sorted(move.name for move in SETS.moves.values() if move.target))


class PlanMove(StringConverter):
    """The name of a move that changes a plan's state."""

    regex = "|".join(sorted(move.name for move in PLANS.moves.values() if move.target))


class ReportMove(StringConverter):
    """The name of a move that changes the state of a quarter's report."""

    regex = "|".join(sorted(move.name for move in REPORTS.moves.values() if move.target))


register_converter(SetMove, "set_move")
register_converter(PlanMove, "plan_move")
register_converter(ReportMove, "report_move")

app_name = "indicators"
urlpatterns = [
    path("", views.set_list, name="list"),
    path("frameworks/", reference.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", reference.framework_detail, name="framework"),
    path("new/", views.new, name="new"),
    path("communicate/<int:year>/", views.communicate_all, name="communicate_all"),
    path("plans/", quarters.plan_list, name="plans"),
    path("plans/<int:pk>/", quarters.plan_detail, name="plan"),
    path("plans/<int:pk>/<plan_move:name>/", quarters.plan_move, name="plan_move"),
    path("plans/quarters/<int:pk>/", quarters.quarter_detail, name="quarter"),
    path("plans/quarters/<int:pk>/<report_move:name>/", quarters.quarter_move, name="quarter_move"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/<set_move:name>/", views.move, name="move"),
    path("<int:pk>/vote/", views.vote, name="vote"),
    path("<int:pk>/fill/", views.fill, name="fill"),
    path("<int:pk>/export/", views.export, name="export"),
    path("<int:pk>/measures/new/", views.measure_new, name="measure_new"),
    path("<int:pk>/measures/<int:measure>/", views.measure_edit, name="measure_edit"),
    path("<int:pk>/measures/<int:measure>/remove/", views.measure_remove, name="measure_remove"),
]
