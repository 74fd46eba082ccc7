"""Addresses of the Article 82 report: its texts, drawing-up, approval and delivery."""

from django.urls import path

from festival.report import views

urlpatterns = [
    path("manage/<int:year>/deliver/", views.deliver, name="deliver"),
    path("manage/<int:year>/texts/", views.texts, name="report_texts"),
    path(
        "manage/<int:year>/texts/<str:language>/<str:chapter>/",
        views.text,
        name="report_text",
    ),
    path("manage/<int:year>/reports/", views.ask_for_report, name="ask_for_report"),
    path("manage/reports/<uuid:uuid>/", views.report_progress, name="report_progress"),
    path("manage/reports/<uuid:uuid>/cancel/", views.cancel_report, name="cancel_report"),
    path("manage/reports/<uuid:uuid>/approve/", views.approve_report, name="approve_report"),
]
