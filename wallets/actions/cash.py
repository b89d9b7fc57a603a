"""Cash entries by staff and by settlement files: named, with a reason, each once by its key."""

from typing import Any

from django.conf import settings

from users.models import User
from wallets import movements
from wallets.actions.accounts import account_ids, system
from wallets.books import Draft
from wallets.errors import AccountUnknown, AmountRefused
from wallets.models import NOBODY, Account
from wallets.money import Money
from wallets.writer import Ask, Kind, Outcome, post_one


class CashEntry(Kind):
    """Money between two accounts of the system."""

    def __init__(self, name: str) -> None:
        self.name = name  # type: ignore[misc]

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        movements.cash(draft, ask.data, self.name)
        return {"amount": sum(amount for _, _, amount in ask.data)}


# What staff may post: debit account → credit account (docs/ledger.md, "What moves").
ENTRIES: dict[str, tuple[Account.Kind, Account.Kind]] = {
    "provider_fee": (Account.Kind.FEES, Account.Kind.PROVIDER),
    "provider_payout": (Account.Kind.BANK, Account.Kind.PROVIDER),
    "owner_money": (Account.Kind.BANK, Account.Kind.OWNER),
    "reserve_money": (Account.Kind.BANK, Account.Kind.RESERVE),
    "unapplied": (Account.Kind.PROVIDER, Account.Kind.UNAPPLIED),
    "unapplied_back": (Account.Kind.UNAPPLIED, Account.Kind.PROVIDER),
    "write_off": (Account.Kind.LOSSES, Account.Kind.PROVIDER),
    "payout_settled": (Account.Kind.PAYOUT, Account.Kind.BANK),
    "payout_cost": (Account.Kind.PAYOUT_COSTS, Account.Kind.BANK),
}
KINDS = {name: CashEntry(name) for name in ENTRIES}


def post_cash(
    *,
    entry: str,
    amount: int,
    currency: str,
    key: str,
    ref: str = "",
    actor: int = NOBODY,
    reason: str = "",
) -> Outcome:
    """Post one entry of ENTRIES: `amount` minor units. `ref` names the provider or rail."""
    debit_kind, credit_kind = ENTRIES[entry]
    debit = system(debit_kind, currency, _ref(debit_kind, ref))
    credit = system(credit_kind, currency, _ref(credit_kind, ref))
    ids = account_ids([debit, credit])
    return post_one(
        Ask(
            kind=KINDS[entry],
            actor=actor,
            key=key,
            accounts=list(ids.values()),
            content=[amount, currency, ref],
            data=[(ids[debit], ids[credit], amount)],
            reason=reason,
        )
    )


def _ref(kind: str, ref: str) -> str:
    return ref if kind in (Account.Kind.PROVIDER, Account.Kind.PAYOUT) else ""


# What staff enter by hand. Money that fits no order has rows of its own and is placed by them.
BY_HAND = tuple(name for name in ENTRIES if not name.startswith("unapplied"))


def refs_of(entry: str) -> list[str]:
    """The providers or rails that an entry can be about; [""] where it is about none."""
    kinds = ENTRIES[entry]
    if Account.Kind.PROVIDER in kinds:
        return list(settings.PAYMENT_FEES)
    if Account.Kind.PAYOUT in kinds:
        paid_out = Account.objects.filter(owner=None, kind=Account.Kind.PAYOUT)
        return list(paid_out.order_by("ref").values_list("ref", flat=True).distinct())
    return [""]


def enter_cash(
    *, entry: str, money: Money, ref: str, staff: User, reason: str, key: str
) -> Outcome:
    """Post money that staff saw move and that has no row of its own.

    Refuses with AccountUnknown (another entry, or a provider or rail that it is not about) or
    AmountRefused.
    """
    if entry not in BY_HAND or ref not in refs_of(entry):
        raise AccountUnknown()
    if money.minor < 1:
        raise AmountRefused(smallest=1)
    return post_cash(
        entry=entry,
        amount=money.minor,
        currency=money.currency,
        ref=ref,
        actor=staff.pk,
        reason=reason,
        key=key,
    )
