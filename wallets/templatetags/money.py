"""Amounts in pages and mails. An amount of coins or diamonds never stands without its money value.

`coins` and `diamonds` give markup with an icon; `coins_text` and `diamonds_text` the same in words,
for titles, labels and plain mails.
"""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from wallets.countries import country_name
from wallets.money import (
    Money,
    diamonds_value,
    format_millionths,
    format_money,
    format_number,
    format_percent,
    price_of_coins,
)

register = template.Library()


def _locale() -> str:
    return get_language() or "en"


def _counted(asset: str, units: int) -> str:
    """`1 coin`, `1,200 coins`. Refuses what is not a whole number."""
    written = format_number(units, _locale())
    if asset == "coin":
        return ngettext("%(units)s coin", "%(units)s coins", abs(units)) % {"units": written}
    return ngettext("%(units)s diamond", "%(units)s diamonds", abs(units)) % {"units": written}


def _amount(*, asset: str, units: int, value: Money) -> SafeString:
    return format_html(
        '<span class="amount amount--{asset}" data-{asset}s="{units}">'
        '<span class="amount__units"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="{sprite}#{asset}"></use></svg>{counted}</span> '
        '<span class="amount__money">{money}</span></span>',
        asset=asset,
        units=units,
        sprite=static("img/icons.svg"),
        counted=_counted(asset, units),
        money=format_money(value, _locale()),
    )


def _amount_text(*, asset: str, units: int, value: Money) -> str:
    return f"{_counted(asset, units)} ({format_money(value, _locale())})"


@register.filter
def coins(units: int) -> SafeString:
    """`{{ price|coins }}`: icon, count and money value as markup."""
    return _amount(asset="coin", units=units, value=price_of_coins(units))


@register.filter
def coins_text(units: int) -> str:
    """`{{ price|coins_text }}`: `1,200 coins ($12.00)`."""
    return _amount_text(asset="coin", units=units, value=price_of_coins(units))


@register.filter
def coins_money(units: int) -> str:
    """`{{ price|coins_money }}`: only the money value of so many coins."""
    return format_money(price_of_coins(units), _locale())


@register.filter
def diamonds(units: int, value_millionths: int) -> SafeString:
    """`{{ earned|diamonds:card.value_millionths }}`: diamonds of one value, as markup."""
    value = diamonds_value(diamonds=units, value_millionths=value_millionths)
    return _amount(asset="diamond", units=units, value=value)


@register.filter
def diamonds_text(units: int, value_millionths: int) -> str:
    """`{{ earned|diamonds_text:card.value_millionths }}`: `400 diamonds ($2.80)`."""
    value = diamonds_value(diamonds=units, value_millionths=value_millionths)
    return _amount_text(asset="diamond", units=units, value=value)


@register.filter
def diamonds_worth(units: int, value: Money) -> SafeString:
    """`{{ earned|diamonds_worth:value }}`: diamonds of several values with their sum as money."""
    return _amount(asset="diamond", units=units, value=value)


@register.filter
def money(amount: Money) -> str:
    """`{{ receipt.tax|money }}`: money in the reader's locale."""
    return format_money(amount, _locale())


@register.filter
def minor(units: int, currency: str) -> str:
    """`{{ tax_minor|minor:"USD" }}`: minor units of a currency in the reader's locale."""
    return format_money(Money(units, currency), _locale())


@register.filter
def millionths(units: int) -> str:
    """`{{ card.diamond_value_millionths|millionths }}`: a price per unit in the base currency."""
    return format_millionths(units, settings.BASE_CURRENCY, _locale())


@register.filter
def percent(basis_points: int) -> str:
    """`{{ rate|percent }}`: hundredths of a percent, written as a percentage."""
    return format_percent(basis_points, _locale())


@register.filter
def country(code: str) -> str:
    """`{{ recharge.tax_country|country }}`: the country's name."""
    return country_name(code)


@register.filter
def number(units: int) -> str:
    """`{{ viewers|number }}`: a whole number in the reader's locale."""
    return format_number(units, _locale())
