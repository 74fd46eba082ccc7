"""Addresses of the public results, of the year's calendar kept, and of the festival's secretariat."""

from django.urls import include, path

from festival import duties, views

app_name = "festival"
results = [
    path("", views.results, name="results"),
    path("<int:year>/", views.edition, name="edition"),
    path("<int:year>/ranking.<str:form>", views.ranking_file, name="ranking_file"),
    path("agencies/<str:code>/", views.agency, name="agency"),
    path("reports/<uuid:uuid>.pdf", views.report_file, name="report_file"),
    path("manage/<int:year>/", views.manage, name="manage"),
    path("manage/<int:year>/finalise/", views.finalise, name="finalise"),
    path("manage/<int:year>/schedule/", views.schedule, name="schedule"),
    path("manage/<int:year>/deliver/", views.deliver, name="deliver"),
    path("manage/<int:year>/reports/", views.ask_for_report, name="ask_for_report"),
    path("manage/reports/<uuid:uuid>/", views.report_progress, name="report_progress"),
    path("manage/reports/<uuid:uuid>/approve/", views.approve_report, name="approve_report"),
]
urlpatterns = [
    path("festival/", include(results)),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
