"""Addresses of results, awards and reports, of the calendar kept, of what follows, and of the
register of indices.
"""

from django.urls import include, path

app_name = "festival"
urlpatterns = [
    path("festival/", include("festival.results.urls")),
    path("festival/", include("festival.comments.urls")),
    path("festival/", include("festival.open_data.urls")),
    path("festival/", include("festival.ranking.urls")),
    path("festival/", include("festival.report.urls")),
    path("festival/", include("festival.awards.urls")),
    path("indices/", include("festival.indices.urls")),
    path("improvement/", include("festival.improvement.urls")),
    path("consequences/", include("festival.consequences.urls")),
    path("surveys/", include("festival.surveys.urls")),
    path("lessons/", include("festival.lessons.urls")),
    path("", include("festival.closing.urls")),
    path("", include("festival.duties.urls")),
]
