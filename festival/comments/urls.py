"""Addresses of public comments on measures."""

from django.urls import path

from festival.comments import views

urlpatterns = [
    path("<int:year>/measures/<uuid:lineage>/", views.measure, name="measure"),
    path("manage/comments/", views.queue, name="comments"),
    path("manage/comments/<int:pk>/publish/", views.comment_publish, name="comment_publish"),
    path("manage/comments/<int:pk>/reject/", views.comment_reject, name="comment_reject"),
    path("sets/<int:pk>/comments/", views.comments_of_set, name="comments_of_set"),
]
