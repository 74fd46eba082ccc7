"""Addresses of the pages of submissions."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES
from submissions.answers import grid_views, line_views, list_views, sheet_views
from submissions.answers import views as answers_views
from submissions.calibration import views as calibration_views
from submissions.dossier import views as dossier_views
from submissions.evidence import upload_views
from submissions.evidence import views as evidence_views
from submissions.marking import assignment_views, reconciliation_views
from submissions.marking import views as marking_views
from submissions.progress import cost_views
from submissions.progress import views as progress_views
from submissions.release import report_views
from submissions.release import views as release_views
from submissions.reliability import views as reliability_views
from submissions.scoring import views as scoring_views
from submissions.signing import declaration_views
from submissions.signing import views as signing_views
from submissions.stewards import appointment_views
from submissions.stewards import views as stewards_views
from submissions.verification import views as verification_views


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(answers_views.PAGES)


class FileKind(StringConverter):
    """The kind of a spreadsheet's file."""

    regex = "|".join(sorted(CONTENT_TYPES))


register_converter(PageMove, "submission_move")
register_converter(FileKind, "answers_kind")

app_name = "submissions"
urlpatterns = [
    path("", list_views.submission_list, name="list"),
    path("export/", list_views.submission_export, name="export"),
    path("begin/<int:pk>/", list_views.submission_begin, name="begin"),
    path("<int:pk>/", answers_views.detail, name="detail"),
    path("<int:pk>/review/", signing_views.review, name="review"),
    path("<int:pk>/share-out/", line_views.share_out, name="share_out"),
    path("<int:pk>/report/", report_views.report, name="report"),
    path("<int:pk>/report/paper/", report_views.report_file, name="report_file"),
    path("<int:pk>/report/units/", report_views.extract, name="extract"),
    path("<int:pk>/report/units/paper/", report_views.extract_file, name="extract_file"),
    path("<int:pk>/assign/", assignment_views.assign, name="assign"),
    path("<int:pk>/file/", sheet_views.take_in, name="import"),
    path("<int:pk>/file/<answers_kind:kind>/", sheet_views.export, name="answers_file"),
    path("templates/values/<answers_kind:kind>/", sheet_views.template, name="answers_template"),
    path("<int:pk>/declaration/", declaration_views.declaration, name="declaration"),
    path("<int:pk>/declaration/judge/", declaration_views.judge, name="declaration_judge"),
    path("<int:pk>/<submission_move:name>/", signing_views.move, name="move"),
    path("lines/<int:pk>/", dossier_views.line_dossier, name="line"),
    path("lines/<int:pk>/ask/", dossier_views.clarification_ask, name="ask"),
    path("lines/<int:pk>/reply/", dossier_views.clarification_reply, name="reply"),
    path("lines/<int:pk>/answer/", answers_views.answer_save, name="answer"),
    path("lines/<int:pk>/ready/", line_views.line_ready, name="ready"),
    path("lines/<int:pk>/comment/", line_views.line_comment, name="comment"),
    path("lines/<int:pk>/factor/", line_views.factor_claim, name="factor"),
    path("factors/<int:pk>/withdraw/", line_views.factor_withdraw, name="factor_withdraw"),
    path("factors/<int:pk>/judge/", dossier_views.factor_judge, name="factor_judge"),
    path("versions/<uuid:uuid>/", signing_views.version, name="version"),
    path("versions/<uuid:uuid>/content/", signing_views.version_content, name="version_content"),
    path("versions/<uuid:uuid>/take-up/", signing_views.version_take_up, name="take_up"),
    path("versions/<uuid:uuid>/receipt/", signing_views.receipt, name="receipt"),
    path("lines/<int:pk>/evidence/", evidence_views.attach, name="attach"),
    path("lines/<int:pk>/evidence/files/", evidence_views.files, name="files"),
    path("lines/<int:pk>/evidence/held/", evidence_views.held, name="held"),
    path("lines/<int:pk>/evidence/held/<uuid:uuid>/", evidence_views.reuse, name="reuse"),
    path("lines/<int:pk>/evidence/uploads/", upload_views.begin, name="uploads"),
    path("uploads/<uuid:uuid>/", upload_views.upload, name="upload"),
    path("evidence/<uuid:uuid>/", evidence_views.download, name="evidence"),
    path("evidence/<uuid:uuid>/preview/", evidence_views.preview, name="preview"),
    path("evidence/<uuid:uuid>/pictures/<int:number>/", evidence_views.picture, name="picture"),
    path("evidence/<uuid:uuid>/reference/", evidence_views.refer, name="refer"),
    path("evidence/<uuid:uuid>/withdraw/", evidence_views.detach, name="detach"),
    path("blocks/", marking_views.block_list, name="blocks"),
    path("blocks/<int:pk>/", marking_views.block_detail, name="block"),
    path("blocks/<int:pk>/marks/", marking_views.block_marks, name="marks"),
    path("blocks/<int:pk>/hand-in/", marking_views.block_hand_in, name="hand_in"),
    path("reconciliations/", reconciliation_views.reconciliations, name="reconciliations"),
    path("reconciliations/<int:pk>/", reconciliation_views.reconciliation, name="reconciliation"),
    path("verifications/", verification_views.verifications, name="verifications"),
    path("verifications/<int:pk>/", verification_views.verification, name="verification"),
    path("exhibits/<uuid:uuid>/", verification_views.exhibit, name="exhibit"),
    path("stewardships/", stewards_views.stewardships, name="stewardships"),
    path("stewardships/<int:pk>/", stewards_views.stewardship, name="stewardship"),
    path("stewardships/<int:pk>/source/", stewards_views.source, name="source"),
    path("stewardships/<int:pk>/file/", stewards_views.take_in, name="figures_import"),
    path(
        "stewardships/<int:pk>/file/<answers_kind:kind>/",
        stewards_views.export,
        name="figures_file",
    ),
    path("stewardships/<int:pk>/supply/", stewards_views.supply, name="supply"),
    path("stewardships/<int:pk>/open-again/", stewards_views.open_again, name="open_again"),
    path("board/<int:pk>/", progress_views.board, name="board"),
    path("board/<int:pk>/stewards/", appointment_views.of_cycle, name="stewards"),
    path("board/<int:pk>/assign/", assignment_views.assign_all, name="assign_all"),
    path("board/<int:pk>/marks/", progress_views.marks_export, name="marks_export"),
    path("board/<int:pk>/compute/", scoring_views.compute, name="compute"),
    path("board/<int:pk>/communicate/", release_views.communicate_all, name="communicate_all"),
    path("training/", calibration_views.trainings, name="trainings"),
    path("training/<int:pk>/begin/", calibration_views.begin, name="training_begin"),
    path("training/sittings/<int:pk>/", calibration_views.calibration, name="calibration"),
    path("board/<int:pk>/references/", calibration_views.references, name="references"),
    path(
        "references/<int:pk>/withdraw/",
        calibration_views.reference_withdraw,
        name="reference_withdraw",
    ),
    path("board/<int:pk>/reliability/", reliability_views.study, name="reliability"),
    path("board/<int:pk>/sample/", verification_views.sample, name="sample"),
    path("board/<int:pk>/costs/", cost_views.costs, name="costs"),
    path("expenses/<int:pk>/strike/", cost_views.expense_strike, name="expense_strike"),
    path("reviews/<int:pk>/close/", reliability_views.close_task, name="close_task"),
    path("units/<int:pk>/", grid_views.grid, name="grid"),
    path("units/<int:pk>/document/", grid_views.document, name="units_document"),
    path("runs/<int:pk>/", scoring_views.run_detail, name="run"),
]
