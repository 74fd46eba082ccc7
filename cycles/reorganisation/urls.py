"""Addresses of one agency and of what becomes of it."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.models import ChangeKind
from cycles.reorganisation import views


class Kind(StringConverter):
    """What may become of an agency."""

    regex = "|".join(ChangeKind.values)


register_converter(Kind, "register_change")

urlpatterns = [
    path("agencies/<str:code>/", views.agency, name="agency"),
    path(
        "agencies/<str:code>/<register_change:kind>/",
        views.register_change,
        name="register_change",
    ),
    path("register/<int:pk>/withdraw/", views.withdraw, name="register_withdraw"),
]
