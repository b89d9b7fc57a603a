from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from users import groups


class CreatorsConfig(AppConfig):
    name = "creators"
    verbose_name = _("Creators and payouts")
    default_auto_field = "django.db.models.BigAutoField"
    staff_groups = {
        "support": ["view_creator", "view_stream", "view_withdrawal", "view_moderationact"],
        "moderation": [
            "view_creator",
            "view_stream",
            "approve_creator",
            "suspend_creator",
            "end_stream",
            "view_moderationact",
            "moderate_rooms",
            "view_streamkey",
            "revoke_streamkey",
        ],
        "finance": [
            "view_creator",
            "view_withdrawal",
            "view_payoutbatch",
            "view_payoutitem",
            "view_payoutmethod",
            "approve_withdrawal",
            "refuse_withdrawal",
            "prepare_payoutbatch",
            "approve_payoutbatch",
            "settle_payoutitem",
        ],
        "auditor": [groups.VIEW_ALL],
    }

    def ready(self) -> None:
        # Models must be loaded first.
        from creators import (  # noqa: F401, PLC0415
            answers,
            check_payouts,
            notices,
            receivers,
            report_kinds,
        )
