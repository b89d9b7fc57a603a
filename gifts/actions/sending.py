"""Gifts are sent: many in one transaction, judged one after another."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from msgspec import Struct

from creators.actions import NewEarning, record_earnings
from creators.errors import (
    Banned,
    Enough,
    GiftsOff,
    GiftTooLarge,
    GiftTooSmall,
    StreamEnded,
)
from creators.locks import lock_places
from gifts import rows
from gifts.actions import roads
from gifts.actions.reminding import remind
from gifts.actions.roads import Road
from gifts.errors import (
    AnonymousOff,
    AnonymousWithMessage,
    ConfirmNeeded,
    GiftUnavailable,
    OwnStream,
    PriceChanged,
)
from gifts.events import Numbered, gift_event, gift_part, moment, person
from gifts.models import Gift
from gifts.orders import GiftOrder
from gifts.receipts import LotPart, Split, split
from gifts.rooms import bus
from gifts.rows import NewGift, PlaceFacts, SenderFacts, SendingFacts, StreakFacts
from users.actions.people import require_money_age
from users.errors import Blocked, Frozen
from wallets import movements
from wallets.books import Books, Draft
from wallets.errors import AccountsChanged, OverLimit
from wallets.models import RateCard
from wallets.statements import together
from wallets.states import AccountState, LotState
from wallets.writer import Ask, Done, Kind, Outcome, post


class Sending(Struct):
    """What an ask carries."""

    order: GiftOrder
    road: Road


class Sent(Struct):
    """What an accepted gift writes and tells."""

    row: NewGift
    gift: Gift
    earning: NewEarning


class SendGift(Kind):
    """Coins of the sender become diamonds of the creator, and the room sees it."""

    name = "gift"
    switch = "gifts"
    by_person = True

    def lock(self, asks: Sequence[Ask]) -> None:
        lock_places(ask.data.order.place_id for ask in asks)

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        facts = rows.read_sending(
            [(ask.data.order, ask.data.road.creator) for ask in asks], now=books.now
        )
        roads.check({roads.key(ask.data.order): ask.data.road for ask in asks}, facts, books)
        books.facts[self.name] = facts

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        order, road = ask.data.order, ask.data.road
        facts: SendingFacts = draft.books.facts[self.name]
        place, sender = facts.places[order.place_id], facts.senders[order.sender_id]
        gift, card = _shown(order, facts)
        _check_people(order, place, sender, facts)
        coins = gift.coins * order.quantity
        diamonds = coins * card.diamonds_per_coin
        _check_boundaries(order, coins, place)
        _check_amount(order, coins, place, sender, facts)
        moved = movements.gift(
            draft,
            wallet=road.wallet,
            spent=road.spent,
            earned=road.earned,
            clearing=road.clearing,
            coins=coins,
            diamonds=diamonds,
            undo_seconds=sender.undo_seconds,
        )
        # From here on nothing is refused: what is carried forward is what will be written.
        streak = _count_on(order, gift, coins, draft, facts)
        place.seq += 1
        place.coins += coins
        place.gifts += order.quantity
        pair = order.sender_id, place.creator_id
        facts.sent_today[pair] = facts.sent_today.get(pair, 0) + coins
        row = NewGift(
            id=draft.operation,
            place_id=place.id,
            seq=place.seq,
            sender_id=sender.id,
            creator_id=place.creator_id,
            gift_id=gift.id,
            rate_card_id=card.id,
            quantity=order.quantity,
            coins=coins,
            diamonds=diamonds,
            streak_id=streak.id,
            streak_count=streak.count,
            streak_coins=streak.coins,
            coin_transfer=moved.coin_transfer,
            diamond_transfer=moved.diamond_transfer,
            message=order.message,
            anonymous=order.anonymous,
            created=draft.now,
            undo_until=sender.undo_until,
        )
        parted = split(
            [_lot_part(draft.lot(id), coins) for id, coins in moved.parts],
            diamonds=row.diamonds,
            value_millionths=card.diamond_value_millionths,
            currency=facts.rules.currency,
            fees=facts.rules.fees,
        )
        draft.notes = Sent(row, gift, _earning(row, gift, card, moved.clears_at))
        receipt = _receipt(row, gift, moved, parted, draft.account(road.wallet))
        if reminder := draft.reminder(road.wallet, coins):
            receipt["reminder"] = reminder
        return receipt

    def insert(self, done: Sequence[Done]) -> None:
        rows.insert_sent_gifts([item.draft.notes.row for item in done])
        record_earnings([item.draft.notes.earning for item in done])

    def write(self, done: Sequence[Done]) -> None:
        facts: SendingFacts = done[0].draft.books.facts[self.name]
        sent: list[Sent] = [item.draft.notes for item in done]
        supporters: Counter[tuple[int, int, date]] = Counter()
        for item in sent:
            supporters[item.row.sender_id, item.row.creator_id, facts.day] += item.row.coins
        with together():
            rows.write_places([facts.places[id] for id in sorted({s.row.place_id for s in sent})])
            rows.add_to_supporters(supporters)
        people = {id: person(sender.user) for id, sender in facts.senders.items()}
        told = [
            _told(item, None if item.row.anonymous else people[item.row.sender_id]) for item in sent
        ]
        transaction.on_commit(lambda: bus.tell(told), robust=True)
        if reached := [item for item in done if "reminder" in item.details]:
            transaction.on_commit(lambda: remind(reached, facts.day), robust=True)


SEND_GIFT = SendGift()


def send_gifts(orders: Sequence[GiftOrder], *, now: datetime | None = None) -> list[Outcome]:
    """Send gifts in one transaction, in order; the outcomes in the same order.

    Locks the wallets of the senders and the clearing accounts of the creators, then the places.
    The details of a done outcome are the receipt. Outcomes are refused with GiftUnavailable,
    PriceChanged, StreamEnded, OwnStream, TooYoung, Frozen, Blocked, Banned, GiftsOff, Enough,
    GiftTooSmall, GiftTooLarge, AnonymousOff, AnonymousWithMessage, OnBreak, QuietHours, OverLimit,
    ConfirmNeeded, InsufficientCoins, Stopped or RepeatDiffers. `now` is for histories.
    """
    try:
        return post(_asks(orders), now=now)
    except AccountsChanged:
        roads.forget()
        return post(_asks(orders), now=now)


def _asks(orders: Sequence[GiftOrder]) -> list[Ask]:
    """Accounts are found, or opened, before the transaction begins."""
    found = roads.find(orders)
    return [_ask(order, found[roads.key(order)]) for order in orders]


def _ask(order: GiftOrder, road: Road) -> Ask:
    return Ask(
        kind=SEND_GIFT,
        actor=order.sender_id,
        key=order.key,
        accounts=road.accounts,
        content=[
            order.place_id,
            order.gift,
            order.quantity,
            order.message,
            order.price_coins,
            order.rate_card,
            *(["anonymous"] if order.anonymous else []),
        ],
        data=Sending(order, road),
    )


# --- judging --------------------------------------------------------------------------------------
def _shown(order: GiftOrder, facts: SendingFacts) -> tuple[Gift, RateCard]:
    """The gift and the rate card, when they are as the sender saw them."""
    gift = facts.gifts.get(order.gift)
    if gift is None or not gift.active or (order.quantity > 1 and not gift.streakable):
        raise GiftUnavailable(gift=order.gift)
    if facts.card is None:
        raise GiftUnavailable(gift=order.gift)
    if order.price_coins != gift.coins or order.rate_card != facts.card.id:
        raise PriceChanged(gift=gift.slug, price_coins=gift.coins, rate_card=facts.card.pk)
    return gift, facts.card


def _check_people(
    order: GiftOrder, place: PlaceFacts, sender: SenderFacts, facts: SendingFacts
) -> None:
    if not place.open:
        raise StreamEnded()
    if place.creator_id == sender.id:
        raise OwnStream()
    if not sender.user.is_active:
        raise Frozen()
    if not sender.of_age:
        require_money_age(sender.user, today=facts.day)
        sender.of_age = True
    if why := facts.shut_out.get((sender.id, place.creator_id)):
        raise Banned() if why == "banned" else Blocked()


def _check_boundaries(order: GiftOrder, coins: int, place: PlaceFacts) -> None:
    """What the creator asks of a gift."""
    if place.takes != "on":
        raise Enough() if place.takes == "enough" else GiftsOff()
    if coins < place.least_coins:
        raise GiftTooSmall(least=place.least_coins)
    if place.most_coins is not None and coins > place.most_coins:
        raise GiftTooLarge(most=place.most_coins)
    if order.anonymous:
        if order.message:
            raise AnonymousWithMessage()
        if not place.anonymous:
            raise AnonymousOff()


def _check_amount(
    order: GiftOrder, coins: int, place: PlaceFacts, sender: SenderFacts, facts: SendingFacts
) -> None:
    """Own limits and the site's are judged where the coins are spent."""
    most = place.viewer_coins_per_day
    if most is not None:
        today = facts.sent_today.get((order.sender_id, place.creator_id), 0)
        if today + coins > most:
            raise OverLimit(limit="creator_day", left=max(0, most - today))
    if coins >= sender.confirm_from and not order.confirmed:
        raise ConfirmNeeded(coins=coins)


