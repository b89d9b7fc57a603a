"""Overlays: alerts once per streak, tokens that can be taken back, tests that touch no money."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.actions.streams import end_stream
from gifts.actions.hiding import hide_message
from gifts.actions.overlays import forget_alerts, make_overlay, revoke_overlay
from gifts.models import Gift, Overlay, OverlayAlert, SentGift, TrialAlert
from tests.creators.make import make_creator, make_stream
from tests.gifts.make import make_room, make_viewer, send, undo
from wallets.check import ledger_check
from wallets.models import Transfer


@pytest.fixture(autouse=True)
def long_streaks(settings, committed_db) -> None:
    settings.STREAK_IDLE_SECONDS = 3600


def streaks_are_over(settings) -> None:
    """No gift that was sent so far can go on."""
    settings.STREAK_IDLE_SECONDS = -3600


def ask(token: str, *, take: bool = True, shown: str | None = None):
    return Client().post(
        reverse("overlay_next"),
        json.dumps({"take": take, "shown": shown}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def alert(token: str, **said) -> dict | None:
    answer = ask(token, **said)
    assert answer.status_code == 200, answer.content
    return answer.json()["alert"]


def shown(token: str) -> dict | None:
    """Take an alert and say that it is shown."""
    found = alert(token)
    if found:
        ask(token, take=False, shown=found["event_id"])
    return found


def leases_end() -> None:
    OverlayAlert.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_streak_is_one_alert_with_its_whole_count_when_it_has_ended(settings):
    room, viewer = make_room(), make_viewer(coins=1_000, display_name="Mira")
    token = make_overlay(creator_id=room.place.creator_id)
    for number in range(30):
        send(viewer, room, "acorn", message="hello" if number == 3 else "")
    assert alert(token) is None
    streaks_are_over(settings)
    found = shown(token)
    assert (found["count"], found["delta"], found["coins_total"]) == (30, 30, 150)
    assert (found["sender"]["name"], found["gift"]["slug"]) == ("Mira", "acorn")
    assert (found["message"], found["final"], found["is_test"]) == ("hello", True, False)
    assert alert(token) is None
    assert UUID(found["message_of"]) in SentGift.objects.values_list("pk", flat=True)


def test_a_gift_that_does_not_streak_is_told_at_once_and_each_overlay_gets_it():
    room, viewer = make_room(), make_viewer(coins=10_000)
    tokens = [make_overlay(creator_id=room.place.creator_id) for _ in range(2)]
    whale = Gift.objects.filter(streakable=False).order_by("coins").first()
    send(viewer, room, whale, confirmed=True)
    assert [shown(token)["gift"]["slug"] for token in tokens] == [whale.slug] * 2
    assert [alert(token) for token in tokens] == [None, None]


def test_two_pages_of_one_overlay_share_its_alerts(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    send(viewer, room, "acorn")
    streaks_are_over(settings)
    first = alert(token)
    assert first is not None
    # Given to one page, it is nobody else's; nor after that page said that it shows it.
    assert alert(token) is None
    ask(token, take=False, shown=first["event_id"])
    leases_end()
    assert alert(token) is None


def test_a_page_that_died_before_it_showed_its_alert_loses_nothing(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    send(viewer, room, "acorn")
    streaks_are_over(settings)
    lost = alert(token)
    leases_end()
    again = alert(token)
    assert again["event_id"] == lost["event_id"]


def test_what_was_taken_back_is_not_shown(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    gone = send(viewer, room, "acorn")
    assert undo(viewer, gone.operation).done
    streaks_are_over(settings)
    assert alert(token) is None
    send(viewer, room, "acorn", quantity=2)
    assert alert(token)["count"] == 2
    assert ledger_check() == []


def test_a_hidden_message_is_in_no_alert(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    sent = send(viewer, room, "acorn", message="good evening")
    hide_message(actor=room.place.creator.user, gift_id=sent.operation)
    streaks_are_over(settings)
    found = alert(token)
    assert (found["count"], found["message"], found["message_of"]) == (1, "", None)
    assert "good evening" not in json.dumps(found)


def test_an_overlay_shows_what_it_was_told_to_and_only_its_own_room(settings):
    room, other, viewer = make_room(), make_room(), make_viewer(coins=1_000)
    send(viewer, room, "acorn")
    streaks_are_over(settings)
    token = make_overlay(creator_id=room.place.creator_id)
    # What was before it was made, what is cheaper than its owner wants, what is another's.
    assert alert(token) is None
    Overlay.objects.update(least_coins=10)
    send(viewer, room, "acorn")
    send(viewer, other, "river-koi")
    assert alert(token) is None
    send(viewer, room, "river-koi")
    assert shown(token)["gift"]["slug"] == "river-koi"
    send(viewer, room, "river-koi")
    settings.OVERLAY_REPLAY_SECONDS = 0
    assert alert(token) is None


def test_after_the_end_of_the_stream_the_last_alerts_still_come(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    assert ask(token).json()["room"]["socket_url"].startswith("/live/")
    send(viewer, room, "acorn")
    end_stream(place_id=room.pk)
    streaks_are_over(settings)
    answer = ask(token).json()
    assert answer["alert"]["count"] == 1
    assert answer["room"] is None


def test_a_test_alert_moves_nothing_and_says_what_it_is():
    room = make_room()
    creator = room.place.creator
    token = make_overlay(creator_id=creator.pk)
    before = Transfer.objects.count()
    client = Client()
    client.force_login(creator.user)
    acorn = Gift.objects.get(slug="acorn")
    client.post(reverse("test_alert"), {"gift": acorn.pk, "count": 30})
    found = shown(token)
    assert (found["is_test"], found["count"], found["gift"]["slug"]) == (True, 30, "acorn")
    assert found["sender"]["handle"] == creator.user.handle
    assert alert(token) is None
    for wrong in ({"gift": acorn.pk, "count": 0}, {"gift": 0, "count": 1}, {}):
        client.post(reverse("test_alert"), wrong)
    assert alert(token) is None
    assert Transfer.objects.count() == before
    assert not SentGift.objects.exists()
    room.place.refresh_from_db()
    assert room.place.seq == 0
    assert ledger_check() == []


def test_a_revoked_token_and_a_wrong_one_get_nothing():
    room = make_room()
    creator = room.place.creator
    token = make_overlay(creator_id=creator.pk)
    overlay = Overlay.objects.get()
    assert token not in json.dumps([overlay.hashed, overlay.hint, str(overlay.public_id)])
    assert ask(token).status_code == 200
    other = Client()
    other.force_login(make_creator().user)
    assert other.post(reverse("revoke_overlay", args=[overlay.public_id])).status_code == 404
    assert ask(token).status_code == 200
    revoke_overlay(creator_id=creator.pk, public_id=overlay.public_id)
    for wrong in (token, token[:-1], "", "x" * 500):
        answer = ask(wrong)
        assert answer.status_code == 403
        assert answer.json()["refusal"]["code"] == "overlay_closed"
    bare = Client().post(reverse("overlay_next"), "{}", content_type="application/json")
    assert bare.status_code == 403
    bad = Client().post(reverse("overlay_next"), "[]", content_type="application/json")
    assert bad.json()["refusal"]["code"] == "malformed"


def test_own_css_is_css_and_nothing_else():
    room = make_room()
    creator = room.place.creator
    token = make_overlay(creator_id=creator.pk)
    public_id = Overlay.objects.get().public_id
    assert ask(token).json()["style"] is None
    client = Client()
    client.force_login(creator.user)
    text = "</style><script>alert(1)</script> .gift-card { color: red }"
    form = {f"{public_id}-style": text, f"{public_id}-least_coins": "7"}
    client.post(reverse("change_overlay", args=[public_id]), form)
    address = ask(token).json()["style"]
    answer = Client().get(address)
    assert answer.content.decode() == text
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Overlay.objects.get().least_coins == 7
    form[f"{public_id}-style"] = "a" * 10_001
    client.post(reverse("change_overlay", args=[public_id]), form)
    assert Overlay.objects.get().style == text
    other = Client()
    other.force_login(make_creator().user)
    assert other.post(reverse("change_overlay", args=[public_id]), form).status_code == 404
    policy = Client().get(reverse("overlay"))["Content-Security-Policy"]
    assert "style-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
    revoke_overlay(creator_id=creator.pk, public_id=public_id)
    assert Client().get(address).status_code == 404


def test_the_address_is_shown_once_and_five_are_enough():
    creator = make_stream().place.creator
    client = Client()
    client.force_login(creator.user)
    for _ in range(5):
        made = client.post(reverse("overlays"))
        assert "/overlay/#" in made.content.decode()
        assert "no-store" in made["Cache-Control"]
    refused = client.post(reverse("overlays"))
    assert refused.status_code == 409
    assert "You can have 5 overlays" in refused.content.decode()
    assert "/overlay/#" not in client.get(reverse("overlays")).content.decode()
    assert Overlay.objects.count() == 5


def test_what_is_old_is_forgotten(settings):
    room, viewer = make_room(), make_viewer(coins=100)
    token = make_overlay(creator_id=room.place.creator_id)
    send(viewer, room, "acorn")
    streaks_are_over(settings)
    shown(token)
    TrialAlert.objects.create(
        creator=room.place.creator, gift=Gift.objects.get(slug="acorn"), count=1
    )
    forget_alerts()
    assert OverlayAlert.objects.count() == TrialAlert.objects.count() == 1
    for model in (OverlayAlert, TrialAlert):
        model.objects.update(created=timezone.now() - timedelta(days=2))
    forget_alerts()
    assert OverlayAlert.objects.count() == TrialAlert.objects.count() == 0
    assert SentGift.objects.count() == 1
