"""Celery nudges. The rows are the queue: every task may be lost or run twice."""

import logging

from celery import shared_task
from django.db import DataError, IntegrityError

from gifts.actions import chatting, counting, goals, overlays, summing, welcoming
from gifts.goals import goals_to_tell, undecided_places
from gifts.selectors import places_to_count
from gifts.sums import places_to_sum

log = logging.getLogger(__name__)


@shared_task
def count_gifts() -> None:
    """Let gifts become final, and goals be found reached, where nobody watches; tell creators of
    their new supporters."""
    counting.count_gifts(places_to_count())
    for place_id in undecided_places():
        if met := goals.decide_goal(place_id):
            tell_givers.delay(met.pk)
    for place_id in welcoming.places_to_look_at():
        welcoming.find_new_supporters(place_id)


@shared_task
def sum_gifts() -> None:
    """Add gifts that became final to the sums of their places.

    A place whose rows are damaged keeps no other from it; `ledger_check` names it.
    """
    for place_id in places_to_sum():
        try:
            summing.sum_gifts(place_id)
        except (DataError, IntegrityError):
            log.exception("place %d could not be summed", place_id)


@shared_task
def tell_of_met_goals() -> None:
    """Have those told whose goal's own task was lost."""
    for goal_id in goals_to_tell():
        tell_givers.delay(goal_id)


@shared_task
def tell_givers(goal_id: int) -> None:
    goals.tell_givers(goal_id)


@shared_task
def forget_old_lines() -> None:
    """Chat is not kept for good."""
    chatting.forget_old_lines()


@shared_task
def forget_alerts() -> None:
    """Delete what overlays showed and will not show again."""
    overlays.forget_alerts()
