"""Addresses of indicator sets, working groups, annual plans and frameworks."""

from django.urls import include, path

app_name = "indicators"
urlpatterns = [
    path("", include("indicators.sets.urls")),
    path("", include("indicators.frameworks.urls")),
    path("", include("indicators.working_groups.urls")),
    path("", include("indicators.plans.urls")),
    path("", include("indicators.exchange.urls")),
]
