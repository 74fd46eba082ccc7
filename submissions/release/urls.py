"""Addresses of the pages of release; submissions/urls.py gathers them."""

from django.urls import path

from submissions.release import report_views, views

urlpatterns = [
    path("<int:pk>/report/", report_views.report, name="report"),
    path("<int:pk>/report/paper/", report_views.report_file, name="report_file"),
    path("<int:pk>/report/units/", report_views.extract, name="extract"),
    path("<int:pk>/report/units/paper/", report_views.extract_file, name="extract_file"),
    path("board/<int:pk>/communicate/", views.communicate_all, name="communicate_all"),
]
