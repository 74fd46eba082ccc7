"""Addresses of the pages of calibration; submissions/urls.py gathers them."""

from django.urls import path

from submissions.calibration import views

urlpatterns = [
    path("training/", views.trainings, name="trainings"),
    path("training/<int:pk>/begin/", views.begin, name="training_begin"),
    path("training/sittings/<int:pk>/", views.calibration, name="calibration"),
    path("board/<int:pk>/references/", views.references, name="references"),
    path("references/<int:pk>/withdraw/", views.reference_withdraw, name="reference_withdraw"),
]
