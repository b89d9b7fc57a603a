"""Money, the price of coins and the value of diamonds: the one place that rounds and formats.

Money is whole minor units of a currency (cents, yen, fils). How many digits a currency has comes
from Babel, here and nowhere else. Prices per coin and values per diamond are millionths of the
currency's main unit. No float is made or accepted.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache, total_ordering

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_precision,
    is_currency,
)
from babel.numbers import format_percent as babel_percent
from django.conf import settings

MILLION = 1_000_000
BASIS_POINTS = 10_000


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency; two currencies never meet in one sum."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _refuse_not_whole(self.minor)
        digits_of(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: object) -> int:
        """The other's minor units, when it is money of this currency."""
        if not isinstance(other, Money):
            raise TypeError(f"{other!r} is not money")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be put together")
        return other.minor


@cache
def digits_of(currency: str) -> int:
    """Digits after the decimal sign: 2 for USD, 0 for JPY, 3 for KWD. Other codes are refused."""
    if not is_currency(currency):
        raise ValueError(f"{currency!r} is not a currency")
    return int(get_currency_precision(currency))


def minor_per_unit(currency: str) -> int:
    """How many minor units make one main unit: 100 for USD, 1 for JPY, 1000 for KWD."""
    return int(10 ** digits_of(currency))


def price_of(*, millionths_per_unit: int, units: int, currency: str) -> Money:
    """What so many units cost, rounded half up once.

    A negative count gives the negative of the price, so a movement and its reversal are equal.
    """
    _refuse_not_whole(millionths_per_unit, units)
    exact = millionths_per_unit * units * minor_per_unit(currency)
    return Money(_divide_half_up(exact, MILLION), currency)


def price_of_coins(coins: int) -> Money:
    """What so many coins cost in the base currency, tax inside."""
    return price_of(
        millionths_per_unit=settings.COIN_PRICE_MILLIONTHS,
        units=coins,
        currency=settings.BASE_CURRENCY,
    )


def diamonds_value(*, diamonds: int, value_millionths: int, currency: str | None = None) -> Money:
    """What so many diamonds pay, rounded down (towards zero); the rest is the platform's.

    Without a currency it is the base currency, in which diamonds are valued.
    """
    _refuse_not_whole(diamonds, value_millionths)
    currency = currency or settings.BASE_CURRENCY
    exact = abs(diamonds * value_millionths) * minor_per_unit(currency)
    sign = -1 if diamonds * value_millionths < 0 else 1
    return Money(sign * (exact // MILLION), currency)


def split_inclusive_tax(*, gross_minor: int, rate_basis_points: int) -> tuple[int, int]:
    """Net and tax of a price that has the tax inside; the tax is rounded half up."""
    _refuse_not_whole(gross_minor, rate_basis_points)
    if rate_basis_points < 0:
        raise ValueError("a tax rate is not negative")
    tax = _divide_half_up(gross_minor * rate_basis_points, BASIS_POINTS + rate_basis_points)
    return gross_minor - tax, tax


def payment_fee(price: Money, *, basis_points: int, fixed_millionths: int) -> Money:
    """What a payment method keeps of a price: a part and a fixed sum, rounded half up once."""
    _refuse_not_whole(basis_points, fixed_millionths)
    part = price.minor * basis_points * (MILLION // BASIS_POINTS)
    exact = part + fixed_millionths * minor_per_unit(price.currency)
    return Money(_divide_half_up(exact, MILLION), price.currency)


def coins_for(money: Money) -> int:
    """How many whole coins this sum buys in the base currency; what is left buys none."""
    if money.currency != settings.BASE_CURRENCY:
        raise ValueError(f"coins are sold in {settings.BASE_CURRENCY}, not in {money.currency}")
    return (
        money.minor * MILLION // (settings.COIN_PRICE_MILLIONTHS * minor_per_unit(money.currency))
    )


def smallest_coins(smallest_millionths: int) -> int:
    """The fewest coins whose price is not below a method's smallest payment, nor nothing."""
    _refuse_not_whole(smallest_millionths)
    price, per_unit = settings.COIN_PRICE_MILLIONTHS, minor_per_unit(settings.BASE_CURRENCY)
    return max(1, _divide_up(smallest_millionths, price), _divide_up(MILLION, 2 * price * per_unit))


def format_money(money: Money, locale: str) -> str:
    """The amount as people of that locale write it: `$12.00`, `12,00 €`, `¥1,200`."""
    digits = tuple(int(digit) for digit in str(abs(money.minor)))
    amount = Decimal((int(money.minor < 0), digits, -digits_of(money.currency)))
    with localcontext(prec=len(digits) + 10):
        return format_currency(amount, money.currency, locale=_locale(locale))


def format_millionths(millionths: int, currency: str, locale: str) -> str:
    """A price per unit with all the digits that it has: `$0.01`, `$0.007`."""
    _refuse_not_whole(millionths)
    places = 6
    while places > digits_of(currency) and millionths % 10 == 0:
        millionths, places = millionths // 10, places - 1
    amount = Decimal(millionths).scaleb(-places)
    with localcontext(prec=len(str(millionths)) + 10):
        return format_currency(amount, currency, locale=_locale(locale), decimal_quantization=False)


def format_number(number: int, locale: str) -> str:
    """A whole number with the locale's grouping."""
    _refuse_not_whole(number)
    with localcontext(prec=len(str(number)) + 10):
        return format_decimal(number, locale=_locale(locale))


def format_percent(basis_points: int, locale: str) -> str:
    """Hundredths of a percent with the digits that they have: `20%`, `8.1%`, `83.28%`."""
    _refuse_not_whole(basis_points)
    with localcontext(prec=len(str(basis_points)) + 10):
        return babel_percent(
            Decimal(basis_points).scaleb(-4), locale=_locale(locale), decimal_quantization=False
        )


def _divide_half_up(numerator: int, denominator: int) -> int:
    """Nearest whole number; an exact half goes away from zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def _divide_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _refuse_not_whole(*numbers: object) -> None:
    for number in numbers:
        if type(number) is not int:
            raise TypeError(f"{number!r} is not a whole number")


@cache
def _locale(name: str) -> Locale:
    """The locale of a language name in either spelling (`pt-br`, `pt_BR`, `zh-hans`)."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(settings.LANGUAGE_CODE.replace("-", "_"))
