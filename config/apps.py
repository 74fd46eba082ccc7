from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in

from config.accounts.sessions import limits
from config.monitoring import errors


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        user_logged_in.connect(limits.begin, dispatch_uid="sessions")
        if settings.SENTRY_DSN:
            errors.start(settings.SENTRY_DSN, environment=settings.SENTRY_ENVIRONMENT)
