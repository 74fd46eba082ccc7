from django.apps import AppConfig


class FestivalConfig(AppConfig):
    name = "festival"
    default_auto_field = "django.db.models.BigAutoField"
