"""Addresses of views."""

from django.urls import path

from cycles.jobs import views

urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/try-again/", views.job_move, {"name": "try_again"}, name="job_try_again"),
    path("jobs/<int:pk>/stop/", views.job_move, {"name": "stop"}, name="job_stop"),
    path("jobs/messages/", views.send_again, name="send_again"),
]
