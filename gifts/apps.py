from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GiftsConfig(AppConfig):
    name = "gifts"
    verbose_name = _("Gifts and rooms")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gifts import receivers  # noqa: F401, PLC0415 - models must be loaded first
