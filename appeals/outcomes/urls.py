"""Addresses of the pages of outcomes; appeals/urls.py gathers them."""

from django.urls import path

from appeals.outcomes import views

urlpatterns = [
    path("cycles/<int:pk>/", views.outcomes, name="outcomes"),
    path("sets/<int:pk>/", views.flags, name="flags"),
]
