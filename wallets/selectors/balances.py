"""What a user's accounts hold."""

from dataclasses import dataclass

from django.db.models import F, Sum

from wallets.models import COIN, Account, ClosedDay, RateCard, Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Diamonds:
    """Diamonds of one series, in whole diamonds, with their value in millionths."""

    series: int
    value_millionths: int
    clearing: int = 0
    available: int = 0
    on_hold: int = 0  # asked to be withdrawn
    held: int = 0  # frozen, by a dispute or by staff

    @property
    def total(self) -> int:
        return self.clearing + self.available + self.on_hold + self.held


def coins_of(user_id: int) -> int:
    """The coins in a user's wallet."""
    account = Account.objects.get(owner=user_id, kind=Account.Kind.WALLET, asset=COIN, ref="")
    return account.balance


def diamonds_of(user_id: int) -> list[Diamonds]:
    """A creator's diamonds by series, oldest first; empty for who never earned."""
    accounts = Account.objects.filter(owner=user_id, asset__startswith="DIAMOND.")
    by_series: dict[int, dict[str, int]] = {}
    for account in accounts:
        held = by_series.setdefault(int(account.asset.partition(".")[2]), {})
        if account.kind == Account.Kind.AVAILABLE:
            held["available"] = account.spendable
            held["on_hold"] = account.debits_pending
        else:
            held[account.kind] = account.balance
    values = dict(
        RateCard.objects.filter(series__in=by_series)
        .order_by("starts")
        .values_list("series", "diamond_value_millionths")
    )
    return [
        Diamonds(series=series, value_millionths=values[series], **held)
        for series, held in sorted(by_series.items())
    ]


def balance_of(account: Account) -> int:
    """Credits less debits, for derived accounts from the closed days plus what came since."""
    if account.kind not in Account.DERIVED:
        return account.balance
    closed = ClosedDay.objects.filter(account=account).order_by("-day").first()
    since = Transfer.objects.filter(day__gt=closed.day) if closed else Transfer.objects.all()
    credits = since.filter(credit_account_id=account.pk).aggregate(n=Sum(F("amount")))["n"] or 0
    debits = since.filter(debit_account_id=account.pk).aggregate(n=Sum(F("amount")))["n"] or 0
    before = closed.credits_posted - closed.debits_posted if closed else 0
    return before + int(credits) - int(debits)
