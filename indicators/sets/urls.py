"""Addresses of indicator sets: how they are made, communicated and compared."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from indicators.sets import edit_views, history_views, list_views, target_views, views
from indicators.workflow import SETS


class SetMove(StringConverter):
    """The name of a move that changes a set's state; any other name is no address."""

    regex = "|".join(sorted(move.name for move in SETS.moves.values() if move.target))


register_converter(SetMove, "set_move")

urlpatterns = [
    path("", list_views.set_list, name="list"),
    path("bank/", history_views.bank, name="bank"),
    path("bank/<uuid:lineage>/", history_views.series, name="series"),
    path("new/", edit_views.new, name="new"),
    path("communicate/<int:year>/", views.communicate_all, name="communicate_all"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/<set_move:name>/", views.move, name="move"),
    path("<int:pk>/copy/", edit_views.copy, name="copy"),
    path("<int:pk>/fill/", edit_views.fill, name="fill"),
    path("<int:pk>/issue/", edit_views.issue, name="issue"),
    path("<int:pk>/take/<int:measure>/", edit_views.take, name="take"),
    path("<int:pk>/differences/", history_views.differences, name="differences"),
    path("<int:pk>/changes/", history_views.changes, name="changes"),
    path("<int:pk>/measures/new/", edit_views.measure_new, name="measure_new"),
    path("<int:pk>/measures/<int:measure>/", edit_views.measure_edit, name="measure_edit"),
    path(
        "<int:pk>/measures/<int:measure>/remove/", edit_views.measure_remove, name="measure_remove"
    ),
    path("<int:pk>/measures/<int:measure>/share/", edit_views.share, name="share"),
    path("<int:pk>/shares/<int:part>/take/", edit_views.take_share, name="take_share"),
    path("<int:pk>/axes/new/", edit_views.axis_new, name="axis_new"),
    path("<int:pk>/axes/<int:axis>/", edit_views.axis_edit, name="axis_edit"),
    path("<int:pk>/axes/<int:axis>/remove/", edit_views.axis_remove, name="axis_remove"),
    path("<int:pk>/goals/new/", edit_views.goal_new, name="goal_new"),
    path("<int:pk>/goals/<int:goal>/", edit_views.goal_edit, name="goal_edit"),
    path("<int:pk>/goals/<int:goal>/remove/", edit_views.goal_remove, name="goal_remove"),
    path("<int:pk>/targets/", target_views.grid, name="grid"),
]
