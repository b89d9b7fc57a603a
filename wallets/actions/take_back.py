"""Staff reverse a gift: its coins go back to the sender's lots, its diamonds to where they came."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids
from wallets.books import Books, Draft
from wallets.models import Account
from wallets.writer import Ask, Kind, Outcome, post_one


class ReverseGift(Kind):
    """All coins of a gift that did not come back yet; cleared diamonds only while available."""

    name = "reversal"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        gifts = {ask.data[0]: rows.read_gift(ask.data[0]) for ask in asks}
        books.facts[self.name] = gifts
        books.add_lots(rows.read_lots({lot for coin, _ in gifts.values() for lot, _ in coin.parts}))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        operation, available = ask.data
        coin, diamond = draft.books.facts[self.name][operation]
        coins = movements.take_back(
            draft, coin=coin, diamond=diamond, why=self.name, available=available
        )
        return {"coins": coins}


REVERSE_GIFT = ReverseGift()


def reverse_gift(*, operation_id: UUID, staff_id: int, reason: str, key: str) -> Outcome:
    """Reverse a gift by its operation. Locks the wallet, clearing and available."""
    coin, diamond = rows.read_gift(operation_id)
    clearing = Account.objects.get(pk=diamond.credit)
    spec = Spec(clearing.owner_id, Account.Kind.AVAILABLE, clearing.asset)
    available = account_ids([spec])[spec]
    return post_one(
        Ask(
            kind=REVERSE_GIFT,
            actor=staff_id,
            key=key,
            accounts=[coin.debit, coin.credit, diamond.debit, diamond.credit, available],
            content=[operation_id],
            data=(operation_id, available),
            reason=reason,
        )
    )
