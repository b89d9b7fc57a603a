"""Breaks and quiet hours: nothing is spent or recharged, judged inside the money transaction."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from gifts.actions.sending import send_gifts
from gifts.models import SentGift
from tests.gifts.make import make_room, make_viewer, new_key, order, send, undo
from tests.gifts.test_boundaries import wait_until_locked_out
from users.actions.own_limits import RAISE_STANDS, RAISE_WAITS
from users.actions.pauses import (
    begin_break,
    confirm_quiet_hours,
    keep_quiet_hours,
    set_quiet_hours,
)
from users.errors import AlreadySo, HoursRefused, OnBreak, QuietHours, RaiseLapsed, RaiseWaits
from users.models import OwnPause, User
from users.pauses import pause_at
from wallets import limits, locks
from wallets.actions.campaigns import start_campaign
from wallets.actions.recharges import start_recharge
from wallets.models import Account, Recharge
from wallets.selectors.balances import coins_of
from wallets.statements import Answer
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")


def order_coins(user: User, **fields: Any) -> Recharge:
    asked = {"coins": 500, "country": "AT", "method": "offline", "consent": True}
    return start_recharge(buyer=user, key=new_key(), **asked | fields).recharge


def quiet_now(user: User) -> None:
    """Quiet hours that began an hour ago and end in two."""
    here = timezone.localtime()
    hours = [(here + timedelta(hours=n)).time().replace(second=0, microsecond=0) for n in (-1, 2)]
    set_quiet_hours(user, since=hours[0], until=hours[1])


def test_on_a_break_nothing_is_spent_or_recharged_and_undoing_goes_on() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    sent = send(viewer, room)
    pause = begin_break(viewer, days=7)
    refused = send(viewer, room)
    assert (refused.code, refused.details["until"]) == ("on_break", pause.break_until.isoformat())
    assert send(viewer, room, anonymous=True).code == "on_break"
    with pytest.raises(OnBreak):
        start_campaign(user_id=viewer.pk, campaign=new_key(), coins=10, key=new_key())
    with pytest.raises(OnBreak):
        order_coins(viewer)
    assert not Recharge.objects.filter(buyer=viewer).exists()
    assert coins_of(viewer.pk) == 995
    assert undo(viewer, sent.operation).done
    assert send(make_viewer(100), room).done  # nobody else's


def test_a_break_is_made_longer_and_never_shorter_and_ends_by_itself() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    begin_break(viewer, days=7)
    with pytest.raises(AlreadySo):
        begin_break(viewer, days=1)
    longer = begin_break(viewer, days=30)
    assert longer.break_until > timezone.now() + timedelta(days=29)
    [later] = send_gifts([order(viewer, room)], now=timezone.now() + timedelta(days=31))
    assert later.done


def test_quiet_hours_hold_for_gifts_and_recharges() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    quiet_now(viewer)
    refused = send(viewer, room)
    assert refused.code == "quiet_hours"
    ends = datetime.fromisoformat(refused.details["until"]) - timezone.now()
    assert timedelta(hours=1) < ends < timedelta(hours=3)
    with pytest.raises(QuietHours):
        order_coins(viewer)
    assert coins_of(viewer.pk) == 1_000


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ((21, 59), None),
        ((22, 0), (11, 6)),
        ((23, 30), (11, 6)),
        ((5, 59), (10, 6)),
        ((6, 0), None),
    ],
)
def test_quiet_hours_go_over_midnight_and_say_when_they_end(settings, at, ends) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    zone = ZoneInfo("Europe/Vienna")
    now = datetime(2031, 5, 10, *at, tzinfo=zone)
    pause = pause_at(now.astimezone(UTC), break_until=None, quiet_from=time(22), quiet_to=time(6))
    if ends is None:
        assert pause is None
    else:
        day, hour = ends
        assert pause is not None
        assert pause.details["until"] == datetime(2031, 5, day, hour, tzinfo=zone).isoformat()


def test_more_quiet_hours_hold_at_once_and_fewer_after_a_day_and_a_second_yes() -> None:
    viewer = make_viewer()
    set_quiet_hours(viewer, since=time(22), until=time(6))
    set_quiet_hours(viewer, since=time(21), until=time(7))
    for since, until in ((time(21), time(6)), (time(22), time(8)), (None, None)):
        asked = set_quiet_hours(viewer, since=since, until=until)
        assert (asked.quiet_from, asked.quiet_to) == (time(21), time(7))
        with pytest.raises(RaiseWaits):
            confirm_quiet_hours(viewer)
    OwnPause.objects.filter(user=viewer).update(wish_asked=timezone.now() - RAISE_WAITS)
    assert confirm_quiet_hours(viewer).quiet_from is None
    set_quiet_hours(viewer, since=time(1), until=time(2))
    set_quiet_hours(viewer, since=None, until=None)
    keep_quiet_hours(viewer)
    with pytest.raises(AlreadySo):
        confirm_quiet_hours(viewer)
    # In whole minutes: not a day of quiet for a few seconds.
    for since, until in ((time(1), None), (time(1), time(1)), (time(1, 0, 9), time(1, 0, 50))):
        with pytest.raises(HoursRefused):
            set_quiet_hours(viewer, since=since, until=until)


def test_fewer_quiet_hours_that_nobody_said_yes_to_lapse(client) -> None:
    viewer = make_viewer()
    client.force_login(viewer)
    set_quiet_hours(viewer, since=time(1), until=time(3))
    set_quiet_hours(viewer, since=None, until=None)
    OwnPause.objects.filter(user=viewer).update(
        wish_asked=timezone.now() - RAISE_WAITS - RAISE_STANDS
    )
    assert "did not say yes in time" in client.get("/account/limits/").content.decode()
    with pytest.raises(RaiseLapsed):
        confirm_quiet_hours(viewer)
    assert OwnPause.objects.get(user=viewer).quiet_to == time(3)


def gift_that_waits(viewer: User, change: Any) -> Outcome:
    """The outcome of a gift whose sender's wallet is locked while this changes."""
    room, outcomes = make_room(), []

    def send_one() -> None:
        try:
            outcomes.extend(send_gifts([order(viewer, room)]))
        finally:
            connection.close()

    with transaction.atomic():
        wallets = Account.objects.filter(owner=viewer, kind=Account.Kind.WALLET)
        assert len(wallets.select_for_update(no_key=True)) == 1
        gift = threading.Thread(target=send_one)
        gift.start()
        wait_until_locked_out(1)
        change()
    gift.join()
    return outcomes[0]


def test_a_break_that_begins_while_a_gift_waits_counts_for_it() -> None:
    viewer = make_viewer(100)
    outcome = gift_that_waits(viewer, lambda: begin_break(viewer, days=1))
    assert (outcome.done, outcome.code) == (False, "on_break")
    assert coins_of(viewer.pk) == 100
    assert not SentGift.objects.filter(sender_id=viewer.pk).exists()


def test_read_before_the_lock_the_break_would_be_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: pauses are read when the gift comes, not when it has the lock."""
    viewer, read = make_viewer(100), []
    lock, ask = locks.lock_accounts, limits.ask_pauses

    def lock_after_reading(ids: Iterable[int]) -> Answer:
        sender: Any = SimpleNamespace(owner=viewer.pk)
        read.append(ask([sender]))
        return lock(ids)

    monkeypatch.setattr(locks, "lock_accounts", lock_after_reading)
    monkeypatch.setattr(limits, "ask_pauses", lambda wallets: read[0])
    assert gift_that_waits(viewer, lambda: begin_break(viewer, days=1)).done
