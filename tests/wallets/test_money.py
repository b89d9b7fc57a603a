"""Prices, values, tax and formatting, to the last minor unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallets.money import (
    Money,
    diamonds_value,
    digits_of,
    format_money,
    format_number,
    minor_per_unit,
    price_of,
    price_of_coins,
    split_inclusive_tax,
)

whole = st.integers(min_value=-(10**15), max_value=10**15)
count = st.integers(min_value=0, max_value=10**12)


def test_money_adds_subtracts_and_compares_in_one_currency():
    assert Money(1200, "USD") + Money(35, "USD") == Money(1235, "USD")
    assert Money(1200, "USD") - Money(1235, "USD") == Money(-35, "USD")
    assert -Money(35, "USD") == Money(-35, "USD")
    assert Money(1, "USD") < Money(2, "USD") <= Money(2, "USD")
    assert max(Money(5, "USD"), Money(7, "USD")) == Money(7, "USD")
    assert not Money(0, "USD")
    assert Money(1, "USD") != Money(1, "EUR")


@pytest.mark.parametrize("meet", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_meet(meet):
    with pytest.raises(ValueError, match="USD and EUR"):
        getattr(Money(1, "USD"), meet)(Money(1, "EUR"))


@pytest.mark.parametrize("other", [1, 1.0, "1", None, True])
def test_money_meets_only_money(other):
    with pytest.raises(TypeError, match="is not money"):
        Money(1, "USD") + other


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_money_holds_only_whole_numbers(minor):
    with pytest.raises(TypeError, match="is not a whole number"):
        Money(minor, "USD")


@pytest.mark.parametrize("currency", ["usd", "XYZ", "", "COIN"])
def test_money_holds_only_currencies(currency):
    with pytest.raises(ValueError, match="is not a currency"):
        Money(1, currency)


def test_money_cannot_be_changed():
    with pytest.raises(AttributeError):
        Money(1, "USD").minor = 2


@pytest.mark.parametrize(
    ("currency", "digits", "per_unit"), [("USD", 2, 100), ("JPY", 0, 1), ("KWD", 3, 1000)]
)
def test_digits_are_those_of_the_currency(currency, digits, per_unit):
    assert (digits_of(currency), minor_per_unit(currency)) == (digits, per_unit)


@pytest.mark.parametrize(
    ("millionths", "units", "currency", "minor"),
    [
        (10_000, 1_000, "USD", 1_000),
        (10_000, 1, "USD", 1),
        (10_000, 0, "USD", 0),
        (14_285, 7, "USD", 10),  # 9.9995 cents
        (5_000, 1, "USD", 1),  # exactly half a cent
        (4_999, 1, "USD", 0),
        (5_000, 3, "USD", 2),  # 1.5 cents
        (1_500_000, 1, "JPY", 2),  # 1.5 yen
        (1_499_999, 1, "JPY", 1),
        (1_500_000, 3, "JPY", 5),  # 4.5 yen, not three times 2
        (3_075, 100, "KWD", 308),  # 307.5 fils
        (10_000, -1_000, "USD", -1_000),
        (5_000, -1, "USD", -1),
        (10_000, 10**18, "USD", 10**18),
    ],
)
def test_a_price_is_rounded_half_up_once(millionths, units, currency, minor):
    price = price_of(millionths_per_unit=millionths, units=units, currency=currency)
    assert price == Money(minor, currency)


def test_the_price_of_coins_follows_the_settings(settings):
    assert price_of_coins(1_200) == Money(1_200, "USD")
    settings.COIN_PRICE_MILLIONTHS, settings.BASE_CURRENCY = 1_650_000, "JPY"
    assert price_of_coins(70) == Money(116, "JPY")  # 115.5 yen


@pytest.mark.parametrize(
    ("diamonds", "millionths", "currency", "minor"),
    [
        (400, 7_000, "USD", 280),
        (10_000, 7_000, "USD", 7_000),
        (1, 7_000, "USD", 0),  # 0.7 cent
        (3, 7_000, "USD", 2),  # 2.1 cents
        (999, 1_000, "USD", 99),
        (1, 7_999, "KWD", 7),
        (-3, 7_000, "USD", -2),
        (10**18, 7_000, "USD", 7 * 10**17),
    ],
)
def test_diamonds_are_valued_downwards(diamonds, millionths, currency, minor):
    value = diamonds_value(diamonds=diamonds, value_millionths=millionths, currency=currency)
    assert value == Money(minor, currency)


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        (1_000, 2_000, 833, 167),  # 20 %: 166.67
        (1_000, 0, 1_000, 0),
        (119, 1_900, 100, 19),
        (3, 10_000, 1, 2),  # 1.5 goes up
        (1, 2_500, 1, 0),  # 0.2
        (0, 2_000, 0, 0),
        (-1_000, 2_000, -833, -167),
        (10**18, 2_100, 826446280991735537, 173553719008264463),
    ],
)
def test_tax_inside_a_price_is_rounded_half_up(gross, rate, net, tax):
    assert split_inclusive_tax(gross_minor=gross, rate_basis_points=rate) == (net, tax)


def test_a_negative_tax_rate_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        split_inclusive_tax(gross_minor=100, rate_basis_points=-1)


@pytest.mark.parametrize("units", [1.0, True, "1", None])
def test_only_whole_numbers_are_priced(units):
    with pytest.raises(TypeError, match="is not a whole number"):
        price_of(millionths_per_unit=10_000, units=units, currency="USD")
    with pytest.raises(TypeError, match="is not a whole number"):
        diamonds_value(diamonds=units, value_millionths=7_000)
    with pytest.raises(TypeError, match="is not a whole number"):
        split_inclusive_tax(gross_minor=units, rate_basis_points=2_000)
    with pytest.raises(TypeError, match="is not a whole number"):
        format_number(units, "en")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (1_200, "USD", "en", "$12.00"),
        (-450, "USD", "en", "-$4.50"),
        (5, "USD", "en", "$0.05"),
        (0, "USD", "en", "$0.00"),
        (1_200, "JPY", "en", "¥1,200"),
        (1_234_567, "KWD", "en", "KWD1,234.567"),
        (1_200, "EUR", "de", "12,00\xa0€"),
        (1_200, "EUR", "pt-br", "€\xa012,00"),
        (123_456_789_00, "INR", "en-in", "₹12,34,56,789.00"),
        (1_200, "USD", "xx", "$12.00"),
        (10**40 + 7, "USD", "en", "$100" + ",000" * 12 + ".07"),
    ],
)
def test_money_is_written_as_the_locale_writes_it(minor, currency, locale, text):
    assert format_money(Money(minor, currency), locale) == text


def test_numbers_are_grouped_as_the_locale_groups_them():
    assert format_number(44_999, "en") == "44,999"
    assert format_number(44_999, "de") == "44.999"
    assert format_number(-1_200, "fr") == "-1\u202f200"
    assert format_number(10**40 + 1, "en") == "10" + ",000" * 12 + ",001"


@given(a=whole, b=whole)
def test_sums_are_exact(a, b):
    assert (Money(a, "USD") + Money(b, "USD")).minor == a + b
    assert Money(a, "USD") + Money(b, "USD") - Money(b, "USD") == Money(a, "USD")


@given(a=count, b=count, millionths=st.integers(1, 10**8))
def test_parts_priced_alone_differ_from_the_whole_by_at_most_one_minor_unit(a, b, millionths):
    def minor(units):
        return price_of(millionths_per_unit=millionths, units=units, currency="USD").minor

    assert abs(minor(a) + minor(b) - minor(a + b)) <= 1
    assert minor(-a) == -minor(a)


@given(a=count, b=count)
def test_at_a_whole_price_per_coin_parts_add_up_to_the_whole(a, b):
    assert price_of_coins(a) + price_of_coins(b) == price_of_coins(a + b)


@given(a=count, b=count, millionths=st.integers(0, 10**8))
def test_diamonds_are_never_valued_above_what_they_are_worth(a, b, millionths):
    def minor(diamonds):
        return diamonds_value(diamonds=diamonds, value_millionths=millionths, currency="USD").minor

    assert 0 <= a * millionths * 100 - minor(a) * 10**6 < 10**6
    assert minor(a) + minor(b) <= minor(a + b) <= minor(a) + minor(b) + 1


@given(gross=whole, rate=st.integers(0, 100_000))
def test_net_and_tax_add_up_to_the_price(gross, rate):
    net, tax = split_inclusive_tax(gross_minor=gross, rate_basis_points=rate)
    assert net + tax == gross
    assert 2 * abs(tax * (10_000 + rate) - gross * rate) <= 10_000 + rate


@given(minor=whole, currency=st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_reads_back_as_the_same_amount(minor, currency):
    written = format_money(Money(minor, currency), "en")
    digits = "".join(character for character in written if character.isdigit())
    assert int(digits) == abs(minor)
    assert written.startswith("-") == (minor < 0)
