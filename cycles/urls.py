"""Addresses of the pages of cycles, agencies, people and the official record."""

from django.urls import path

from cycles import record, register, views

app_name = "cycles"
urlpatterns = [
    path("", views.cycle_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("<int:year>/", views.detail, name="detail"),
    path("<int:year>/move/open/", views.move, {"name": "open"}, name="move"),
    path("<int:year>/participants/", views.participants, name="participants"),
    path("agencies/", register.agencies, name="agencies"),
    path("agencies/export/<str:kind>/", register.agencies_export, name="agencies_export"),
    path("agencies/import/", register.agencies_import, name="agencies_import"),
    path("people/", register.people, name="people"),
    path("people/<int:pk>/", register.person, name="person"),
    path("people/<int:pk>/grant/", register.grant, name="grant"),
    path("roles/<int:pk>/end/", register.end_role, name="end_role"),
    path("interests/", register.interests, name="interests"),
    path("ledger/", record.ledger, name="ledger"),
]
