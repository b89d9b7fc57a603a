"""Followers hear that a creator is live."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from creators.models import Follow, Stream
from creators.notices import WENT_LIVE
from creators.selectors.moderation import restrictions_now
from users.actions.notifying import notify

AT_ONCE = 1_000
# Who goes live again and again tells of it once.
QUIET = timedelta(minutes=30)


def tell_followers(stream_id: int) -> int:
    """Tell those who follow the creator of a live stream; returns how many are told now.

    It may be called again at any time and goes on where it died: everybody is told once. Who was
    told of the creator's last stream within QUIET is not told of this one.
    """
    stream = Stream.objects.select_related("place__creator__user").get(pk=stream_id)
    if stream.followers_told is not None or stream.state != Stream.State.LIVE:
        return 0
    told = 0
    if not _told_lately(stream):
        told = _tell_all(stream)
    Stream.objects.filter(pk=stream_id, followers_told=None).update(followers_told=timezone.now())
    return told


def _told_lately(stream: Stream) -> bool:
    before = Stream.objects.filter(place__creator=stream.place.creator_id).exclude(pk=stream.pk)
    return before.filter(
        Q(ended=None) | Q(ended__gt=stream.started - QUIET), followers_told__isnull=False
    ).exists()


def _tell_all(stream: Stream) -> int:
    creator = stream.place.creator
    banned = restrictions_now().filter(creator=creator.pk, kind="ban").values("person")
    followers = Follow.objects.filter(creator=creator.pk).exclude(follower__in=banned)
    told, last = 0, 0
    while batch := list(
        followers.filter(follower__gt=last)
        .order_by("follower")
        .values_list("follower", flat=True)[:AT_ONCE]
    ):
        told += notify(
            people=batch,
            kind=WENT_LIVE.code,
            ref=str(stream.pk),
            path=reverse("room", args=[stream.place.public_id]),
            data={"name": creator.user.name, "title": stream.title},
            at=stream.started,
        )
        last = batch[-1]
    return told
