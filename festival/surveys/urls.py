"""Addresses of surveys."""

from django.urls import path

from festival.surveys import views

urlpatterns = [
    path("years/<int:year>/", views.survey_new, name="survey_new"),
    path("<int:pk>/", views.survey, name="survey"),
    path("<int:pk>/agencies/<int:agency>/", views.survey_answer, name="survey_answer"),
]
