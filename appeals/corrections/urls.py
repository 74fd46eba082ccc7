"""Addresses of the pages of corrections; appeals/urls.py gathers them."""

from django.urls import path

from appeals.corrections import views

urlpatterns = [
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("corrections/<int:pk>/", views.correction, name="correction"),
]
