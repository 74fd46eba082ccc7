"""Addresses of notices."""

from django.urls import path

from cycles.notices import views

urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/seen/", views.notices_seen, name="notices_seen"),
    path("notices/settings/", views.notice_settings, name="notice_settings"),
    path("notices/unseen/", views.unseen, name="unseen"),
    path("notices/unseen/<int:pk>/", views.unseen_people, name="unseen_people"),
]
