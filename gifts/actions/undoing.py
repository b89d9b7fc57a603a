"""A sender takes a gift back, with what else of its streak is still inside the window."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from creators.locks import lock_places
from gifts import rows
from gifts.errors import GiftUnknown, UndoLimit, UndoneBefore, UndoTooLate
from gifts.models import SentGift
from gifts.orders import UndoOrder
from gifts.rows import PlaceFacts
from users.errors import Refusal
from wallets import movements
from wallets.books import Books, Draft
from wallets.errors import NothingToTakeBack, TooLate
from wallets.rows import Written, read_lots, read_transfers
from wallets.statements import array
from wallets.writer import Ask, Done, Kind, Outcome, post


@dataclass(slots=True)
class UndoFacts:
    """What judging undos needs, carried forward from undo to undo."""

    day: date
    places: dict[int, PlaceFacts]
    streaks: dict[UUID, list[SentGift]]
    transfers: dict[UUID, tuple[Written, Written]]
    undos_today: dict[int, int]


class UndoGift(Kind):
    name = "undo"
    by_person = True

    def lock(self, asks: Sequence[Ask]) -> None:
        lock_places(ask.data.place_id for ask in asks)

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        streaks = {ask.data.streak_id: streak_of(ask.data) for ask in asks}
        transfers = transfers_of([sent.id for streak in streaks.values() for sent in streak])
        day = books.local_day(books.now)
        books.add_lots(read_lots({lot for coin, _ in transfers.values() for lot, _ in coin.parts}))
        books.facts[self.name] = UndoFacts(
            day=day,
            places=rows.read_places({ask.data.place_id for ask in asks}),
            streaks=streaks,
            transfers=transfers,
            undos_today=rows.read_undos({ask.actor for ask in asks}, day),
        )

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        facts: UndoFacts = draft.books.facts[self.name]
        place = facts.places[ask.data.place_id]
        undos = facts.undos_today.get(ask.actor, 0)
        streak = facts.streaks[ask.data.streak_id]
        asked = next(sent for sent in streak if sent.id == ask.data.id)
        if refusal := _too_late(asked, place, draft.now):
            raise refusal
        if undos >= settings.UNDO_PER_DAY:
            raise UndoLimit(most=settings.UNDO_PER_DAY)
        coins = _take_back(asked, draft, facts)
        taken = [asked]
        for sent in streak:
            if sent is asked or _too_late(sent, place, draft.now):
                continue
            try:
                coins += _take_back(sent, draft, facts)
            except (NothingToTakeBack, TooLate):
                continue
            taken.append(sent)
        # From here on nothing is refused.
        for sent in taken:
            sent.state = SentGift.State.TAKEN_BACK
        place.seq += 1
        facts.undos_today[ask.actor] = undos + 1
        wallet = draft.account(facts.transfers[asked.id][0].debit)
        return {
            "gift_ids": [str(sent.id) for sent in sorted(taken, key=lambda sent: sent.seq)],
            "seq": place.seq,
            "streak_id": str(asked.streak_id),
            "coins": coins,
            "balance": wallet.spendable,
            "pseq": wallet.debits_posted + wallet.credits_posted,
            "undo_left_today": settings.UNDO_PER_DAY - undos - 1,
        }

    def write(self, done: Sequence[Done]) -> None:
        """What came back is written by `gifts.actions.taking_back`, whoever takes it back."""
        facts: UndoFacts = done[0].draft.books.facts[self.name]
        rows.count_undos(Counter(item.ask.actor for item in done), facts.day)


UNDO_GIFT = UndoGift()


def undo_gifts(orders: Sequence[UndoOrder], *, now: datetime | None = None) -> list[Outcome]:
    """Take gifts back in one transaction; outcomes in the order of the orders.

    The window is judged by the database's clock. Locks wallets and clearing accounts, then places.
    Refused with GiftUnknown, UndoTooLate, UndoneBefore, UndoLimit, Frozen or RepeatDiffers.
    """
    found = {sent.id: sent for sent in SentGift.objects.filter(pk__in={o.gift_id for o in orders})}
    outcomes: dict[int, Outcome] = {}
    asks: dict[int, Ask] = {}
    for index, order in enumerate(orders):
        sent = found.get(order.gift_id)
        if sent is None or sent.sender_id != order.sender_id:
            outcomes[index] = _unknown()
        else:
            asks[index] = _ask(order, sent)
    posted = post(list(asks.values()), now=now) if asks else []
    outcomes |= dict(zip(asks, posted, strict=True))
    return [outcomes[index] for index in range(len(orders))]


def streak_of(sent: SentGift) -> list[SentGift]:
    """All sendings of the streak that this one belongs to, in order."""
    # The streak is named by its first sending, which says from when to look.
    first = sent if sent.streak_id == sent.id else SentGift.objects.get(pk=sent.streak_id)
    return list(
        SentGift.objects.filter(
            sender_id=sent.sender_id, created__gte=first.created, streak_id=sent.streak_id
        ).order_by("seq")
    )


def transfers_of(operations: Sequence[UUID]) -> dict[UUID, tuple[Written, Written]]:
    """The coin and the diamond transfer of each gift."""
    found: dict[UUID, dict[bool, Written]] = {}
    for written in read_transfers(
        "t.operation_id = ANY(%s::uuid[]) AND t.code = 'gift'", [array(operations)]
    ):
        found.setdefault(written.operation, {})[bool(written.parts)] = written
    return {operation: (pair[True], pair[False]) for operation, pair in found.items()}


def _ask(order: UndoOrder, sent: SentGift) -> Ask:
    accounts = {
        account
        for coin, diamond in transfers_of([one.id for one in streak_of(sent)]).values()
        for account in (coin.debit, coin.credit, diamond.debit, diamond.credit)
    }
    return Ask(
        kind=UNDO_GIFT,
        actor=order.sender_id,
        key=order.key,
        accounts=sorted(accounts),
        content=[str(order.gift_id)],
        data=sent,
    )


def _unknown() -> Outcome:
    refusal = GiftUnknown()
    return Outcome(operation=None, done=False, code=refusal.code, refusal=refusal)


def _too_late(sent: SentGift, place: PlaceFacts, now: datetime) -> Refusal | None:
    if sent.state != SentGift.State.SENT:
        return UndoneBefore()
    if sent.undo_until < now or sent.seq <= place.counted:
        return UndoTooLate()
    return None


def _take_back(sent: SentGift, draft: Draft, facts: UndoFacts) -> int:
    coin, diamond = facts.transfers[sent.id]
    if diamond.credit not in draft.books.locked:
        # Sent since this was asked for, under another rate card: it stays.
        raise TooLate()
    return movements.take_back(draft, coin=coin, diamond=diamond, why="undo")
