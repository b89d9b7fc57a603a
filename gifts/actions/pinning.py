"""Ending a pin before its time: the message stays in the chat, the gift stands."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from creators.actions import moderating
from creators.locks import lock_places
from creators.models import ModerationAct, Place
from creators.selectors.moderation import require_role
from gifts import events
from gifts.actions.numbering import next_number, tell
from gifts.errors import TextUnknown
from gifts.models import EndedPin, SentGift
from gifts.pins import still
from gifts.selectors import pins_of
from users.errors import AlreadySo
from users.models import User


def unpin(*, actor: User, gift_id: UUID, reason: str = "") -> ModerationAct:
    """Take the message of a gift from over the chat. Locks its place.

    Raises TextUnknown, NotAllowed, OwnAccount, or AlreadySo when it is not pinned (any more).
    """
    sent = SentGift.objects.filter(pk=gift_id).exclude(message="").first()
    if sent is None:
        raise TextUnknown()
    person = User.objects.get(pk=sent.sender_id)
    with transaction.atomic():
        lock_places([sent.place_id])
        place = Place.objects.get(pk=sent.place_id)
        role = require_role(actor, place.creator_id, on=person)
        now = timezone.now()
        if not still(pins_of([sent]).values(), now):
            raise AlreadySo()
        EndedPin.objects.create(gift_id=sent.pk, ended=now)
        subjects = [{"kind": "gift", "id": str(sent.pk), "text": sent.message}]
        make = partial(events.unpinned, lines=[], gifts=[str(sent.pk)])
        tell(place.pk, next_number(place.pk), make, now=now)
        return moderating.record(
            creator_id=place.creator_id,
            actor=actor,
            role=role,
            target=person,
            kind=ModerationAct.Kind.UNPIN,
            place_id=place.pk,
            subjects=subjects,
            reason=reason,
        )
