"""What the people of a room are told; docs/live-rooms.md describes each."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from gifts.models import Gift, Goal
from users.models import User

Event = dict[str, Any]


class Numbered(Struct, kw_only=True):
    """An event with its number in a place."""

    place_id: int
    seq: int
    event: Event


@lru_cache(maxsize=1024)  # a batch of gifts shares a few moments
def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(user: User) -> dict[str, Any]:
    """A person as others see them; `id` stays when the handle changes."""
    picture = user.picture.url if user.picture else None
    return {
        "id": str(user.public_id),
        "handle": user.handle,
        "name": user.name,
        "picture": picture,
    }


def gift_part(gift: Gift) -> dict[str, Any]:
    return {"slug": gift.slug, "name": gift.name, "coins": gift.coins}


def gift_event(
    *,
    id: UUID,
    seq: int,
    gift: Gift,
    sender: dict[str, Any] | None,
    quantity: int,
    coins: int,
    streak_id: UUID,
    streak_count: int,
    streak_coins: int,
    message: str,
    created: datetime,
) -> Event:
    return {
        "type": "gift",
        "event_id": str(id),
        "seq": seq,
        "streak_id": str(streak_id),
        "delta": quantity,
        "count": streak_count,
        "final": not gift.streakable,
        "coins_delta": coins,
        "coins_total": streak_coins,
        "sender": sender,
        "message": message,
        "gift": {"slug": gift.slug, "name": gift.name, "coins": coins // quantity},
        "tier": gift.tier,
        "display": gift.display,
        "is_test": False,
        "created_at": moment(created),
    }


def gift_taken_back(
    *,
    id: UUID,
    seq: int,
    gift_ids: Sequence[UUID],
    streak_id: UUID,
    delta: int,
    coins: int,
    count_left: int,
    coins_left: int,
    why: str,
    sender: dict[str, Any] | None,
    gift: Gift,
    taken: Sequence[dict[str, int]],
    created: datetime,
) -> Event:
    """`taken` is {seq, delta, coins} of each gift of which something came back."""
    return {
        "type": "gift_taken_back",
        "event_id": str(id),
        "seq": seq,
        "gift_ids": [str(gift_id) for gift_id in gift_ids],
        "streak_id": str(streak_id),
        "delta": delta,
        "count": count_left,
        "coins_delta": coins,
        "coins_total": coins_left,
        "why": why,
        "sender": sender,
        "gift": gift_part(gift),
        "taken": list(taken),
        "created_at": moment(created),
    }


def chat_line(*, id: UUID, sender: dict[str, Any], text: str, created: datetime) -> Event:
    return {
        "type": "chat",
        "id": str(id),
        "sender": sender,
        "text": text,
        "created_at": moment(created),
    }


def hidden(
    *, id: UUID, seq: int, lines: Sequence[str], gifts: Sequence[str], created: datetime
) -> Event:
    """Lines of chat, and messages of gifts, that are shown nowhere from now on."""
    return _texts("hidden", id, seq, lines, gifts, created)


def shown(
    *, id: UUID, seq: int, lines: Sequence[str], gifts: Sequence[str], created: datetime
) -> Event:
    """They are shown again; `selectors.with_texts` adds what they say."""
    return _texts("shown", id, seq, lines, gifts, created)


def unpinned(
    *, id: UUID, seq: int, lines: Sequence[str], gifts: Sequence[str], created: datetime
) -> Event:
    """The messages of these gifts are not pinned any more; they stay in the chat."""
    return _texts("unpinned", id, seq, lines, gifts, created)


def _texts(
    type_: str, id: UUID, seq: int, lines: Sequence[str], gifts: Sequence[str], created: datetime
) -> Event:
    return {
        "type": type_,
        "event_id": str(id),
        "seq": seq,
        "lines": list(lines),
        "gifts": list(gifts),
        "created_at": moment(created),
    }


def goal_part(goal: Goal) -> dict[str, Any]:
    """A goal as it is told; what was sent with a number above `since` counts."""
    return {
        "id": str(goal.public_id),
        "title": goal.title,
        "counts": str(goal.counts),
        "gift": gift_part(goal.gift) if goal.gift else None,
        "target": goal.target,
        "since": goal.since,
        "reached_at": moment(goal.reached_at) if goal.reached_at else None,
    }


def goal_event(*, id: UUID, seq: int, what: str, goal: dict[str, Any], created: datetime) -> Event:
    """A goal was set, changed, removed or reached."""
    return {
        "type": "goal",
        "event_id": str(id),
        "seq": seq,
        "what": what,
        "goal": goal,
        "created_at": moment(created),
    }


def streak_ended(*, streak_id: str, count: int, coins_total: int) -> Event:
    return {
        "type": "streak_ended",
        "streak_id": streak_id,
        "count": count,
        "coins_total": coins_total,
    }


def video_changed(video: dict[str, Any]) -> Event:
    """The picture came, went, or came back; `video` is the part of the room's state."""
    return {"type": "video", "video": video}


def stream_ended(*, created: datetime, why: str) -> Event:
    """`why` is one of `Stream.EndedWhy`: viewers are told when the site's staff ended it."""
    return {"type": "stream_ended", "why": why, "created_at": moment(created)}
