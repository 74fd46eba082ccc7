"""Addresses of the pages of submissions; each package lists its own."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES
from submissions.answers import views as answers_views


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
    path("", include("submissions.answers.urls")),
    path("", include("submissions.signing.urls")),
    path("", include("submissions.release.urls")),
    path("", include("submissions.marking.urls")),
    path("", include("submissions.dossier.urls")),
    path("", include("submissions.evidence.urls")),
    path("", include("submissions.verification.urls")),
    path("", include("submissions.stewards.urls")),
    path("", include("submissions.progress.urls")),
    path("", include("submissions.scoring.urls")),
    path("", include("submissions.calibration.urls")),
    path("", include("submissions.reliability.urls")),
]
