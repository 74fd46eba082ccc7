"""Addresses of the pages of stewards; submissions/urls.py gathers them."""

from django.urls import path

from submissions.stewards import appointment_views, views

urlpatterns = [
    path("stewardships/", views.stewardships, name="stewardships"),
    path("stewardships/<int:pk>/", views.stewardship, name="stewardship"),
    path("stewardships/<int:pk>/source/", views.source, name="source"),
    path("stewardships/<int:pk>/file/", views.take_in, name="figures_import"),
    path("stewardships/<int:pk>/file/<answers_kind:kind>/", views.export, name="figures_file"),
    path("stewardships/<int:pk>/supply/", views.supply, name="supply"),
    path("stewardships/<int:pk>/open-again/", views.open_again, name="open_again"),
    path("board/<int:pk>/stewards/", appointment_views.of_cycle, name="stewards"),
]
