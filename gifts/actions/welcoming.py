"""Creators hear of people who give to them for the first time, once their gifts are final."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from creators.models import Place, Stream
from gifts.models import NewSupporters, SentGift
from gifts.notices import NEW_SUPPORTER
from users.actions.notifying import notify
from users.models import User

# Gifts of a stream that ended become final within the longest time for taking them back.
AFTER_THE_END = timedelta(hours=1)

FIND = """
    INSERT INTO gifts_supporter (creator_id, sender_id, place_id, created)
    SELECT DISTINCT ON (sender_id) creator_id, sender_id, place_id, created
    FROM gifts_sentgift
    WHERE place_id = %s AND seq > %s AND seq <= %s AND state = 'sent' AND NOT anonymous
    ORDER BY sender_id, seq
    ON CONFLICT (creator_id, sender_id) DO NOTHING
    RETURNING sender_id"""


def places_to_look_at() -> list[int]:
    """Places that are open or ended lately, whose gifts became final since they were looked at."""
    lately = Stream.objects.filter(ended__gt=timezone.now() - AFTER_THE_END).values("pk")
    places = Place.objects.filter(Q(open=True) | Q(pk__in=lately))
    final = dict(places.values_list("pk", "counted"))
    seen = dict(NewSupporters.objects.filter(pk__in=final).values_list("pk", "upto"))
    return [pk for pk, counted in final.items() if counted > seen.get(pk, 0)]


def find_new_supporters(place_id: int) -> int:
    """Look at the gifts that became final in a place since the last time; how many are new.

    Who gave without a name is not. The creator is told once a place, with a count that goes up.
    Two processes at once find each supporter once.
    """
    with transaction.atomic():
        place = Place.objects.select_related("creator__user", "stream").get(pk=place_id)
        before, _ = NewSupporters.objects.get_or_create(pk=place_id)
        moved = NewSupporters.objects.filter(pk=place_id, upto=before.upto)
        if not moved.update(upto=place.counted):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(FIND, [place_id, before.upto, place.counted])
            found = [row[0] for row in cursor.fetchall()]
        if not found:
            return 0
        name = before.name or _first_of(found, place_id, before.upto)
        count = before.found + len(found)
        NewSupporters.objects.filter(pk=place_id).update(found=count, name=name)
        notify(
            people=[place.creator_id],
            kind=NEW_SUPPORTER.code,
            ref=str(place_id),
            path=reverse("dashboard"),
            data={"count": count, "name": name},
            again=True,
        )
    return len(found)


def _first_of(senders: Sequence[int], place_id: int, after: int) -> str:
    named = SentGift.objects.filter(place_id=place_id, seq__gt=after, anonymous=False)
    sent = named.filter(sender_id__in=senders)
    return User.objects.get(pk=sent.order_by("seq").values("sender_id")[:1]).name
