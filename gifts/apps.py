from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "gifts"
    default_auto_field = "django.db.models.BigAutoField"
