"""Every number of the dashboard equals a recount from the ledger."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from creators.actions import mark_earnings_taken_back
from creators.actions.streams import end_stream
from creators.actions.withdrawals import cancel_withdrawal
from creators.csv_export import earnings_csv
from creators.models import Earning
from creators.selectors import dashboard
from creators.selectors.recount import recount_balances, recount_earned, recount_supporters
from tests.creators.make import ask_for, give, make_creator, make_paid_creator, make_stream
from tests.make import make_user
from tests.wallets import economy
from wallets.actions.clearing import sweep_clearing
from wallets.check import ledger_check
from wallets.models import RateCard
from wallets.writer import Ask, Done, post_one


class MarkedUndo(economy.PlainUndo):
    """Takes a gift back and marks its earning, as the apps to the right do."""

    def write(self, done: Sequence[Done]) -> None:
        mark_earnings_taken_back(
            {
                item.ask.data: sum(back.end - back.first for back in item.draft.taken_back)
                for item in done
            }
        )


UNDO = MarkedUndo()


def undo(operation, *, now) -> None:
    coin, diamond = economy.rows.read_gift(operation)
    post_one(
        Ask(
            kind=UNDO,
            key=f"undo:{operation}",
            accounts=[coin.debit, coin.credit, diamond.debit, diamond.credit],
            content=[str(operation)],
            data=operation,
        ),
        now=now,
    )


def test_a_random_history_is_recounted_to_the_same_numbers(committed_db):
    chance = random.Random(20_260_501)  # noqa: S311
    RateCard.objects.create(
        starts=timezone.now() - timedelta(minutes=1),
        diamonds_per_coin=1,
        diamond_value_millionths=8_333,
        series=2,
    )
    creators = [make_paid_creator(), make_paid_creator()]
    streams = [make_stream(creator) for creator in creators]
    fans = [make_user(hide_amounts=number == 0) for number in range(4)]
    start = timezone.now() - timedelta(days=29)
    for step in range(60):
        now = start + timedelta(hours=11 * step)
        outcome = give(
            chance.choice(fans),
            chance.choice(streams),
            chance.randint(1, 3_000),
            gift=chance.choice(["Lantern", "Comet", "Tide"]),
            series=chance.choice([1, 1, 2]),
            now=now,
        )
        if chance.random() < 0.25:
            undo(outcome.operation, now=now + timedelta(seconds=5))
    for creator in creators:
        for series in (1, 2):
            sweep_clearing(user_id=creator.pk, asset=f"DIAMOND.{series}")
        ask_for(creator, 2_000)
        cancel_withdrawal(creator_id=creator.pk, public_id=ask_for(creator, 1_500).public_id)

    span = dashboard.Span.of_days(30)
    for creator, stream in zip(creators, streams, strict=True):
        total = dashboard.earned(creator.pk, span)
        recounted = recount_earned(creator.pk, span.since, span.until)
        assert total.by_series == recounted
        assert sum(recounted.values()) > 0
        by_day = dashboard.earned_by_day(creator.pk, span)
        assert len(by_day) == 30
        for day in by_day:
            one = dashboard.Span(first=day.key, last=day.key)
            again = recount_earned(creator.pk, one.since, one.until)
            assert {s: n for s, n in day.by_series.items() if n} == {
                s: n for s, n in again.items() if n
            }
        assert sum(one.worth.diamonds for one in by_day) == total.worth.diamonds
        hours = dashboard.earned_by_hour(creator.pk, span.last)
        assert sum(one.worth.diamonds for one in hours) == by_day[-1].worth.diamonds
        by_gift = dashboard.earned_by_gift(creator.pk, span)
        assert sum(one.worth.diamonds for one in by_gift) == total.worth.diamonds

        supporters = dashboard.top_supporters(creator.pk, span.since, span.until)
        again = recount_supporters(creator.pk, span.since, span.until)
        shown = {one.user.pk: one.sum.worth.diamonds for one in supporters if one.sum}
        hidden = {one.user.pk for one in supporters if one.sum is None}
        assert hidden <= {fans[0].pk}
        assert shown == {pk: n for pk, n in again.items() if n and pk != fans[0].pk}

        held = dashboard.balances(creator.pk)
        assert recount_balances(creator.pk) == {
            "clearing": held.clearing.diamonds,
            "available": held.available.diamonds,
            "on_hold": held.on_hold.diamonds,
            "held": held.held.diamonds,
        }
        assert held.on_hold.diamonds == 2_000
        dates = dashboard.clearing_dates(creator.pk)
        assert sum(date.worth.diamonds for date in dates) == held.clearing.diamonds > 0
        assert dates == sorted(dates, key=lambda date: date.clears_at)
        assert stream.place.creator_id == creator.pk
    assert ledger_check() == []


def test_money_is_the_sum_of_the_series_rounded_down_once(committed_db):
    RateCard.objects.create(
        starts=timezone.now() - timedelta(minutes=1),
        diamonds_per_coin=1,
        diamond_value_millionths=8_333,
        series=2,
    )
    stream = make_stream()
    fan = make_user()
    give(fan, stream, 101)
    give(fan, stream, 101, series=2)
    worth = dashboard.earned(stream.place.creator_id, dashboard.Span.of_days(1)).worth
    assert (worth.diamonds, worth.money.minor) == (202, 154)  # 0.707 + 0.841633


def test_days_begin_in_the_instances_time_zone(committed_db, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    stream = make_stream()
    midnight = dashboard.Span.of_days(1).since
    give(make_user(), stream, 10, now=midnight - timedelta(seconds=1))
    give(make_user(), stream, 20, now=midnight)
    creator = stream.place.creator_id
    assert dashboard.earned(creator, dashboard.Span.of_days(1)).worth.diamonds == 20
    days = dashboard.earned_by_day(creator, dashboard.Span.of_days(2))
    assert [one.worth.diamonds for one in days] == [10, 20]


def test_supporters_who_hide_their_amounts_show_no_rank(committed_db):
    stream = make_stream()
    small, large = make_user(display_name="Ann"), make_user(display_name="Bo")
    secret, other = (
        make_user(display_name="Zoe", hide_amounts=True),
        make_user(display_name="Mia", hide_amounts=True),
    )
    for fan, coins in ((small, 10), (large, 500), (secret, 9_000), (other, 1)):
        give(fan, stream, coins)
    span = dashboard.Span.of_days(1)
    found = dashboard.top_supporters(stream.place.creator_id, span.since, span.until)
    assert [one.user.display_name for one in found] == ["Bo", "Ann", "Mia", "Zoe"]
    assert [one.sum is None for one in found] == [False, False, True, True]


def test_a_stream_is_summed_by_its_place(committed_db):
    creator = make_creator()
    first = make_stream(creator, "First")
    fan = make_user()
    give(fan, first, 100)
    give(fan, first, 50, gift="Comet")
    end_stream(place_id=first.pk)
    second = make_stream(creator, "Second")
    give(make_user(), second, 30)

    summaries = dashboard.summarise(dashboard.streams_of(creator.pk))
    assert [
        (one.stream.title, one.sum.worth.diamonds, one.sum.gifts, one.supporters)
        for one in summaries
    ] == [
        ("Second", 30, 1, 1),
        ("First", 150, 2, 1),
    ]
    assert summaries[1].is_final
    first.refresh_from_db()
    gifts = dashboard.gifts_of_stream(first)
    assert [(one.key, one.worth.diamonds) for one in gifts] == [("Lantern", 100), ("Comet", 50)]


def test_the_table_holds_exact_values_and_no_formula(committed_db):
    stream = make_stream()
    fan, secret = make_user(), make_user(hide_amounts=True)
    outcome = give(fan, stream, 1_001, gift="=SUM(A1)")
    give(secret, stream, 5)
    assert outcome.operation is not None
    mark_earnings_taken_back({outcome.operation: 1})
    earnings = Earning.objects.order_by("-coins")
    lines = list(csv.DictReader(io.StringIO("".join(earnings_csv(earnings.iterator())))))
    assert [
        (
            line["gift"],
            line["coins"],
            line["coins_taken_back"],
            line["diamonds_kept"],
            line["value"],
            line["currency"],
            line["supporter"],
        )
        for line in lines
    ] == [
        ("'=SUM(A1)", "1001", "1", "1000", "7.00", "USD", fan.handle),
        ("Lantern", "5", "0", "5", "0.03", "USD", ""),
    ]


@pytest.mark.parametrize(("days", "count"), [(1, 1), (7, 7), (30, 30)])
def test_a_span_has_its_days(days, count):
    span = dashboard.Span.of_days(days)
    assert len(span.days) == count
    assert (span.until - span.since).days == count
