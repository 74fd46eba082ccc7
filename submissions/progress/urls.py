"""Addresses of the pages of progress; submissions/urls.py gathers them."""

from django.urls import path

from submissions.progress import cost_views, views

urlpatterns = [
    path("board/<int:pk>/", views.board, name="board"),
    path("board/<int:pk>/marks/", views.marks_export, name="marks_export"),
    path("board/<int:pk>/costs/", cost_views.costs, name="costs"),
    path("expenses/<int:pk>/strike/", cost_views.expense_strike, name="expense_strike"),
]
