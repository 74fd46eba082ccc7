"""Addresses of reference frameworks."""

from django.urls import path

from indicators.frameworks import views

urlpatterns = [
    path("frameworks/", views.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", views.framework_detail, name="framework"),
]
