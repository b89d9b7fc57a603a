"""A creator sets what the room is to reach together; that it was reached is decided once."""

from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from creators.errors import StreamEnded
from creators.locks import lock_places
from creators.models import Place
from creators.selectors.moderation import rules_of
from gifts import events
from gifts.actions import numbering
from gifts.errors import GiftUnavailable, GoalReached, NoGoal
from gifts.goals import givers_to, open_goal_of
from gifts.models import Gift, Goal
from gifts.notices import GOAL_MET
from gifts.sums import progress_of
from users.actions.notifying import notify
from users.errors import NotAllowed
from users.filtering import require_allowed
from users.models import User

AT_ONCE = 1_000


def set_goal(
    *, actor: User, place_id: int, title: str, target: int, gift: str | None = None
) -> Goal:
    """From now on the room gives towards `target` coins, or so many of one gift. Locks the place.

    A goal that was there before is taken away. Raises NotAllowed for who is not the creator,
    StreamEnded, MessageNotAllowed for the title, or GiftUnavailable.
    """
    counted = _gift(gift) if gift else None
    _require_title(title, actor)
    with transaction.atomic():
        place = _lock_own(actor, place_id)
        before = open_goal_of(place_id)
        if before:
            _remove(before)
        seq, now = numbering.next_number(place_id), timezone.now()
        goal = Goal.objects.create(
            place=place,
            title=title,
            counts=Goal.Counts.GIFTS if counted else Goal.Counts.COINS,
            gift=counted,
            target=target,
            since=seq,
            created=now,
        )
        _tell(goal, "set", seq)
    return goal


def change_goal(*, actor: User, place_id: int, title: str, target: int) -> Goal:
    """Another title or another number; what was given stays counted. Locks the place.

    Raises as `set_goal`, NoGoal, or GoalReached: what was reached stands.
    """
    _require_title(title, actor)
    with transaction.atomic():
        _lock_own(actor, place_id)
        goal = _open_goal(place_id)
        if goal.reached_at:
            raise GoalReached()
        goal.title, goal.target = title, target
        goal.save(update_fields=["title", "target"])
        _tell(goal, "changed", numbering.next_number(place_id))
    return goal


def remove_goal(*, actor: User, place_id: int) -> None:
    """The room has no goal any more. Locks the place. Raises NotAllowed, StreamEnded or NoGoal."""
    with transaction.atomic():
        _lock_own(actor, place_id)
        _remove(_open_goal(place_id))


def decide_goal(place_id: int) -> Goal | None:
    """The place's goal, where it is reached now: the first who finds so decides, and has those who
    gave told (`tell_givers`). Locks the place.

    What is undone later does not take it back. Counting comes before the lock: all gifts of the
    room wait for that.
    """
    goal = open_goal_of(place_id)
    if goal is None or goal.reached_at or progress_of(goal) < goal.target:
        return None
    with transaction.atomic():
        lock_places([place_id])
        now = timezone.now()
        found = Goal.objects.filter(
            pk=goal.pk, target=goal.target, reached_at=None, removed_seq=None
        )
        if not found.update(reached_at=now):
            return None
        goal.refresh_from_db()
        goal.reached_seq = numbering.next_number(place_id)
        goal.save(update_fields=["reached_seq"])
        _tell(goal, "reached", goal.reached_seq)
    return goal


def tell_givers(goal_id: int) -> int:
    """Tell those who gave towards a goal that is reached; returns how many are told now.

    It may be called again at any time and goes on where it died: everybody is told once.
    """
    goal = Goal.objects.select_related("place").get(pk=goal_id)
    if goal.reached_seq is None or goal.givers_told is not None:
        return 0
    people, told = givers_to(goal), 0
    for first in range(0, len(people), AT_ONCE):
        told += notify(
            people=people[first : first + AT_ONCE],
            kind=GOAL_MET.code,
            ref=str(goal.public_id),
            path=reverse("room", args=[goal.place.public_id]),
            data={"title": goal.title},
            at=goal.reached_at,
        )
    Goal.objects.filter(pk=goal_id, givers_told=None).update(givers_told=timezone.now())
    return told


def _remove(goal: Goal) -> None:
    goal.removed_seq = numbering.next_number(goal.place_id)
    goal.save(update_fields=["removed_seq"])
    _tell(goal, "removed", goal.removed_seq)


def _tell(goal: Goal, what: str, seq: int) -> None:
    make = partial(events.goal_event, what=what, goal=events.goal_part(goal))
    numbering.tell(goal.place_id, seq, make)


def _lock_own(actor: User, place_id: int) -> Place:
    lock_places([place_id])
    place = Place.objects.get(pk=place_id)
    if place.creator_id != actor.pk or not actor.is_active:
        raise NotAllowed()
    if not place.open:
        raise StreamEnded()
    return place


def _open_goal(place_id: int) -> Goal:
    goal = open_goal_of(place_id)
    if goal is None:
        raise NoGoal()
    return goal


def _gift(slug: str) -> Gift:
    gift = Gift.objects.filter(slug=slug, active=True).first()
    if gift is None:
        raise GiftUnavailable(gift=slug)
    return gift


def _require_title(title: str, actor: User) -> None:
    require_allowed(title, creator_id=actor.pk, languages=rules_of(actor.pk).languages)
