"""Spending limits: what people allow themselves, and the site's own per day.

Coins spent are one pot (gifts, comments, campaigns), counted on the day of the site's time zone on
which they were spent; what comes back counts no more on that day. Judged by `Draft.spend` inside
the money transaction. Read and written here under the lock of the wallet.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from users.models import OwnLimit
from wallets.errors import LedgerBroken
from wallets.rows import array
from wallets.states import AccountState, SpendingLimit

Period = OwnLimit.Period


def local_day(at: datetime) -> date:
    """The day of the site's time zone, by which spending is counted (`Books.local_day` too)."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def first_day(period: str, today: date) -> date:
    """The first day of the day, week (from Monday) or month that `today` is in."""
    return {
        Period.DAY: today,
        Period.WEEK: today - timedelta(days=today.weekday()),
        Period.MONTH: today.replace(day=1),
    }[Period(period)]


def next_period(period: str, today: date) -> date:
    """The first day after the day, week or month that `today` is in."""
    first = first_day(period, today)
    return {
        Period.DAY: first + timedelta(days=1),
        Period.WEEK: first + timedelta(days=7),
        Period.MONTH: (first + timedelta(days=31)).replace(day=1),
    }[Period(period)]


def read_limits(wallets: Iterable[AccountState], *, today: date) -> dict[int, list[SpendingLimit]]:
    """The limits of these locked wallets, with what is spent of them, by wallet."""
    wallet_of = {wallet.owner: wallet.id for wallet in wallets if wallet.owner is not None}
    if not wallet_of:
        return {}
    since = [first_day(period, today) for period in Period]
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH asked AS (
                   SELECT l.user_id, 'own_' || l.period AS name, l.most, p.since
                   FROM users_ownlimit l
                   JOIN unnest(%s::text[], %s::date[]) AS p (period, since) USING (period)
                   WHERE l.user_id = ANY(%s::bigint[]) AND l.asset = 'coins'
                   UNION ALL
                   SELECT u.id, 'day', %s, %s FROM unnest(%s::bigint[]) AS u (id) WHERE %s > 0)
               SELECT a.user_id, a.name, a.most, a.since, (
                   SELECT coalesce(sum(s.coins), 0)::bigint FROM wallets_spendingday s
                   WHERE s.user_id = a.user_id AND s.day >= a.since)
               FROM asked a""",
            [
                array(period.value for period in Period),
                array(since),
                array(wallet_of),
                settings.SPEND_COINS_PER_DAY,
                today,
                array(wallet_of),
                settings.SPEND_COINS_PER_DAY,
            ],
        )
        limits: dict[int, list[SpendingLimit]] = {}
        for user, name, most, first, spent in cursor.fetchall():
            limits.setdefault(wallet_of[user], []).append(SpendingLimit(name, most, first, spent))
        return limits


def write_spent(spent: Mapping[tuple[int, date], int]) -> None:
    """Add coins to days of people whose wallets are locked; negative ones came back."""
    more = {day: coins for day, coins in spent.items() if coins > 0}
    less = {day: coins for day, coins in spent.items() if coins < 0}
    with connection.cursor() as cursor:
        if more:
            cursor.execute(
                """INSERT INTO wallets_spendingday AS s (user_id, day, coins)
                   SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[])
                   ON CONFLICT (user_id, day) DO UPDATE SET coins = s.coins + excluded.coins""",
                _columns(more),
            )
        if less:
            cursor.execute(
                """UPDATE wallets_spendingday s SET coins = s.coins + d.coins
                   FROM unnest(%s::bigint[], %s::date[], %s::bigint[]) AS d (user_id, day, coins)
                   WHERE s.user_id = d.user_id AND s.day = d.day""",
                _columns(less),
            )
            if cursor.rowcount != len(less):
                raise LedgerBroken(f"{cursor.rowcount} days written instead of {len(less)}")


def _columns(days: Mapping[tuple[int, date], int]) -> list[str]:
    return [
        array(user for user, _ in days),
        array(day for _, day in days),
        array(days.values()),
    ]
