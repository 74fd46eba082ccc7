"""Addresses of the consequences of results."""

from django.urls import path

from festival.consequences import views

urlpatterns = [
    path("<int:year>/", views.consequences, name="consequences"),
    path("<int:year>/rules/", views.settle, name="consequence_settle"),
    path("<int:year>/draw/", views.draw, name="consequences_draw"),
    path("rules/<int:pk>/strike/", views.rule_strike, name="consequence_strike"),
    path("each/<int:pk>/", views.consequence, name="consequence"),
    path("each/<int:pk>/letter/", views.letter, name="consequence_letter"),
    path("each/<int:pk>/waive/", views.waive, name="consequence_waive"),
    path("each/<int:pk>/file/", views.letter_file, name="consequence_file"),
]
