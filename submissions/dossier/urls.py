"""Addresses of the pages of dossier; submissions/urls.py gathers them."""

from django.urls import path

from submissions.dossier import views

urlpatterns = [
    path("lines/<int:pk>/", views.line_dossier, name="line"),
    path("lines/<int:pk>/ask/", views.clarification_ask, name="ask"),
    path("lines/<int:pk>/reply/", views.clarification_reply, name="reply"),
    path("factors/<int:pk>/judge/", views.factor_judge, name="factor_judge"),
]
