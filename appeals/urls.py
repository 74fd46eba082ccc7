"""Addresses of the pages of appeals; each package lists its own."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from appeals import lookups


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(lookups.PAGES)


register_converter(PageMove, "appeal_move")

app_name = "appeals"
urlpatterns = [
    path("", include("appeals.case_file.urls")),
    path("", include("appeals.drafting.urls")),
    path("", include("appeals.hearing.urls")),
    path("", include("appeals.outcomes.urls")),
    path("", include("appeals.corrections.urls")),
]