def _count_on(
    order: GiftOrder, gift: Gift, coins: int, draft: Draft, facts: SendingFacts
) -> StreakFacts:
    """The streak with this sending in it; a gift that does not streak is one of its own."""
    run = (order.sender_id, order.place_id, gift.id, order.anonymous)
    last = facts.streaks.get(run) if gift.streakable else None
    if last is None or last.last < facts.idle_since:
        last = StreakFacts(draft.operation, 0, 0, draft.now)
    streak = StreakFacts(last.id, last.count + order.quantity, last.coins + coins, draft.now)
    facts.streaks[run] = streak
    return streak


# --- what comes of it -----------------------------------------------------------------------------
def _receipt(
    row: NewGift,
    gift: Gift,
    moved: movements.Gift,
    parted: Split | None,
    wallet: AccountState,
) -> dict[str, Any]:
    """Kept with the operation: who asks again with the same key gets the same receipt."""
    return {
        "gift_id": str(row.id),
        "seq": row.seq,
        "gift": gift_part(gift),
        "quantity": row.quantity,
        "coins": row.coins,
        "diamonds": row.diamonds,
        "streak_id": str(row.streak_id),
        "count": row.streak_count,
        "balance": wallet.spendable,
        "pseq": wallet.debits_posted + wallet.credits_posted,
        "split": parted.as_json() if parted else None,
        "clears_at": moment(moved.clears_at),
        "undo_until": moment(row.undo_until),
    }


