"""Django's PostgreSQL backend, which starts the embedded server when it is not there, after a crash
too.
"""

from typing import Any

from django.db.backends.postgresql import base

from . import ensure_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, object]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # or find it started by another process in the meantime; what it says now is the answer
            ensure_postgres()
            return super().get_new_connection(conn_params)
