"""Addresses of the pages of submissions."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES
from submissions import (
    board,
    bulk,
    communicating,
    declaring,
    dossier,
    evidence_pages,
    grid,
    marking,
    reconciling_pages,
    reporting,
    signing,
    spending,
    stewarding_pages,
    studying,
    training_pages,
    uploads,
    verifying_pages,
    views,
    workspace,
)


class PageMove(StringConverter):
    """A move that is confirmed on a page of its own; no other name is an address."""

    regex = "|".join(workspace.PAGES)


class FileKind(StringConverter):
    """The kind of a spreadsheet's file."""

    regex = "|".join(sorted(CONTENT_TYPES))


register_converter(PageMove, "submission_move")
register_converter(FileKind, "answers_kind")

app_name = "submissions"
urlpatterns = [
    path("", views.submission_list, name="list"),
    path("export/", views.submission_export, name="export"),
    path("begin/<int:pk>/", views.submission_begin, name="begin"),
    path("<int:pk>/", workspace.detail, name="detail"),
    path("<int:pk>/review/", signing.review, name="review"),
    path("<int:pk>/share-out/", workspace.share_out, name="share_out"),
    path("<int:pk>/report/", reporting.report, name="report"),
    path("<int:pk>/report/paper/", reporting.report_file, name="report_file"),
    path("<int:pk>/report/units/", reporting.extract, name="extract"),
    path("<int:pk>/report/units/paper/", reporting.extract_file, name="extract_file"),
    path("<int:pk>/assign/", board.assign, name="assign"),
    path("<int:pk>/file/", bulk.take_in, name="import"),
    path("<int:pk>/file/<answers_kind:kind>/", bulk.export, name="answers_file"),
    path("templates/values/<answers_kind:kind>/", bulk.template, name="answers_template"),
    path("<int:pk>/declaration/", declaring.declaration, name="declaration"),
    path("<int:pk>/declaration/judge/", declaring.judge, name="declaration_judge"),
    path("<int:pk>/<submission_move:name>/", signing.move, name="move"),
    path("lines/<int:pk>/", dossier.line_dossier, name="line"),
    path("lines/<int:pk>/ask/", dossier.clarification_ask, name="ask"),
    path("lines/<int:pk>/reply/", dossier.clarification_reply, name="reply"),
    path("lines/<int:pk>/answer/", workspace.answer_save, name="answer"),
    path("lines/<int:pk>/ready/", workspace.line_ready, name="ready"),
    path("lines/<int:pk>/comment/", workspace.line_comment, name="comment"),
    path("lines/<int:pk>/factor/", workspace.factor_claim, name="factor"),
    path("factors/<int:pk>/withdraw/", workspace.factor_withdraw, name="factor_withdraw"),
    path("factors/<int:pk>/judge/", dossier.factor_judge, name="factor_judge"),
    path("versions/<uuid:uuid>/", signing.version, name="version"),
    path("versions/<uuid:uuid>/content/", signing.version_content, name="version_content"),
    path("versions/<uuid:uuid>/take-up/", signing.version_take_up, name="take_up"),
    path("versions/<uuid:uuid>/receipt/", signing.receipt, name="receipt"),
    path("lines/<int:pk>/evidence/", evidence_pages.attach, name="attach"),
    path("lines/<int:pk>/evidence/files/", evidence_pages.files, name="files"),
    path("lines/<int:pk>/evidence/held/", evidence_pages.held, name="held"),
    path("lines/<int:pk>/evidence/held/<uuid:uuid>/", evidence_pages.reuse, name="reuse"),
    path("lines/<int:pk>/evidence/uploads/", uploads.begin, name="uploads"),
    path("uploads/<uuid:uuid>/", uploads.upload, name="upload"),
    path("evidence/<uuid:uuid>/", evidence_pages.download, name="evidence"),
    path("evidence/<uuid:uuid>/preview/", evidence_pages.preview, name="preview"),
    path("evidence/<uuid:uuid>/pictures/<int:number>/", evidence_pages.picture, name="picture"),
    path("evidence/<uuid:uuid>/reference/", evidence_pages.refer, name="refer"),
    path("evidence/<uuid:uuid>/withdraw/", evidence_pages.detach, name="detach"),
    path("blocks/", marking.block_list, name="blocks"),
    path("blocks/<int:pk>/", marking.block_detail, name="block"),
    path("blocks/<int:pk>/marks/", marking.block_marks, name="marks"),
    path("blocks/<int:pk>/hand-in/", marking.block_hand_in, name="hand_in"),
    path("reconciliations/", reconciling_pages.reconciliations, name="reconciliations"),
    path("reconciliations/<int:pk>/", reconciling_pages.reconciliation, name="reconciliation"),
    path("verifications/", verifying_pages.verifications, name="verifications"),
    path("verifications/<int:pk>/", verifying_pages.verification, name="verification"),
    path("exhibits/<uuid:uuid>/", verifying_pages.exhibit, name="exhibit"),
    path("stewardships/", stewarding_pages.stewardships, name="stewardships"),
    path("stewardships/<int:pk>/", stewarding_pages.stewardship, name="stewardship"),
    path("stewardships/<int:pk>/source/", stewarding_pages.source, name="source"),
    path("stewardships/<int:pk>/file/", stewarding_pages.take_in, name="figures_import"),
    path("stewardships/<int:pk>/file/<answers_kind:kind>/", stewarding_pages.export, name="figures_file"),
    path("stewardships/<int:pk>/supply/", stewarding_pages.supply, name="supply"),
    path("stewardships/<int:pk>/open-again/", stewarding_pages.open_again, name="open_again"),
    path("board/<int:pk>/", board.board, name="board"),
    path("board/<int:pk>/stewards/", stewarding_pages.of_cycle, name="stewards"),
    path("board/<int:pk>/assign/", board.assign_all, name="assign_all"),
    path("board/<int:pk>/marks/", board.marks_export, name="marks_export"),
    path("board/<int:pk>/compute/", board.compute, name="compute"),
    path("board/<int:pk>/communicate/", communicating.communicate_all, name="communicate_all"),
    path("training/", training_pages.trainings, name="trainings"),
    path("training/<int:pk>/begin/", training_pages.begin, name="training_begin"),
    path("training/sittings/<int:pk>/", training_pages.calibration, name="calibration"),
    path("board/<int:pk>/references/", training_pages.references, name="references"),
    path("references/<int:pk>/withdraw/", training_pages.reference_withdraw, name="reference_withdraw"),
    path("board/<int:pk>/reliability/", studying.study, name="reliability"),
    path("board/<int:pk>/sample/", verifying_pages.sample, name="sample"),
    path("board/<int:pk>/costs/", spending.costs, name="costs"),
    path("expenses/<int:pk>/strike/", spending.expense_strike, name="expense_strike"),
    path("reviews/<int:pk>/close/", studying.close_task, name="close_task"),
    path("units/<int:pk>/", grid.grid, name="grid"),
    path("units/<int:pk>/document/", grid.document, name="units_document"),
    path("runs/<int:pk>/", board.run_detail, name="run"),
]
