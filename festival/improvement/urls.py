"""Addresses of improvement plans."""

from django.urls import path

from festival.improvement import views

urlpatterns = [
    path("", views.plans, name="improvements"),
    path("plans.<str:kind>", views.plans_file, name="improvements_file"),
    path("<int:pk>/", views.plan, name="improvement"),
    path("<int:pk>/findings/", views.findings, name="findings"),
    path("<int:pk>/items/", views.item_new, name="improvement_item_new"),
    path("<int:pk>/<str:name>/", views.move, name="improvement_move"),
    path("items/<int:pk>/", views.item, name="improvement_item"),
    path("items/<int:pk>/strike/", views.item_strike, name="improvement_strike"),
    path("items/<int:pk>/progress/", views.item_progress, name="improvement_progress"),
    path("begin/<int:pk>/", views.begin, name="improvement_begin"),
    path("before/<int:pk>/", views.last_plan, name="last_plan"),
]
