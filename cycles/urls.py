"""Addresses of the pages of cycles, agencies, people and the official record."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from cycles import appointments, inbox, nomination_views, record, register, views
from cycles.jobs import views as jobs
from cycles.models import ChangeKind
from cycles.reorganisation import views as reorganisation


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
    path("", views.cycle_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("practice/", views.practice, name="practice"),
    path("<int:year>/", views.detail, name="detail"),
    path("<int:year>/move/open/", views.move, {"name": "open"}, name="move"),
    path("<int:year>/windows/", views.windows, name="windows"),
    path("<int:year>/extend/", views.extend, name="extend"),
    path("extensions/<int:pk>/decree/", views.decree, name="decree"),
    path("holidays/", views.holidays, name="holidays"),
    path("holidays/add/", views.holiday_add, name="holiday_add"),
    path("holidays/expected/<int:year>/", views.holidays_expected, name="holidays_expected"),
    path("holidays/<int:pk>/strike/", views.holiday_strike, name="holiday_strike"),
    path("<int:year>/participants/", views.participants, name="participants"),
    path("agencies/", register.agencies, name="agencies"),
    path("agencies/export/<str:kind>/", register.agencies_export, name="agencies_export"),
    path("agencies/import/", register.agencies_import, name="agencies_import"),
    path("agencies/<str:code>/", reorganisation.agency, name="agency"),
    path("agencies/<str:code>/<register_change:kind>/", reorganisation.register_change, name="register_change"),
    path("register/<int:pk>/withdraw/", reorganisation.withdraw, name="register_withdraw"),
    path("people/", appointments.people, name="people"),
    path("people/invite/", appointments.invite, name="invite"),
    path("people/<int:pk>/", appointments.person, name="person"),
    path("people/<int:pk>/grant/", appointments.grant, name="grant"),
    path("people/<int:pk>/leaves/<int:agency>/", appointments.remove_leaver, name="remove_leaver"),
    path("people/<int:pk>/reset/", appointments.reset_factor, name="reset_factor"),
    path("people/<int:pk>/close/", appointments.close_account, name="close_account"),
    path("people/<int:pk>/open/", appointments.open_account, name="open_account"),
    path("people/<int:pk>/identify/", appointments.identify, name="identify"),
    path("nominations/", nomination_views.nominations, name="nominations"),
    path("nominations/<int:pk>/<nomination_decision:name>/", nomination_views.decide, name="nomination_decide"),
    path("roles/<int:pk>/end/", appointments.end_role, name="end_role"),
    path("roles/<int:pk>/invite/", appointments.invite_again, name="invite_again"),
    path("delegation/", appointments.delegation, name="delegation"),
    path("interests/", register.interests, name="interests"),
    path("interests/<int:pk>/", register.interests_state, name="interests_state"),
    path("ledger/", record.ledger, name="ledger"),
    path("ledger/export/", record.ledger_export, name="ledger_export"),
    path("ledger/verify/", record.ledger_verify, name="ledger_verify"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/try-again/", jobs.job_move, {"name": "try_again"}, name="job_try_again"),
    path("jobs/<int:pk>/stop/", jobs.job_move, {"name": "stop"}, name="job_stop"),
    path("jobs/messages/", jobs.send_again, name="send_again"),
    path("notices/", inbox.inbox, name="inbox"),
    path("notices/<int:pk>/", inbox.notice, name="notice"),
    path("notices/seen/", inbox.notices_seen, name="notices_seen"),
    path("notices/settings/", inbox.notice_settings, name="notice_settings"),
    path("notices/unseen/", inbox.unseen, name="unseen"),
    path("notices/unseen/<int:pk>/", inbox.unseen_people, name="unseen_people"),
]
urlpatterns = [
    path("cycles/", include(pages)),
    path("record/", record.seals_page, name="seals"),
]
