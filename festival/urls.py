"""Addresses of the public results, of the year's calendar kept, and of the festival's secretariat."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from festival import awards_pages, awards_public, ceremonies_pages, duties, views


class AwardMove(StringConverter):
    """A move on one award; no other name is an address."""

    regex = "|".join(awards_pages.ENDS)


register_converter(AwardMove, "award_move")

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
awards = [
    path("awards/", awards_public.years, name="award_years"),
    path("<int:year>/awards/", awards_public.awards, name="awards"),
    path("certificates/<uuid:uuid>.<str:language>.pdf", awards_public.certificate, name="certificate"),
    path("ceremonies/<int:pk>/", awards_public.ceremony_list, name="ceremony_list"),
    path("ceremonies/<int:pk>/list.<str:form>", awards_public.ceremony_list_file, name="ceremony_list_file"),
    path("manage/<int:year>/ceremonies/", ceremonies_pages.ceremonies, name="ceremonies"),
    path("manage/<int:year>/categories/", ceremonies_pages.categories, name="award_categories"),
    path("manage/<int:year>/categories/new/", ceremonies_pages.category_new, name="award_category_new"),
    path("manage/categories/<int:pk>/", ceremonies_pages.category, name="award_category"),
    path("manage/ceremonies/<int:pk>/", awards_pages.ceremony, name="ceremony"),
    path("manage/ceremonies/<int:pk>/edit/", ceremonies_pages.edit, name="ceremony_edit"),
    path("manage/ceremonies/<int:pk>/minutes/", ceremonies_pages.minutes_new, name="minutes_new"),
    path("manage/ceremonies/<int:pk>/propose/", awards_pages.propose, name="award_propose"),
    path("manage/ceremonies/<int:pk>/add/", awards_pages.put_forward, name="award_add"),
    path("manage/ceremonies/<int:pk>/decide/", awards_pages.decide, name="award_decide"),
    path("manage/minutes/<int:pk>/", ceremonies_pages.minutes, name="minutes"),
    path("manage/minutes/<int:pk>/paper/", ceremonies_pages.minutes_paper, name="minutes_paper"),
    path("manage/awards/<int:pk>/<award_move:name>/", awards_pages.move, name="award_move"),
]
urlpatterns = [
    path("festival/", include(results)),
    path("festival/", include(awards)),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
