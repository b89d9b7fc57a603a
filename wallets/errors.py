"""What the ledger refuses, by name, and what must never happen."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from users.errors import Refusal
from wallets.money import Money, format_money


class InsufficientCoins(Refusal):
    """The wallet holds fewer coins than asked for; `missing` says how many."""

    code = "insufficient_coins"
    status = 402
    says = _("Your wallet is %(missing)s coins short.")


class InsufficientDiamonds(Refusal):
    code = "insufficient_diamonds"
    says = _("There are %(missing)s diamonds too few.")


class RepeatDiffers(Refusal):
    """The key was used before with another request."""

    code = "repeat_differs"
    status = 409
    stored = False
    says = _("This was sent before with other content. Please start again.")


class Busy(Refusal):
    """The system is at its limit now; nothing was tried, the same key may be sent again."""

    code = "busy"
    status = 503
    stored = False
    says = _("Too much is going on right now. Nothing was done; please try again.")


class Stopped(Refusal):
    """Staff have stopped this part; `message` is what people are told."""

    code = "stopped"
    status = 503
    stored = False
    says = _("%(message)s")


class NothingToTakeBack(Refusal):
    """The whole transfer came back before, or its diamonds are cleared."""

    code = "nothing_to_take_back"
    says = _("All of it came back before.")


class TooLate(Refusal):
    code = "too_late"
    says = _("It is too late for this.")


class NotRefundable(Refusal):
    code = "not_refundable"
    says = _("At most %(most)s of these coins can be given back.")


class AlreadyResolved(Refusal):
    """The hold was posted or voided before."""

    code = "already_resolved"
    says = _("Somebody has dealt with this already.")


class OverLimit(Refusal):
    """An own limit, a cap or a staff limit would be passed; `limit` and `left` say which."""

    code = "limit"
    says = _("That is above the limit. %(left)s coins are left of it.")


class OverOwnMoneyLimit(Refusal):
    """The buyer's own limit on money recharged would be passed.

    `limit` is its period; `left_minor` of `currency` are left of `most_minor`, which buy `left`
    coins; `again` is the day on which all of it is there again.
    """

    code = "own_money_limit"
    says = _(
        "That is above the limit that you set yourself for recharging. %(left)s of it are left; "
        "from %(again)s it is %(most)s again."
    )

    @property
    def sentence(self) -> str:
        currency = self.details["currency"]
        return str(self.says) % {
            "left": _money(self.details["left_minor"], currency),
            "most": _money(self.details["most_minor"], currency),
            "again": date_format(date.fromisoformat(self.details["again"]), "DATE_FORMAT"),
        }


class LedgerBroken(Exception):
    """An assertion of the ledger failed: the transaction is rolled back and nothing is written."""


class AccountsChanged(LedgerBroken):
    """The accounts that an operation named are no longer whose they were: look them up anew."""


class NothingDue(Refusal):
    """There is nothing to do now; a later try may find something."""

    code = "nothing_due"
    stored = False
    says = _("There is nothing to do now.")


class NeedsMoreAccounts(Exception):
    """Judging found an account that was not locked; the action locks it too and tries again."""

    def __init__(self, accounts: set[int]) -> None:
        super().__init__(accounts)
        self.accounts = accounts


class RateCardTooSoon(Refusal):
    """A rate card starts after the notice time; `earliest` is its first moment."""

    code = "rate_card_too_soon"
    says = _("A rate card is announced at least %(days)s days before it starts.")


class DateTaken(Refusal):
    """There is a card or a rate that starts then already."""

    code = "date_taken"
    says = _("Something starts on that date already.")


class InThePast(Refusal):
    """What was valid in the past is not changed."""

    code = "in_the_past"
    says = _("The past cannot be changed.")


class AmountRefused(Refusal):
    """Not a number of coins that can be bought: below `smallest`, or above `largest`."""

    code = "amount"
    status = 422
    says = _("This number of coins cannot be bought.")


class MethodUnknown(Refusal):
    """Nothing can be paid this way here."""

    code = "method"
    status = 422
    says = _("This way of paying is not offered.")


class ConsentMissing(Refusal):
    """The buyer has not agreed to the terms and to delivery at once."""

    code = "consent"
    status = 422
    says = _("Please agree to the terms and to getting the coins at once.")


class CountryUnknown(Refusal):
    """No country that taxes could be paid to."""

    code = "country"
    status = 422
    says = _("Please choose your country.")


class ProviderSilent(Refusal):
    """The payment provider gave no answer: what became of the payment is not known yet."""

    code = "provider_silent"
    status = 503
    stored = False
    says = _("The payment provider does not answer. Nothing was charged; please try again.")


class WalletNeeded(Refusal):
    """It is about a person's wallet, and this is another account."""

    code = "wallet_needed"
    says = _("This is not the wallet of a person.")


class AccountUnknown(Refusal):
    """No such entry of money, or none about this provider or rail."""

    code = "account_unknown"
    status = 422
    says = _("There is no such account for this.")


class NoFreeze(Refusal):
    """The transfer is not one that holds diamonds."""

    code = "no_freeze"
    says = _("No diamonds are held by this.")


def _money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency), get_language() or "en")
