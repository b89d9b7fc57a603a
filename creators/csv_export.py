"""Earnings as a table that spreadsheets read."""

import csv
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.timezone import localtime

from creators.models import Earning
from users.models import User
from wallets.money import diamonds_value, digits_of
from wallets.selectors.rates import series_values

COLUMNS = (
    "time",
    "gift",
    "quantity",
    "coins",
    "coins_taken_back",
    "diamonds",
    "diamonds_kept",
    "value",
    "currency",
    "supporter",
    "clears_at",
)
AT_ONCE = 500
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """What csv.writer writes to: it hands the line on."""

    def write(self, text: str) -> str:
        return text


def earnings_csv(earnings: Iterable[Earning]) -> Iterator[str]:
    """A header and a line for each earning. People who hide their amounts are not named, nor is
    who sent a gift without a name."""
    writer = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    values = series_values()
    batch: list[Earning] = []
    for earning in earnings:
        batch.append(earning)
        if len(batch) == AT_ONCE:
            yield from _lines(writer, batch, values)
            batch = []
    yield from _lines(writer, batch, values)


def _lines(writer, batch: list[Earning], values: dict[int, int]) -> Iterator[str]:
    people = User.objects.in_bulk({earning.supporter_id for earning in batch})
    for earning in batch:
        supporter = people[earning.supporter_id]
        value = diamonds_value(
            diamonds=earning.diamonds_kept, value_millionths=values[earning.series]
        )
        yield writer.writerow(
            (
                localtime(earning.created).isoformat(timespec="seconds"),
                _safe(earning.source_name),
                earning.quantity,
                earning.coins,
                earning.taken_back_coins,
                earning.diamonds,
                earning.diamonds_kept,
                _decimal(value.minor),
                settings.BASE_CURRENCY,
                "" if earning.anonymous or supporter.hide_amounts else supporter.handle,
                localtime(earning.clears_at).isoformat(timespec="seconds"),
            )
        )


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _decimal(minor: int) -> str:
    """Minor units with a point, whatever the reader's locale: 1234 → 12.34."""
    digits = digits_of(settings.BASE_CURRENCY)
    text = str(minor).zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text
