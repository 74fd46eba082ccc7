"""Addresses of the pages of answers; submissions/urls.py gathers them."""

from django.urls import path

from submissions.answers import grid_views, line_views, list_views, sheet_views, views

urlpatterns = [
    path("", list_views.submission_list, name="list"),
    path("export/", list_views.submission_export, name="export"),
    path("begin/<int:pk>/", list_views.submission_begin, name="begin"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/share-out/", line_views.share_out, name="share_out"),
    path("<int:pk>/file/", sheet_views.take_in, name="import"),
    path("<int:pk>/file/<answers_kind:kind>/", sheet_views.export, name="answers_file"),
    path("templates/values/<answers_kind:kind>/", sheet_views.template, name="answers_template"),
    path("lines/<int:pk>/answer/", views.answer_save, name="answer"),
    path("lines/<int:pk>/ready/", line_views.line_ready, name="ready"),
    path("lines/<int:pk>/comment/", line_views.line_comment, name="comment"),
    path("lines/<int:pk>/factor/", line_views.factor_claim, name="factor"),
    path("factors/<int:pk>/withdraw/", line_views.factor_withdraw, name="factor_withdraw"),
    path("units/<int:pk>/", grid_views.grid, name="grid"),
    path("units/<int:pk>/document/", grid_views.document, name="units_document"),
]
