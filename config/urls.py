"""All addresses: pages carry their language (`/fa/`, `/en/`); what machines ask for does not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from appeals.drafting import views as drafting_views
from config.accounts import identity_views
from config.home import views as home_views
from config.monitoring import views as monitoring
from cycles.record import views as record_views
from festival.awards import public_views
from festival.open_data import views as open_data_views
from submissions.signing import views as signing_views

urlpatterns = [
    path("", home_views.entrance, name="entrance"),
    *(path(address, view, name=address) for address, view in monitoring.PROBES.items()),
    path(".well-known/security.txt", monitoring.security_txt, name="security_txt"),
    path("record.json", record_views.seals_json, name="record_json"),
    path("identity/callback/", identity_views.callback, name="account_identity_callback"),
    path("api/", include("festival.open_data.api_views")),
    path("data/", open_data_views.catalogue, name="data"),
    path("data/catalog.jsonld", open_data_views.linked_catalogue, name="data_catalog"),
    path("data/<int:year>/<int:number>/", open_data_views.folder, name="data_folder"),
    path("data/<int:year>/<int:number>/<str:name>", open_data_views.data_file, name="data_file"),
    *i18n_patterns(
        path("", home_views.home, name="home"),
        path("verify/<uuid:uuid>/", signing_views.verify, name="verify"),
        path("verify/appeals/<uuid:uuid>/", drafting_views.verify, name="verify_appeals"),
        path("verify/certificates/<uuid:uuid>/", public_views.verify, name="verify_certificates"),
        path("account/", home_views.account, name="account"),
        path("account/onward/", home_views.onward, name="onward"),
        path("accounts/", include("config.accounts.urls")),
        path("", include("cycles.urls")),
        path("indicators/", include("indicators.urls")),
        path("submissions/", include("submissions.urls")),
        path("appeals/", include("appeals.urls")),
        path("", include("festival.urls")),
    ),
]

handler500 = "config.requests.faults.answer_server_error"
