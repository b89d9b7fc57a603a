from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from users import groups


class GiftsConfig(AppConfig):
    name = "gifts"
    verbose_name = _("Gifts and rooms")
    default_auto_field = "django.db.models.BigAutoField"

    staff_groups = {
        "support": ["view_gift", "view_sentgift"],
        "moderation": [
            "view_gift",
            "change_gift",
            "view_sentgift",
            "freeze_sentgift",
            "view_overlay",
            "revoke_overlay",
        ],
        "finance": [
            "view_gift",
            "change_gift",
            "view_sentgift",
            "freeze_sentgift",
            "reverse_sentgift",
        ],
        "auditor": [groups.VIEW_ALL],
    }

    def ready(self) -> None:
        from gifts import (  # noqa: F401, PLC0415 - models must be loaded first
            notices,
            receivers,
            report_kinds,
        )
