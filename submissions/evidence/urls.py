"""Addresses of the pages of evidence; submissions/urls.py gathers them."""

from django.urls import path

from submissions.evidence import upload_views, views

urlpatterns = [
    path("lines/<int:pk>/evidence/", views.attach, name="attach"),
    path("lines/<int:pk>/evidence/files/", views.files, name="files"),
    path("lines/<int:pk>/evidence/held/", views.held_documents, name="held"),
    path("lines/<int:pk>/evidence/held/<uuid:uuid>/", views.reuse, name="reuse"),
    path("lines/<int:pk>/evidence/uploads/", upload_views.begin, name="uploads"),
    path("uploads/<uuid:uuid>/", upload_views.upload, name="upload"),
    path("evidence/<uuid:uuid>/", views.download, name="evidence"),
    path("evidence/<uuid:uuid>/preview/", views.preview, name="preview"),
    path("evidence/<uuid:uuid>/pictures/<int:number>/", views.picture, name="picture"),
    path("evidence/<uuid:uuid>/reference/", views.refer, name="refer"),
    path("evidence/<uuid:uuid>/withdraw/", views.detach, name="detach"),
]
