"""Addresses of the pages of signing; submissions/urls.py gathers them."""

from django.urls import path

from submissions.signing import declaration_views, views

urlpatterns = [
    path("<int:pk>/review/", views.review, name="review"),
    path("<int:pk>/declaration/", declaration_views.declaration, name="declaration"),
    path("<int:pk>/declaration/judge/", declaration_views.judge, name="declaration_judge"),
    path("<int:pk>/<submission_move:name>/", views.move, name="move"),
    path("versions/<uuid:uuid>/", views.version, name="version"),
    path("versions/<uuid:uuid>/content/", views.version_content, name="version_content"),
    path("versions/<uuid:uuid>/take-up/", views.version_take_up, name="take_up"),
    path("versions/<uuid:uuid>/receipt/", views.receipt, name="receipt"),
]
