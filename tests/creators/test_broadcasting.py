"""The media server's door: who may broadcast, and what follows when a picture comes and goes."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.actions.broadcasting import watch_broadcasts
from creators.actions.stream_keys import make_stream_key, revoke_stream_key
from creators.actions.streams import end_stream
from creators.models import Broadcast, Creator, Stream, StreamKey
from creators.selectors.streams import video_of
from gifts.models import SentGift
from tests.creators.make import make_creator, make_stream
from tests.make import make_user

SECRET = "the-media-server-knows-this-secret"


@pytest.fixture(autouse=True)
def media_server(settings, committed_db) -> None:
    settings.LIVE_VIDEO = "nginx-rtmp"
    settings.LIVE_HOOK_SECRET = SECRET
    settings.LIVE_PLAYBACK_URL = "https://video.example/hls/"


def tell(call: str, key: str, *, client: int = 1, secret: str = SECRET, more: str = "") -> int:
    """As nginx-rtmp does: its own fields, then the parameters of the encoder's address."""
    name, _, parameters = key.partition("?")
    own = (
        f"app=live&flashver=&tcurl=rtmp&addr=203.0.113.7&clientid={client}&call={call}&name={name}"
    )
    answer = Client().post(
        f"/live-hooks/{secret}/nginx-rtmp",
        f"{own}&type=live&{parameters}{more}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code < 300 or answer.status_code >= 400, "a redirect is a yes"
    return answer.status_code


def state_of(stream: Stream) -> tuple[str, str]:
    stream = Stream.objects.get(pk=stream.pk)
    return stream.state, video_of(stream.pk)["state"]


def on_air() -> tuple[Stream, str]:
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    assert tell("publish", key) == 204
    return stream, key


def later(stream: Stream, **fields: timedelta) -> None:
    """As if these moments of the broadcast had been so long ago."""
    found = Broadcast.objects.get(pk=stream.pk)
    changed = {name: getattr(found, name) - ago for name, ago in fields.items()}
    Broadcast.objects.filter(pk=stream.pk).update(**changed)


def test_the_right_key_of_an_open_stream_is_let_in_and_the_picture_comes_and_goes():
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    name, _, secret = key.partition("?key=")
    assert video_of(stream.pk) == {"version": 0, "state": "waiting", "playlist": None}
    assert tell("publish", key) == 204
    playlist = f"https://video.example/hls/{name}.m3u8"
    assert video_of(stream.pk) == {"version": 1, "state": "live", "playlist": playlist}
    assert tell("update_publish", key) == 204
    assert video_of(stream.pk)["version"] == 1
    assert tell("publish_done", key) == 204
    assert video_of(stream.pk) == {"version": 2, "state": "paused", "playlist": None}
    assert tell("publish", key, client=2) == 204
    assert video_of(stream.pk) == {"version": 3, "state": "live", "playlist": playlist}
    assert Stream.objects.count() == 1

    kept = StreamKey.objects.get()
    assert len(secret) == 43
    assert secret not in json.dumps([kept.name, kept.hashed])
    assert kept.hint == secret[-4:]


@pytest.mark.parametrize("wrong", ["{name}", "{name}?key=", "{name}?key=x", "x?key={secret}", ""])
def test_wrong_keys_are_refused_and_nothing_changes(wrong):
    stream = make_stream()
    name, _, secret = make_stream_key(creator_id=stream.place.creator_id).partition("?key=")
    assert tell("publish", wrong.format(name=name, secret=secret)) == 403
    assert state_of(stream) == ("live", "waiting")


def test_the_key_of_another_creator_opens_nothing():
    mine, other = make_stream(), make_stream()
    own = make_stream_key(creator_id=mine.place.creator_id)
    theirs = make_stream_key(creator_id=other.place.creator_id)
    assert tell("publish", theirs.split("?")[0] + "?" + own.split("?")[1]) == 403
    assert state_of(mine) == state_of(other) == ("live", "waiting")


@pytest.mark.parametrize(
    "more", ["&call=publish_done", "&name=other", "&clientid=9", "&addr=127.0.0.1", "&key=y"]
)
def test_an_encoder_cannot_speak_in_the_media_servers_name(more):
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    assert tell("publish", key, more=more) == 403
    assert tell("publish", key.split("?")[0] + "?key=wrong", more=more) == 403
    assert state_of(stream) == ("live", "waiting")


def test_rotated_and_revoked_keys_are_refused_and_cut_off_who_uses_them():
    stream, first = on_air()
    second = make_stream_key(creator_id=stream.place.creator_id)
    assert tell("update_publish", first) == 403
    # The media server cuts it off, and says so.
    assert tell("publish_done", first) == 204
    assert state_of(stream) == ("live", "paused")
    assert tell("publish", first, client=2) == 403
    assert tell("publish", second, client=3) == 204
    revoke_stream_key(creator_id=stream.place.creator_id)
    assert tell("update_publish", second, client=3) == 403
    assert tell("publish", second, client=4) == 403
    assert StreamKey.objects.filter(revoked=None).count() == 0


def test_an_encoder_does_not_begin_a_stream_and_does_not_outlast_one():
    creator = make_creator()
    key = make_stream_key(creator_id=creator.pk)
    assert tell("publish", key) == 403
    assert not Stream.objects.exists()
    stream = make_stream(creator)
    assert tell("publish", key) == 204
    end_stream(place_id=stream.pk)
    assert tell("update_publish", key) == 403
    assert tell("publish_done", key) == 204
    # Encoders try again by themselves; what has ended stays so.
    assert tell("publish", key, client=2) == 403
    assert Stream.objects.get().ended_why == "creator"


def test_a_suspended_creator_is_refused():
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    Creator.objects.update(state=Creator.State.SUSPENDED, state_reason="Told so.")
    assert tell("publish", key) == 403
    assert state_of(stream) == ("live", "waiting")


def test_a_second_encoder_is_refused_and_its_going_pauses_nothing():
    stream, key = on_air()
    assert tell("publish", key, client=2) == 409
    assert tell("publish_done", key, client=2) == 204
    assert state_of(stream) == ("live", "live")
    # The first has been silent for long: it is gone without a word.
    later(stream, seen=timedelta(seconds=31))
    assert tell("publish", key, client=2) == 204
    assert tell("publish_done", key, client=1) == 204
    assert state_of(stream) == ("live", "live")


def test_a_picture_that_stays_away_ends_the_stream_also_when_no_task_ran(settings):
    stream, key = on_air()
    tell("publish_done", key)
    later(stream, since=timedelta(seconds=119))
    watch_broadcasts()
    assert state_of(stream) == ("live", "paused")
    later(stream, since=timedelta(seconds=2))
    assert tell("publish", key, client=2) == 403
    ended = Stream.objects.get(pk=stream.pk)
    assert (ended.state, ended.ended_why, ended.place.open) == ("ended", "lost", False)

    other, _ = on_air()
    later(other, seen=timedelta(seconds=31))
    watch_broadcasts()
    assert state_of(other) == ("live", "paused")
    # The pause began with the last word, not with our noticing.
    later(other, since=timedelta(seconds=90))
    watch_broadcasts()
    watch_broadcasts()
    assert Stream.objects.get(pk=other.pk).ended_why == "lost"
    assert not SentGift.objects.exists()


def test_the_media_server_knows_better_than_our_watch():
    stream, key = on_air()
    later(stream, seen=timedelta(seconds=31))
    watch_broadcasts()
    assert state_of(stream) == ("live", "paused")
    assert tell("update_publish", key) == 204
    assert state_of(stream) == ("live", "live")


def test_a_stream_without_an_encoder_waits_for_as_long_as_its_creator_wants():
    stream = make_stream()
    Stream.objects.update(started=timezone.now() - timedelta(hours=5))
    watch_broadcasts()
    assert state_of(stream) == ("live", "waiting")


def test_only_the_media_server_is_heard(settings):
    stream, key = on_air()
    assert tell("publish_done", key, secret="another-secret-of-the-same-length") == 403
    settings.LIVE_HOOK_SECRET = ""
    assert tell("publish_done", key, secret="x") == 403
    settings.LIVE_HOOK_SECRET = SECRET
    settings.LIVE_HOOK_ADDRESSES = ["10.1.0.0/16", "::1"]
    assert tell("publish_done", key) == 403
    assert state_of(stream) == ("live", "live")
    settings.LIVE_HOOK_ADDRESSES = ["127.0.0.0/8"]
    assert tell("publish_done", key) == 204
    assert state_of(stream) == ("live", "paused")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    path = f"/live-hooks/{SECRET}/nginx-rtmp/"
    update = {"call": "update_publish", "name": key.split("?")[0], "clientid": "1"}
    assert Client().post(path, update).status_code == 204
    forwarded = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
    assert Client().post(path, update, headers=forwarded).status_code == 403
    assert Client().get(path).status_code == 405
    assert Client().post(path, {"call": "play", "name": "x"}).status_code == 403
    assert Client().post(path, {"call": "publish", "name": "x" * 9_000}).status_code == 413


def test_guessing_is_stopped():
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    wrong = [tell("publish", key + "x") for _ in range(25)]
    assert wrong[:20] == [403] * 20
    assert set(wrong[20:]) == {429}
    assert tell("publish", key) == 429
    guessed = [tell("publish", key, secret=f"guess-{n}") for n in range(15)]
    assert guessed[:10] == [403] * 10
    assert set(guessed[10:]) == {429}


def ask_mediamtx(**said: str) -> int:
    body = {
        "user": "",
        "password": "",
        "token": "",
        "ip": "203.0.113.7",
        "action": "publish",
        "path": "",
        "protocol": "rtmp",
        "id": "9b6f8f3c-2c5f-4d59-9d9a-1f1f5c8f7c11",
        "query": "",
    } | said
    path = f"/live-hooks/{SECRET}/mediamtx"
    return Client().post(path, json.dumps(body), content_type="application/json").status_code


def test_mediamtx_asks_and_tells_in_its_own_shapes(settings):
    settings.LIVE_VIDEO = "mediamtx"
    stream = make_stream()
    key = make_stream_key(creator_id=stream.place.creator_id)
    name, query = key.split("?")
    secret = query.removeprefix("key=")
    path = f"live/{name}"
    for wrong in ("", "key=wrong", f"key={secret}&key={secret}"):
        assert ask_mediamtx(path=path, query=wrong) == 403
    assert ask_mediamtx(path=path, query=query, action="api") == 403
    assert ask_mediamtx(path=path, query=query, action="playback") == 403
    assert state_of(stream) == ("live", "waiting")
    assert ask_mediamtx(path=path, action="read") == 204
    assert ask_mediamtx(path=path, query=query, id="one") == 204
    playlist = f"https://video.example/hls/live/{name}/index.m3u8"
    assert video_of(stream.pk) == {"version": 1, "state": "live", "playlist": playlist}

    def tell_event(event: str, id: str) -> int:
        said = {"event": event, "path": path, "id": id}
        return Client().post(f"/live-hooks/{SECRET}/mediamtx", said).status_code

    assert tell_event("ready", "one") == 204
    assert tell_event("not_ready", "another") == 204
    assert state_of(stream) == ("live", "live")
    assert tell_event("not_ready", "one") == 204
    assert state_of(stream) == ("live", "paused")
    # WHIP shows the key as a bearer token, SRT as a password.
    assert ask_mediamtx(path=path, token=secret, id="two") == 204
    assert tell_event("not_ready", "two") == 204
    assert ask_mediamtx(path=path, password=secret, id="three") == 204
    assert state_of(stream) == ("live", "live")
    revoke_stream_key(creator_id=stream.place.creator_id)
    assert tell_event("ready", "three") == 403
    assert tell_event("whatever", "three") == 403
    bad = Client().post(f"/live-hooks/{SECRET}/mediamtx", "[", content_type="application/json")
    assert bad.status_code == 403


def test_without_a_media_server_streams_have_no_picture_and_there_is_no_key_page(settings):
    settings.LIVE_VIDEO = "none"
    stream = make_stream()
    assert video_of(stream.pk) == {"version": 0, "state": "none", "playlist": None}
    client = Client()
    client.force_login(stream.place.creator.user)
    assert client.get(reverse("stream_key")).status_code == 404
    assert "Stream key" not in client.get(reverse("dashboard")).content.decode()


def test_the_key_is_shown_once_after_a_fresh_sign_in():
    client = Client()
    client.force_login(make_creator(make_user(password="sunny-harbour-9")).user)
    page = client.get(reverse("stream_key"))
    assert "Make a stream key" in page.content.decode()
    # Signed in, but not freshly: nothing is made.
    assert client.post(reverse("stream_key")).status_code == 302
    assert not StreamKey.objects.exists()
    client.post(reverse("account_reauthenticate"), {"password": "sunny-harbour-9"})
    made = client.post(reverse("stream_key"))
    key = StreamKey.objects.get()
    assert f"{key.name}?key=" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    again = client.get(reverse("stream_key")).content.decode()
    assert "?key=" not in again
    assert key.hint in again
    client.post(reverse("revoke_stream_key"))
    assert not StreamKey.objects.filter(revoked=None).exists()
    other = Client()
    other.force_login(make_creator().user)
    assert "Make a stream key" in other.get(reverse("stream_key")).content.decode()
