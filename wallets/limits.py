"""Spending limits: what people allow themselves, and the site's own per day.

Coins spent are one pot (gifts, comments, campaigns), counted on the day of the site's time zone on
which they were spent; what comes back counts no more on that day. Judged by `Draft.spend` inside
the money transaction. Read and written here under the lock of the wallet.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from users.errors import Pause
from users.models import OwnLimit
from users.pauses import pause_at
from wallets.statements import Answer, array, run
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


def ask_limits(wallets: Iterable[AccountState], *, today: date) -> Answer:
    """The limits of the owners of these locked wallets, with what is spent of them."""
    owners = array(wallet.owner for wallet in wallets if wallet.owner is not None)
    return run(
        """WITH asked AS (
               SELECT l.user_id, 'own_' || l.period AS name, l.most, p.since
               FROM users_ownlimit l
               JOIN unnest(%s::text[], %s::date[]) AS p (period, since) USING (period)
               WHERE l.user_id = ANY(%s::bigint[]) AND l.asset = 'coins'
               UNION ALL
               SELECT u.id, 'day', %s::bigint, %s::date FROM unnest(%s::bigint[]) AS u (id)
               WHERE %s::bigint > 0)
           SELECT a.user_id, a.name, a.most, a.since, (
               SELECT coalesce(sum(s.coins), 0)::bigint FROM wallets_spendingday s
               WHERE s.user_id = a.user_id AND s.day >= a.since)
           FROM asked a""",
        array(period.value for period in Period),
        array(first_day(period, today) for period in Period),
        owners,
        str(settings.SPEND_COINS_PER_DAY),
        today,
        owners,
        str(settings.SPEND_COINS_PER_DAY),
    )


def limits(answer: Answer, wallets: Iterable[AccountState]) -> dict[int, list[SpendingLimit]]:
    """The limits that were asked for, by wallet."""
    wallet_of = {wallet.owner: wallet.id for wallet in wallets}
    found: dict[int, list[SpendingLimit]] = {}
    for user, name, most, first, spent in answer.rows():
        found.setdefault(wallet_of[user], []).append(SpendingLimit(name, most, first, spent))
    return found


def ask_pauses(wallets: Iterable[AccountState]) -> Answer:
    """The breaks and quiet hours of the owners of these locked wallets."""
    return run(
        """SELECT user_id, break_until, quiet_from, quiet_to FROM users_ownpause
           WHERE user_id = ANY(%s::bigint[])""",
        array(wallet.owner for wallet in wallets if wallet.owner is not None),
    )


def pauses(answer: Answer, wallets: Iterable[AccountState], *, now: datetime) -> dict[int, Pause]:
    """By wallet: why its owner spends nothing now."""
    found = {
        user: pause_at(now, break_until=ends, quiet_from=since, quiet_to=until)
        for user, ends, since, until in answer.rows()
    }
    if not found:
        return {}
    wallet_of = {wallet.owner: wallet.id for wallet in wallets}
    return {wallet_of[user]: pause for user, pause in found.items() if pause is not None}


def write_spent(spent: Mapping[tuple[int, date], int]) -> None:
    """Add coins to days of people whose wallets are locked; negative ones came back."""
    more = {day: coins for day, coins in spent.items() if coins > 0}
    less = {day: coins for day, coins in spent.items() if coins < 0}
    if more:
        run(
            """INSERT INTO wallets_spendingday AS s (user_id, day, coins)
               SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[])
               ON CONFLICT (user_id, day) DO UPDATE SET coins = s.coins + excluded.coins""",
            *_columns(more),
            rows_written=len(more),
        )
    if less:
        run(
            """UPDATE wallets_spendingday s SET coins = s.coins + d.coins
               FROM unnest(%s::bigint[], %s::date[], %s::bigint[]) AS d (user_id, day, coins)
               WHERE s.user_id = d.user_id AND s.day = d.day""",
            *_columns(less),
            rows_written=len(less),
        )


def _columns(days: Mapping[tuple[int, date], int]) -> list[str]:
    return [
        array(user for user, _ in days),
        array(day for _, day in days),
        array(days.values()),
    ]
