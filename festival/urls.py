"""Addresses of results, awards and reports, of the calendar kept, of what follows, and of the
register of indices.
"""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from festival.awards import ceremony_views, public_views
from festival.awards import views as awards_views
from festival.closing import views as closing_views
from festival.comments import views as comments_views
from festival.consequences import views as consequences_views
from festival.duties import views as duties_views
from festival.improvement import views as improvement_views
from festival.indices import register_views
from festival.indices import report_views as indices_report_views
from festival.indices import views as indices_views
from festival.lessons import views as lessons_views
from festival.open_data import views as open_data_views
from festival.ranking import views as ranking_views
from festival.report import views as report_views
from festival.results import manage_views, method_views
from festival.results import views as results_views
from festival.surveys import views as surveys_views


class AwardMove(StringConverter):
    """A move on one award; no other name is an address."""

    regex = "|".join(awards_views.ENDS)


register_converter(AwardMove, "award_move")

app_name = "festival"
results = [
    path("", results_views.results, name="results"),
    path("method/", method_views.method, name="method"),
    path("<int:year>/", results_views.edition, name="edition"),
    path("<int:year>/editions/<int:number>/", results_views.edition, name="edition_of_number"),
    path("<int:year>/editions/<int:number>/data/", open_data_views.downloads, name="downloads"),
    path("<int:year>/followed/", closing_views.followed, name="followed"),
    path("<int:year>/ranking.<str:form>", results_views.ranking_file, name="ranking_file"),
    path("<int:year>/measures/<uuid:lineage>/", comments_views.measure, name="measure"),
    path("manage/comments/", comments_views.queue, name="comments"),
    path(
        "manage/comments/<int:pk>/publish/", comments_views.comment_publish, name="comment_publish"
    ),
    path("manage/comments/<int:pk>/reject/", comments_views.comment_reject, name="comment_reject"),
    path("sets/<int:pk>/comments/", comments_views.comments_of_set, name="comments_of_set"),
    path("agencies/<str:code>/", results_views.agency, name="agency"),
    path("reports/<uuid:uuid>.pdf", results_views.report_file, name="report_file"),
    path(
        "reports/<uuid:uuid>-archive.pdf",
        results_views.report_file,
        {"form": "-archive"},
        name="report_archive",
    ),
    path("manage/<int:year>/", manage_views.manage, name="manage"),
    path("manage/<int:year>/finalise/", manage_views.finalise, name="finalise"),
    path("manage/<int:year>/schedule/", manage_views.schedule, name="schedule"),
    path("manage/<int:year>/what-if/", ranking_views.what_if, name="what_if"),
    path("manage/<int:year>/revise/", manage_views.revise, name="revise"),
    path("manage/<int:year>/deliver/", report_views.deliver, name="deliver"),
    path("manage/<int:year>/texts/", report_views.texts, name="report_texts"),
    path(
        "manage/<int:year>/texts/<str:language>/<str:chapter>/",
        report_views.text,
        name="report_text",
    ),
    path("manage/<int:year>/reports/", report_views.ask_for_report, name="ask_for_report"),
    path("manage/reports/<uuid:uuid>/", report_views.report_progress, name="report_progress"),
    path("manage/reports/<uuid:uuid>/cancel/", report_views.cancel_report, name="cancel_report"),
    path("manage/reports/<uuid:uuid>/approve/", report_views.approve_report, name="approve_report"),
]
indices = [
    path("", indices_views.indices, name="indices"),
    path("values.csv", indices_views.indices_file, name="indices_file"),
    path("chapter/<int:year>/", indices_views.indices_chapter, name="indices_chapter"),
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
    path("reports/", indices_report_views.index_reports, name="index_reports"),
    path(
        "reports/<int:pk>/send/", indices_report_views.index_report_send, name="index_report_send"
    ),
    # codes are in capital letters, so no index is called by one of the words above
    path("<slug:code>/", indices_views.index, name="index"),
    path("<slug:code>/values.csv", indices_views.index_file, name="index_file"),
    path("<slug:code>/edit/", register_views.index_edit, name="index_edit"),
    path("<slug:code>/editions/new/", register_views.edition_new, name="edition_new"),
    path("<slug:code>/import/<slug:form>/", register_views.index_import, name="index_import"),
    path("<slug:code>/recommend/<int:year>/", register_views.recommend, name="recommend"),
    path(
        "<slug:code>/report/<str:agency>/<int:year>/",
        indices_report_views.index_report,
        name="index_report",
    ),
]
improvement = [
    path("", improvement_views.plans, name="improvements"),
    path("plans.<str:kind>", improvement_views.plans_file, name="improvements_file"),
    path("<int:pk>/", improvement_views.plan, name="improvement"),
    path("<int:pk>/findings/", improvement_views.findings, name="findings"),
    path("<int:pk>/items/", improvement_views.item_new, name="improvement_item_new"),
    path("<int:pk>/<str:name>/", improvement_views.move, name="improvement_move"),
    path("items/<int:pk>/", improvement_views.item, name="improvement_item"),
    path("items/<int:pk>/strike/", improvement_views.item_strike, name="improvement_strike"),
    path("items/<int:pk>/progress/", improvement_views.item_progress, name="improvement_progress"),
    path("begin/<int:pk>/", improvement_views.begin, name="improvement_begin"),
    path("before/<int:pk>/", improvement_views.last_plan, name="last_plan"),
]
consequences = [
    path("<int:year>/", consequences_views.consequences, name="consequences"),
    path("<int:year>/rules/", consequences_views.settle, name="consequence_settle"),
    path("<int:year>/draw/", consequences_views.draw, name="consequences_draw"),
    path("rules/<int:pk>/strike/", consequences_views.rule_strike, name="consequence_strike"),
    path("each/<int:pk>/", consequences_views.consequence, name="consequence"),
    path("each/<int:pk>/letter/", consequences_views.letter, name="consequence_letter"),
    path("each/<int:pk>/waive/", consequences_views.waive, name="consequence_waive"),
    path("each/<int:pk>/file/", consequences_views.letter_file, name="consequence_file"),
]
surveys = [
    path("years/<int:year>/", surveys_views.survey_new, name="survey_new"),
    path("<int:pk>/", surveys_views.survey, name="survey"),
    path("<int:pk>/agencies/<int:agency>/", surveys_views.survey_answer, name="survey_answer"),
]
awards = [
    path("awards/", public_views.years, name="award_years"),
    path("<int:year>/awards/", public_views.awards, name="awards"),
    path(
        "certificates/<uuid:uuid>.<str:language>.pdf", public_views.certificate, name="certificate"
    ),
    path("ceremonies/<int:pk>/", public_views.ceremony_list, name="ceremony_list"),
    path(
        "ceremonies/<int:pk>/list.<str:form>",
        public_views.ceremony_list_file,
        name="ceremony_list_file",
    ),
    path("manage/<int:year>/ceremonies/", ceremony_views.ceremonies, name="ceremonies"),
    path("manage/<int:year>/categories/", ceremony_views.categories, name="award_categories"),
    path(
        "manage/<int:year>/categories/new/", ceremony_views.category_new, name="award_category_new"
    ),
    path("manage/categories/<int:pk>/", ceremony_views.category, name="award_category"),
    path("manage/ceremonies/<int:pk>/", awards_views.ceremony, name="ceremony"),
    path("manage/ceremonies/<int:pk>/edit/", ceremony_views.edit, name="ceremony_edit"),
    path("manage/ceremonies/<int:pk>/minutes/", ceremony_views.minutes_new, name="minutes_new"),
    path("manage/ceremonies/<int:pk>/propose/", awards_views.propose, name="award_propose"),
    path("manage/ceremonies/<int:pk>/add/", awards_views.put_forward, name="award_add"),
    path("manage/ceremonies/<int:pk>/decide/", awards_views.decide, name="award_decide"),
    path("manage/minutes/<int:pk>/", ceremony_views.minutes, name="minutes"),
    path("manage/minutes/<int:pk>/paper/", ceremony_views.minutes_paper, name="minutes_paper"),
    path("manage/awards/<int:pk>/<award_move:name>/", awards_views.move, name="award_move"),
]
urlpatterns = [
    path("festival/", include(results)),
    path("indices/", include(indices)),
    path("improvement/", include(improvement)),
    path("consequences/", include(consequences)),
    path("surveys/", include(surveys)),
    path("closing/<int:year>/", closing_views.closing, name="closing"),
    path("lessons/<int:year>/", lessons_views.lessons, name="lessons"),
    path("lessons/sets/<int:pk>/", lessons_views.lessons_of_set, name="lessons_of_set"),
    path("festival/", include(awards)),
    path("timeline/", duties_views.timeline, name="timeline"),
    path("timeline.ics", duties_views.timeline_feed, name="timeline_feed"),
    path("duties/", duties_views.duties, name="duties"),
    path("duties.csv", duties_views.duties_file, name="duties_file"),
]
