"""Address of the page of a publication's files."""

from django.urls import path

from festival.open_data import views

urlpatterns = [
    path("<int:year>/editions/<int:number>/data/", views.downloads, name="downloads"),
]
