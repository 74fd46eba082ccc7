"""Addresses of the pages of indicator sets and annual plans."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES, Form
from indicators.exchange import views as exchange_views
from indicators.exchange.columns import FORMS
from indicators.frameworks import views as frameworks_views
from indicators.plans import views as plans_views
from indicators.sets import edit_views, history_views, list_views, target_views
from indicators.sets import views as sets_views
from indicators.workflow import PLANS, REPORTS, SETS
from indicators.working_groups import board_views, meeting_views, vote_views
from indicators.working_groups import views as working_groups_views


class SetMove(StringConverter):
    """The name of a move that changes a set's state; any other name is no address."""

    regex = "|".join(sorted(move.name for move in SETS.moves.values() if move.target))


class SheetForm:
    """The name of a form in which sets go out and come in."""

    regex = "|".join(sorted(FORMS))

    def to_python(self, value: str) -> Form:
        return FORMS[value]

    def to_url(self, value: Form | str) -> str:
        return value if isinstance(value, str) else value.name


class SheetKind(StringConverter):
    """The kind of a spreadsheet's file."""

    regex = "|".join(sorted(CONTENT_TYPES))


register_converter(SetMove, "set_move")
register_converter(SheetForm, "sheet_form")
register_converter(SheetKind, "sheet_kind")


class PlanMove(StringConverter):
    """The name of a move that changes a plan's state."""

    regex = "|".join(sorted(move.name for move in PLANS.moves.values() if move.target))


class ReportMove(StringConverter):
    """The name of a move that changes the state of a quarter's report."""

    regex = "|".join(sorted(move.name for move in REPORTS.moves.values() if move.target))


register_converter(PlanMove, "plan_move")
register_converter(ReportMove, "report_move")

app_name = "indicators"
urlpatterns = [
    path("", list_views.set_list, name="list"),
    path("frameworks/", frameworks_views.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", frameworks_views.framework_detail, name="framework"),
    path("bank/", history_views.bank, name="bank"),
    path("bank/<uuid:lineage>/", history_views.series, name="series"),
    path("board/<int:year>/", board_views.board, name="board"),
    path("groups/<int:year>/", meeting_views.group_list, name="groups"),
    path("groups/<int:year>/<slug:sector>/rules/", meeting_views.rules, name="rules"),
    path("groups/<int:year>/<slug:sector>/convene/", meeting_views.convene, name="convene"),
    path("meetings/<int:pk>/", meeting_views.meeting_detail, name="meeting"),
    path("meetings/<int:pk>/minute/", meeting_views.minute, name="minute"),
    path("meetings/<int:pk>/cancel/", meeting_views.cancel, name="cancel"),
    path("meetings/<int:pk>/minutes.pdf", meeting_views.minutes_file, name="minutes_file"),
    path("new/", edit_views.new, name="new"),
    path("communicate/<int:year>/", sets_views.communicate_all, name="communicate_all"),
    path("plans/", plans_views.plan_list, name="plans"),
    path("plans/<int:pk>/", plans_views.plan_detail, name="plan"),
    path("plans/<int:pk>/<plan_move:name>/", plans_views.plan_move, name="plan_move"),
    path("plans/quarters/<int:pk>/", plans_views.quarter_detail, name="quarter"),
    path(
        "plans/quarters/<int:pk>/<report_move:name>/", plans_views.quarter_move, name="quarter_move"
    ),
    path("<int:pk>/", sets_views.detail, name="detail"),
    path("<int:pk>/move/<set_move:name>/", sets_views.move, name="move"),
    # what goes out and comes in as files
    path(
        "templates/<sheet_form:form>/<sheet_kind:kind>/", exchange_views.template, name="template"
    ),
    path("<int:pk>/files/", exchange_views.files, name="files"),
    path(
        "<int:pk>/files/<sheet_form:form>/<sheet_kind:kind>/", exchange_views.export, name="export"
    ),
    path("<int:pk>/files/<sheet_form:form>/import/", exchange_views.take_in, name="import"),
    # what is before the working group
    path("<int:pk>/vote/", vote_views.vote, name="vote"),
    path("<int:pk>/rank/", vote_views.rank, name="rank"),
    path("<int:pk>/review/<uuid:lineage>/", working_groups_views.review, name="review"),
    path(
        "<int:pk>/review/<uuid:lineage>/vote/",
        working_groups_views.vote_measure,
        name="vote_measure",
    ),
    path("<int:pk>/review/<uuid:lineage>/comment/", working_groups_views.comment, name="comment"),
    path("<int:pk>/review/<uuid:lineage>/suggest/", working_groups_views.suggest, name="suggest"),
    path("<int:pk>/review/<uuid:lineage>/settle/", working_groups_views.settle, name="settle"),
    path(
        "<int:pk>/suggestions/<int:suggestion>/take/",
        working_groups_views.take_suggestion,
        name="take_suggestion",
    ),
    # how it is made
    path("<int:pk>/copy/", edit_views.copy, name="copy"),
    path("<int:pk>/fill/", edit_views.fill, name="fill"),
    path("<int:pk>/issue/", edit_views.issue, name="issue"),
    path("<int:pk>/take/<int:measure>/", edit_views.take, name="take"),
    path("<int:pk>/differences/", history_views.differences, name="differences"),
    path("<int:pk>/changes/", history_views.changes, name="changes"),
    path("<int:pk>/measures/new/", edit_views.measure_new, name="measure_new"),
    path("<int:pk>/measures/<int:measure>/", edit_views.measure_edit, name="measure_edit"),
    path(
        "<int:pk>/measures/<int:measure>/remove/", edit_views.measure_remove, name="measure_remove"
    ),
    path("<int:pk>/measures/<int:measure>/share/", edit_views.share, name="share"),
    path("<int:pk>/shares/<int:part>/take/", edit_views.take_share, name="take_share"),
    path("<int:pk>/axes/new/", edit_views.axis_new, name="axis_new"),
    path("<int:pk>/axes/<int:axis>/", edit_views.axis_edit, name="axis_edit"),
    path("<int:pk>/axes/<int:axis>/remove/", edit_views.axis_remove, name="axis_remove"),
    path("<int:pk>/goals/new/", edit_views.goal_new, name="goal_new"),
    path("<int:pk>/goals/<int:goal>/", edit_views.goal_edit, name="goal_edit"),
    path("<int:pk>/goals/<int:goal>/remove/", edit_views.goal_remove, name="goal_remove"),
    # targets of single agencies
    path("<int:pk>/targets/", target_views.grid, name="grid"),
]
