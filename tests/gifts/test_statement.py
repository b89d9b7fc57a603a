"""What a person's wallet says of gifts: which one, to whom and where."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.gifts.make import make_gift, make_room, make_viewer, send, undo
from tests.make import make_staff, make_superuser
from wallets.actions.take_back import reverse_gift
from wallets.selectors.movements import movements_of


def lines(viewer):
    return [line.description for line in movements_of(viewer.pk).lines]


def test_gifts_say_what_was_sent_to_whom_and_lead_to_the_room(committed_db):
    room, viewer = make_room(), make_viewer(100)
    creator = room.place.creator.user
    many, single = make_gift(10), make_gift(20)
    send(viewer, room, many, quantity=3)
    sent = send(viewer, room, single)
    undo(viewer, sent.operation)
    found = lines(viewer)
    three, one = f"3 × {many.name} for {creator.name}", f"{single.name} for {creator.name}"
    assert [str(line.text) for line in found[:3]] == [f"Undone: {one}", one, three]
    assert {line.note for line in found[:3]} == {room.title}
    assert {line.url for line in found[:3]} == {reverse("room", args=[room.place.public_id])}
    client = Client()
    client.force_login(viewer)
    html = client.get(reverse("wallet")).content.decode()
    assert f"{three}</a>" in html
    assert client.get(found[0].url).status_code == 200


def test_a_gift_that_staff_took_back_says_so(committed_db):
    room, viewer = make_room(), make_viewer(100)
    gift = make_gift(10)
    sent = send(viewer, room, gift)
    reverse_gift(
        operation_id=sent.operation, staff_id=make_staff("finance").pk, reason="Asked.", key="r"
    )
    name = room.place.creator.user.name
    assert str(lines(viewer)[0].text) == f"Taken back by our staff: {gift.name} for {name}"


def test_a_page_of_gifts_asks_once_for_their_words(committed_db):
    viewer, gift = make_viewer(1_000), make_gift(10)
    send(viewer, make_room(), gift)
    with CaptureQueriesContext(
        connection,
    ) as few:
        movements_of(viewer.pk)
    for _ in range(4):
        room = make_room()
        send(viewer, room, make_gift(10))
        send(viewer, room, gift)
    with CaptureQueriesContext(connection) as many:
        assert len(movements_of(viewer.pk).lines) == 10
    assert len(many) == len(few)


def test_staff_see_what_a_gifts_diamonds_are_worth(committed_db):
    sent = send(make_viewer(100), make_room(), make_gift(10))
    client = Client()
    client.force_login(make_superuser())
    html = client.get(reverse("admin:gifts_sentgift_change", args=[sent.operation])).content
    assert f"{sent.details['diamonds']} diamonds ($" in html.decode()
