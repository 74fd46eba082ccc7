"""Addresses of the public results, of the calendar kept, of the secretariat, and of the register of indices."""

from django.urls import include, path

from festival import (
    commenting,
    duties,
    indices_keeping,
    indices_pages,
    indices_reporting,
    method,
    open_data,
    secretariat,
    views,
)

app_name = "festival"
results = [
    path("", views.results, name="results"),
    path("method/", method.method, name="method"),
    path("<int:year>/", views.edition, name="edition"),
    path("<int:year>/editions/<int:number>/", views.edition, name="edition_of_number"),
    path("<int:year>/editions/<int:number>/data/", open_data.downloads, name="downloads"),
    path("<int:year>/ranking.<str:form>", views.ranking_file, name="ranking_file"),
    path("<int:year>/measures/<uuid:lineage>/", commenting.measure, name="measure"),
    path("manage/comments/", commenting.queue, name="comments"),
    path("manage/comments/<int:pk>/publish/", commenting.comment_publish, name="comment_publish"),
    path("manage/comments/<int:pk>/reject/", commenting.comment_reject, name="comment_reject"),
    path("sets/<int:pk>/comments/", commenting.comments_of_set, name="comments_of_set"),
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
indices = [
    path("", indices_pages.indices, name="indices"),
    path("values.csv", indices_pages.indices_file, name="indices_file"),
    path("chapter/<int:year>/", indices_pages.indices_chapter, name="indices_chapter"),
    path("load/", indices_keeping.register_load, name="register_load"),
    path("new/", indices_keeping.index_new, name="index_new"),
    path("regions/", indices_keeping.regions, name="regions"),
    path("regions/new/", indices_keeping.region_new, name="region_new"),
    path("regions/<slug:code>/", indices_keeping.region_edit, name="region_edit"),
    path("recommendations/<int:pk>/approve/", indices_keeping.recommendation_approve, name="recommendation_approve"),
    path("reports/", indices_reporting.index_reports, name="index_reports"),
    path("reports/<int:pk>/send/", indices_reporting.index_report_send, name="index_report_send"),
    # codes are in capital letters, so no index is called by one of the words above
    path("<slug:code>/", indices_pages.index, name="index"),
    path("<slug:code>/values.csv", indices_pages.index_file, name="index_file"),
    path("<slug:code>/edit/", indices_keeping.index_edit, name="index_edit"),
    path("<slug:code>/editions/new/", indices_keeping.edition_new, name="edition_new"),
    path("<slug:code>/import/<slug:form>/", indices_keeping.index_import, name="index_import"),
    path("<slug:code>/recommend/<int:year>/", indices_keeping.recommend, name="recommend"),
    path("<slug:code>/report/<str:agency>/<int:year>/", indices_reporting.index_report, name="index_report"),
]
urlpatterns = [
    path("festival/", include(results)),
    path("indices/", include(indices)),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
