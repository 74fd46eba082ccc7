"""Addresses of the pages of reliability; submissions/urls.py gathers them."""

from django.urls import path

from submissions.reliability import views

urlpatterns = [
    path("board/<int:pk>/reliability/", views.study, name="reliability"),
    path("reviews/<int:pk>/close/", views.close_task, name="close_task"),
]
