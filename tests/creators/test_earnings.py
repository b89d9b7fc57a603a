"""Earning rows and places, as the writer of gifts uses them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from creators.actions import NewEarning, mark_earnings_taken_back, record_earnings
from creators.models import Earning, Stream
from creators.selectors.streams import live_streams, stream_by_public_id
from tests.creators.make import make_creator, make_stream
from wallets.errors import LedgerBroken

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def an_earning(operation_id: UUID, **fields) -> NewEarning:
    return NewEarning(
        **{
            "operation_id": operation_id,
            "creator_id": 1,
            "place_id": 2,
            "supporter_id": 3,
            "source_id": 4,
            "source_name": 'Rose "of" {the}, sea\\',
            "quantity": 2,
            "coins": 40,
            "diamonds": 80,
            "series": 1,
            "clears_at": NOW + timedelta(days=7),
            "created": NOW,
            **fields,
        }
    )


def test_earnings_are_written_as_given(db):
    first, second = uuid7(), uuid7()
    record_earnings([an_earning(first), an_earning(second, coins=1, diamonds=1, quantity=1)])

    row = Earning.objects.get(pk=first)
    assert (row.creator_id, row.place_id, row.supporter_id, row.source_id) == (1, 2, 3, 4)
    assert row.source_name == 'Rose "of" {the}, sea\\'
    assert (row.coins, row.diamonds, row.diamonds_kept, row.taken_back_coins) == (40, 80, 80, 0)
    assert (row.created, row.clears_at) == (NOW, NOW + timedelta(days=7))
    assert Earning.objects.count() == 2


def test_taken_back_coins_add_up_and_come_back(db):
    first, second = uuid7(), uuid7()
    record_earnings([an_earning(first), an_earning(second)])

    mark_earnings_taken_back({first: 10, second: 40})
    mark_earnings_taken_back({first: 5})
    mark_earnings_taken_back({second: -40})

    assert Earning.objects.get(pk=first).diamonds_kept == 50
    assert Earning.objects.get(pk=second).diamonds_kept == 80


def test_more_than_was_given_cannot_be_taken_back(db):
    first = uuid7()
    record_earnings([an_earning(first)])
    with pytest.raises(IntegrityError), transaction.atomic():
        mark_earnings_taken_back({first: 41})
    with pytest.raises(LedgerBroken), transaction.atomic():
        mark_earnings_taken_back({first: 1, uuid7(): 1})
    assert Earning.objects.get(pk=first).taken_back_coins == 0


def test_the_database_allows_one_live_stream_of_a_creator(db):
    creator = make_creator()
    make_stream(creator)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_stream(creator)
    assert Stream.objects.count() == 1


def test_live_streams_are_newest_first(db):
    first, second, third = make_stream(), make_stream(), make_stream()
    assert list(live_streams(but=second)) == [third, first]
    assert stream_by_public_id(second.place.public_id) == second
