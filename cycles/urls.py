"""Addresses of the pages of cycles, agencies, people and the official record."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from cycles.jobs import views as jobs
from cycles.models import ChangeKind
from cycles.notices import views as notices_views
from cycles.people import account_views, nomination_views
from cycles.people import views as people_views
from cycles.record import views as record_views
from cycles.register import views as register_views
from cycles.reorganisation import views as reorganisation
from cycles.years import holiday_views
from cycles.years import views as years_views


class Decision(StringConverter):
    """What becomes of a proposed role."""

    regex = "|".join(nomination_views.DECISIONS)


class Kind(StringConverter):
    """What may become of an agency."""

    regex = "|".join(ChangeKind.values)


register_converter(Decision, "nomination_decision")
register_converter(Kind, "register_change")

app_name = "cycles"
pages = [
    path("", years_views.cycle_list, name="list"),
    path("plan/", years_views.plan, name="plan"),
    path("practice/", years_views.practice, name="practice"),
    path("<int:year>/", years_views.detail, name="detail"),
    path("<int:year>/move/open/", years_views.move, {"name": "open"}, name="move"),
    path("<int:year>/windows/", years_views.windows, name="windows"),
    path("<int:year>/extend/", years_views.extend, name="extend"),
    path("extensions/<int:pk>/decree/", years_views.decree, name="decree"),
    path("holidays/", holiday_views.holidays, name="holidays"),
    path("holidays/add/", holiday_views.holiday_add, name="holiday_add"),
    path(
        "holidays/expected/<int:year>/", holiday_views.holidays_expected, name="holidays_expected"
    ),
    path("holidays/<int:pk>/strike/", holiday_views.holiday_strike, name="holiday_strike"),
    path("<int:year>/participants/", years_views.participants, name="participants"),
    path("agencies/", register_views.agencies, name="agencies"),
    path("agencies/export/<str:kind>/", register_views.agencies_export, name="agencies_export"),
    path("agencies/import/", register_views.agencies_import, name="agencies_import"),
    path("agencies/<str:code>/", reorganisation.agency, name="agency"),
    path(
        "agencies/<str:code>/<register_change:kind>/",
        reorganisation.register_change,
        name="register_change",
    ),
    path("register/<int:pk>/withdraw/", reorganisation.withdraw, name="register_withdraw"),
    path("people/", people_views.people, name="people"),
    path("people/invite/", people_views.invite, name="invite"),
    path("people/<int:pk>/", people_views.person, name="person"),
    path("people/<int:pk>/grant/", people_views.grant, name="grant"),
    path("people/<int:pk>/leaves/<int:agency>/", people_views.remove_leaver, name="remove_leaver"),
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
    path("roles/<int:pk>/end/", people_views.end_role, name="end_role"),
    path("roles/<int:pk>/invite/", people_views.invite_again, name="invite_again"),
    path("delegation/", people_views.delegation, name="delegation"),
    path("interests/", register_views.interests, name="interests"),
    path("interests/<int:pk>/", register_views.interests_state, name="interests_state"),
    path("ledger/", record_views.ledger, name="ledger"),
    path("ledger/export/", record_views.ledger_export, name="ledger_export"),
    path("ledger/verify/", record_views.ledger_verify, name="ledger_verify"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/try-again/", jobs.job_move, {"name": "try_again"}, name="job_try_again"),
    path("jobs/<int:pk>/stop/", jobs.job_move, {"name": "stop"}, name="job_stop"),
    path("jobs/messages/", jobs.send_again, name="send_again"),
    path("notices/", notices_views.inbox, name="inbox"),
    path("notices/<int:pk>/", notices_views.notice, name="notice"),
    path("notices/seen/", notices_views.notices_seen, name="notices_seen"),
    path("notices/settings/", notices_views.notice_settings, name="notice_settings"),
    path("notices/unseen/", notices_views.unseen, name="unseen"),
    path("notices/unseen/<int:pk>/", notices_views.unseen_people, name="unseen_people"),
]
urlpatterns = [
    path("cycles/", include(pages)),
    path("record/", record_views.seals_page, name="seals"),
]
