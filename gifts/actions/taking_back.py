"""What must also happen when coins of gifts come back, whoever takes them: undo, staff, a dispute.

Runs inside the writer's transaction: gifts are marked, earnings and totals follow, and the place
gets an event for each streak.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from creators.actions import mark_earnings_taken_back
from creators.locks import lock_places
from gifts import rows
from gifts.actions.summing import take_from_sums
from gifts.actions.undoing import streak_of
from gifts.events import Numbered, gift_taken_back, person
from gifts.models import Gift, SentGift
from gifts.rooms import bus
from gifts.rows import PlaceFacts
from users.models import User
from wallets.limits import local_day
from wallets.statements import array
from wallets.states import DraftTakenBack

# A span that is final at once went back to the wallet; one that is held waits for a decision.
CAME_BACK = "final"


def mark_taken_back(taken: Sequence[DraftTakenBack]) -> None:
    """Mark the gifts of these transfers. Locks their places; the accounts are locked."""
    coins = _coins_by_gift(taken)
    gifts = {sent.id: sent for sent in SentGift.objects.filter(pk__in=coins)}
    if not gifts:
        return
    why = taken[0].why
    now, whole = _now_and_whole(list(gifts))
    lock_places({sent.place_id for sent in gifts.values()})
    places = rows.read_places({sent.place_id for sent in gifts.values()})
    _mark(whole, now)
    mark_earnings_taken_back({id: coins[id] for id in gifts})
    take_from_sums(
        {id: (one, coins[id], one.quantity if id in whole else 0) for id, one in gifts.items()},
        places,
    )
    came_back = _coins_by_gift([back for back in taken if back.state == CAME_BACK])
    if came_back:
        rows.take_from_supporters(_days(gifts, came_back))

    told = []
    known = _Known(gifts.values())
    for streak in _by_streak(gifts, list(coins)):
        place = places[streak[0].place_id]
        back = [sent for sent in streak if sent.id in whole]
        place.seq += 1
        place.coins -= sum(coins[sent.id] for sent in streak)
        place.gifts -= sum(sent.quantity for sent in back)
        told.append(_event(streak, back, coins, place, why, known, now))
    rows.insert_place_events([_event_row(numbered, now) for numbered in told])
    rows.write_places([places[id] for id in sorted(places)])
    transaction.on_commit(lambda: bus.tell(told), robust=True)


def mark_released(released: Mapping[UUID, int]) -> None:
    """A dispute over these transfers was won: their gifts stand again. Locks their places.

    The room is not told: disputes take weeks, and its totals say it to whoever looks.
    """
    coins = _by_operation(released)
    gifts = {sent.id: sent for sent in SentGift.objects.filter(pk__in=coins)}
    if not gifts:
        return
    lock_places({sent.place_id for sent in gifts.values()})
    places = rows.read_places({sent.place_id for sent in gifts.values()})
    again = [sent for sent in gifts.values() if sent.state == SentGift.State.TAKEN_BACK]
    SentGift.objects.filter(pk__in=[sent.id for sent in again]).update(
        state=SentGift.State.SENT, taken_back_at=None
    )
    mark_earnings_taken_back({id: -coins[id] for id in gifts})
    take_from_sums(
        {id: (one, -coins[id], -one.quantity if one in again else 0) for id, one in gifts.items()},
        places,
    )
    for sent in gifts.values():
        places[sent.place_id].coins += coins[sent.id]
        places[sent.place_id].gifts += sent.quantity if sent in again else 0
    rows.write_places([places[id] for id in sorted(places)])


def _coins_by_gift(taken: Sequence[DraftTakenBack]) -> dict[UUID, int]:
    """Coins that come back by the gift's operation, in the order in which they were taken."""
    transfers: Counter[UUID] = Counter()
    for back in taken:
        transfers[back.transfer] += back.end - back.first
    return _by_operation(transfers)


def _by_operation(transfers: Mapping[UUID, int]) -> dict[UUID, int]:
    """Coins by the operation that made these transfers, in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, operation_id FROM wallets_transfer WHERE id = ANY(%s::uuid[])",
            [array(transfers)],
        )
        operations = dict(cursor.fetchall())
    return {operations[transfer]: coins for transfer, coins in transfers.items()}


def _now_and_whole(gifts: Sequence[UUID]) -> tuple[datetime, set[UUID]]:
    """The database's clock, and those gifts of which all coins have come back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
        cursor.execute(
            """SELECT g.id FROM gifts_sentgift g
               WHERE g.id = ANY(%s::uuid[]) AND g.coins = (
                   SELECT sum(upper(b.span) - lower(b.span)) FROM wallets_takenback b
                   WHERE b.transfer_id = g.coin_transfer AND b.state <> 'released')""",
            [array(gifts)],
        )
        return now, {row[0] for row in cursor.fetchall()}


def _mark(whole: set[UUID], now: datetime) -> None:
    if whole:
        SentGift.objects.filter(pk__in=whole, state=SentGift.State.SENT).update(
            state=SentGift.State.TAKEN_BACK, taken_back_at=now
        )


def _days(gifts: dict[UUID, SentGift], coins: dict[UUID, int]) -> Counter[tuple[int, int, date]]:
    """What came back by sender, creator and the day on which it was sent."""
    back: Counter[tuple[int, int, date]] = Counter()
    for id, n in coins.items():
        sent = gifts[id]
        back[sent.sender_id, sent.creator_id, local_day(sent.created)] += n
    return back


def _by_streak(gifts: dict[UUID, SentGift], order: Sequence[UUID]) -> list[list[SentGift]]:
    streaks: dict[UUID, list[SentGift]] = {}
    for id in order:
        if id in gifts:
            streaks.setdefault(gifts[id].streak_id, []).append(gifts[id])
    return [sorted(streak, key=lambda sent: sent.seq) for streak in streaks.values()]


class _Known:
    """Who sent these gifts, as others see them, and what they are."""

    def __init__(self, sent: Iterable[SentGift]) -> None:
        sent = list(sent)
        self.gifts = Gift.objects.in_bulk({one.gift_id for one in sent})
        self._people = User.objects.in_bulk({one.sender_id for one in sent})

    def sender(self, sent: SentGift) -> dict[str, Any] | None:
        return None if sent.anonymous else person(self._people[sent.sender_id])


def _event(
    streak: Sequence[SentGift],
    back: Sequence[SentGift],
    coins: dict[UUID, int],
    place: PlaceFacts,
    why: str,
    known: _Known,
    now: datetime,
) -> Numbered:
    left = [sent for sent in streak_of(streak[0]) if sent.state == SentGift.State.SENT]
    event = gift_taken_back(
        id=uuid7(),
        seq=place.seq,
        gift_ids=[sent.id for sent in back],
        streak_id=streak[0].streak_id,
        delta=sum(sent.quantity for sent in back),
        coins=sum(coins[sent.id] for sent in streak),
        count_left=sum(sent.quantity for sent in left),
        coins_left=sum(sent.coins for sent in left),
        why=why,
        sender=known.sender(streak[0]),
        gift=known.gifts[streak[0].gift_id],
        taken=[
            {
                "seq": sent.seq,
                "delta": sent.quantity if sent in back else 0,
                "coins": coins[sent.id],
            }
            for sent in streak
        ],
        created=now,
    )
    return Numbered(place_id=place.id, seq=place.seq, event=event)


def _event_row(numbered: Numbered, now: datetime) -> dict[str, Any]:
    return {
        "id": numbered.event["event_id"],
        "place_id": numbered.place_id,
        "seq": numbered.seq,
        "type": numbered.event["type"],
        "data": json.dumps(numbered.event),
        "created": now,
    }
