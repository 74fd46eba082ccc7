"""Addresses of the pages of drafting; appeals/urls.py gathers them."""

from django.urls import path

from appeals.drafting import views

urlpatterns = [
    path("agencies/<int:pk>/file/", views.file, name="file"),
    path("filings/<uuid:uuid>/", views.filing, name="filing"),
    path("filings/<uuid:uuid>/content/", views.filing_content, name="filing_content"),
    path("filings/<uuid:uuid>/receipt/", views.receipt, name="receipt"),
    path("files/<uuid:uuid>/", views.attachment, name="attachment"),
    path("lines/<int:pk>/draft/", views.draft, name="draft"),
]
