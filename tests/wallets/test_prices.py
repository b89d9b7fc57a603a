"""Packs, rate cards, tax rates and switches: what is announced, refused, computed."""

import datetime
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.make import make_user
from users.errors import AlreadySo
from wallets.actions.prices import (
    add_pack,
    announce_rate_card,
    earliest_rate_card,
    set_pack_on_sale,
    set_tax_rate,
    throw_switch,
)
from wallets.errors import (
    AmountRefused,
    CountryUnknown,
    DateTaken,
    InThePast,
    RateCardTooSoon,
)
from wallets.models import CoinPack, RateCard, Switch, TaxRate
from wallets.money import Money, coins_for, payment_fee, price_of_coins, smallest_coins
from wallets.selectors.prices import (
    packs_on_sale,
    rate_card,
    rate_cards_to_come,
    stopped_message,
    tax_basis_points,
)
from wallets.selectors.rates import (
    CardChange,
    changes_between,
    creators_share,
    losses,
    margin,
    margins,
)

pytestmark = pytest.mark.django_db


def announce(days: int = 31, **fields) -> RateCard:
    fields = {"diamonds_per_coin": 1, "diamond_value_millionths": 7_000} | fields
    return announce_rate_card(starts=timezone.now() + timedelta(days=days), **fields)


def test_a_new_instance_has_packs_a_card_and_taxes():
    assert [pack.coins for pack in packs_on_sale()] == [70, 350, 700, 1_400, 3_500, 7_000]
    card = rate_card()
    assert (card.series, card.diamonds_per_coin, card.diamond_value_millionths) == (1, 1, 7_000)
    today = timezone.localdate()
    wanted = {"AT": 2_000, "DE": 1_900, "ES": 2_100, "IE": 2_300, "FR": 2_000, "HU": 2_700}
    for country, rate in wanted.items():
        assert tax_basis_points(country=country, day=today) == rate
    assert tax_basis_points(country="US", day=today) == 0
    assert tax_basis_points(country="KE", day=today) == 0


def test_a_card_that_keeps_the_value_keeps_the_series():
    assert announce(31, diamonds_per_coin=2).series == 1
    assert announce(32, diamond_value_millionths=8_000).series == 2
    assert announce(33, diamond_value_millionths=8_000, diamonds_per_coin=3).series == 2
    assert announce(34, diamond_value_millionths=7_000).series == 3
    assert [card.series for card in rate_cards_to_come()] == [1, 2, 2, 3]
    assert rate_card().diamonds_per_coin == 1


def test_a_card_comes_into_force_at_its_start():
    card = announce(31, diamond_value_millionths=8_000)
    assert rate_card(at=card.starts - timedelta(microseconds=1)).series == 1
    assert rate_card(at=card.starts) == card


@pytest.mark.parametrize("days", [-1, 0, 1, 29])
def test_a_card_is_announced_in_good_time(days):
    with pytest.raises(RateCardTooSoon) as refused:
        announce(days)
    assert refused.value.details["days"] == 30
    assert RateCard.objects.count() == 1


def test_notice_is_counted_from_now(settings):
    settings.RATE_NOTICE_DAYS = 5
    with pytest.raises(RateCardTooSoon):
        announce_rate_card(
            starts=timezone.now() + timedelta(days=5, seconds=-5),
            diamonds_per_coin=1,
            diamond_value_millionths=7_000,
        )
    assert earliest_rate_card() - timezone.now() > timedelta(days=4, hours=23)
    assert announce(6).pk


def test_two_cards_do_not_start_at_once():
    card = announce(31)
    with pytest.raises(DateTaken):
        announce_rate_card(starts=card.starts, diamonds_per_coin=2, diamond_value_millionths=7_000)
    assert RateCard.objects.count() == 2


@pytest.mark.parametrize("field", ["diamonds_per_coin", "diamond_value_millionths"])
@pytest.mark.parametrize("number", [0, -1])
def test_a_card_gives_something(field, number):
    with pytest.raises(AmountRefused):
        announce(31, **{field: number})
    assert RateCard.objects.count() == 1


def test_what_changed_between_two_cards():
    first, same = rate_card(), announce(31)
    other = announce(32, diamonds_per_coin=2, diamond_value_millionths=3_400)
    assert changes_between(first, same) == []
    assert changes_between(same, other) == [
        CardChange("Diamonds for a coin", 1, 2),
        CardChange("Value of a diamond, in millionths", 7_000, 3_400),
    ]


def test_the_creators_share_is_of_the_net_price():
    card = rate_card()
    assert creators_share(card, tax_basis_points=0) == 7_000
    assert creators_share(card, tax_basis_points=2_000) == 8_400
    assert creators_share(card, tax_basis_points=2_700) == 8_890
    card.diamond_value_millionths = 6_999
    assert creators_share(card, tax_basis_points=1_900) == 8_328  # 83.288 %, never shown higher


def test_a_tax_rate_is_set_from_a_day_on():
    today = timezone.localdate()
    set_tax_rate(country="AT", basis_points=2_200, starts=today + timedelta(days=10))
    assert tax_basis_points(country="AT", day=today) == 2_000
    assert tax_basis_points(country="AT", day=today + timedelta(days=10)) == 2_200
    set_tax_rate(country="KE", basis_points=1_600, starts=today)
    assert tax_basis_points(country="KE", day=today) == 1_600


