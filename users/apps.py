from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from users import groups


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"
    staff_groups = {
        "support": [
            "view_user",
            "view_block",
            "change_date_of_birth",
            "sign_out_user",
        ],
        "moderation": [
            "view_user",
            "view_block",
            "deactivate_user",
            "sign_out_user",
            "view_filterword",
            "change_filter_list",
            "view_approval",
            "decide_approval",
            "view_report",
            "answer_report",
        ],
        "finance": ["view_user", "view_approval", "decide_approval"],
        "auditor": [groups.VIEW_ALL],
    }

    def ready(self) -> None:
        # Models must be loaded first.
        from users import receivers, report_kinds  # noqa: F401, PLC0415

        post_migrate.connect(fill_groups, dispatch_uid="users.fill_groups")


def fill_groups(sender: Any, using: str, **kwargs: Any) -> None:
    groups.grant_declared(sender, using=using)
