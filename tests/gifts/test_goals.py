"""Goals: what counts, what comes back, reached once; and who may set one."""

import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.actions.moderating import restrict
from creators.actions.streams import end_stream
from creators.errors import StreamEnded
from creators.models import Place
from gifteconomy.celery import app
from gifts import tasks
from gifts.actions.goals import change_goal, decide_goal, remove_goal, set_goal, tell_givers
from gifts.errors import GiftUnavailable, GoalReached, NoGoal
from gifts.goals import goals_to_tell, open_goal_of
from gifts.models import Goal, PlaceEvent
from gifts.selectors import room_rows
from gifts.sums import progress_of
from tests.gifts.make import make_room, make_viewer, send, undo
from tests.gifts.processes import PATIENCE_SECONDS, in_a_process, in_processes
from tests.gifts.racers import decide, decide_unlocked, tell_and_die
from users.actions.blocks import block
from users.errors import MessageNotAllowed, NotAllowed, Refusal
from users.models import Notification, User
from wallets.actions.take_back import reverse_gift

pytestmark = pytest.mark.usefixtures("economy")


def make_goal(target: int, **fields: Any) -> tuple[Any, User, Goal]:
    room = make_room()
    what = {"title": "A new lamp", "target": target} | fields
    goal = set_goal(actor=room.place.creator.user, place_id=room.pk, **what)
    return room, room.place.creator.user, goal


def progress(place_id: int) -> int:
    """As it is read alone, and as a process reads it that opens the room: the same."""
    goal = open_goal_of(place_id)
    rows = room_rows(place_id)
    assert goal is not None
    assert rows.goal is not None
    assert rows.goal[1] == progress_of(goal)
    return rows.goal[1]


def events(place_id: int) -> list[str]:
    told = PlaceEvent.objects.filter(place_id=place_id, type="goal").order_by("seq")
    return [event.data["what"] for event in told]


def test_what_was_sent_before_does_not_count_and_what_comes_back_counts_no_more() -> None:
    room, fan = make_room(), make_viewer(1_000)
    owner = room.place.creator.user
    before = send(fan, room, "feather")
    set_goal(actor=owner, place_id=room.pk, title="A lamp", target=100)
    assert progress(room.pk) == 0
    acorns = send(fan, room, "acorn", quantity=3)
    assert progress(room.pk) == 15
    # A gift from before the goal comes back: the goal never had it.
    assert undo(fan, before.operation).done
    assert progress(room.pk) == 15
    set_goal(actor=owner, place_id=room.pk, title="Acorns", target=5, gift="acorn")
    send(fan, room, "clover", quantity=4)
    more = send(make_viewer(100), room, "acorn", quantity=2)
    assert progress(room.pk) == 2
    assert undo(fan, acorns.operation).done
    assert progress(room.pk) == 2
    reverse_gift(operation_id=more.operation, staff_id=owner.pk, reason="x", key="reverse-goal-1")
    assert progress(room.pk) == 0


def test_reached_is_decided_once_by_two_processes_and_stands() -> None:
    room, _, goal = make_goal(10)
    # Processes start slowly where much else runs.
    fan = make_viewer(100, undo_seconds=60)
    sent = send(fan, room, "acorn", quantity=2)
    places = [(room.pk,), (room.pk,)]
    # Without the lock both would tell it.
    assert in_processes(decide_unlocked, places) == [True, True]
    assert sorted(in_processes(decide, places)) == [False, True]
    assert events(room.pk) == ["set", "reached"]
    assert undo(fan, sent.operation).done
    assert progress(room.pk) == 0
    send(fan, room, "acorn", quantity=2)
    assert not decide_goal(room.pk)
    goal.refresh_from_db()
    assert goal.reached_at is not None
    assert events(room.pk) == ["set", "reached"]


def test_who_is_banned_or_blocked_is_not_told_that_it_is_reached() -> None:
    room, owner, _ = make_goal(20)
    fans = [make_viewer(100) for _ in range(4)]
    for fan in fans:
        send(fan, room, "acorn")
    restrict(actor=owner, creator_id=owner.pk, person=fans[0], kind="ban")
    block(blocker=owner, blocked=fans[1])
    block(blocker=fans[2], blocked=owner)
    met = decide_goal(room.pk)
    assert met is not None
    assert tell_givers(met.pk) == 1
    assert told_of(met) == [fans[3].pk]


def told_of(goal: Goal) -> list[int]:
    told = Notification.objects.filter(kind="goal_met", ref=str(goal.public_id))
    return sorted(told.values_list("person_id", flat=True))


