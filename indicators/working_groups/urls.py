"""Addresses of working groups, their boards, votes and meetings."""

from django.urls import path

from indicators.working_groups import board_views, meeting_views, views, vote_views

urlpatterns = [
    path("board/<int:year>/", board_views.board, name="board"),
    path("groups/<int:year>/", meeting_views.group_list, name="groups"),
    path("groups/<int:year>/<slug:sector>/rules/", meeting_views.rules, name="rules"),
    path("groups/<int:year>/<slug:sector>/convene/", meeting_views.convene, name="convene"),
    path("meetings/<int:pk>/", meeting_views.meeting_detail, name="meeting"),
    path("meetings/<int:pk>/minute/", meeting_views.minute, name="minute"),
    path("meetings/<int:pk>/cancel/", meeting_views.cancel, name="cancel"),
    path("meetings/<int:pk>/minutes.pdf", meeting_views.minutes_file, name="minutes_file"),
    path("<int:pk>/vote/", vote_views.vote, name="vote"),
    path("<int:pk>/rank/", vote_views.rank, name="rank"),
    path("<int:pk>/review/<uuid:lineage>/", views.review, name="review"),
    path(
        "<int:pk>/review/<uuid:lineage>/vote/",
        views.vote_measure,
        name="vote_measure",
    ),
    path("<int:pk>/review/<uuid:lineage>/comment/", views.comment, name="comment"),
    path("<int:pk>/review/<uuid:lineage>/suggest/", views.suggest, name="suggest"),
    path("<int:pk>/review/<uuid:lineage>/settle/", views.settle, name="settle"),
    path(
        "<int:pk>/suggestions/<int:suggestion>/take/",
        views.take_suggestion,
        name="take_suggestion",
    ),
]
