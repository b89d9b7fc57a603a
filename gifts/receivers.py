"""What the ledger and the streams tell the gifts app."""

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.utils import timezone

from creators.events import when_person_is_banned, when_stream_ends, when_video_changes
from creators.models import Broadcast, Place, Stream
from creators.video import video_part
from gifts import check, notices, statement  # noqa: F401 - register what they are for
from gifts.actions.taking_back import mark_released, mark_taken_back
from gifts.events import stream_ended, video_changed
from gifts.rooms import bus
from users.bells import when_bells_ring
from users.events import when_person_is_blocked, when_person_is_unblocked, when_sessions_end
from users.models import User
from users.selectors import blocked_by
from wallets.hooks import when_released, when_taken_back, when_wallets_change


def tell_room_that_stream_ended(stream: Stream) -> None:
    event = stream_ended(created=stream.ended or timezone.now(), why=stream.ended_why)
    transaction.on_commit(lambda: bus.tell_place(stream.pk, event), robust=True)


def tell_room_of_its_picture(broadcast: Broadcast) -> None:
    part = video_part(broadcast.state, broadcast.name, broadcast.version)
    event = video_changed(part)
    transaction.on_commit(lambda: bus.tell_place(broadcast.pk, event), robust=True)


def close_sockets_of_who_signed_out(sender: object, user: User | None, **kwargs: object) -> None:
    if user is not None:
        bus.tell_person(user.pk, {"type": "kick"})


def close_sockets_of_who_was_banned(person_id: int, creator_id: int) -> None:
    open_places = Place.objects.filter(creator=creator_id, open=True)
    places = list(open_places.values_list("pk", flat=True))
    message = {"type": "ban", "places": places}
    transaction.on_commit(lambda: bus.tell_person(person_id, message), robust=True)


def shut_out_who_is_blocked(blocker_id: int, blocked_id: int) -> None:
    """The person's open pages of the blocker's rooms close; staff stay wherever they work."""
    if not User.objects.filter(pk=blocked_id, is_staff=True).exists():
        close_sockets_of_who_was_banned(blocked_id, blocker_id)


def tell_who_is_blocked(blocker_id: int, blocked_id: int) -> None:
    """The blocker's open pages leave out what blocked people say."""

    def tell() -> None:
        people = blocked_by([blocker_id])[blocker_id]
        bus.tell_person(blocker_id, {"type": "blocks", "v": bus.VERSION, "people": people})

    transaction.on_commit(tell, robust=True)


def close_sockets(person_id: int) -> None:
    transaction.on_commit(lambda: bus.tell_person(person_id, {"type": "kick"}), robust=True)


user_logged_out.connect(close_sockets_of_who_signed_out)
when_taken_back("gift", mark_taken_back)
when_wallets_change(bus.tell_balances)
when_bells_ring(bus.tell_people)
when_released("gift", mark_released)
when_stream_ends(tell_room_that_stream_ended)
when_video_changes(tell_room_of_its_picture)
when_person_is_banned(close_sockets_of_who_was_banned)
when_person_is_blocked(shut_out_who_is_blocked)
when_person_is_blocked(tell_who_is_blocked)
when_person_is_unblocked(tell_who_is_blocked)
when_sessions_end(close_sockets)
