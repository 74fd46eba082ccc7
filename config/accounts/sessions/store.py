"""Where sessions are kept: in the database, read by a statement that is composed once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from agencies.statements import Statement, slot

FOUND = Statement(
    lambda: Session.objects.filter(session_key=slot("key"), expire_date__gt=slot("now"))
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        for session in FOUND.fetch(key=self.session_key, now=timezone.now()):
            return session
        self._session_key = None
        return None
