"""What a room's sums say is what its gifts say, whatever comes back and when; and opening a room,
its goal and its console cost the same however many gifts came before."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import F

from creators.models import Earning, Stream
from gifts.actions.goals import decide_goal, remove_goal, set_goal
from gifts.actions.returning import return_gift
from gifts.actions.sending import send_gifts
from gifts.actions.summing import sum_gifts
from gifts.actions.welcoming import places_to_look_at
from gifts.goals import goals_of
from gifts.models import GiverSum, SentGift, SeriesSum, SummedPlace
from gifts.selectors import room_rows
from gifts.sums import earned_in, places_to_sum, progress_of, sums_of
from gifts.tasks import sum_gifts as sum_where_it_is_due
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.processes import in_processes
from tests.gifts.racers import sum_at_once, sum_unlocked
from tests.gifts.reading import analyze, rows_read
from tests.gifts.test_boundaries import wait_until_locked_out
from tests.gifts.test_counting import count_again
from tests.wallets.economy import recharge
from users.models import User
from wallets.actions.disputes import end_dispute, withdraw_dispute
from wallets.actions.take_back import reverse_gift
from wallets.check import ledger_check
from wallets.models import Operation
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")


def finish(room: Stream) -> None:
    """Every gift of the room is final and in its sums."""
    SentGift.objects.filter(place_id=room.pk, state="sent").update(undo_until=F("created"))
    count_again(room)
    sum_gifts(room.pk)


def added_up(room: Stream) -> tuple[Counter[int], list[int], int, int]:
    """Gift by gift: coins by giver, progress of each goal, diamonds and gifts."""
    givers: Counter[int] = Counter()
    goals = goals_of(room.pk)
    progress, diamonds, gifts = [0 for _ in goals], 0, 0
    for sent in SentGift.objects.filter(place_id=room.pk):
        earning = Earning.objects.get(pk=sent.pk)
        coins = earning.coins - earning.taken_back_coins
        stands = sent.quantity if sent.state == SentGift.State.SENT else 0
        diamonds, gifts = diamonds + earning.diamonds_kept, gifts + stands
        if not sent.anonymous:
            givers[sent.sender_id] += coins
        for n, goal in enumerate(goals):
            if goal.since < sent.seq < (goal.removed_seq or sent.seq + 1):
                if goal.gift_id is None:
                    progress[n] += coins
                elif goal.gift_id == sent.gift_id:
                    progress[n] += stands
    return +givers, progress, diamonds, gifts


def read(room: Stream) -> tuple[Counter[int], list[int], int, int]:
    """The same as pages read it."""
    found, earned = sums_of(room.pk), earned_in(room.pk)
    goals = goals_of(room.pk)
    if goals and goals[-1].removed_seq is None:
        assert found.goal_progress == progress_of(goals[-1])
    givers = Counter(dict(zip(found.givers, found.given, strict=True)))
    progress = [progress_of(goal) for goal in goals]
    return givers, progress, sum(earned.by_series.values()), earned.gifts


def check(room: Stream) -> None:
    assert read(room) == added_up(room)
    assert ledger_check() == []


def test_sums_and_what_follows_them_are_exact_whatever_comes_back() -> None:
    room = make_room()
    owner = room.place.creator.user
    fans = [make_viewer(1_000, undo_seconds=60) for _ in range(3)]
    # Each is a streak of its own, so that it comes back alone.
    rose, bell = (make_gift(coins, streakable=False) for coins in (5, 2))
    before = send(fans[0], room, rose)
    set_goal(actor=owner, place_id=room.pk, title="A lamp", target=900)
    one, two, three = (send(fan, room, rose) for fan in fans)
    send(fans[1], room, bell, anonymous=True)
    take_back(fans[2], three)
    check(room)
    finish(room)
    assert SummedPlace.objects.get(pk=room.pk).upto == 7
    check(room)
    # Another goal, which counts one gift; and gifts after the sums, of a giver old and new.
    set_goal(actor=owner, place_id=room.pk, title="Roses", target=900, gift=rose.slug)
    four = send(fans[0], room, rose)
    send(fans[2], room, bell)
    check(room)
    # In the sums: returned by the creator, from before the goal, and reversed by staff.
    return_gift(actor=owner, gift_id=before.operation, key=new_key())
    check(room)
    reverse_gift(operation_id=two.operation, staff_id=owner.pk, reason="x", key=new_key())
    check(room)
    # After the sums.
    take_back(fans[0], four)
    check(room)
    remove_goal(actor=owner, place_id=room.pk)
    send(fans[1], room, rose)
    finish(room)
    check(room)
    assert read(room)[0] == {fans[0].pk: 5, fans[1].pk: 5, fans[2].pk: 2}
    return_gift(actor=owner, gift_id=one.operation, key=new_key())
    check(room)
    assert fans[0].pk not in read(room)[0], "who has everything back gave nothing"


def take_back(fan: User, sent: Outcome) -> None:
    """And its window ends."""
    assert undo(fan, sent.operation).done
    SentGift.objects.filter(pk=sent.operation).update(undo_until=F("taken_back_at"))


@pytest.mark.parametrize("summed", [True, False])
def test_a_dispute_takes_a_part_out_of_the_sums_and_winning_it_gives_it_again(summed: bool) -> None:
    room, fan = make_room(), make_viewer()
    set_goal(actor=room.place.creator.user, place_id=room.pk, title="A lamp", target=900)
    recharge(fan, 3)
    lots = [recharge(fan, 2), recharge(fan, 5)]
    send(fan, room, "acorn")
    send(fan, room, "acorn")
    if summed:
        finish(room)
    check(room)
    outcomes = {}
    for lot, money in zip(lots, (2, 5), strict=True):
        ref = f"sums-{room.pk}-{lot}"
        outcomes[ref] = withdraw_dispute(ref=ref, lot_id=lot, money=money).operation
        check(room)
    assert read(room)[0][fan.pk] == 3
    for ref, operation in outcomes.items():
        end_dispute(operation=Operation.objects.get(pk=operation), ref=ref, won=True)
        check(room)
    assert read(room)[0][fan.pk] == 10


def test_two_processes_at_once_add_each_gift_once() -> None:
    room = make_room()
    send(make_viewer(100), room, "acorn", quantity=3)
    SentGift.objects.filter(place_id=room.pk).update(undo_until=F("created"))
    count_again(room)
    SummedPlace.objects.create(pk=room.pk)
    assert room.pk in places_to_sum()
    places = [(room.pk,), (room.pk,)]
    # Without the lock both add it, and the check says so.
    in_processes(sum_unlocked, places)
    assert {one.name for one in ledger_check()} == {"gifts: sums"}
    GiverSum.objects.filter(place_id=room.pk).delete()
    SeriesSum.objects.filter(place_id=room.pk).delete()
    SummedPlace.objects.filter(pk=room.pk).update(upto=0)
    in_processes(sum_at_once, places)
    check(room)
    assert room.pk not in places_to_sum()


def test_what_comes_back_while_a_room_is_summed_for_the_first_time_is_in_no_sum() -> None:
    room = make_room()
    sent = send(make_viewer(100), room)
    SentGift.objects.filter(place_id=room.pk).update(undo_until=F("created"))
    count_again(room)
    assert not SummedPlace.objects.filter(pk=room.pk).exists()

    def sum_first() -> None:
        try:
            sum_gifts(room.pk)
        finally:
            connection.close()

    summing = threading.Thread(target=sum_first)
    with transaction.atomic():
        owner = room.place.creator.user
        return_gift(actor=owner, gift_id=sent.operation, key=new_key())
        summing.start()
        # There was no row to lock; who sums waits all the same, or would read the gift as it was.
        wait_until_locked_out(1)
    summing.join()
    assert SummedPlace.objects.get(pk=room.pk).upto == 1
    check(room)
    assert read(room)[0] == {}


def test_the_task_sums_where_it_is_due() -> None:
    room = make_room()
    send(make_viewer(100), room, "acorn")
    SentGift.objects.filter(place_id=room.pk).update(undo_until=F("created"))
    count_again(room)
    sum_where_it_is_due()
    assert SummedPlace.objects.get(pk=room.pk).upto == 1
    assert room.pk not in places_to_sum()


def test_a_room_that_cannot_be_summed_keeps_no_other_from_it() -> None:
    damaged, room = sorted((make_room(), make_room()), key=lambda one: one.pk)
    fan = make_viewer(100)
    for one in (damaged, room):
        send(fan, one, "acorn")
        SentGift.objects.filter(place_id=one.pk).update(undo_until=F("created"))
        count_again(one)
    too_much = GiverSum.objects.create(place_id=damaged.pk, sender_id=fan.pk, coins=2**63 - 1)
    sum_where_it_is_due()
    assert SummedPlace.objects.get(pk=room.pk).upto == 1
    assert damaged.pk in places_to_sum()
    assert "gifts: sums" in {one.name for one in ledger_check()}
    too_much.delete()
    sum_where_it_is_due()
    check(damaged)
    assert damaged.pk not in places_to_sum()


# --- cost -----------------------------------------------------------------------------------------
def give(room: Stream, fans: list[User], times: int) -> None:
    for _ in range(times):
        sent = send_gifts([order(fans[n % 3], room, "acorn") for n in range(200)])
        assert all(outcome.done for outcome in sent)


def test_opening_a_room_its_goal_and_its_console_cost_the_same_after_many_gifts() -> None:
    room, fans = make_room(), [make_viewer(20_000) for _ in range(3)]
    set_goal(actor=room.place.creator.user, place_id=room.pk, title="A lamp", target=10**6)
    works: dict[str, Callable[[], object]] = {
        "opening": lambda: room_rows(room.pk),
        "deciding": lambda: decide_goal(room.pk),
        "earned": lambda: earned_in(room.pk),
    }
    give(room, fans, 2)
    finish(room)
    analyze()
    few = {name: rows_read(work) for name, work in works.items()}
    give(room, fans, 10)
    # The control: before these are in the sums, each of them is read.
    fresh = {name: rows_read(work) for name, work in works.items()}
    assert all(rows >= 2 * 2_000 for rows in fresh.values()), fresh
    finish(room)
    analyze()
    many = {name: rows_read(work) for name, work in works.items()}
    assert all(many[name] <= few[name] + 50 for name in works), (few, many)
    check(room)


def test_what_is_due_is_found_without_a_look_at_every_room_that_was() -> None:
    room = make_room()
    send(make_viewer(100), room)
    SentGift.objects.filter(place_id=room.pk).update(undo_until=F("created"))
    count_again(room)
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH old AS (
                   INSERT INTO creators_place
                       (public_id, creator_id, kind, open, seq, counted, epoch)
                   SELECT gen_random_uuid(), %s, 'stream', false, 0, 0, gen_random_uuid()
                   FROM generate_series(1, 20000) RETURNING id)
               INSERT INTO creators_stream (place_id, title, state, started, ended, ended_why)
               SELECT id, 'Long ago', 'ended', now() - interval '30 days',
                      now() - interval '29 days', 'creator'
               FROM old""",
            [room.place.creator_id],
        )
    analyze()
    for due in (places_to_sum, places_to_look_at):
        assert room.pk in due()
        assert rows_read(due) < 2_000
