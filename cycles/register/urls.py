"""Addresses of the register of agencies and of people's interests."""

from django.urls import path

from cycles.register import views

urlpatterns = [
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/export/<str:kind>/", views.agencies_export, name="agencies_export"),
    path("agencies/import/", views.agencies_import, name="agencies_import"),
    path("interests/", views.interests, name="interests"),
    path("interests/<int:pk>/", views.interests_state, name="interests_state"),
]
