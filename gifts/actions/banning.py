"""Keeping the sender of an anonymous gift out of a creator's rooms, without learning who it is.

What is answered never depends on what the sender is under the own name: banned or not, moderated
before or not, sender of other anonymous gifts or not.
"""

from uuid import UUID

from creators.actions import moderating
from creators.models import ModerationAct, Place, Restriction
from creators.selectors.moderation import require_role, restrictions_now
from gifts.errors import TextUnknown
from gifts.models import SentGift
from users.models import User

BAN = Restriction.Kind.BAN


def anonymous_gift(*, actor: User, place: Place, gift_id: UUID) -> SentGift:
    """A gift without a name in this place, for who moderates here.

    Raises NotAllowed, or TextUnknown where there is no such gift.
    """
    require_role(actor, place.creator_id)
    sent = SentGift.objects.filter(pk=gift_id, place_id=place.pk, anonymous=True).first()
    if sent is None:
        raise TextUnknown()
    return sent


def is_sender_banned(gift_id: UUID) -> bool:
    """Whether somebody banned the sender by this gift, and nobody took it back."""
    return restrictions_now().filter(kind=BAN, gift_id=gift_id).exists()


def ban_sender(*, actor: User, place: Place, gift_id: UUID, reason: str = "") -> ModerationAct:
    """Ban whoever sent this gift from all places of its creator. Locks the creator.

    Raises TextUnknown, NotAllowed (also where it was somebody on whom the actor does not act),
    OwnAccount, or AlreadySo when it was done by this gift before.
    """
    sent = anonymous_gift(actor=actor, place=place, gift_id=gift_id)
    return moderating.restrict(
        actor=actor,
        creator_id=place.creator_id,
        person=User.objects.get(pk=sent.sender_id),
        kind=BAN,
        reason=reason,
        place_id=place.pk,
        gift_id=sent.pk,
    )


def let_sender_in(*, actor: User, place: Place, gift_id: UUID, reason: str = "") -> ModerationAct:
    """Take back what `ban_sender` did by this gift. Locks the creator. As `ban_sender`."""
    sent = anonymous_gift(actor=actor, place=place, gift_id=gift_id)
    return moderating.lift(
        actor=actor,
        creator_id=place.creator_id,
        person=User.objects.get(pk=sent.sender_id),
        kind=BAN,
        reason=reason,
        gift_id=sent.pk,
    )
