"""Addresses of years, their windows, decrees and holidays."""

from django.urls import path

from cycles.years import holiday_views, views

urlpatterns = [
    path("", views.cycle_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("practice/", views.practice, name="practice"),
    path("<int:year>/", views.detail, name="detail"),
    path("<int:year>/move/open/", views.move, {"name": "open"}, name="move"),
    path("<int:year>/windows/", views.windows, name="windows"),
    path("<int:year>/extend/", views.extend, name="extend"),
    path("extensions/<int:pk>/decree/", views.decree, name="decree"),
    path("holidays/", holiday_views.holidays, name="holidays"),
    path("holidays/add/", holiday_views.holiday_add, name="holiday_add"),
    path(
        "holidays/expected/<int:year>/", holiday_views.holidays_expected, name="holidays_expected"
    ),
    path("holidays/<int:pk>/strike/", holiday_views.holiday_strike, name="holiday_strike"),
    path("<int:year>/participants/", views.participants, name="participants"),
]
