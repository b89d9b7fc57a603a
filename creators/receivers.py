"""What this app does when streams start, and when somebody blocks somebody or is shut out."""

from functools import partial

from django.db import transaction
from django.db.models import Q

from creators import tasks
from creators.actions.moderating import dismiss_moderator
from creators.actions.streams import end_streams_of
from creators.events import when_stream_starts
from creators.models import Follow, Moderator, Stream
from users.events import when_person_is_blocked, when_person_is_deactivated


def end_follows(blocker_id: int, blocked_id: int) -> None:
    """Neither follows the other any more."""
    there = Q(follower=blocker_id, creator=blocked_id)
    Follow.objects.filter(there | Q(follower=blocked_id, creator=blocker_id)).delete()


def dismiss_who_is_blocked(blocker_id: int, blocked_id: int) -> None:
    """Nobody moderates the rooms of who blocked them."""
    named = Moderator.objects.filter(creator=blocker_id, person=blocked_id)
    if found := named.select_related("creator__user", "person").first():
        dismiss_moderator(creator_id=blocker_id, actor=found.creator.user, person=found.person)


def end_streams(person_id: int) -> None:
    end_streams_of(person_id, why=Stream.EndedWhy.SUSPENDED)


def tell_followers_soon(stream: Stream) -> None:
    """The task's row is the stream; where the broker is away, the sweep finds it."""
    transaction.on_commit(partial(tasks.tell_followers.delay, stream.pk), robust=True)


when_stream_starts(tell_followers_soon)
when_person_is_blocked(end_follows)
when_person_is_blocked(dismiss_who_is_blocked)
when_person_is_deactivated(end_streams)
