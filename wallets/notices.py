"""What people are told of their money."""

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from users.notices import Data, Kind, register
from wallets.reminders import reminder_sentence


def _arrived(data: Data) -> str:
    text = ngettext(
        "%(coins)d coin has arrived in your wallet.",
        "%(coins)d coins have arrived in your wallet.",
        data["coins"],
    )
    return text % data


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
