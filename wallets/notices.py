"""What people are told of their money."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from users.notices import Data, Kind, register
from wallets.reminders import reminder_sentence
from wallets.templatetags.money import coins_text


def _arrived(data: Data) -> str:
    return _("Arrived in your wallet: %(coins)s.") % {"coins": coins_text(data["coins"])}


LIMIT_REACHED = register(
    Kind(
        code="limit_reached",
        label=lazy("Half or the whole of my own limit is spent"),
        mark="shield",
        sentence=reminder_sentence,
        by_mail=False,
    )
)
RECHARGE_ARRIVED = register(
    Kind(
        code="recharge_arrived",
        label=lazy("Coins that I bought have arrived"),
        mark="wallet",
        sentence=_arrived,
        # The receipt is mailed anyway.
    )
)
