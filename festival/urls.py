"""Addresses of the public results, of the year's calendar kept, and of the festival's secretariat."""

from django.urls import include, path

from festival import duties, open_data, secretariat, views

app_name = "festival"
results = [
    path("", views.results, name="results"),
    path("<int:year>/", views.edition, name="edition"),
    path("<int:year>/editions/<int:number>/", views.edition, name="edition_of_number"),
    path("<int:year>/editions/<int:number>/data/", open_data.downloads, name="downloads"),
    path("<int:year>/ranking.<str:form>", views.ranking_file, name="ranking_file"),
    path("agencies/<str:code>/", views.agency, name="agency"),
    path("reports/<uuid:uuid>.pdf", views.report_file, name="report_file"),
    path("manage/<int:year>/", secretariat.manage, name="manage"),
    path("manage/<int:year>/finalise/", secretariat.finalise, name="finalise"),
    path("manage/<int:year>/schedule/", secretariat.schedule, name="schedule"),
    path("manage/<int:year>/what-if/", secretariat.what_if, name="what_if"),
    path("manage/<int:year>/revise/", secretariat.revise, name="revise"),
    path("manage/<int:year>/deliver/", secretariat.deliver, name="deliver"),
    path("manage/<int:year>/reports/", secretariat.ask_for_report, name="ask_for_report"),
    path("manage/reports/<uuid:uuid>/", secretariat.report_progress, name="report_progress"),
    path("manage/reports/<uuid:uuid>/approve/", secretariat.approve_report, name="approve_report"),
]
urlpatterns = [
    path("festival/", include(results)),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
