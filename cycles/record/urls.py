"""Addresses of the official record."""

from django.urls import path

from cycles.record import views

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/export/", views.ledger_export, name="ledger_export"),
    path("ledger/verify/", views.ledger_verify, name="ledger_verify"),
]
