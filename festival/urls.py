"""Addresses of results, awards and reports, of the calendar kept, of what follows, and of the register of indices."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from festival import (
    awards_pages,
    awards_public,
    ceremonies_pages,
    commenting,
    consequence_pages,
    duties,
    improvement_pages,
    indices_keeping,
    indices_pages,
    indices_reporting,
    lesson_pages,
    method,
    open_data,
    report_pages,
    secretariat,
    survey_pages,
    views,
)


class AwardMove(StringConverter):
    """A move on one award; no other name is an address."""

    regex = "|".join(awards_pages.ENDS)


register_converter(AwardMove, "award_move")

app_name = "festival"
results = [
    path("", views.results, name="results"),
    path("method/", method.method, name="method"),
    path("<int:year>/", views.edition, name="edition"),
    path("<int:year>/editions/<int:number>/", views.edition, name="edition_of_number"),
    path("<int:year>/editions/<int:number>/data/", open_data.downloads, name="downloads"),
    path("<int:year>/followed/", views.followed, name="followed"),
    path("<int:year>/ranking.<str:form>", views.ranking_file, name="ranking_file"),
    path("<int:year>/measures/<uuid:lineage>/", commenting.measure, name="measure"),
    path("manage/comments/", commenting.queue, name="comments"),
    path("manage/comments/<int:pk>/publish/", commenting.comment_publish, name="comment_publish"),
    path("manage/comments/<int:pk>/reject/", commenting.comment_reject, name="comment_reject"),
    path("sets/<int:pk>/comments/", commenting.comments_of_set, name="comments_of_set"),
    path("agencies/<str:code>/", views.agency, name="agency"),
    path("reports/<uuid:uuid>.pdf", views.report_file, name="report_file"),
    path("reports/<uuid:uuid>-archive.pdf", views.report_file, {"form": "-archive"}, name="report_archive"),
    path("manage/<int:year>/", secretariat.manage, name="manage"),
    path("manage/<int:year>/finalise/", secretariat.finalise, name="finalise"),
    path("manage/<int:year>/schedule/", secretariat.schedule, name="schedule"),
    path("manage/<int:year>/what-if/", secretariat.what_if, name="what_if"),
    path("manage/<int:year>/revise/", secretariat.revise, name="revise"),
    path("manage/<int:year>/deliver/", report_pages.deliver, name="deliver"),
    path("manage/<int:year>/texts/", report_pages.texts, name="report_texts"),
    path("manage/<int:year>/texts/<str:language>/<str:chapter>/", report_pages.text, name="report_text"),
    path("manage/<int:year>/reports/", report_pages.ask_for_report, name="ask_for_report"),
    path("manage/reports/<uuid:uuid>/", report_pages.report_progress, name="report_progress"),
    path("manage/reports/<uuid:uuid>/cancel/", report_pages.cancel_report, name="cancel_report"),
    path("manage/reports/<uuid:uuid>/approve/", report_pages.approve_report, name="approve_report"),
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
improvement = [
    path("", improvement_pages.plans, name="improvements"),
    path("plans.<str:kind>", improvement_pages.plans_file, name="improvements_file"),
    path("<int:pk>/", improvement_pages.plan, name="improvement"),
    path("<int:pk>/findings/", improvement_pages.findings, name="findings"),
    path("<int:pk>/items/", improvement_pages.item_new, name="improvement_item_new"),
    path("<int:pk>/<str:name>/", improvement_pages.move, name="improvement_move"),
    path("items/<int:pk>/", improvement_pages.item, name="improvement_item"),
    path("items/<int:pk>/strike/", improvement_pages.item_strike, name="improvement_strike"),
    path("items/<int:pk>/progress/", improvement_pages.item_progress, name="improvement_progress"),
    path("begin/<int:pk>/", improvement_pages.begin, name="improvement_begin"),
    path("before/<int:pk>/", improvement_pages.last_plan, name="last_plan"),
]
consequences = [
    path("<int:year>/", consequence_pages.consequences, name="consequences"),
    path("<int:year>/rules/", consequence_pages.settle, name="consequence_settle"),
    path("<int:year>/draw/", consequence_pages.draw, name="consequences_draw"),
    path("rules/<int:pk>/strike/", consequence_pages.rule_strike, name="consequence_strike"),
    path("each/<int:pk>/", consequence_pages.consequence, name="consequence"),
    path("each/<int:pk>/letter/", consequence_pages.letter, name="consequence_letter"),
    path("each/<int:pk>/waive/", consequence_pages.waive, name="consequence_waive"),
    path("each/<int:pk>/file/", consequence_pages.letter_file, name="consequence_file"),
]
surveys = [
    path("years/<int:year>/", survey_pages.survey_new, name="survey_new"),
    path("<int:pk>/", survey_pages.survey, name="survey"),
    path("<int:pk>/agencies/<int:agency>/", survey_pages.survey_answer, name="survey_answer"),
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
    path("indices/", include(indices)),
    path("improvement/", include(improvement)),
    path("consequences/", include(consequences)),
    path("surveys/", include(surveys)),
    path("closing/<int:year>/", lesson_pages.closing, name="closing"),
    path("lessons/<int:year>/", lesson_pages.lessons, name="lessons"),
    path("lessons/sets/<int:pk>/", lesson_pages.lessons_of_set, name="lessons_of_set"),
    path("festival/", include(awards)),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
