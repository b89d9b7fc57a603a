"""A creator returns a gift in full: while its diamonds are there, once, and nobody else's."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.models import Earning, Stream
from gifts.actions.returning import return_gift
from gifts.actions.sending import send_gifts
from gifts.errors import DiamondsGone, NotYours
from gifts.models import PlaceTotals, SentGift, SupporterDay
from gifts.selectors import events_after
from tests.creators.make import ask_for, make_paid_creator, make_stream
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.reading import RowsRead, analyze
from tests.gifts.test_races import at_once
from users.actions.own_limits import set_own_limit
from users.models import Notification, User
from wallets.actions.clearing import sweep_clearing
from wallets.errors import NothingToTakeBack
from wallets.models import Account, Lot, Transfer
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.usefixtures("economy")


def owner_of(room: Stream) -> User:
    return room.place.creator.user


def diamonds(user: User, kind: str) -> int:
    return sum(one.spendable for one in Account.objects.filter(owner=user, kind=kind))


def test_a_streak_goes_back_into_its_lots_and_the_room_is_told() -> None:
    room, viewer, gift = make_room(), make_viewer(1_000), make_gift(10)
    set_own_limit(viewer, asset="coins", period="day", most=100)
    sent = [send(viewer, room, gift, quantity=n) for n in (2, 3)]
    assert coins_of(viewer.pk) == 950
    coins = return_gift(actor=owner_of(room), gift_id=sent[1].operation, key=new_key())
    assert coins == 50
    assert coins_of(viewer.pk) == 1_000
    assert Lot.objects.get(wallet__owner=viewer).remaining == 1_000
    assert diamonds(owner_of(room), "clearing") == 0
    back = Transfer.objects.filter(code="return")
    assert {one.reverses for one in back} >= {
        SentGift.objects.get(pk=one.operation).coin_transfer for one in sent
    }
    told = events_after(room.pk, 2)
    assert [(e["type"], e["why"], e["delta"], e["coins_delta"]) for e in told] == [
        ("gift_taken_back", "return", 5, 50)
    ]
    assert PlaceTotals.objects.get(pk=room.pk).coins == 0
    [notice] = Notification.objects.filter(person=viewer, kind="gift_returned")
    assert (notice.data["coins"], notice.mail) == (50, True)
    assert SupporterDay.objects.get(sender_id=viewer.pk).coins == 0
    assert send(viewer, room, make_gift(100)).done  # the own limit has its room again
    with pytest.raises(NothingToTakeBack):
        return_gift(actor=owner_of(room), gift_id=sent[0].operation, key=new_key())


def cleared_gift(room: Stream, viewer: User, coins: int) -> UUID:
    """A gift of 30 days ago whose diamonds the creator can withdraw."""
    then = timezone.now() - timedelta(days=30)
    [sent] = send_gifts([order(viewer, room, make_gift(coins), confirmed=True)], now=then)
    sweep_clearing(
        user_id=room.place.creator_id, asset=rate_card().asset, now=then + timedelta(days=8)
    )
    assert diamonds(owner_of(room), "available") == coins
    assert sent.operation is not None
    return sent.operation


def test_what_is_clear_goes_back_while_it_is_there() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    gift_id = cleared_gift(room, viewer, 100)
    assert return_gift(actor=owner_of(room), gift_id=gift_id, key=new_key()) == 100
    assert (diamonds(owner_of(room), "available"), coins_of(viewer.pk)) == (0, 1_000)


def test_a_return_from_many_windows_is_one() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    sent = send(viewer, room, make_gift(100))
    assert sent.operation is not None
    gift_id = sent.operation
    results = at_once(
        [lambda: return_gift(actor=owner_of(room), gift_id=gift_id, key=new_key())] * 8
    )
    assert [one for one in results if not isinstance(one, Exception)] == [100]
    assert {type(one) for one in results if isinstance(one, Exception)} == {NothingToTakeBack}
    assert coins_of(viewer.pk) == 1_000


def test_the_undo_and_the_return_of_one_gift_are_one() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    sent = send(viewer, room, make_gift(100))
    calls: list[Any] = [
        lambda: return_gift(actor=owner_of(room), gift_id=sent.operation, key=new_key()),
        lambda: undo(viewer, sent.operation).or_raise(),
    ]
    results = at_once(calls)
    assert sum(isinstance(one, Exception) for one in results) == 1
    assert coins_of(viewer.pk) == 1_000


def test_nobody_else_returns_it() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    sent = send(viewer, room, make_gift(100))
    for other in (viewer, owner_of(make_room())):
        with pytest.raises(NotYours):
            return_gift(actor=other, gift_id=sent.operation, key=new_key())
        client = Client()
        client.force_login(other)
        path = reverse("return_gift", args=[sent.operation])
        assert client.post(path, {"key": new_key()}).status_code in (302, 404)
    assert coins_of(viewer.pk) == 900


def test_the_page_asks_and_returns_and_names_nobody_without_a_name() -> None:
    room, viewer = make_room(), make_viewer(1_000, display_name="Quinta")
    sent = send(viewer, room, "acorn", anonymous=True)
    client = Client()
    client.force_login(owner_of(room))
    listed = client.get(reverse("received_gifts")).content.decode()
    path = reverse("return_gift", args=[sent.operation])
    asked = client.get(path).content.decode()
    for page in (listed, asked):
        assert viewer.handle not in page
        assert "Quinta" not in page
    assert path in listed
    [key] = re.findall(r'name="key" value="([^"]+)"', asked)
    for _ in range(2):  # sent twice, done once
        assert client.post(path, {"key": key}).status_code == 302
    assert coins_of(viewer.pk) == 1_000
    assert Earning.objects.get(pk=sent.operation).diamonds_kept == 0


def test_the_list_is_walked_there_and_back_and_costs_the_same_on_every_page() -> None:
    room, viewer = make_room(), make_viewer(5_000)
    client = Client()
    client.force_login(owner_of(room))

    def page(query: str) -> tuple[list[str], dict[str, str], int]:
        counter = RowsRead()
        with connection.execute_wrapper(counter):
            html = client.get(reverse("received_gifts") + query).content.decode()
        links = re.findall(r'href="([?](?:before|after)=[^"]+)" rel="(prev|next)"', html)
        return (
            re.findall(r"/gifts/([0-9a-f-]{36})/", html),
            {turn: link for link, turn in links},
            counter.of["creators_earning"],
        )

    for _ in range(20):
        assert all(one.done for one in send_gifts([order(viewer, room) for _ in range(20)]))
    analyze()
    newest_first = Earning.objects.filter(place_id=room.pk).order_by("-created", "-operation_id")
    every = [str(pk) for pk in newest_first.values_list("pk", flat=True)]
    there, query, costs = [], "", []
    for n in range(len(every)):
        shown, links, cost = page(query)
        assert ("prev" in links) == (n > 0)
        there.append(shown)
        costs.append(cost)
        if "next" not in links:
            break
        query = links["next"]
    assert [id for shown in there for id in shown] == every
    assert max(costs) < len(every) / 2, "no page counts or skips all that came"
    back = [there[-1]]
    while "prev" in links:
        shown, links, _ = page(links["prev"])
        back.insert(0, shown)
    assert back[0] == there[0]
    assert back == there
    # A gift that came meanwhile moves no page; what is no cursor begins at the latest.
    send(viewer, room)
    assert page(query)[0] == there[-1]
    for nonsense in ("?before=x", f"?before={uuid4()}", "?page=7"):
        assert page(nonsense)[0][1:] == there[0][:-1]


def test_after_a_withdrawal_was_asked_for_it_is_refused() -> None:
    room, viewer = make_stream(make_paid_creator()), make_viewer(10_000)
    owner = owner_of(room)
    gift_id = cleared_gift(room, viewer, 5_000)
    ask_for(room.place.creator, 4_000)
    with pytest.raises(DiamondsGone):
        return_gift(actor=owner, gift_id=gift_id, key=new_key())
    assert (diamonds(owner, "available"), coins_of(viewer.pk)) == (1_000, 5_000)
    assert SentGift.objects.get(pk=gift_id).state == "sent"
    client = Client()
    client.force_login(owner)
    path = reverse("return_gift", args=[gift_id])
    answer = client.post(path, {"key": new_key()})
    assert answer.status_code == 409
    assert "not in your balance any more" in answer.content.decode()


def test_a_gift_after_a_return_is_a_streak_of_its_own() -> None:
    room, viewer, gift = make_room(), make_viewer(1_000), make_gift(10)
    sent = send(viewer, room, gift)
    assert sent.operation is not None
    return_gift(actor=owner_of(room), gift_id=sent.operation, key=new_key())
    assert send(viewer, room, gift).details["count"] == 1
