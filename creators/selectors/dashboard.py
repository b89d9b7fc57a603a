"""What a creator earned, from the earning rows; what the accounts hold, from the accounts.

All sums are whole diamonds by series with their money value, rounded down once per sum shown.
`creators.selectors.recount` derives the same numbers from the ledger's transfers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from creators.models import Earning, Stream
from creators.payout_sums import Part, value_of
from creators.selectors.payouts import day_starts
from users.models import User
from wallets.money import Money
from wallets.selectors.balances import diamonds_of
from wallets.selectors.rates import series_values


@dataclass(frozen=True, slots=True)
class Worth:
    """Diamonds, of whatever series, and what they are worth together."""

    diamonds: int
    money: Money


def worth_of(by_series: Mapping[int, int], values: Mapping[int, int]) -> Worth:
    """Diamonds by series, at the values (in millionths) of the series."""
    parts = [
        Part(series=series, value_millionths=values[series], diamonds=diamonds)
        for series, diamonds in by_series.items()
    ]
    return Worth(sum(by_series.values()), value_of(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the beginning of a day to the end of another, in the instance's time zone."""

    first: date
    last: date

    @classmethod
    def of_days(cls, days: int) -> "Span":
        today = timezone.localdate()
        return cls(first=today - timedelta(days=days - 1), last=today)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def since(self) -> datetime:
        return day_starts(self.first)

    @property
    def until(self) -> datetime:
        return day_starts(self.last + timedelta(days=1))


# What is left of a gift after what came back of it.
KEPT = "diamonds / coins * (coins - taken_back_coins)"


# Who gave without a name is nobody.
SUPPORTER = "CASE WHEN anonymous THEN NULL ELSE supporter_id END"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Earnings that have something in common. `gifts` counts those that were not taken back."""

    key: Any
    by_series: dict[int, int] = field(default_factory=dict)
    gifts: int = 0
    values: Mapping[int, int] = field(default_factory=dict, repr=False)

    @property
    def worth(self) -> Worth:
        return worth_of(self.by_series, self.values)


def _sums(
    key: str, creator_id: int, since: datetime, until: datetime, place_id: int | None = None
) -> list[Sum]:
    """Earnings summed by an SQL expression of our own, those with most diamonds first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {key} AS key, series, sum({KEPT})::bigint,
                       coalesce(sum(quantity) FILTER (WHERE taken_back_coins < coins), 0)::bigint
                FROM creators_earning
                WHERE creator_id = %(creator)s AND created >= %(since)s AND created < %(until)s
                  AND (%(place)s::bigint IS NULL OR place_id = %(place)s)
                GROUP BY 1, 2""",  # noqa: S608
            {
                "creator": creator_id,
                "since": since,
                "until": until,
                "place": place_id,
                "zone": settings.TIME_ZONE,
            },
        )
        found: dict[Any, tuple[dict[int, int], int]] = {}
        for value, series, diamonds, gifts in cursor.fetchall():
            by_series, before = found.get(value, ({}, 0))
            found[value] = (by_series | {series: diamonds}, before + gifts)
    values = series_values()
    sums = [
        Sum(key=value, by_series=by_series, gifts=gifts, values=values)
        for value, (by_series, gifts) in found.items()
    ]
    return sorted(sums, key=lambda one: (-sum(one.by_series.values()), str(one.key)))


def earned(creator_id: int, span: Span) -> Sum:
    """All that was earned and kept in these days."""
    sums = _sums("1", creator_id, span.since, span.until)
    return sums[0] if sums else Sum(key=1)


def earned_by_day(creator_id: int, span: Span) -> list[Sum]:
    """One sum for each day of the span, in their order; days without gifts are empty."""
    key = "(created AT TIME ZONE %(zone)s)::date"
    found = {one.key: one for one in _sums(key, creator_id, span.since, span.until)}
    return [found.get(day, Sum(key=day)) for day in span.days]


def earned_by_hour(creator_id: int, day: date) -> list[Sum]:
    """One sum for each hour of a day, 0 to 23, of the instance's time zone."""
    span = Span(first=day, last=day)
    key = "extract(hour FROM created AT TIME ZONE %(zone)s)::int"
    found = {one.key: one for one in _sums(key, creator_id, span.since, span.until)}
    return [found.get(hour, Sum(key=hour)) for hour in range(24)]


