from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Tables exist everywhere, so that there is one schema; they are filled only where DEMO is."""

    name = "gifteconomy.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
