"""Addresses of the pages of indicator sets and annual plans."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES, Form
from indicators import bank, exchange, grid, meetings, panel, quarters, reference, views, workshop
from indicators.columns import FORMS
from indicators.workflow import PLANS, REPORTS, SETS


class SetMove(StringConverter):
    """The name of a move that changes a set's state; any other name is no address."""

    regex = "|".join(sorted(move.name for move in SETS.moves.values() if move.target))


class SheetForm(StringConverter):
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
    path("", views.set_list, name="list"),
    path("frameworks/", reference.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", reference.framework_detail, name="framework"),
    path("bank/", bank.bank, name="bank"),
    path("bank/<uuid:lineage>/", bank.series, name="series"),
    path("board/<int:year>/", panel.board, name="board"),
    path("groups/<int:year>/", meetings.group_list, name="groups"),
    path("groups/<int:year>/<slug:sector>/rules/", meetings.rules, name="rules"),
    path("groups/<int:year>/<slug:sector>/convene/", meetings.convene, name="convene"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting"),
    path("meetings/<int:pk>/minute/", meetings.minute, name="minute"),
    path("meetings/<int:pk>/cancel/", meetings.cancel, name="cancel"),
    path("meetings/<int:pk>/minutes.pdf", meetings.minutes_file, name="minutes_file"),
    path("new/", workshop.new, name="new"),
    path("communicate/<int:year>/", views.communicate_all, name="communicate_all"),
    path("plans/", quarters.plan_list, name="plans"),
    path("plans/<int:pk>/", quarters.plan_detail, name="plan"),
    path("plans/<int:pk>/<plan_move:name>/", quarters.plan_move, name="plan_move"),
    path("plans/quarters/<int:pk>/", quarters.quarter_detail, name="quarter"),
    path("plans/quarters/<int:pk>/<report_move:name>/", quarters.quarter_move, name="quarter_move"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/<set_move:name>/", views.move, name="move"),
    # what goes out and comes in as files
    path("templates/<sheet_form:form>/<sheet_kind:kind>/", exchange.template, name="template"),
    path("<int:pk>/files/", exchange.files, name="files"),
    path("<int:pk>/files/<sheet_form:form>/<sheet_kind:kind>/", exchange.export, name="export"),
    path("<int:pk>/files/<sheet_form:form>/import/", exchange.take_in, name="import"),
    # what is before the working group
    path("<int:pk>/vote/", panel.vote, name="vote"),
    path("<int:pk>/rank/", panel.rank, name="rank"),
    path("<int:pk>/review/<uuid:lineage>/", panel.review, name="review"),
    path("<int:pk>/review/<uuid:lineage>/vote/", panel.vote_measure, name="vote_measure"),
    path("<int:pk>/review/<uuid:lineage>/comment/", panel.comment, name="comment"),
    path("<int:pk>/review/<uuid:lineage>/suggest/", panel.suggest, name="suggest"),
    path("<int:pk>/review/<uuid:lineage>/settle/", panel.settle, name="settle"),
    path("<int:pk>/suggestions/<int:suggestion>/take/", panel.take_suggestion, name="take_suggestion"),
    # how it is made
    path("<int:pk>/copy/", workshop.copy, name="copy"),
    path("<int:pk>/fill/", workshop.fill, name="fill"),
    path("<int:pk>/issue/", workshop.issue, name="issue"),
    path("<int:pk>/take/<int:measure>/", workshop.take, name="take"),
    path("<int:pk>/differences/", bank.differences, name="differences"),
    path("<int:pk>/changes/", bank.changes, name="changes"),
    path("<int:pk>/measures/new/", workshop.measure_new, name="measure_new"),
    path("<int:pk>/measures/<int:measure>/", workshop.measure_edit, name="measure_edit"),
    path("<int:pk>/measures/<int:measure>/remove/", workshop.measure_remove, name="measure_remove"),
    path("<int:pk>/measures/<int:measure>/share/", workshop.share, name="share"),
    path("<int:pk>/shares/<int:part>/take/", workshop.take_share, name="take_share"),
    path("<int:pk>/axes/new/", workshop.axis_new, name="axis_new"),
    path("<int:pk>/axes/<int:axis>/", workshop.axis_edit, name="axis_edit"),
    path("<int:pk>/axes/<int:axis>/remove/", workshop.axis_remove, name="axis_remove"),
    path("<int:pk>/goals/new/", workshop.goal_new, name="goal_new"),
    path("<int:pk>/goals/<int:goal>/", workshop.goal_edit, name="goal_edit"),
    path("<int:pk>/goals/<int:goal>/remove/", workshop.goal_remove, name="goal_remove"),
    # targets of single agencies
    path("<int:pk>/targets/", grid.grid, name="grid"),
]
