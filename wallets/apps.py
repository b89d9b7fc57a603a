from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from users import groups


class WalletsConfig(AppConfig):
    name = "wallets"
    verbose_name = _("Money")
    default_auto_field = "django.db.models.BigAutoField"
    staff_groups = {
        "support": [
            "view_account",
            "view_coinpack",
            "view_lot",
            "view_ratecard",
            "view_recharge",
            "view_rechargeevent",
            "view_switch",
            "view_taxrate",
            "view_unappliedpayment",
            "recheck_recharge",
        ],
        "moderation": ["view_account", "freeze_account"],
        "finance": [
            groups.VIEW_ALL,
            "announce_ratecard",
            "confirm_payment",
            "end_freeze",
            "enter_cash",
            "freeze_account",
            "grant_coins",
            "place_unapplied",
            "recheck_recharge",
            "sell_coinpack",
            "set_taxrate",
            "throw_switch",
        ],
        "auditor": [groups.VIEW_ALL],
    }

    def ready(self) -> None:
        # Models must be loaded first.
        from wallets import (  # noqa: PLC0415
            check_recharges,  # noqa: F401
            check_spending,  # noqa: F401
            notices,  # noqa: F401
            receivers,  # noqa: F401
        )
