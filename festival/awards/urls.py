"""Addresses of ceremonies, awards and certificates."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from festival.awards import ceremony_views, public_views, views


class AwardMove(StringConverter):
    """A move on one award; no other name is an address."""

    regex = "|".join(views.ENDS)


register_converter(AwardMove, "award_move")

urlpatterns = [
    path("awards/", public_views.years, name="award_years"),
    path("<int:year>/awards/", public_views.awards, name="awards"),
    path(
        "certificates/<uuid:uuid>.<str:language>.pdf", public_views.certificate, name="certificate"
    ),
    path("ceremonies/<int:pk>/", public_views.ceremony_list, name="ceremony_list"),
    path(
        "ceremonies/<int:pk>/list.<str:form>",
        public_views.ceremony_list_file,
        name="ceremony_list_file",
    ),
    path("manage/<int:year>/ceremonies/", ceremony_views.ceremonies, name="ceremonies"),
    path("manage/<int:year>/categories/", ceremony_views.categories, name="award_categories"),
    path(
        "manage/<int:year>/categories/new/", ceremony_views.category_new, name="award_category_new"
    ),
    path("manage/categories/<int:pk>/", ceremony_views.category, name="award_category"),
    path("manage/ceremonies/<int:pk>/", views.ceremony, name="ceremony"),
    path("manage/ceremonies/<int:pk>/edit/", ceremony_views.edit, name="ceremony_edit"),
    path("manage/ceremonies/<int:pk>/minutes/", ceremony_views.minutes_new, name="minutes_new"),
    path("manage/ceremonies/<int:pk>/propose/", views.propose, name="award_propose"),
    path("manage/ceremonies/<int:pk>/add/", views.put_forward, name="award_add"),
    path("manage/ceremonies/<int:pk>/decide/", views.decide, name="award_decide"),
    path("manage/minutes/<int:pk>/", ceremony_views.minutes, name="minutes"),
    path("manage/minutes/<int:pk>/paper/", ceremony_views.minutes_paper, name="minutes_paper"),
    path("manage/awards/<int:pk>/<award_move:name>/", views.move, name="award_move"),
]
