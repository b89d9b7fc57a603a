"""Creators hear of people who give to them for the first time, once their gifts are final."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from creators.models import Place, Stream
from creators.selectors.moderation import still_met
from gifts.models import NewSupporters, Supporter
from gifts.notices import NEW_SUPPORTER
from users.actions.notifying import notify
from users.models import User

# Gifts of a stream that ended become final within the longest time for taking them back.
AFTER_THE_END = timedelta(hours=1)

# The first gift ever to this creator may be from another place, or from before anybody looked: who
# gave it is kept as a supporter of that place, and is not new in this one. Only of who is not known
# yet is it looked for: that may be a walk along all that they ever sent.
FIND = """
    INSERT INTO gifts_supporter (creator_id, sender_id, place_id, created)
    SELECT given.creator_id, given.sender_id, first.place_id, first.created
    FROM (SELECT DISTINCT n.creator_id, n.sender_id FROM gifts_sentgift n
          WHERE n.place_id = %(place)s AND n.seq > %(after)s AND n.seq <= %(upto)s
            AND n.state = 'sent' AND NOT n.anonymous
            AND NOT EXISTS (
                SELECT FROM gifts_supporter known
                WHERE known.creator_id = n.creator_id AND known.sender_id = n.sender_id)) given
    CROSS JOIN LATERAL (
        SELECT g.place_id, g.created FROM gifts_sentgift g
        WHERE g.sender_id = given.sender_id AND g.creator_id = given.creator_id
          AND NOT g.anonymous AND (g.state = 'sent' OR g.taken_back_at > g.undo_until)
        ORDER BY g.created, g.seq LIMIT 1) first
    ON CONFLICT (creator_id, sender_id) DO NOTHING
    RETURNING sender_id"""


def places_to_look_at() -> list[int]:
    """Places of streams that are live or ended lately, whose gifts became final since they were
    looked at."""
    since = timezone.now() - AFTER_THE_END
    streams = Stream.objects.filter(
        Q(state=Stream.State.LIVE) | Q(state=Stream.State.ENDED, ended__gte=since)
    )
    final = dict(streams.values_list("pk", "place__counted"))
    seen = dict(NewSupporters.objects.filter(pk__in=final).values_list("pk", "upto"))
    return [pk for pk, counted in final.items() if counted > seen.get(pk, 0)]


def find_new_supporters(place_id: int) -> int:
    """Look at the gifts that became final in a place since the last time; how many are new.

    Who gave without a name is not, and whom the creator does not meet any more (banned by name,
    blocked or frozen) is neither counted nor named. The creator is told once a place, with a count
    that goes up. Two processes at once find each supporter once.
    """
    with transaction.atomic():
        place = Place.objects.select_related("creator__user", "stream").get(pk=place_id)
        before, _ = NewSupporters.objects.get_or_create(pk=place_id)
        moved = NewSupporters.objects.filter(pk=place_id, upto=before.upto)
        if not moved.update(upto=place.counted):
            return 0
        with connection.cursor() as cursor:
            span = {"place": place_id, "after": before.upto, "upto": place.counted}
            cursor.execute(FIND, span)
            found = [row[0] for row in cursor.fetchall()]
        of_place = Supporter.objects.filter(place_id=place_id)
        met = still_met(of_place, place.creator_id, shown=True).order_by("created", "pk")
        fresh = met.filter(sender_id__in=found).count()
        if fresh:
            first = User.objects.get(pk=met.values_list("sender_id", flat=True)[0])
            notify(
                people=[place.creator_id],
                kind=NEW_SUPPORTER.code,
                ref=str(place_id),
                path=reverse("dashboard"),
                data={"count": met.count(), "name": first.name},
                again=True,
            )
    return fresh