def test_who_gave_is_told_once_also_when_the_teller_is_killed() -> None:
    room, owner, goal = make_goal(25)
    fans = sorted(make_viewer(100).pk for _ in range(5))
    assert goal.pk not in goals_to_tell()
    for fan in fans:
        send(User.objects.get(pk=fan), room, "acorn")
    assert decide_goal(room.pk)
    # Deciding tells nobody; that it waits to be told is a row, which outlives every process.
    assert told_of(goal) == []
    assert goal.pk in goals_to_tell()
    # Who gives from here on gave to no goal, or to the next one.
    send(make_viewer(100), room, "acorn")
    remove_goal(actor=owner, place_id=room.pk)
    dead = in_a_process(tell_and_die, goal.pk)
    assert dead == -signal.SIGKILL
    assert told_of(goal) == fans[:2]
    assert goal.pk in goals_to_tell()
    assert tell_givers(goal.pk) == 3
    assert told_of(goal) == fans
    assert goal.pk not in goals_to_tell()
    assert tell_givers(goal.pk) == 0


def test_a_goal_that_an_older_version_found_reached_is_left_to_it() -> None:
    room, _, goal = make_goal(5)
    send(make_viewer(100), room, "acorn")
    Goal.objects.filter(pk=goal.pk).update(reached_at=timezone.now())
    assert goal.pk not in goals_to_tell()
    assert tell_givers(goal.pk) == 0
    assert told_of(goal) == []


def test_the_sweep_queues_a_goal_that_nobody_was_told_of() -> None:
    room, _, goal = make_goal(5)
    send(make_viewer(100), room, "acorn")
    assert decide_goal(room.pk)
    tasks.tell_of_met_goals()
    with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue:
        waiting = [queue.get(timeout=PATIENCE_SECONDS) for _ in range(queue.qsize())]
    ours = [one.payload[0] for one in waiting if one.headers["task"] == "gifts.tasks.tell_givers"]
    assert [goal.pk] in ours
    tasks.tell_givers(goal.pk)
    assert len(told_of(goal)) == 1
    assert goal.pk not in goals_to_tell()


def test_a_flood_of_goals_is_refused(client: Client) -> None:
    """Each is two events that are kept and told to everybody in the room."""
    room = make_room()
    client.force_login(room.place.creator.user)
    path = reverse("goal", args=[room.place.public_id])
    what = {"do": "set", "title": "A lamp", "target": "5"}
    said = 0
    while client.post(path, what, headers={"X-Part": "saved"}).status_code == 200:
        said += 1
        assert said < 100
    assert said >= 20
    assert Goal.objects.filter(place=room.pk).count() == said


def test_what_is_changed_keeps_its_progress_and_another_goal_begins_anew() -> None:
    room, owner, _ = make_goal(10)
    send(make_viewer(100), room, "acorn")
    change_goal(actor=owner, place_id=room.pk, title="Two lamps", target=50)
    assert progress(room.pk) == 5
    set_goal(actor=owner, place_id=room.pk, title="Third", target=5)
    assert progress(room.pk) == 0
    remove_goal(actor=owner, place_id=room.pk)
    assert room_rows(room.pk).goal is None
    assert room_rows(room.pk).goal_removed == Place.objects.get(pk=room.pk).seq
    assert events(room.pk) == ["set", "changed", "removed", "set", "removed"]


REFUSED: list[tuple[type[Refusal], Callable[[Any, User], object]]] = [
    (NotAllowed, lambda room, _: set_goal(actor=make_viewer(), **said(room))),
    (NotAllowed, lambda room, _: remove_goal(actor=make_viewer(), place_id=room.pk)),
    (
        MessageNotAllowed,
        lambda room, own: set_goal(actor=own, **said(room, title="see www.example.com/coins")),
    ),
    (GiftUnavailable, lambda room, own: set_goal(actor=own, **said(room, gift="no-such"))),
    (GoalReached, lambda room, own: reached(room, own)),
    (NoGoal, lambda room, own: removed_twice(room, own)),
    (StreamEnded, lambda room, own: ended(room, own)),
]


def said(room: Any, **fields: Any) -> dict[str, Any]:
    return {"place_id": room.pk, "title": "Another", "target": 7} | fields


def reached(room: Any, own: User) -> None:
    send(make_viewer(100), room, "acorn", quantity=2)
    assert decide_goal(room.pk)
    change_goal(actor=own, **said(room))


def removed_twice(room: Any, own: User) -> None:
    for _ in range(2):
        remove_goal(actor=own, place_id=room.pk)


def ended(room: Any, own: User) -> None:
    end_stream(place_id=room.pk)
    set_goal(actor=own, **said(room))


@pytest.mark.parametrize(("refusal", "act"), REFUSED)
def test_what_is_refused_changes_no_goal(
    refusal: type[Refusal], act: Callable[[Any, User], object]
) -> None:
    room, owner, goal = make_goal(10)
    with pytest.raises(refusal):
        act(room, owner)
    goal.refresh_from_db()
    assert (goal.title, goal.target) == ("A new lamp", 10)
    assert Goal.objects.filter(place=room.pk).count() == 1
