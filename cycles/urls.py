"""Addresses of the pages of cycles, agencies, people and the official record."""

from django.urls import path

from cycles import views

app_name = "cycles"
urlpatterns = [
    path("", views.cycle_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("<int:year>/", views.detail, name="detail"),
    path("<int:year>/move/open/", views.move, {"name": "open"}, name="move"),
    path("<int:year>/participants/", views.participants, name="participants"),
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/export/<str:kind>/", views.agencies_export, name="agencies_export"),
    path("agencies/import/", views.agencies_import, name="agencies_import"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/grant/", views.grant, name="grant"),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("interests/", views.interests, name="interests"),
    path("ledger/", views.ledger, name="ledger"),
]
