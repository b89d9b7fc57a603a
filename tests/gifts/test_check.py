"""Disputes over gifts, and that each pass of the check names its damage."""

import psycopg
import pytest
from django.db import connection

from creators.models import Earning
from gifts.models import PlaceTotals, SentGift, SupporterDay
from tests.conftest import owner_url
from tests.gifts.make import make_room, make_viewer, send
from tests.wallets.economy import recharge
from wallets.actions.disputes import end_dispute, withdraw_dispute
from wallets.check import ledger_check
from wallets.models import Operation
from wallets.selectors.balances import coins_of


def facts(gift_id: object, room_id: int, user_id: int) -> tuple[str, int, int, int, int]:
    totals = PlaceTotals.objects.get(pk=room_id)
    return (
        SentGift.objects.get(pk=gift_id).state,
        Earning.objects.get(pk=gift_id).taken_back_coins,
        totals.coins,
        totals.gifts,
        SupporterDay.objects.get(sender_id=user_id).coins,
    )


@pytest.mark.usefixtures("economy")
@pytest.mark.parametrize("won", [True, False])
def test_dispute_takes_gifts_back_and_winning_it_gives_them_again(won: bool) -> None:
    room, viewer = make_room(), make_viewer()
    lot = recharge(viewer, 5)
    gift_id = send(viewer, room).operation
    assert facts(gift_id, room.pk, viewer.pk) == ("sent", 0, 5, 1, 5)
    ref = f"dispute-{gift_id}"
    outcome = withdraw_dispute(ref=ref, lot_id=lot, money=5)
    assert facts(gift_id, room.pk, viewer.pk) == ("taken_back", 5, 0, 0, 5)
    assert ledger_check() == []
    operation = Operation.objects.get(pk=outcome.operation)
    end_dispute(operation=operation, ref=ref, won=won)
    expected = ("sent", 0, 5, 1, 5) if won else ("taken_back", 5, 0, 0, 5)
    assert facts(gift_id, room.pk, viewer.pk) == expected
    assert coins_of(viewer.pk) == 0


@pytest.mark.usefixtures("economy")
def test_dispute_over_a_part_of_a_gift_leaves_it_standing() -> None:
    room, viewer = make_room(), make_viewer()
    recharge(viewer, 3)
    lot = recharge(viewer, 2)
    gift_id = send(viewer, room).operation
    withdraw_dispute(ref=f"part-{gift_id}", lot_id=lot, money=2)
    assert facts(gift_id, room.pk, viewer.pk) == ("sent", 2, 3, 1, 5)


@pytest.mark.parametrize(
    ("name", "damage", "repair"),
    [
        (
            "gifts: transfers",
            "UPDATE gifts_sentgift SET coin_transfer = id WHERE id = %(gift)s",
            "UPDATE gifts_sentgift SET coin_transfer = %(coin)s WHERE id = %(gift)s",
        ),
        (
            "gifts: references",
            "UPDATE gifts_sentgift SET gift_id = 999999 WHERE id = %(gift)s",
            "UPDATE gifts_sentgift SET gift_id = %(kind)s WHERE id = %(gift)s",
        ),
        (
            "gifts: taken back",
            "UPDATE gifts_sentgift SET state = 'taken_back', taken_back_at = now()"
            " WHERE id = %(gift)s",
            "UPDATE gifts_sentgift SET state = 'sent', taken_back_at = NULL WHERE id = %(gift)s",
        ),
        (
            "gifts: numbers",
            "UPDATE creators_place SET seq = 2 WHERE id = %(place)s",
            "UPDATE creators_place SET seq = 1 WHERE id = %(place)s",
        ),
        (
            "gifts: counted",
            "UPDATE creators_place SET counted = 1 WHERE id = %(place)s",
            "UPDATE creators_place SET counted = 0 WHERE id = %(place)s",
        ),
        (
            "gifts: days of supporters",
            "UPDATE gifts_supporterday SET coins = 4 WHERE sender_id = %(sender)s",
            "UPDATE gifts_supporterday SET coins = 5 WHERE sender_id = %(sender)s",
        ),
        (
            "gifts: sums",
            "INSERT INTO gifts_giversum (place_id, sender_id, coins)"
            " VALUES (%(place)s, %(sender)s, 5)",
            "DELETE FROM gifts_giversum WHERE place_id = %(place)s",
        ),
        (
            "gifts: totals",
            "UPDATE gifts_placetotals SET coins = 6 WHERE place_id = %(place)s",
            "UPDATE gifts_placetotals SET coins = 5 WHERE place_id = %(place)s",
        ),
    ],
)
@pytest.mark.usefixtures("economy")
def test_check_names_each_damage(name: str, damage: str, repair: str) -> None:
    room, viewer = make_room(), make_viewer(100)
    sent = SentGift.objects.get(pk=send(viewer, room).operation)
    facts = {
        "gift": sent.pk,
        "coin": sent.coin_transfer,
        "kind": sent.gift_id,
        "place": room.pk,
        "sender": viewer.pk,
    }
    database = connection.settings_dict["NAME"]
    with psycopg.connect(owner_url(database), autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(damage, facts)
        assert name in {difference.name for difference in ledger_check()}
        owner.execute(repair, facts)
    assert ledger_check() == []
