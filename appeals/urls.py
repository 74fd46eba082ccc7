"""Addresses of the pages of appeals."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from appeals import views


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(views.PAGES)


register_converter(PageMove, "appeal_move")

app_name = "appeals"
urlpatterns = [
    path("", views.appeal_list, name="list"),
    path("file/", views.appeal_file, name="file"),
    path("lines/<int:pk>/", views.line_slot, name="line"),
    path("lines/<int:pk>/draft/", views.appeal_draft, name="draft"),
    path("<int:pk>/", views.appeal_detail, name="detail"),
    path("<int:pk>/decide/", views.appeal_decide, name="decide"),
    path("<int:pk>/<appeal_move:name>/", views.appeal_move, name="move"),
]
