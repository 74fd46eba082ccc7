"""Addresses of the register of international indices."""

from django.urls import path

from festival.indices import register_views, report_views, views

urlpatterns = [
    path("", views.indices, name="indices"),
    path("values.csv", views.indices_file, name="indices_file"),
    path("chapter/<int:year>/", views.indices_chapter, name="indices_chapter"),
    path("load/", register_views.register_load, name="register_load"),
    path("new/", register_views.index_new, name="index_new"),
    path("regions/", register_views.regions, name="regions"),
    path("regions/new/", register_views.region_new, name="region_new"),
    path("regions/<slug:code>/", register_views.region_edit, name="region_edit"),
    path(
        "recommendations/<int:pk>/approve/",
        register_views.recommendation_approve,
        name="recommendation_approve",
    ),
    path("reports/", report_views.index_reports, name="index_reports"),
    path("reports/<int:pk>/send/", report_views.index_report_send, name="index_report_send"),
    # codes are in capital letters, so no index is called by one of the words above
    path("<slug:code>/", views.index, name="index"),
    path("<slug:code>/values.csv", views.index_file, name="index_file"),
    path("<slug:code>/edit/", register_views.index_edit, name="index_edit"),
    path("<slug:code>/editions/new/", register_views.edition_new, name="edition_new"),
    path("<slug:code>/import/<slug:form>/", register_views.index_import, name="index_import"),
    path("<slug:code>/recommend/<int:year>/", register_views.recommend, name="recommend"),
    path(
        "<slug:code>/report/<str:agency>/<int:year>/",
        report_views.index_report,
        name="index_report",
    ),
]
