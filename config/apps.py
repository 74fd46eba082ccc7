from django.apps import AppConfig
from django.conf import settings

from config.monitoring import errors


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        if settings.SENTRY_DSN:
            errors.start(settings.SENTRY_DSN, environment=settings.SENTRY_ENVIRONMENT)
