"""What is asked for at a door, in plain values; the doors have checked its shape."""

from uuid import UUID

from msgspec import Struct


class GiftOrder(Struct, frozen=True, kw_only=True):
    """Send `quantity` of a gift to a place. Price (of one) and rate card as they were shown."""

    sender_id: int
    place_id: int
    key: str
    gift: str
    quantity: int
    price_coins: int
    rate_card: int
    confirmed: bool = False
    message: str = ""
    anonymous: bool = False


class UndoOrder(Struct, frozen=True, kw_only=True):
    """Take a gift back, with the rest of its streak that is still inside the window."""

    sender_id: int
    key: str
    gift_id: UUID
