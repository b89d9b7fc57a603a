"""A creator returns a gift with the rest of its streak, while its diamonds are there.

Also cleared ones, as long as they were not withdrawn. The sender's coins go back into the
lots they came from; what else follows is done by `gifts.actions.taking_back`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from msgspec import Struct

from gifts.actions.undoing import streak_of, transfers_of
from gifts.errors import DiamondsGone, NotYours
from gifts.models import Gift, SentGift
from gifts.notices import GIFT_RETURNED
from users.actions.notifying import notify
from users.models import User
from wallets import movements
from wallets.actions.accounts import Spec, account_ids
from wallets.books import Books, Draft
from wallets.errors import InsufficientDiamonds, NothingToTakeBack
from wallets.models import Account
from wallets.rows import Written, read_lots
from wallets.writer import Ask, Done, Kind, post_one


class Returning(Struct):
    """What an ask carries: the gift, and by clearing account where its diamonds are when clear."""

    sent: SentGift
    available: dict[int, int]


class ReturnGift(Kind):
    name = "return"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        found: dict[UUID, list[tuple[Written, Written]]] = {}
        for ask in asks:
            streak = streak_of(ask.data.sent)
            transfers = transfers_of([sent.id for sent in streak])
            found[ask.data.sent.streak_id] = [transfers[sent.id] for sent in streak]
        lots = {lot for pairs in found.values() for coin, _ in pairs for lot, _ in coin.parts}
        books.add_lots(read_lots(lots))
        books.facts[self.name] = found

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        """All that is left of the streak comes back, or nothing."""
        data: Returning = ask.data
        coins = 0
        for coin, diamond in draft.books.facts[self.name][data.sent.streak_id]:
            if diamond.credit not in draft.books.locked:
                continue  # sent since this was asked for, under another rate card: it stays
            try:
                coins += movements.take_back(
                    draft,
                    coin=coin,
                    diamond=diamond,
                    why=self.name,
                    available=data.available[diamond.credit],
                )
            except NothingToTakeBack:
                continue
            except InsufficientDiamonds as few:
                raise DiamondsGone() from few
        if not coins:
            raise NothingToTakeBack()
        return {"coins": coins, "streak_id": str(data.sent.streak_id)}

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            _tell_sender(item.ask.data.sent, item.draft.operation, item.details["coins"])


RETURN_GIFT = ReturnGift()


def return_gift(*, actor: User, gift_id: UUID, key: str) -> int:
    """Give all coins of a gift and of its streak back; how many. Only who got it does.

    Locks the sender's wallet, the creator's clearing and available accounts, and the place. Refuses
    with NotYours, NothingToTakeBack, DiamondsGone when they were withdrawn (or wait for it, or are
    held), or RepeatDiffers.
    """
    sent = gift_to_return(actor, gift_id)
    moved = transfers_of([one.id for one in streak_of(sent)]).values()
    available = _available({diamond.credit for _, diamond in moved})
    accounts = {
        account
        for coin, diamond in moved
        for account in (coin.debit, coin.credit, diamond.debit, diamond.credit)
    }
    outcome = post_one(
        Ask(
            kind=RETURN_GIFT,
            actor=actor.pk,
            key=key,
            accounts=sorted(accounts | set(available.values())),
            content=[str(sent.streak_id)],
            data=Returning(sent, available),
        )
    )
    coins: int = outcome.details["coins"]
    return coins


def gift_to_return(actor: User, gift_id: UUID) -> SentGift:
    """A gift that this person got. Raises NotYours."""
    sent = SentGift.objects.filter(pk=gift_id, creator_id=actor.pk).first()
    if sent is None:
        raise NotYours()
    return sent


def _tell_sender(sent: SentGift, operation: UUID, coins: int) -> None:
    notify(
        people=[sent.sender_id],
        kind=GIFT_RETURNED.code,
        ref=str(operation),
        path=reverse("wallet"),
        data={
            "creator": User.objects.get(pk=sent.creator_id).name,
            "gift": Gift.objects.get(pk=sent.gift_id).name,
            "coins": coins,
        },
    )


def _available(clearing: set[int]) -> dict[int, int]:
    """By clearing account, where its diamonds go when they are clear."""
    specs = {
        account.pk: Spec(account.owner_id, Account.Kind.AVAILABLE, account.asset)
        for account in Account.objects.filter(pk__in=clearing)
    }
    ids = account_ids(list(specs.values()))
    return {account: ids[spec] for account, spec in specs.items()}
