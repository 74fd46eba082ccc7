"""Addresses of the pages of appeals."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from appeals import lookups
from appeals.case_file import views as case_file_views
from appeals.corrections import views as corrections_views
from appeals.drafting import views as drafting_views
from appeals.hearing import views as hearing_views
from appeals.outcomes import views as outcomes_views


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(lookups.PAGES)


register_converter(PageMove, "appeal_move")

app_name = "appeals"
urlpatterns = [
    path("", case_file_views.appeal_list, name="list"),
    path("agencies/<int:pk>/", case_file_views.agency, name="agency"),
    path("agencies/<int:pk>/file/", drafting_views.file, name="file"),
    path("filings/<uuid:uuid>/", drafting_views.filing, name="filing"),
    path("filings/<uuid:uuid>/content/", drafting_views.filing_content, name="filing_content"),
    path("filings/<uuid:uuid>/receipt/", drafting_views.receipt, name="receipt"),
    path("files/<uuid:uuid>/", drafting_views.attachment, name="attachment"),
    path("lines/<int:pk>/", case_file_views.line_slot, name="line"),
    path("lines/<int:pk>/draft/", drafting_views.draft, name="draft"),
    path("questions/<int:pk>/", hearing_views.reply, name="reply"),
    path("cycles/<int:pk>/", outcomes_views.outcomes, name="outcomes"),
    path("cycles/<int:pk>/share-out/", hearing_views.share_out, name="share_out"),
    path("sets/<int:pk>/", outcomes_views.flags, name="flags"),
    path("<int:pk>/", hearing_views.detail, name="detail"),
    path("<int:pk>/ask/", hearing_views.ask, name="ask"),
    path("<int:pk>/hand-over/", hearing_views.hand_over, name="hand_over"),
    path("<int:pk>/decide/", hearing_views.decide, name="decide"),
    path("<int:pk>/correct/", corrections_views.correct, name="correct"),
    path("corrections/<int:pk>/", corrections_views.correction, name="correction"),
    path("<int:pk>/paper/", case_file_views.appeal_paper, name="paper"),
    path("<int:pk>/bundle/", case_file_views.appeal_bundle, name="bundle"),
    path("<int:pk>/<appeal_move:name>/", case_file_views.appeal_move, name="move"),
]
