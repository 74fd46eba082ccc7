"""Addresses of the pages of scoring; submissions/urls.py gathers them."""

from django.urls import path

from submissions.scoring import views

urlpatterns = [
    path("board/<int:pk>/compute/", views.compute, name="compute"),
    path("runs/<int:pk>/", views.run_detail, name="run"),
]
