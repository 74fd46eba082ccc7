"""Address of the page on which other weights are tried."""

from django.urls import path

from festival.ranking import views

urlpatterns = [
    path("manage/<int:year>/what-if/", views.what_if, name="what_if"),
]
