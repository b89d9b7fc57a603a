"""Gifts as the action sends them, on a database that commits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from creators.actions.moderating import restrict
from creators.models import Earning, Place, Stream
from gifts.actions.sending import send_gifts
from gifts.models import Gift, PlaceTotals, SentGift, SupporterDay
from tests.gifts.make import make_gift, make_room, make_viewer, order, send
from tests.wallets.economy import recharge
from users.models import Block, User
from wallets.models import Account, Operation, SpendingDay, Switch, Transfer
from wallets.selectors.balances import coins_of, diamonds_of
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")


def moved(sender: User) -> tuple[int, int, int]:
    return (
        Transfer.objects.filter(debit_account_id__in=sender.accounts.values("id")).count(),
        SentGift.objects.filter(sender_id=sender.pk).count(),
        Earning.objects.filter(supporter_id=sender.pk).count(),
    )


def assert_refused(outcome: Outcome, code: str, sender: User, balance: int, **details) -> None:
    assert (outcome.done, outcome.code) == (False, code)
    assert {name: outcome.details.get(name) for name in details} == details
    assert coins_of(sender.pk) == balance
    assert moved(sender) == (0, 0, 0)


def test_gift_moves_coins_and_diamonds_and_is_numbered() -> None:
    room, viewer = make_room(), make_viewer(820)
    outcome = send(viewer, room, "acorn", message="For the left hand")
    assert outcome.done
    sent = SentGift.objects.get(sender_id=viewer.pk)
    coin = Transfer.objects.get(pk=sent.coin_transfer)
    diamond = Transfer.objects.get(pk=sent.diamond_transfer)
    assert (coin.amount, diamond.amount) == (5, 5)
    assert (sent.coins, sent.diamonds, sent.seq, sent.streak_count) == (5, 5, 1, 1)
    assert sent.pk == outcome.operation == sent.streak_id
    assert coins_of(viewer.pk) == 815
    [diamonds] = diamonds_of(room.place.creator_id)
    assert (diamonds.clearing, diamonds.available) == (5, 0)
    earning = Earning.objects.get(supporter_id=viewer.pk)
    assert (earning.operation_id, earning.coins, earning.diamonds) == (sent.pk, 5, 5)
    assert PlaceTotals.objects.get(pk=room.pk).coins == 5
    assert SpendingDay.objects.get(user_id=viewer.pk).coins == 5
    assert SupporterDay.objects.get(sender_id=viewer.pk).coins == 5
    assert Place.objects.get(pk=room.pk).seq == 1
    assert outcome.details["balance"] == 815
    assert outcome.details["seq"] == 1
    assert outcome.details["split"] == {
        "currency": "USD",
        "paid": 50_000,
        "tax": 8_292,  # 136 of 820 cents, 5 coins of 820
        "fee": 0,
        "fee_about": False,
        "platform": 50_000 - 8_292 - 35_000,
        "creator": 35_000,
    }
    assert (sent.undo_until - sent.created).total_seconds() == 10


def test_batch_is_judged_in_order_and_by_what_is_left() -> None:
    room, viewer = make_room(), make_viewer(100)
    sixty, thirty = make_gift(60), make_gift(30)
    outcomes = send_gifts(
        [order(viewer, room, sixty), order(viewer, room, sixty), order(viewer, room, thirty)]
    )
    assert [outcome.done for outcome in outcomes] == [True, False, True]
    assert outcomes[1].code == "insufficient_coins"
    assert outcomes[1].details == {"missing": 20, "balance": 40}
    assert coins_of(viewer.pk) == 10
    sent = SentGift.objects.filter(place_id=room.pk).order_by("seq")
    assert list(sent.values_list("seq", "coins")) == [(1, 60), (2, 30)]


def test_same_key_gives_the_first_receipt_and_moves_once() -> None:
    room, viewer = make_room(), make_viewer(100)
    asked = order(viewer, room, "acorn", key="the-same-key")
    twice = send_gifts([asked, asked])
    later = send_gifts([asked])[0]
    assert [outcome.repeated for outcome in [*twice, later]] == [False, True, True]
    assert twice[0].details == twice[1].details == later.details
    assert coins_of(viewer.pk) == 95
    assert SentGift.objects.filter(sender_id=viewer.pk).count() == 1


def test_same_key_with_another_request_is_refused() -> None:
    room, viewer = make_room(), make_viewer(100)
    assert send(viewer, room, "acorn", key="the-same-key").done
    other = send(viewer, room, "acorn", key="the-same-key", quantity=2)
    assert (other.done, other.code) == (False, "repeat_differs")
    assert coins_of(viewer.pk) == 95


def test_refusal_is_final_for_its_key() -> None:
    room, viewer = make_room(), make_viewer(3)
    asked = order(viewer, room, "acorn")
    assert send_gifts([asked])[0].code == "insufficient_coins"
    recharge(viewer, 50)
    again = send_gifts([asked])[0]
    assert (again.code, again.repeated) == ("insufficient_coins", True)
    assert coins_of(viewer.pk) == 53


def test_streak_counts_on_and_a_gift_that_does_not_streak_stands_alone() -> None:
    room, viewer, other = make_room(), make_viewer(1_000), make_viewer(1_000)
    alone = make_gift(50, streakable=False)
    outcomes = send_gifts(
        [
            order(viewer, room, "acorn"),
            order(viewer, room, alone),
            order(other, room, "acorn"),
            order(viewer, room, "acorn", quantity=3),
            order(viewer, room, alone),
        ]
    )
    counts = [outcome.details["count"] for outcome in outcomes]
    streaks = [outcome.details["streak_id"] for outcome in outcomes]
    assert counts == [1, 1, 1, 4, 1]
    assert streaks[0] == streaks[3]
    assert len(set(streaks)) == 4
    assert send(viewer, room, "acorn").details["count"] == 5
    last = SentGift.objects.get(place_id=room.pk, seq=6)
    assert (last.streak_coins, str(last.streak_id)) == (25, streaks[0])


def test_streak_ends_after_its_idle_time(settings) -> None:
    room, viewer = make_room(), make_viewer(1_000)
    first = SentGift.objects.get(pk=send(viewer, room, "acorn").operation)
    seconds = settings.STREAK_IDLE_SECONDS
    now = first.created.replace(microsecond=0)
    asked = [order(viewer, room, "acorn") for _ in range(2)]
    inside = send_gifts([asked[0]], now=now + timedelta(seconds=seconds))[0]
    after = send_gifts([asked[1]], now=now + timedelta(seconds=2 * seconds + 1))[0]
    assert (inside.details["count"], after.details["count"]) == (2, 1)


def test_insufficient_coins_says_how_many_are_missing() -> None:
    room, viewer = make_room(), make_viewer(3)
    assert_refused(send(viewer, room, "acorn"), "insufficient_coins", viewer, 3, missing=2)


def test_unknown_inactive_and_repeated_single_gift_are_unavailable() -> None:
    room, viewer = make_room(), make_viewer(100)
    gone, single = make_gift(5, active=False), make_gift(5, streakable=False)
    unknown = replace(order(viewer, room, "acorn"), gift="no-such")
    assert_refused(send_gifts([unknown])[0], "gift_unavailable", viewer, 100, gift="no-such")
    assert_refused(send(viewer, room, gone), "gift_unavailable", viewer, 100)
    assert_refused(send(viewer, room, single, quantity=2), "gift_unavailable", viewer, 100)


def test_changed_price_and_changed_rate_card_are_refused() -> None:
    room, viewer = make_room(), make_viewer(100)
    asked = order(viewer, room, "acorn")
    assert_refused(send(viewer, room, price_coins=4), "price_changed", viewer, 100, price_coins=5)
    assert_refused(
        send(viewer, room, rate_card=asked.rate_card + 999),
        "price_changed",
        viewer,
        100,
        rate_card=asked.rate_card,
    )
    gift = make_gift(5)
    asked = order(viewer, room, gift)
    Gift.objects.filter(pk=gift.pk).update(coins=6)
    assert_refused(send_gifts([asked])[0], "price_changed", viewer, 100, price_coins=6)


def test_ended_stream_is_refused() -> None:
    room, viewer = make_room(), make_viewer(100)
    Place.objects.filter(pk=room.pk).update(open=False)
    assert_refused(send(viewer, room), "stream_ended", viewer, 100)


def test_own_stream_is_refused() -> None:
    room = make_room()
    creator = room.place.creator.user
    assert_refused(send(creator, room), "own_stream", creator, 0)


def test_too_young_and_unknown_age_are_refused() -> None:
    room = make_room()
    young = make_viewer(100, date_of_birth=date.today().replace(year=date.today().year - 17, day=1))
    unknown = make_viewer(100)
    User.objects.filter(pk=unknown.pk).update(date_of_birth=None)
    assert_refused(send(young, room), "age", young, 100)
    assert_refused(send(unknown, room), "age", unknown, 100)


@pytest.mark.parametrize("column", ["can_debit", "can_credit"])
def test_frozen_sender_or_receiver_is_refused(column: str) -> None:
    room, viewer = make_room(), make_viewer(100)
    send(make_viewer(10), room)  # opens the creator's account
    who = viewer.pk if column == "can_debit" else room.place.creator_id
    Account.objects.filter(owner=who).update(**{column: False})
    outcome = send(viewer, room)
    assert_refused(outcome, "frozen", viewer, 100)


@pytest.mark.parametrize("by_creator", [True, False])
def test_block_of_either_side_is_refused(by_creator: bool) -> None:
    room, viewer = make_room(), make_viewer(100)
    creator = room.place.creator.user
    pair = (creator, viewer) if by_creator else (viewer, creator)
    Block.objects.create(blocker=pair[0], blocked=pair[1])
    assert_refused(send(viewer, room), "blocked", viewer, 100)


def test_ban_is_judged_with_the_gift_and_ends_by_itself() -> None:
    room, viewer = make_room(), make_viewer(100)
    creator = room.place.creator
    restrict(actor=creator.user, creator_id=creator.pk, person=viewer, kind="ban", minutes=10)
    asked = order(viewer, room)
    [refused] = send_gifts([asked])
    assert_refused(refused, "banned", viewer, 100)
    elsewhere = send(viewer, make_room())
    assert elsewhere.done
    in_time = datetime.now(UTC) + timedelta(minutes=11)
    [later] = send_gifts([order(viewer, room)], now=in_time)
    assert later.done


def test_dear_gift_needs_a_second_yes() -> None:
    room, viewer = make_room(), make_viewer(2_000)
    dear = make_gift(500)
    refused = send(viewer, room, dear)
    assert_refused(refused, "confirm", viewer, 2_000, coins=500)
    assert send(viewer, room, dear, confirmed=True).done
    careful = make_viewer(100, confirm_above_coins=5)
    assert send(careful, room).code == "confirm"
    assert send(careful, room, quantity=1, confirmed=True).done


def test_daily_most_is_judged_inside_the_batch(settings) -> None:
    settings.SPEND_COINS_PER_DAY = 12
    room, viewer = make_room(), make_viewer(100)
    outcomes = send_gifts([order(viewer, room) for _ in range(3)])
    assert [outcome.code for outcome in outcomes] == ["", "", "limit"]
    assert outcomes[2].details == {"limit": "day", "left": 2}
    assert send(viewer, room).code == "limit"
    assert coins_of(viewer.pk) == 90


def test_stopped_gifts_are_refused_and_not_kept_for_the_key() -> None:
    room, viewer = make_room(), make_viewer(100)
    asked = order(viewer, room)
    Switch.objects.filter(pk="gifts").update(stopped=True, message="Back at nine.")
    assert_refused(send_gifts([asked])[0], "stopped", viewer, 100, message="Back at nine.")
    assert not Operation.objects.filter(actor=viewer.pk).exists()
    Switch.objects.filter(pk="gifts").update(stopped=False)
    assert send_gifts([asked])[0].done


def test_many_places_and_people_in_one_batch_add_up() -> None:
    rooms = [make_room() for _ in range(3)]
    viewers = [make_viewer(50) for _ in range(4)]
    orders = [order(v, r, quantity=2) for v in viewers for r in rooms for _ in range(2)]
    outcomes = send_gifts(orders)
    assert sum(outcome.done for outcome in outcomes) == 20  # 5 of each: 50 coins
    for room in rooms:
        sent = SentGift.objects.filter(place_id=room.pk).order_by("seq")
        assert [one.seq for one in sent] == list(range(1, sent.count() + 1))
        totals = PlaceTotals.objects.get(pk=room.pk)
        assert totals.coins == sum(one.coins for one in sent)
        assert totals.gifts == sum(one.quantity for one in sent)
        assert Stream.objects.get(pk=room.pk).place.seq == sent.count()
    assert [coins_of(viewer.pk) for viewer in viewers] == [0] * 4
