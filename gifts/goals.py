"""Reads of goals."""

from creators.selectors.moderation import still_met
from gifts.models import Goal, SentGift


def open_goal_of(place_id: int) -> Goal | None:
    """The goal that a place has now, reached or not."""
    goals = Goal.objects.select_related("gift")
    return goals.filter(place=place_id, removed_seq=None).first()


def goals_of(place_id: int) -> list[Goal]:
    """All goals that a place had, in their order."""
    return list(Goal.objects.filter(place=place_id).select_related("gift").order_by("pk"))


def undecided_places() -> list[int]:
    """Open places with a goal that nobody has found reached yet."""
    goals = Goal.objects.filter(removed_seq=None, reached_at=None, place__open=True)
    return list(goals.order_by("place").values_list("place", flat=True))


def goals_to_tell() -> list[int]:
    """Goals that are reached and of which not all who gave were told yet, oldest first.

    A process of an older version, as while a site is deployed, keeps no number and tells them
    itself.
    """
    met = Goal.objects.filter(reached_at__isnull=False, reached_seq__isnull=False, givers_told=None)
    return list(met.order_by("reached_at").values_list("pk", flat=True)[:100])


def givers_to(goal: Goal) -> list[int]:
    """The people who gave towards a goal that is reached, did not take it back, and may still
    meet its creator."""
    creator = goal.place.creator_id
    sent = SentGift.objects.filter(
        place_id=goal.place_id,
        seq__gt=goal.since,
        seq__lt=goal.reached_seq,
        state=SentGift.State.SENT,
    )
    if goal.gift_id:
        sent = sent.filter(gift_id=goal.gift_id)
    sent = still_met(sent, creator)
    return list(sent.order_by("sender_id").values_list("sender_id", flat=True).distinct())
