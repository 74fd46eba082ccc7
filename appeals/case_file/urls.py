"""Addresses of the pages of case file; appeals/urls.py gathers them."""

from django.urls import path

from appeals.case_file import views

urlpatterns = [
    path("", views.appeal_list, name="list"),
    path("agencies/<int:pk>/", views.agency, name="agency"),
    path("lines/<int:pk>/", views.line_slot, name="line"),
    path("<int:pk>/paper/", views.appeal_paper, name="paper"),
    path("<int:pk>/bundle/", views.appeal_bundle, name="bundle"),
    path("<int:pk>/<appeal_move:name>/", views.appeal_move, name="move"),
]
