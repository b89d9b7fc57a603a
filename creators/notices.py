"""What people are told of creators, and creators of their money."""

from datetime import timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from creators.models import Withdrawal
from users.notices import Data, Kind, register
from wallets.money import Money, format_money

WENT_LIVE = register(
    Kind(
        code="went_live",
        label=lazy("A creator I follow is live"),
        mark="live",
        sentence=lambda data: _("%(name)s is live: %(title)s") % data,
        by_mail=True,
        # Later the stream may have ended.
        mail_within=timedelta(minutes=30),
    )
)


def _step(data: Data) -> str:
    sum_ = format_money(Money(data["minor"], data["currency"]), get_language() or "en")
    state = Withdrawal.State(data["state"]).label
    return _("Your withdrawal of %(sum)s: %(state)s") % {"sum": sum_, "state": state}


WITHDRAWAL_STEP = register(
    Kind(
        code="withdrawal_step",
        label=lazy("A step of my withdrawal"),
        mark="bank",
        sentence=_step,
        # Each step has a mail of its own.
    )
)
