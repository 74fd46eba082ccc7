"""Addresses of the pages of indicator sets."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from indicators import reference, views
from indicators.workflow import SETS


class SetMove(StringConverter):
    """The name of a move that changes a set's state; any other name is no address."""

    regex = "|".join(sorted(move.name for move in SETS.moves.values() if move.target))


register_converter(SetMove, "set_move")

app_name = "indicators"
urlpatterns = [
    path("", views.set_list, name="list"),
    path("frameworks/", reference.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", reference.framework_detail, name="framework"),
    path("new/", views.new, name="new"),
    path("communicate/<int:year>/", views.communicate_all, name="communicate_all"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/<set_move:name>/", views.move, name="move"),
    path("<int:pk>/vote/", views.vote, name="vote"),
    path("<int:pk>/fill/", views.fill, name="fill"),
    path("<int:pk>/export/", views.export, name="export"),
    path("<int:pk>/measures/new/", views.measure_new, name="measure_new"),
    path("<int:pk>/measures/<int:measure>/", views.measure_edit, name="measure_edit"),
    path("<int:pk>/measures/<int:measure>/remove/", views.measure_remove, name="measure_remove"),
]
