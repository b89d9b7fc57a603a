"""Sending, undoing, tickets and the catalogue without a socket."""

import json
from typing import Any

import pytest
from django.test import Client

from creators.models import Place
from gifts.models import SentGift
from gifts.rooms.tickets import read_ticket
from tests.gifts.make import make_room, make_viewer, new_key, send
from users.models import User
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.usefixtures("economy")


def fields(**others: Any) -> dict[str, Any]:
    return {
        "key": new_key(),
        "gift": "acorn",
        "quantity": 1,
        "price_coins": 5,
        "rate_card": rate_card().pk,
    } | others


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_gift_by_json_and_by_form_share_action_and_key() -> None:
    room, viewer = make_room(), make_viewer(100)
    client, url = signed_in(viewer), f"/live/{room.place.public_id}/gift/"
    said = fields()
    first = client.post(url, said, content_type="application/json")
    assert first.status_code == 200
    receipt = first.json()["receipt"]
    assert (receipt["key"], receipt["coins"], receipt["balance"]) == (said["key"], 5, 95)
    again = client.post(url, said)
    assert (again.status_code, again["Location"]) == (302, f"/live/{room.place.public_id}/")
    assert SentGift.objects.filter(place_id=room.pk).count() == 1
    form = client.post(
        url, fields(confirmed="on", next=f"/live/{room.place.public_id}/?gift=acorn")
    )
    assert form["Location"] == f"/live/{room.place.public_id}/?gift=acorn"
    assert coins_of(viewer.pk) == 90


def test_undo_by_json_and_by_form() -> None:
    room, viewer = make_room(), make_viewer(100)
    client = signed_in(viewer)
    ids = [send(viewer, room, gift).operation for gift in ("acorn", "clover")]
    undone = client.post(
        f"/gift/{ids[0]}/undo/", {"key": new_key()}, content_type="application/json"
    )
    assert undone.json()["undone"]["gift_ids"] == [str(ids[0])]
    form = client.post(f"/gift/{ids[1]}/undo/", {"key": new_key(), "next": "/wallet/"})
    assert (form.status_code, form["Location"]) == (302, "/wallet/")
    assert coins_of(viewer.pk) == 100


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"price_coins": 4}, 409, "price_changed"),
        ({"gift": "no-such-gift"}, 409, "gift_unavailable"),
        ({"quantity": 90}, 402, "insufficient_coins"),
        ({"quantity": 0}, 400, "wrong_value"),
        ({"quantity": -3}, 400, "wrong_value"),
        ({"quantity": 1.5}, 400, "wrong_value"),
        ({"sender_id": 1}, 400, "unknown_field"),
    ],
)
def test_refusals_by_json_have_name_sentence_and_status(
    changed: dict[str, Any], status: int, code: str
) -> None:
    room, viewer = make_room(), make_viewer(100)
    url = f"/live/{room.place.public_id}/gift/"
    answer = signed_in(viewer).post(url, fields(**changed), content_type="application/json")
    assert (answer.status_code, answer.json()["refusal"]["code"]) == (status, code)
    assert answer.json()["refusal"]["sentence"]
    assert coins_of(viewer.pk) == 100


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "9" * 5000])
def test_body_that_is_no_message_is_refused(body: str) -> None:
    room, viewer = make_room(), make_viewer(100)
    url = f"/live/{room.place.public_id}/gift/"
    answer = signed_in(viewer).post(url, body, content_type="application/json")
    assert answer.json()["refusal"]["code"] in ("malformed", "too_large")
    assert answer.status_code in (400, 413)


def test_signed_out_is_sent_to_sign_in_and_back_to_the_room() -> None:
    room = make_room()
    url = f"/live/{room.place.public_id}/gift/"
    by_form = Client().post(url, fields())
    assert by_form["Location"] == f"/accounts/login/?next=/live/{room.place.public_id}/"
    by_json = Client().post(url, fields(), content_type="application/json")
    assert (by_json.status_code, by_json.json()["refusal"]["code"]) == (401, "sign_in")
    assert not SentGift.objects.filter(place_id=room.pk).exists()


def test_form_does_not_lead_to_another_site() -> None:
    room, viewer = make_room(), make_viewer(100)
    url = f"/live/{room.place.public_id}/gift/"
    answer = signed_in(viewer).post(url, fields(next="https://evil.example/"))
    assert answer["Location"] == f"/live/{room.place.public_id}/"


def test_doors_take_only_what_they_are_for() -> None:
    room, viewer = make_room(), make_viewer(100)
    url = f"/live/{room.place.public_id}/gift/"
    assert signed_in(viewer).get(url).status_code == 405
    assert signed_in(viewer, enforce_csrf_checks=True).post(url, fields()).status_code == 403
    nowhere = url.replace(str(room.place.public_id), "00000000-0000-4000-8000-000000000000")
    assert signed_in(viewer).post(nowhere, fields()).status_code == 404
    assert coins_of(viewer.pk) == 100


def test_ticket_says_who_and_where() -> None:
    room, viewer = make_room(), make_viewer()
    url = f"/live/{room.place.public_id}/ticket/"
    answer = signed_in(viewer).get(url)
    assert set(answer["Cache-Control"].split(", ")) == {"no-store", "private"}
    ticket = read_ticket(answer.json()["ticket"])
    assert (ticket.place_id, ticket.user_id) == (room.pk, viewer.pk)
    assert ticket.person == {
        "id": str(viewer.public_id),
        "handle": viewer.handle,
        "name": viewer.name,
        "picture": None,
    }
    assert answer.json()["socket"] == f"/live/{room.place.public_id}/socket/"
    assert read_ticket(Client().get(url).json()["ticket"]).user_id is None


def test_catalogue_lists_what_can_be_sent() -> None:
    answer = Client().get("/gifts/catalogue.json").json()
    assert len(answer["gifts"]) == 40
    assert answer["gifts"][0]["coins"] == 1
    assert answer["rate_card"]["diamond_value_millionths"] == 7_000
    assert answer["currency"] == "USD"


def test_ended_stream_by_form_says_so_and_moves_nothing() -> None:
    room, viewer = make_room(), make_viewer(100)
    Place.objects.filter(pk=room.pk).update(open=False)
    url = f"/live/{room.place.public_id}/gift/"
    answer = signed_in(viewer).post(url, json.dumps(fields()), content_type="application/json")
    assert answer.json()["refusal"]["code"] == "stream_ended"
    assert coins_of(viewer.pk) == 100
