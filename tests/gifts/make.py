"""Rooms, coins and gifts that tests start from."""

from itertools import count
from typing import Any

from creators.models import Stream
from gifts.actions.sending import send_gifts
from gifts.actions.undoing import undo_gifts
from gifts.models import Gift
from gifts.orders import GiftOrder, UndoOrder
from tests.creators.make import make_stream
from tests.make import make_user
from tests.wallets.economy import recharge
from users.models import User
from wallets.selectors.prices import rate_card
from wallets.writer import Outcome

keys = count(1)


def new_key() -> str:
    return f"test-key-{next(keys)}"


def make_room() -> Stream:
    """A live stream of an approved creator."""
    return make_stream()


def make_viewer(coins: int = 0, **fields: Any) -> User:
    """A viewer with coins bought for a cent each, a sixth of it tax."""
    viewer = make_user(**fields)
    if coins:
        recharge(viewer, coins, tax=coins // 6)
    return viewer


def make_gift(coins: int, **fields: Any) -> Gift:
    number = next(keys)
    fields = {"streakable": True, "tier": "low", "display": "tray"} | fields
    return Gift.objects.create(slug=f"gift-{number}", name=f"Gift {number}", coins=coins, **fields)


def order(sender: User, room: Stream, gift: Gift | str = "acorn", **fields: Any) -> GiftOrder:
    """An order with price and rate card as they are."""
    found = gift if isinstance(gift, Gift) else Gift.objects.get(slug=gift)
    fields = {
        "key": new_key(),
        "quantity": 1,
        "price_coins": found.coins,
        "rate_card": rate_card().pk,
    } | fields
    return GiftOrder(sender_id=sender.pk, place_id=room.pk, gift=found.slug, **fields)


def send(sender: User, room: Stream, gift: Gift | str = "acorn", **fields: Any) -> Outcome:
    return send_gifts([order(sender, room, gift, **fields)])[0]


def undo(sender: User, gift_id: Any, **fields: Any) -> Outcome:
    fields = {"key": new_key()} | fields
    return undo_gifts([UndoOrder(sender_id=sender.pk, gift_id=gift_id, **fields)])[0]
