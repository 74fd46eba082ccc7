"""Addresses of the pages of appeals."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from appeals import correcting_pages, outcomes, pages, pleading, sittings, views


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(pages.PAGES)


register_converter(PageMove, "appeal_move")

app_name = "appeals"
urlpatterns = [
    path("", views.appeal_list, name="list"),
    path("agencies/<int:pk>/", views.agency, name="agency"),
    path("agencies/<int:pk>/file/", pleading.file, name="file"),
    path("filings/<uuid:uuid>/", pleading.filing, name="filing"),
    path("filings/<uuid:uuid>/content/", pleading.filing_content, name="filing_content"),
    path("filings/<uuid:uuid>/receipt/", pleading.receipt, name="receipt"),
    path("files/<uuid:uuid>/", pleading.attachment, name="attachment"),
    path("lines/<int:pk>/", views.line_slot, name="line"),
    path("lines/<int:pk>/draft/", pleading.draft, name="draft"),
    path("questions/<int:pk>/", sittings.reply, name="reply"),
    path("cycles/<int:pk>/", outcomes.outcomes, name="outcomes"),
    path("cycles/<int:pk>/share-out/", sittings.share_out, name="share_out"),
    path("sets/<int:pk>/", outcomes.flags, name="flags"),
    path("<int:pk>/", sittings.detail, name="detail"),
    path("<int:pk>/ask/", sittings.ask, name="ask"),
    path("<int:pk>/hand-over/", sittings.hand_over, name="hand_over"),
    path("<int:pk>/decide/", sittings.decide, name="decide"),
    path("<int:pk>/correct/", correcting_pages.correct, name="correct"),
    path("corrections/<int:pk>/", correcting_pages.correction, name="correction"),
    path("<int:pk>/paper/", views.appeal_paper, name="paper"),
    path("<int:pk>/bundle/", views.appeal_bundle, name="bundle"),
    path("<int:pk>/<appeal_move:name>/", views.appeal_move, name="move"),
]
