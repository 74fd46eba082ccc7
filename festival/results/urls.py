"""Addresses of published results, and of the secretariat's pages on them."""

from django.urls import path

from festival.results import manage_views, method_views, views

urlpatterns = [
    path("", views.results, name="results"),
    path("<int:year>/", views.edition, name="edition"),
    path("<int:year>/editions/<int:number>/", views.edition, name="edition_of_number"),
    path("<int:year>/ranking.<str:form>", views.ranking_file, name="ranking_file"),
    path("agencies/<str:code>/", views.agency, name="agency"),
    path("reports/<uuid:uuid>.pdf", views.report_file, name="report_file"),
    path(
        "reports/<uuid:uuid>-archive.pdf",
        views.report_file,
        {"form": "-archive"},
        name="report_archive",
    ),
    path("method/", method_views.method, name="method"),
    path("manage/<int:year>/", manage_views.manage, name="manage"),
    path("manage/<int:year>/finalise/", manage_views.finalise, name="finalise"),
    path("manage/<int:year>/schedule/", manage_views.schedule, name="schedule"),
    path("manage/<int:year>/revise/", manage_views.revise, name="revise"),
]
