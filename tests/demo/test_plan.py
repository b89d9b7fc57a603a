"""The history of the demo as a plan: whole, in order, and possible."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from gifteconomy.demo.cast import CAST, FAN, HOSTS, LIVE_NOW
from gifteconomy.demo.plan import FAN_KEEPS_COINS, SAVER, Item, Moment, Terms, plan_world

SHELF = [
    Item(f"gift-{coins}", coins, coins <= 20)
    for coins in (1, 5, 10, 20, 35, 66, 99, 150, 300, 499, 500, 1_200, 2_500, 3_200, 6_000, 12_000)
]
TERMS = Terms(diamonds_per_coin=1, least_diamonds=1_429, most_diamonds=142_857)
BEGINNINGS = [
    datetime(2026, 11, 22, 12, 41, tzinfo=UTC),
    datetime(2026, 11, 22, 0, 5, tzinfo=UTC),
    datetime(2027, 3, 1, 23, 59, tzinfo=UTC),
]


@pytest.fixture(params=BEGINNINGS, ids=str)
def began(request) -> datetime:
    return request.param


@pytest.fixture
def moments(began) -> list[Moment]:
    return plan_world(began, SHELF, TERMS)


def test_the_plan_follows_from_its_beginning_alone(began, moments):
    assert plan_world(began, SHELF, TERMS) == moments
    assert moments != plan_world(began + timedelta(hours=5), SHELF, TERMS)


def test_moments_are_in_order_and_in_the_thirty_days_before(began, moments):
    times = [moment.at for moment in moments]
    assert times == sorted(set(times))
    first, last = times[0], times[-1]
    assert (began.date() - first.date()).days in (29, 30)
    assert first - timedelta(seconds=200) > datetime.combine(
        began.date() - timedelta(days=30), datetime.min.time(), UTC
    )
    assert began - timedelta(minutes=20) < last < began


def test_nobody_spends_what_they_have_not(moments):
    coins: Counter[str] = Counter()
    for moment in moments:
        for buy in moment.buys:
            assert buy.at < moment.at
            coins[buy.buyer] += buy.coins
        for send in moment.sends:
            coins[send.sender] -= send.price_coins * send.quantity
            assert coins[send.sender] >= 0
    assert coins[FAN] >= FAN_KEEPS_COINS


def test_everybody_buys_and_sends_and_every_host_earns(moments):
    everybody = {person.handle for person in CAST}
    assert {buy.buyer for moment in moments for buy in moment.buys} == everybody
    assert {send.sender for moment in moments for send in moment.sends} == everybody
    hosts = {show.number: show.host for moment in moments for show in moment.begins}
    earners = {hosts[send.show] for moment in moments for send in moment.sends}
    assert earners == {host.handle for host in HOSTS}


def test_gifts_are_sent_while_the_show_is_on(moments):
    on: dict[int, str] = {}
    for moment in moments:
        for show in moment.begins:
            assert show.begins < moment.at
            assert show.host not in on.values()
            on[show.number] = show.host
        for send in moment.sends:
            assert send.show in on
            assert on[send.show] != send.sender
        for show in moment.ends:
            assert moment.at < show.ends
            del on[show.number]
    assert sorted(on.values()) == sorted(host.handle for host in LIVE_NOW)


def test_withdrawals_are_earned_before_and_one_needs_two_people(moments):
    earned: Counter[str] = Counter()
    hosts = {show.number: show.host for moment in moments for show in moment.begins}
    fates: Counter[str] = Counter()
    for moment in moments:
        for send in moment.sends:
            earned[hosts[send.show]] += send.price_coins * send.quantity
        for cashing in moment.cashings:
            assert TERMS.least_diamonds <= cashing.diamonds <= TERMS.most_diamonds
            assert cashing.diamonds <= earned[cashing.host]
            fates[cashing.fate] += 1
            if cashing.fate in ("paid", "waits"):
                earned[cashing.host] -= cashing.diamonds
    assert fates["failed"] == fates["returned"] == 1
    assert fates["paid"] > 10
    waiting = {c.host: c.diamonds for m in moments for c in m.cashings if c.fate == "waits"}
    assert len(waiting) == 2
    # Above 750 dollars at 0.7 cent each.
    assert waiting[SAVER] > 107_143


def test_every_key_is_used_once(moments):
    keys = [one.key for m in moments for one in (*m.buys, *m.sends, *m.cashings)]
    assert len(keys) == len(set(keys))
