"""Addresses of the pages of verification; submissions/urls.py gathers them."""

from django.urls import path

from submissions.verification import views

urlpatterns = [
    path("verifications/", views.verifications, name="verifications"),
    path("verifications/<int:pk>/", views.verification, name="verification"),
    path("exhibits/<uuid:uuid>/", views.exhibit, name="exhibit"),
    path("board/<int:pk>/sample/", views.sample, name="sample"),
]
