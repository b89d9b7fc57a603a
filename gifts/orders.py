"""What is asked for at a door, in plain values; the doors have checked its shape."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftOrder:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOrder:
    """Take a gift back, with the rest of its streak that is still inside the window."""

    sender_id: int
    key: str
    gift_id: UUID
