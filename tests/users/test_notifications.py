"""What people are told: once, as they chose, on their own pages and by mail."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone, translation

from creators.actions import announcing
from creators.actions.following import follow
from creators.actions.moderating import restrict
from creators.actions.streams import end_stream, start_stream
from creators.models import Restriction, Stream
from creators.selectors.streams import streams_to_announce
from tests.creators.make import make_creator, make_stream
from tests.make import make_user
from tests.wallets.recharging import bought
from users import bells, notices, valkey
from users.actions.notifying import (
    choose,
    forget_old_notifications,
    mark_read,
    notify,
    send_notification_mail,
)
from users.languages import language_of
from users.models import Notification, NotificationChoice, User
from users.selectors import notification_mails_to_send, ways_of
from users.stop_links import stop_path
from wallets.actions.crediting import credit_recharge

pytestmark = pytest.mark.django_db

Way = NotificationChoice.Way
LIVE = {"name": "Mira", "title": "Evening songs"}


def tell(*people: User, ref: str = "1", **more: object) -> int:
    return notify(
        people=[person.pk for person in people],
        kind="went_live",
        ref=ref,
        path="/rates/",
        **{"data": LIVE, **more},
    )


def of(person: User) -> list[Notification]:
    return list(person.notifications.order_by("id"))


# --- telling --------------------------------------------------------------------------------------
def test_same_is_told_once():
    one, other = make_user(), make_user()
    assert tell(one) == 1
    assert tell(one, other) == 1
    assert tell(one, ref="2") == 1
    assert [row.ref for row in of(one)] == ["1", "2"]
    assert len(of(other)) == 1


def test_count_that_goes_up_is_new_again():
    one = make_user()
    tell(one)
    mark_read(one)
    assert tell(one, again=True) == 0
    assert tell(one, again=True, data=LIVE | {"title": "Other"}) == 1
    [row] = of(one)
    assert (row.read, row.data["title"]) == (None, "Other")


def test_who_chose_not_to_hear_and_who_is_not_active_is_left_out():
    off, site, gone = make_user(), make_user(), make_user()
    choose(person_id=off.pk, kind="went_live", way=Way.OFF)
    choose(person_id=site.pk, kind="went_live", way=Way.SITE)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert tell(off, site, gone) == 1
    assert [row.mail for row in of(site)] == [False]
    assert of(off) == of(gone) == []


def test_history_is_no_news():
    one = make_user()
    assert tell(one, at=timezone.now() - timedelta(days=2)) == 0
    assert tell(one, at=timezone.now() - timedelta(hours=2)) == 1


def test_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        notify(people=[make_user().pk], kind="nothing", ref="1", path="/")
    with pytest.raises(KeyError):
        choose(person_id=make_user().pk, kind="nothing", way=Way.OFF)
    with pytest.raises(ValueError, match="loudly"):
        choose(person_id=make_user().pk, kind="went_live", way="loudly")


def test_every_kind_says_something_and_has_an_icon():
    said = {
        "went_live": LIVE,
        "recharge_arrived": {"coins": 1},
        "withdrawal_step": {"minor": 1250, "currency": "EUR", "state": "paid"},
        "report_answered": {"answer": "Thank you."},
        "gift_returned": {"creator": "Mira", "gift": "Acorn", "coins": 5},
        "limit_reached": {"limit": "own_week", "reached": "half", "of": 100, "spent": 50},
    }
    for code, data in said.items():
        assert notices.kind_of(code).sentence(data)
    assert "2 coins ($0.02)" in notices.kind_of("recharge_arrived").sentence({"coins": 2})
    assert "12.50" in notices.kind_of("withdrawal_step").sentence(said["withdrawal_step"])


def test_old_ones_go():
    one = make_user()
    tell(one)
    tell(one, ref="2")
    long_ago = timezone.now() - timedelta(days=181)
    Notification.objects.filter(person=one, ref="1").update(created=long_ago)
    forget_old_notifications()
    assert [row.ref for row in of(one)] == ["2"]


# --- the bell -------------------------------------------------------------------------------------
def test_bell_rings_after_commit_with_what_is_new(django_capture_on_commit_callbacks):
    one, other = make_user(), make_user()
    with valkey.client().pubsub() as channel:
        channel.subscribe(bells.CHANNEL)
        channel.get_message(timeout=1)
        with django_capture_on_commit_callbacks(execute=True):
            tell(one, other)
        heard = channel.get_message(timeout=1)
        assert heard
        latest = {"kind": "went_live", "data": LIVE, "path": "/rates/"}
        message = {"type": "bell", "v": 1, "unread": 1, "latest": latest}
        said = {"text": "Mira is live: Evening songs", "path": "/rates/"}
        assert bells.in_words(message, "en") == message | {"latest": said}
        assert json.loads(heard["data"]) == [[one.pk, message], [other.pk, message]]
        with django_capture_on_commit_callbacks(execute=True):
            mark_read(one, up_to=of(one)[0].pk)
        heard = channel.get_message(timeout=1)
        assert heard
        assert json.loads(heard["data"]) == [[one.pk, message | {"unread": 0, "latest": None}]]


def test_it_speaks_the_language_of_the_page_and_not_of_who_acted(
    django_capture_on_commit_callbacks, monkeypatch
):
    one = make_user()
    rung: list[dict[int, bells.Message]] = []
    monkeypatch.setattr(bells, "_hooks", [lambda messages: rung.append(dict(messages))])
    with translation.override("de"), django_capture_on_commit_callbacks(execute=True):
        notify(people=[one.pk], kind="recharge_arrived", ref="1", path="/", data={"coins": 1_200})
    [messages] = rung
    said = {of: bells.in_words(messages[one.pk], of)["latest"]["text"] for of in ("en", "de")}
    assert "1,200 coins ($12.00)" in said["en"]
    assert "1.200 coins (12,00\xa0$)" in said["de"]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ([(b"accept-language", b"de-AT,de;q=0.9,en;q=0.5")], "de"),
        ([(b"accept-language", b"de"), (b"cookie", b"a=b; django_language=en")], "en"),
        ([(b"accept-language", b"tlh")], "en"),
        ([], "en"),
    ],
)
def test_language_of_a_socket_is_that_of_the_pages_of_its_browser(settings, headers, language):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert language_of({"headers": headers}) == language


def test_nobody_reads_or_opens_what_is_another_ones(client: Client):
    one, other = make_user(), make_user()
    tell(one)
    [mine] = of(one)
    client.force_login(other)
    assert client.get(reverse("notification", args=[mine.public_id])).status_code == 404
    client.post(reverse("read_notifications"), {"up_to": mine.pk})
    assert of(one)[0].read is None
    assert b"Mira is live" not in client.get(reverse("notifications")).content


def test_opening_one_leads_to_what_it_is_about(client: Client):
    one = make_user()
    tell(one)
    tell(one, ref="2")
    client.force_login(one)
    page = client.get(reverse("notifications"))
    assert page.content.count(b"Mira is live") == 2
    answer = client.get(reverse("notification", args=[of(one)[0].public_id]))
    assert (answer.status_code, answer["Location"]) == (302, "/rates/")
    assert [row.read is None for row in of(one)] == [False, True]
    client.post(reverse("read_notifications"), {"up_to": of(one)[1].pk})
    assert bells.unread_count(one.pk) == 0


def test_pages_need_somebody(client: Client):
    for name in ("notifications", "notification_choices"):
        assert client.get(reverse(name)).status_code == 302


# --- choices and mails ----------------------------------------------------------------------------
def test_choices_are_saved_and_what_cannot_be_mailed_is_not(client: Client):
    one = make_user()
    client.force_login(one)
    ways = ways_of(one)
    assert (ways["went_live"], ways["recharge_arrived"]) == ("mail", "site")
    page = reverse("notification_choices")
    assert client.post(page, ways | {"recharge_arrived": "mail"}).status_code == 200
    assert ways_of(one) == ways
    client.post(page, ways | {"went_live": "off"})
    assert ways_of(one) == ways | {"went_live": "off"}


def test_mail_is_sent_once_with_a_way_to_stop(client: Client):
    one = make_user()
    tell(one)
    [waiting] = notification_mails_to_send()
    assert send_notification_mail(waiting)
    assert not send_notification_mail(waiting)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([one.email], "Mira is live: Evening songs")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = urlsplit(sent.extra_headers["List-Unsubscribe"].strip("<>")).path
    assert resolve(stop).url_name == "stop_mails"
    assert stop in sent.body
    # As a program that reads mail posts it: no cookie, no token of ours (RFC 8058).
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ways_of(one)["went_live"] == "site"
    tell(one, ref="2")
    assert notification_mails_to_send() == []
    client.post(stop, {"again": "1"})
    assert ways_of(one)["went_live"] == "mail"


def test_looking_at_the_stop_page_stops_nothing(client: Client):
    one = make_user()
    assert client.get(stop_path(person_id=one.pk, kind="went_live")).status_code == 200
    assert ways_of(one)["went_live"] == "mail"
    forged = stop_path(person_id=one.pk, kind="went_live")[:-3] + "xx/"
    assert client.post(forged).status_code == 404


def test_link_of_an_old_mail_does_not_tell_again_who_wants_to_hear_nothing(client: Client):
    one = make_user()
    choose(person_id=one.pk, kind="went_live", way=Way.OFF)
    stop = stop_path(person_id=one.pk, kind="went_live")
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ways_of(one)["went_live"] == "off"
    assert client.post(stop_path(person_id=0, kind="went_live")).status_code == 404


def test_mail_that_waits_is_not_sent_when_it_is_stopped_or_late():
    one, other = make_user(), make_user()
    tell(one, other)
    first, second = notification_mails_to_send()
    choose(person_id=one.pk, kind="went_live", way=Way.SITE)
    Notification.objects.filter(pk=second).update(created=timezone.now() - timedelta(hours=1))
    assert not send_notification_mail(first)
    assert not send_notification_mail(second)
    assert mail.outbox == []


# --- going live -----------------------------------------------------------------------------------
def go_live() -> tuple[Stream, User]:
    creator = make_creator()
    fan = make_user()
    follow(follower=fan, creator=creator.user)
    return make_stream(creator), fan


def test_followers_hear_of_a_stream_once():
    stream, fan = go_live()
    banned = make_user()
    follow(follower=banned, creator=stream.place.creator.user)
    restrict(
        actor=stream.place.creator.user,
        creator_id=stream.place.creator_id,
        person=banned,
        kind=Restriction.Kind.BAN,
    )
    assert streams_to_announce() == [stream.pk]
    assert announcing.tell_followers(stream.pk) == 1
    assert announcing.tell_followers(stream.pk) == 0
    assert [row.kind for row in of(fan)] == ["went_live"]
    assert of(banned) == []
    assert streams_to_announce() == []


def test_telling_goes_on_where_it_died(monkeypatch):
    stream, _ = go_live()
    for _n in range(4):
        follow(follower=make_user(), creator=stream.place.creator.user)
    monkeypatch.setattr(announcing, "AT_ONCE", 2)
    notified = announcing.notify
    calls = []

    def dies_at_the_second(**told):
        calls.append(told)
        if len(calls) == 2:
            raise ConnectionError
        return notified(**told)

    monkeypatch.setattr(announcing, "notify", dies_at_the_second)
    with pytest.raises(ConnectionError):
        announcing.tell_followers(stream.pk)
    assert announcing.tell_followers(stream.pk) == 3
    assert Notification.objects.filter(kind="went_live").count() == 5


def test_going_live_again_at_once_is_not_told_again():
    stream, fan = go_live()
    announcing.tell_followers(stream.pk)
    end_stream(place_id=stream.pk)
    again = start_stream(user=stream.place.creator.user, title="Once more")
    assert announcing.tell_followers(again.pk) == 0
    assert len(of(fan)) == 1
    end_stream(place_id=again.pk)
    long_ago = timezone.now() - timedelta(hours=2)
    Stream.objects.update(started=long_ago, ended=long_ago)
    later = start_stream(user=stream.place.creator.user, title="Next day")
    assert announcing.tell_followers(later.pk) == 1


# --- money ----------------------------------------------------------------------------------------
def test_recharge_that_arrived_is_told_once():
    recharge = bought(make_user(), coins=70)
    credit_recharge(recharge.pk, by="sweep")
    [row] = of(recharge.buyer)
    assert (row.kind, row.data, row.mail) == ("recharge_arrived", {"coins": 70}, False)
    assert row.path == reverse("receipt", args=[recharge.public_id])


def test_pages_of_who_signs_out_are_closed(client: Client):
    one = make_user()
    client.force_login(one)
    with valkey.client().pubsub() as channel:
        channel.subscribe(bells.CHANNEL)
        channel.get_message(timeout=1)
        client.post(reverse("account_logout"))
        heard = channel.get_message(timeout=1)
        assert heard
        assert json.loads(heard["data"]) == [[one.pk, {"type": "kick"}]]
