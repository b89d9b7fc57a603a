"""Creators hear of who gives to them for the first time: once, when it is final."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from creators.actions.moderating import restrict
from creators.actions.streams import end_stream
from creators.models import Stream
from gifts.actions.banning import ban_sender
from gifts.actions.welcoming import find_new_supporters, places_to_look_at
from gifts.models import SentGift, Supporter
from tests.creators.make import make_stream
from tests.gifts.make import make_room, make_viewer, send, undo
from tests.gifts.test_counting import count_again, end_window
from users.actions.blocks import block
from users.models import Notification, User
from users.notices import kind_of

pytestmark = pytest.mark.usefixtures("economy")


def finish(room: Stream) -> None:
    """Every gift of the room is final."""
    sent = SentGift.objects.filter(place_id=room.pk, state="sent")
    end_window(*sent.values_list("pk", flat=True))
    count_again(room)


def told(room: Stream) -> list[str]:
    rows = Notification.objects.filter(person=room.place.creator_id, kind="new_supporter")
    return [kind_of(row.kind).sentence(row.data) for row in rows.order_by("pk")]


def test_first_gift_is_told_when_it_is_final():
    room, ada = make_room(), make_viewer(100, display_name="Ada")
    send(ada, room)
    assert find_new_supporters(room.pk) == 0
    finish(room)
    assert room.pk in places_to_look_at()
    assert find_new_supporters(room.pk) == 1
    assert room.pk not in places_to_look_at()
    assert told(room) == ["Ada gave to you for the first time."]
    send(ada, room)
    finish(room)
    assert find_new_supporters(room.pk) == 0


def test_count_goes_up_in_one_line_a_stream():
    room = make_room()
    for name in ("Ada", "Ben", "Cem"):
        send(make_viewer(100, display_name=name), room)
        finish(room)
        find_new_supporters(room.pk)
    assert told(room) == ["Ada and 2 more gave to you for the first time."]
    [row] = Notification.objects.filter(person=room.place.creator_id)
    assert row.read is None


def test_who_took_the_gift_back_is_none():
    room, ada = make_room(), make_viewer(100)
    sent = send(ada, room)
    undo(ada, sent.operation).or_raise()
    finish(room)
    assert find_new_supporters(room.pk) == 0
    assert not Supporter.objects.filter(creator_id=room.place.creator_id).exists()


def test_who_gives_without_a_name_stays_without_one():
    room, ada = make_room(), make_viewer(100, display_name="Ada")
    send(ada, room, anonymous=True).or_raise()
    finish(room)
    assert find_new_supporters(room.pk) == 0
    assert told(room) == []
    send(ada, room).or_raise()
    finish(room)
    assert find_new_supporters(room.pk) == 1


def test_old_supporter_is_not_new_in_the_next_stream():
    room, ada = make_room(), make_viewer(100)
    send(ada, room)
    finish(room)
    find_new_supporters(room.pk)
    end_stream(place_id=room.pk)
    later = make_stream(room.place.creator)
    send(ada, later)
    finish(later)
    assert find_new_supporters(later.pk) == 0
    assert len(told(room)) == 1


def test_who_gave_before_anybody_looked_is_not_new():
    room, ada, ben = make_room(), make_viewer(200, display_name="Ada"), make_viewer(100)
    send(ada, room)
    send(ben, room, anonymous=True).or_raise()
    finish(room)
    end_stream(place_id=room.pk)
    later = make_stream(room.place.creator)
    send(ada, later)
    send(ben, later)
    send(make_viewer(100, display_name="Cem"), later)
    finish(later)
    assert find_new_supporters(later.pk) == 2  # Ben was nobody before
    [said] = told(room)
    assert "Ada" not in said
    assert "one more" in said
    # What they were before is known from now on, too.
    assert Supporter.objects.get(sender_id=ada.pk).place_id == room.pk


def test_a_gift_that_was_taken_back_at_once_was_none():
    room, ada = make_room(), make_viewer(200)
    undo(ada, send(ada, room).operation).or_raise()
    end_stream(place_id=room.pk)
    later = make_stream(room.place.creator)
    send(ada, later)
    finish(later)
    assert find_new_supporters(later.pk) == 1


def test_whom_the_creator_does_not_meet_any_more_is_neither_counted_nor_named():
    room = make_room()
    owner = room.place.creator.user
    rude, banned, kind, late = (
        make_viewer(100, display_name=name) for name in ("Rude", "Banned", "Kind", "Late")
    )
    send(rude, room)
    finish(room)
    assert find_new_supporters(room.pk) == 1
    send(banned, room)
    restrict(actor=owner, creator_id=owner.pk, person=banned, kind="ban")
    block(blocker=owner, blocked=rude)
    finish(room)
    assert find_new_supporters(room.pk) == 0
    frozen = make_viewer(100, display_name="Frozen")
    for one in (frozen, kind, late):
        send(one, room)
    User.objects.filter(pk=frozen.pk).update(is_active=False)
    finish(room)
    assert find_new_supporters(room.pk) == 2
    assert told(room) == ["Kind and one more gave to you for the first time."]


def test_who_is_banned_by_an_anonymous_gift_stays_in_the_count():
    room = make_room()
    owner = room.place.creator.user
    ada, ben, cem = (make_viewer(100, display_name=name) for name in ("Ada", "Ben", "Cem"))
    gift = send(ada, room, anonymous=True).operation
    for one in (ada, ben):
        send(one, room)
    finish(room)
    assert find_new_supporters(room.pk) == 2
    ban_sender(actor=owner, place=room.place, gift_id=gift)
    send(cem, room)
    finish(room)
    assert find_new_supporters(room.pk) == 1
    # One less, or another name, would say who was banned.
    assert told(room) == ["Ada and 2 more gave to you for the first time."]
    # By name, everybody can know.
    restrict(actor=owner, creator_id=owner.pk, person=ada, kind="ban")
    send(make_viewer(100, display_name="Dora"), room)
    finish(room)
    assert find_new_supporters(room.pk) == 1
    assert told(room) == ["Ben and 2 more gave to you for the first time."]


def test_stream_that_has_ended_is_still_looked_at():
    room = make_room()
    send(make_viewer(100), room)
    end_stream(place_id=room.pk)
    finish(room)
    assert room.pk in places_to_look_at()


def test_two_processes_find_each_once():
    room = make_room()
    for _ in range(5):
        send(make_viewer(100), room)
    finish(room)

    def find(_: int) -> int:
        try:
            return find_new_supporters(room.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(find, range(8))) == 5
    assert Supporter.objects.filter(creator_id=room.place.creator_id).count() == 5
