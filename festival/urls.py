"""Addresses of the public results, of the year's calendar kept, of the festival's secretariat, and of what follows."""

from django.urls import include, path

from festival import consequence_pages, duties, improvement_pages, lesson_pages, survey_pages, views

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
urlpatterns = [
    path("festival/", include(results)),
    path("improvement/", include(improvement)),
    path("consequences/", include(consequences)),
    path("surveys/", include(surveys)),
    path("closing/<int:year>/", lesson_pages.closing, name="closing"),
    path("lessons/<int:year>/", lesson_pages.lessons, name="lessons"),
    path("lessons/sets/<int:pk>/", lesson_pages.lessons_of_set, name="lessons_of_set"),
    path("timeline/", duties.timeline, name="timeline"),
    path("timeline.ics", duties.timeline_feed, name="timeline_feed"),
    path("duties/", duties.duties, name="duties"),
    path("duties.csv", duties.duties_file, name="duties_file"),
]
