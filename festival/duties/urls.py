"""Addresses of the authority's duties and the public timeline."""

from django.urls import path

from festival.duties import views

urlpatterns = [
    path("timeline/", views.timeline, name="timeline"),
    path("timeline.ics", views.timeline_feed, name="timeline_feed"),
    path("duties/", views.duties, name="duties"),
    path("duties.csv", views.duties_file, name="duties_file"),
]
