"""A creator's stream key: made, made anew, taken away."""

import secrets

from django.db import transaction
from django.utils import timezone

from creators import locks
from creators.errors import NotCreator
from creators.models import StreamKey
from creators.tokens import hashed, hint_of, new_token


def make_stream_key(*, creator_id: int) -> str:
    """What the creator enters into the encoder; it is shown this once. Locks the creator.

    The key before stops being good: who broadcasts with it is cut off at the media server's next
    question. Refuses with NotCreator.
    """
    secret = new_token()
    with transaction.atomic():
        if locks.lock_creator(creator_id) is None:
            raise NotCreator()
        _revoke(creator_id)
        key = StreamKey.objects.create(
            creator_id=creator_id,
            name=secrets.token_hex(8),
            hashed=hashed(secret),
            hint=hint_of(secret),
            created=timezone.now(),
        )
    return f"{key.name}?key={secret}"


def revoke_stream_key(*, creator_id: int) -> None:
    """Take the key away; nothing happens where there is none. Locks the creator."""
    with transaction.atomic():
        locks.lock_creator(creator_id)
        _revoke(creator_id)


def _revoke(creator_id: int) -> None:
    StreamKey.objects.filter(creator=creator_id, revoked=None).update(revoked=timezone.now())