def _lot_part(lot: LotState, coins: int) -> LotPart:
    """`coins` of a lot, as it is without them."""
    return LotPart(
        gone=lot.coins - lot.remaining - coins,
        coins=coins,
        lot_coins=lot.coins,
        price=lot.price,
        tax=lot.tax,
        currency=lot.currency,
        method=lot.method,
    )


def _earning(row: NewGift, gift: Gift, card: RateCard, clears_at: datetime) -> NewEarning:
    return NewEarning(
        operation_id=row.id,
        creator_id=row.creator_id,
        place_id=row.place_id,
        supporter_id=row.sender_id,
        source_id=gift.id,
        source_name=gift.name,
        quantity=row.quantity,
        coins=row.coins,
        diamonds=row.diamonds,
        series=card.series,
        clears_at=clears_at,
        created=row.created,
        anonymous=row.anonymous,
    )


def _told(sent: Sent, sender: dict[str, Any] | None) -> Numbered:
    row = sent.row
    return Numbered(
        place_id=row.place_id,
        seq=row.seq,
        event=gift_event(
            id=row.id,
            seq=row.seq,
            gift=sent.gift,
            sender=sender,
            quantity=row.quantity,
            coins=row.coins,
            streak_id=row.streak_id,
            streak_count=row.streak_count,
            streak_coins=row.streak_coins,
            message=row.message,
            created=row.created,
        ),
    )
