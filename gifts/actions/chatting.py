"""What people say in a room: who may, what may be said, and keeping it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from uuid_utils.compat import uuid7

from creators.errors import Banned, FollowersOnly, Muted
from creators.models import RoomRules
from creators.selectors.moderation import Standing, is_banned, standing_of
from creators.selectors.people import creator_of
from gifts.events import Event, chat_line, moment
from gifts.models import ChatLine
from gifts.orders import GiftOrder
from users.errors import Blocked, MessageNotAllowed, Refusal
from users.filtering import require_allowed
from wallets.models import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that somebody would say."""

    place_id: int
    creator_id: int
    sender_id: int
    text: str
    id: UUID = field(default_factory=uuid7)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def event(self, sender: dict[str, Any]) -> Event:
        return chat_line(id=self.id, sender=sender, text=self.text, created=self.created)


def check_line(line: Line) -> int:
    """Raises why a line is not said, or returns how many seconds lie between two of this person.

    Refused with Banned, Blocked, Muted, FollowersOnly or MessageNotAllowed. Locks nothing.
    """
    standing = standing_of(line.sender_id, line.creator_id)
    _require_may_write(standing)
    if standing.followers_only and not (standing.follows or standing.moderates):
        raise FollowersOnly(handle=_handle(line.creator_id))
    _require_allowed(line.text, line.creator_id, standing)
    return 0 if standing.moderates else standing.slow_seconds


def keep_line(line: Line) -> None:
    """Write a line down, so that it can be hidden, reported and shown to who comes later."""
    ChatLine.objects.create(
        id=line.id,
        place_id=line.place_id,
        sender_id=line.sender_id,
        text=line.text,
        created=line.created,
    )


def forget_line(line: Line) -> None:
    """The room could not be told of it, and its sender is told so."""
    ChatLine.objects.filter(pk=line.id).delete()


def forget_old_lines() -> int:
    """Delete the lines that were said CHAT_KEPT_DAYS ago; how many."""
    before = timezone.now() - timedelta(days=settings.CHAT_KEPT_DAYS)
    return ChatLine.objects.filter(created__lt=before).delete()[0]


def check_sender(order: GiftOrder, creator_id: int) -> None:
    """For a door without a socket: whether this person may send gifts here at all, with this text.

    Refused with Banned, and as `check_message`.
    """
    if order.message:
        check_message(order, creator_id)
    elif is_banned(order.sender_id, creator_id) and not _was_asked(order):
        raise Banned()


def check_message(order: GiftOrder, creator_id: int) -> None:
    """Judge the message of a gift before any coin moves; an empty one passes. Locks nothing.

    Refused with Banned, Blocked, Muted or MessageNotAllowed, whose `why` is the kind of text, or
    `nobody` or `followers` where the creator takes messages of these alone. What was asked before
    under its key passes: its outcome stands, and the writer gives it again.
    """
    if not order.message:
        return
    try:
        _judge_message(order, creator_id)
    except Refusal:
        if not _was_asked(order):
            raise


def _judge_message(order: GiftOrder, creator_id: int) -> None:
    standing = standing_of(order.sender_id, creator_id)
    _require_may_write(standing)
    who = standing.gift_messages
    if who == RoomRules.Messages.NOBODY:
        raise MessageNotAllowed(why="nobody")
    if who == RoomRules.Messages.FOLLOWERS and not (standing.follows or standing.moderates):
        raise MessageNotAllowed(why="followers")
    _require_allowed(order.message, creator_id, standing)


def _was_asked(order: GiftOrder) -> bool:
    return Operation.objects.filter(actor=order.sender_id, key=order.key).exists()


def _require_may_write(standing: Standing) -> None:
    if standing.banned:
        raise Banned()
    if standing.blocked:
        raise Blocked()
    if standing.muted:
        until = standing.muted_until
        raise Muted(until=moment(until) if until else None)


def _require_allowed(text: str, creator_id: int, standing: Standing) -> None:
    require_allowed(text, creator_id=creator_id, languages=standing.languages)


def _handle(creator_id: int) -> str:
    creator = creator_of(creator_id)
    return creator.user.handle if creator else ""
