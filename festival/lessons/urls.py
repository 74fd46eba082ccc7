"""Addresses of what results say of measures."""

from django.urls import path

from festival.lessons import views

urlpatterns = [
    path("<int:year>/", views.lessons, name="lessons"),
    path("sets/<int:pk>/", views.lessons_of_set, name="lessons_of_set"),
]
