"""Addresses of how a year was closed."""

from django.urls import path

from festival.closing import views

urlpatterns = [
    path("closing/<int:year>/", views.closing, name="closing"),
    path("festival/<int:year>/followed/", views.plans_after_results, name="followed"),
]