def earned_by_gift(creator_id: int, span: Span) -> list[Sum]:
    """By the name of the gift, those with most diamonds first."""
    sums = _sums("source_name", creator_id, span.since, span.until)
    return [one for one in sums if one.gifts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """Who gave; `sum` is None for people who hide their amounts, `user` is None for all who gave
    without a name, together."""

    user: User | None
    sum: Sum | None


def top_supporters(
    creator_id: int,
    since: datetime,
    until: datetime,
    *,
    place_id: int | None = None,
    most: int = 10,
) -> list[Supporter]:
    """Who gave most; after them, by name, those who hide their amounts, so that no place in the
    list gives their amounts away."""
    sums = [
        one
        for one in _sums(SUPPORTER, creator_id, since, until, place_id)
        if sum(one.by_series.values())
    ]
    people = User.objects.in_bulk([one.key for one in sums if one.key is not None])
    hiding = {id for id, user in people.items() if user.hide_amounts}
    shown = [one for one in sums if one.key not in hiding][:most]
    hidden = sorted((people[id] for id in hiding), key=lambda user: user.name.casefold())
    return [Supporter(user=people.get(one.key), sum=one) for one in shown] + [
        Supporter(user=user, sum=None) for user in hidden[:most]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSummary:
    """A stream with what it earned."""

    stream: Stream
    sum: Sum
    supporters: int

    @property
    def is_final(self) -> bool:
        """No gift of it can be undone any more."""
        place = self.stream.place
        return not place.open and place.counted == place.seq


def streams_of(creator_id: int) -> QuerySet[Stream]:
    return (
        Stream.objects.filter(place__creator=creator_id)
        .select_related("place")
        .order_by("-started")
    )


def summarise(streams: Iterable[Stream]) -> list[StreamSummary]:
    """What each stream earned, in the order given."""
    return [_summary(stream) for stream in streams]


def summary_end(stream: Stream) -> datetime:
    """Until when earnings of a stream are looked for, besides its place: a gift that committed
    while it ended still belongs to it."""
    return (stream.ended or timezone.now()) + timedelta(minutes=1)


def gifts_of_stream(stream: Stream) -> list[Sum]:
    """A stream's earnings by the name of the gift, those with most diamonds first."""
    sums = _sums(
        "source_name",
        stream.place.creator_id,
        stream.started,
        summary_end(stream),
        place_id=stream.pk,
    )
    return [one for one in sums if one.gifts]


def _summary(stream: Stream) -> StreamSummary:
    span = (stream.started, summary_end(stream))
    sums = _sums(SUPPORTER, stream.place.creator_id, *span, place_id=stream.pk)
    by_series: dict[int, int] = {}
    for one in sums:
        for series, diamonds in one.by_series.items():
            by_series[series] = by_series.get(series, 0) + diamonds
    return StreamSummary(
        stream=stream,
        sum=Sum(
            key=stream.pk,
            by_series=by_series,
            gifts=sum(one.gifts for one in sums),
            values=sums[0].values if sums else {},
        ),
        supporters=sum(1 for one in sums if one.gifts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What a creator's accounts hold now."""

    clearing: Worth
    available: Worth
    on_hold: Worth
    held: Worth


def balances(creator_id: int) -> Balances:
    held = diamonds_of(creator_id)
    values = {one.series: one.value_millionths for one in held}
    return Balances(
        clearing=worth_of({one.series: one.clearing for one in held}, values),
        available=worth_of({one.series: one.available for one in held}, values),
        on_hold=worth_of({one.series: one.on_hold for one in held}, values),
        held=worth_of({one.series: one.held for one in held}, values),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearingDate:
    """Diamonds that become available at one time."""

    clears_at: datetime
    worth: Worth


def clearing_dates(creator_id: int) -> list[ClearingDate]:
    """When the diamonds in clearing become available, soonest first; together all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.clears_at, substr(a.asset, 9)::int, sum(t.amount *
                   CASE WHEN t.credit_account_id = a.id THEN 1 ELSE -1 END)::bigint
               FROM wallets_account a
               JOIN wallets_transfer t ON t.clears_at IS NOT NULL
                AND (t.credit_account_id = a.id OR t.debit_account_id = a.id)
                AND t.clears_at > coalesce(a.cleared_until, '-infinity')
               WHERE a.owner_id = %s AND a.kind = 'clearing'
               GROUP BY 1, 2 ORDER BY 1""",
            [creator_id],
        )
        dates: dict[datetime, dict[int, int]] = {}
        for clears_at, series, diamonds in cursor.fetchall():
            dates.setdefault(clears_at, {})[series] = diamonds
    values = series_values()
    return [
        ClearingDate(clears_at=clears_at, worth=worth_of(by_series, values))
        for clears_at, by_series in dates.items()
        if any(by_series.values())
    ]


def earnings(creator_id: int, span: Span) -> QuerySet[Earning]:
    """Each earning of these days, newest first."""
    return Earning.objects.filter(
        creator_id=creator_id, created__gte=span.since, created__lt=span.until
    ).order_by("-created", "-operation_id")
