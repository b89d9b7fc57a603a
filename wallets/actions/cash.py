"""Cash entries by staff and by settlement files: named, with a reason, each once by its key."""

from typing import Any

from wallets import movements
from wallets.actions.accounts import account_ids, system
from wallets.books import Draft
from wallets.models import NOBODY, Account
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
