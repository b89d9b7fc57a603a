"""A person's own limit on money recharged: at its edge, while orders are open, and at once."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tests.make import make_user
from tests.wallets.recharging import bought, order, pay, payment_of
from tests.wallets.test_recharge_races import at_once
from users.actions.own_limits import set_own_limit
from users.models import User
from wallets.actions.crediting import credit_recharge
from wallets.actions.refunds import ask_refund
from wallets.check import ledger_check
from wallets.errors import OverOwnMoneyLimit
from wallets.models import Account, Lot, Recharge
from wallets.providers import offline
from wallets.selectors.balances import coins_of
from wallets.selectors.recharges import own_money_left

MOST = 100
A_DAY = {"asset": "money", "period": "day"}


@pytest.fixture
def buyer(committed_db) -> Iterator[User]:
    user = make_user()
    set_own_limit(user, **A_DAY, most=MOST)
    yield user
    assert ledger_check() == []


def ordered() -> int:
    return sum(Recharge.objects.values_list("price", flat=True))


def test_60_60_30_of_100(buyer):
    bought(buyer, 60)
    with pytest.raises(OverOwnMoneyLimit) as refused:
        order(buyer, 60)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refused.value.details == {
        "limit": "own_day",
        "left": 40,
        "left_minor": 40,
        "most_minor": 100,
        "currency": "USD",
        "again": tomorrow.isoformat(),
    }
    assert "$0.40 of it are left" in refused.value.sentence
    again = f"from {date_format(tomorrow)} it is $1.00 again"
    assert again in refused.value.sentence
    bought(buyer, 30)
    assert (coins_of(buyer.pk), ordered()) == (90, 90)
    with pytest.raises(OverOwnMoneyLimit):
        order(buyer, 11)
    bought(buyer, 10)
    assert coins_of(buyer.pk) == 100


def test_orders_that_nobody_has_paid_yet_count_together(buyer):
    open_order = order(buyer, 60)
    with pytest.raises(OverOwnMoneyLimit):
        order(buyer, 60)
    assert ordered() == 60
    offline.decline(payment_of(open_order))
    credit_recharge(open_order.pk, by="return")
    second = order(buyer, 60)
    pay(second)
    credit_recharge(second.pk, by="return")
    assert coins_of(buyer.pk) == 60


def test_money_that_comes_for_an_order_that_was_left_counts_again(buyer):
    left = order(buyer, 60)
    offline.leave(payment_of(left))
    credit_recharge(left.pk, by="return")
    assert own_money_left(buyer.pk).left.minor == 100
    pay(left)
    credit_recharge(left.pk, by="callback")
    assert own_money_left(buyer.pk).left.minor == 40


def test_a_repeat_is_no_new_order(buyer):
    assert order(buyer, 60, key="one") == order(buyer, 60, key="one")


def test_what_was_refunded_is_free_again(buyer):
    bought(buyer, 60)
    lot = Lot.objects.get()
    ask_refund(user_id=buyer.pk, lot_id=lot.pk, coins=50, ref="r1", key="refund-1")
    assert own_money_left(buyer.pk).left.minor == 90
    order(buyer, 90)
    with pytest.raises(OverOwnMoneyLimit):
        order(buyer, 10)


def test_the_tightest_limit_holds_and_says_when_it_ends(buyer):
    now = datetime(2031, 5, 21, 12, tzinfo=UTC)  # a Wednesday
    set_own_limit(buyer, asset="money", period="week", most=150)
    set_own_limit(buyer, asset="money", period="month", most=155)
    order(buyer, 90, now=now - timedelta(days=1))
    with pytest.raises(OverOwnMoneyLimit) as refused:
        order(buyer, 70, now=now)
    assert (refused.value.details["limit"], refused.value.details["left"]) == ("own_week", 60)
    assert refused.value.details["again"] == "2031-05-26"
    order(buyer, 60, now=now)
    with pytest.raises(OverOwnMoneyLimit) as refused:
        order(buyer, 10, now=now + timedelta(days=6))
    assert (refused.value.details["limit"], refused.value.details["again"]) == (
        "own_month",
        "2031-06-01",
    )
    order(buyer, 100, now=datetime(2031, 6, 1, 0, 1, tzinfo=UTC))


def test_a_limit_on_coins_says_nothing_of_money(buyer):
    other = make_user()
    set_own_limit(other, asset="coins", period="day", most=1)
    assert own_money_left(other.pk) is None
    bought(other, 60)


def test_the_page_offers_what_is_left_and_says_why_not_more(buyer, client):
    client.force_login(buyer)
    bought(buyer, 60)
    url = reverse("recharge")
    for coins, offered in ((40, True), (41, False)):
        page = client.get(f"{url}?need={coins}").content.decode()
        assert (f'name="choice" value="{coins}"' in page) is offered
    said = {"choice": "60", "country": "AT", "method": "offline", "consent": "on", "key": "k" * 10}
    answer = client.post(url, said)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'data-refusal="own_money_limit"' in page
    assert "Buy what is left of the limit" in page
    assert ordered() == 60


def test_the_page_says_beforehand_that_nothing_is_left(buyer, client):
    client.force_login(buyer)
    bought(buyer, 95)
    page = client.get(reverse("recharge")).content.decode()
    assert 'data-refusal="own_money_limit"' in page
    assert "$0.05 of it are left" in page
    assert "Buy what is left of the limit" not in page, "it is less than can be bought"


def test_orders_at_once_do_not_pass_a_limit_that_allows_one(buyer):
    found = at_once(*[lambda: order(buyer, 60) for _ in range(6)])
    assert sum(isinstance(one, Recharge) for one in found) == 1
    assert [one.code for one in found if isinstance(one, OverOwnMoneyLimit)] == (
        ["own_money_limit"] * 5
    )
    assert ordered() == 60


def test_without_the_buyers_lock_two_orders_pass_it(buyer, monkeypatch):
    """The negative control: both orders are judged before either is written."""
    barrier = threading.Barrier(2, timeout=30)
    monkeypatch.setattr("wallets.actions.recharges.locks.lock_buyer", lambda user_id: None)
    monkeypatch.setattr("wallets.actions.recharges.own_path", lambda text: str(barrier.wait())[:0])
    at_once(lambda: order(buyer, 60), lambda: order(buyer, 60))
    assert ordered() == 120
    assert not Account.objects.filter(kind="wallet", owner=buyer, credits_posted__gt=0).exists()
