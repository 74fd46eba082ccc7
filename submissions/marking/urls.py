"""Addresses of the pages of marking; submissions/urls.py gathers them."""

from django.urls import path

from submissions.marking import assignment_views, reconciliation_views, views

urlpatterns = [
    path("<int:pk>/assign/", assignment_views.assign, name="assign"),
    path("blocks/", views.block_list, name="blocks"),
    path("blocks/<int:pk>/", views.block_detail, name="block"),
    path("blocks/<int:pk>/marks/", views.block_marks, name="marks"),
    path("blocks/<int:pk>/hand-in/", views.block_hand_in, name="hand_in"),
    path("reconciliations/", reconciliation_views.reconciliations, name="reconciliations"),
    path("reconciliations/<int:pk>/", reconciliation_views.reconciliation, name="reconciliation"),
    path("board/<int:pk>/assign/", assignment_views.assign_all, name="assign_all"),
]
