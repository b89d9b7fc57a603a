"""How long the message of a gift is pinned over the chat: by what the gift cost.

A pin is not written down anywhere: it follows from the gift's row, so it survives every restart.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from gifts.events import Event, moment

Pin = dict[str, Any]

# Coins of one sending, and for how many seconds its message is pinned.
PINNED = ((10_000, 900), (2_000, 300), (500, 120), (100, 30))
LEAST_COINS = PINNED[-1][0]
LONGEST = timedelta(seconds=PINNED[0][1])
# Of more than these, those that last longest are shown.
MOST_SHOWN = 12


def pin_seconds(coins: int) -> int:
    """For how long; 0 is not at all."""
    return next((seconds for least, seconds in PINNED if coins >= least), 0)


def pin_of(gift: Event) -> Pin | None:
    """The pin of a gift's event, whether it has ended or not; None for one without a pin."""
    seconds = pin_seconds(gift["coins_delta"])
    if not gift["message"] or not seconds:
        return None
    until = datetime.fromisoformat(gift["created_at"]) + timedelta(seconds=seconds)
    return {
        "gift_id": gift["event_id"],
        "sender": gift["sender"],
        "message": gift["message"],
        "gift": gift["gift"],
        "coins": gift["coins_delta"],
        "created_at": gift["created_at"],
        "until": moment(until),
    }


def still(pins: Iterable[Pin], now: datetime) -> list[Pin]:
    """Those that have not ended."""
    at = moment(now)
    return [pin for pin in pins if pin["until"] > at]


def shown(pins: Iterable[Pin]) -> list[Pin]:
    """Those that there is room for, in the order of their gifts."""
    longest = sorted(pins, key=lambda pin: pin["until"], reverse=True)[:MOST_SHOWN]
    return sorted(longest, key=lambda pin: (pin["created_at"], pin["gift_id"]))
