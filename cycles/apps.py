from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CyclesConfig(AppConfig):
    name = "cycles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let each app's `tasks` register its kinds of jobs, in the web process as in a worker."""
        autodiscover_modules("tasks")
