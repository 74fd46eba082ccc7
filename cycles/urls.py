"""Addresses of years, agencies, people, jobs, notices and the official record."""

from django.urls import include, path

from cycles.record import views as record_views

app_name = "cycles"
pages = [
    path("", include("cycles.years.urls")),
    path("", include("cycles.register.urls")),
    path("", include("cycles.reorganisation.urls")),
    path("", include("cycles.people.urls")),
    path("", include("cycles.record.urls")),
    path("", include("cycles.jobs.urls")),
    path("", include("cycles.notices.urls")),
]
urlpatterns = [
    path("cycles/", include(pages)),
    path("record/", record_views.seals_page, name="seals"),
]
