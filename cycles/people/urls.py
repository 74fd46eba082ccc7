"""Addresses of people, their roles, accounts and delegations."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.people import account_views, nomination_views, views


class Decision(StringConverter):
    """What becomes of a proposed role."""

    regex = "|".join(nomination_views.DECISIONS)


register_converter(Decision, "nomination_decision")

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/grant/", views.grant, name="grant"),
    path("people/<int:pk>/leaves/<int:agency>/", views.remove_leaver, name="remove_leaver"),
    path("people/<int:pk>/reset/", account_views.reset_factor, name="reset_factor"),
    path("people/<int:pk>/close/", account_views.close_account, name="close_account"),
    path("people/<int:pk>/open/", account_views.open_account, name="open_account"),
    path("people/<int:pk>/identify/", account_views.identify, name="identify"),
    path("nominations/", nomination_views.nominations, name="nominations"),
    path(
        "nominations/<int:pk>/<nomination_decision:name>/",
        nomination_views.decide,
        name="nomination_decide",
    ),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("roles/<int:pk>/invite/", views.invite_again, name="invite_again"),
    path("delegation/", views.delegation, name="delegation"),
]
