"""A creator ticks off whom they have thanked; every open console of theirs shows it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from creators.models import Place
from gifts.errors import GiftUnknown
from gifts.models import SentGift, Thanks
from gifts.rooms import bus
from users.errors import NotAllowed
from users.models import User


def thank(*, actor: User, place: Place, streak_id: UUID, on: bool) -> None:
    """Mark a streak of this place as thanked for, or not. Nothing happens where it is so already.

    Raises NotAllowed for who is not the creator, or GiftUnknown.
    """
    if place.creator_id != actor.pk or not actor.is_active:
        raise NotAllowed()
    if not SentGift.objects.filter(pk=streak_id, place_id=place.pk).exists():
        raise GiftUnknown()
    with transaction.atomic():
        if on:
            Thanks.objects.get_or_create(
                streak_id=streak_id, defaults={"place": place, "thanked": timezone.now()}
            )
        else:
            Thanks.objects.filter(streak_id=streak_id).delete()
        message = {"type": "thanked", "v": bus.VERSION, "streak_id": str(streak_id), "on": on}
        transaction.on_commit(lambda: bus.tell_person(actor.pk, message), robust=True)
