"""The entry of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.requests import timeouts
from cycles import sandbox

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ[timeouts.VARIABLE] = "web"

application = get_wsgi_application()
sandbox.warm("cycles.spreadsheets.workbooks:read_xlsx", "submissions.evidence.file_types:inspect")

# Every page is loaded before the first request, so that a process which says that it is alive also
# answers at once.
pages = get_resolver().url_patterns

# A page makes some hundred thousand objects that die with it. What stands since the start is never
# looked through again, and the young are looked through less often than the 700 objects at which
# Python does: about a tenth of a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