def test_a_tax_rate_is_not_set_twice_nor_for_the_past():
    today = timezone.localdate()
    set_tax_rate(country="AT", basis_points=2_200, starts=today)
    count = TaxRate.objects.count()
    with pytest.raises(DateTaken):
        set_tax_rate(country="AT", basis_points=2_300, starts=today)
    with pytest.raises(InThePast):
        set_tax_rate(country="AT", basis_points=2_300, starts=today - timedelta(days=1))
    with pytest.raises(CountryUnknown):
        set_tax_rate(country="ZZ", basis_points=2_300, starts=today)
    for rate in (-1, 10_000):
        with pytest.raises(AmountRefused):
            set_tax_rate(country="AT", basis_points=rate, starts=today + timedelta(days=1))
    assert TaxRate.objects.count() == count
    assert tax_basis_points(country="AT", day=today) == 2_200


def test_packs_go_on_and_off_sale():
    pack = CoinPack.objects.get(coins=70)
    set_pack_on_sale(pack, active=False)
    assert [pack.coins for pack in packs_on_sale()][0] == 350
    with pytest.raises(AlreadySo):
        set_pack_on_sale(pack, active=False)
    set_pack_on_sale(pack, active=True)
    add_pack(coins=100)
    assert [pack.coins for pack in packs_on_sale()][:2] == [70, 100]
    with pytest.raises(AlreadySo):
        add_pack(coins=100)
    for coins in (0, -5, 50_001):
        with pytest.raises(AmountRefused):
            add_pack(coins=coins)


def test_a_switch_says_what_people_are_told():
    staff = make_user(is_staff=True)
    switch = Switch.objects.get(name="recharges")
    assert stopped_message("recharges") is None
    throw_switch(switch, stopped=True, message="Back at noon.", staff=staff)
    assert stopped_message("recharges") == "Back at noon."
    assert stopped_message("gifts") is None
    with pytest.raises(AlreadySo):
        throw_switch(switch, stopped=True, message="Back at noon.", staff=staff)
    throw_switch(switch, stopped=False, message="", staff=staff)
    assert stopped_message("recharges") is None


@pytest.mark.parametrize(
    ("basis_points", "fixed", "fee"),
    [(0, 0, 0), (290, 300_000, 71), (290, 0, 41), (349, 490_000, 98), (0, 5_000, 1), (1, 0, 0)],
)
def test_the_fee_is_rounded_once(basis_points, fixed, fee):
    paid = payment_fee(Money(1_400, "USD"), basis_points=basis_points, fixed_millionths=fixed)
    assert paid == Money(fee, "USD")


@pytest.mark.parametrize(
    ("currency", "coins", "price"),
    [
        ("USD", 37, 37),
        ("EUR", 70, 70),
        ("JPY", 49, 0),
        ("JPY", 50, 1),
        ("JPY", 149, 1),
        ("JPY", 150, 2),
        ("KWD", 1, 10),
        ("KWD", 7_000, 70_000),
    ],
)
def test_the_price_of_coins_in_each_currency(settings, currency, coins, price):
    settings.BASE_CURRENCY = currency
    assert price_of_coins(coins) == Money(price, currency)


@pytest.mark.parametrize(
    ("currency", "millionths", "coins"),
    [("USD", 0, 1), ("USD", 100_000, 10), ("USD", 105_000, 11), ("JPY", 0, 50), ("KWD", 1, 1)],
)
def test_the_smallest_purchase_costs_something(settings, currency, millionths, coins):
    settings.BASE_CURRENCY = currency
    assert smallest_coins(millionths) == coins
    assert price_of_coins(coins).minor > 0


def test_coins_for_a_sum_are_whole():
    assert coins_for(Money(699, "USD")) == 699
    with pytest.raises(ValueError, match="sold in USD"):
        coins_for(Money(699, "EUR"))


def test_a_sum_buys_only_whole_coins(settings):
    settings.COIN_PRICE_MILLIONTHS = 15_000
    assert coins_for(Money(100, "USD")) == 66


def test_a_margin_adds_up_to_the_price():
    row = margin(rate_card(), coins=1_000, method="card", country="AT", tax_basis_points=2_000)
    assert row.price == Money(1_000, "USD")
    assert row.tax == Money(167, "USD")
    assert row.fee == Money(59, "USD")
    assert row.creator == Money(700, "USD")
    assert row.reserve == Money(17, "USD")
    assert row.left == Money(57, "USD")
    assert not row.is_loss
    assert not row.offered


def test_the_table_has_each_pack_method_and_country():
    rows = margins()
    assert {row.method for row in rows} == {"offline", "card", "paypal", "bank"}
    assert {row.coins for row in rows if row.method == "card"} == {700, 1_400, 3_500, 7_000}
    assert len([row for row in rows if row.method == "offline"]) == 6 * 22
    assert any(row.is_loss for row in rows)
    assert losses(rows) == []


def test_check_prices_is_content_with_what_a_new_instance_sells():
    out = StringIO()
    call_command("check_prices", stdout=out)
    assert out.getvalue() == "132 prices checked, none loses money.\n"


def test_check_prices_names_what_loses_money(settings):
    settings.PAYMENT_METHODS = ["offline", "card"]
    settings.SMALLEST_PAYMENT_MILLIONTHS = {**settings.SMALLEST_PAYMENT_MILLIONTHS, "card": 0}
    out = StringIO()
    with pytest.raises(CommandError, match=r"^\d+ of 264 prices lose money\.$"):
        call_command("check_prices", stdout=out)
    assert (
        "loss: 70 coins by card in AT: price $0.70, tax $0.12, fee $0.32, creator $0.49, "
        "reserve $0.01, left -$0.24\n" in out.getvalue()
    )
    assert "by offline" not in out.getvalue()


def test_rates_of_the_past_stay(settings):
    day = datetime.date(2001, 1, 1)
    set_tax_rate(country="AT", basis_points=2_500, starts=timezone.localdate())
    assert tax_basis_points(country="AT", day=day) == 2_000
