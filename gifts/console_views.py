"""The doors of a creator's console: the page for the time of a stream, and what is done there."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Unpack
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from creators.actions.boundaries import (
    Wished,
    save_boundaries,
    say_enough,
    take_gifts_again,
)
from creators.actions.moderating import SWITCHES, show_in_rooms
from creators.models import Creator, Place, Stream
from creators.selectors.boundaries import boundaries_of
from creators.selectors.moderation import rules_of
from creators.selectors.streams import open_stream_of
from creators.views import creator_required
from gifts.actions import goals, thanking
from gifts.console import latest_streaks
from gifts.errors import WrongValue
from gifts.forms import AmountsForm, GoalForm
from gifts.goals import open_goal_of
from gifts.messages import CHAT_CHARACTERS
from gifts.page_views import ANY_GIFT, ANY_PERSON
from gifts.room_page import console_config
from gifts.rooms import bus
from gifts.rooms.tickets import issue_ticket
from gifts.selectors import catalogue
from gifts.sums import earned_in
from gifts.views import socket_url
from users import limits, refusals
from users.errors import AlreadySo, Refusal


@creator_required
@require_GET
@never_cache
def console(request: HttpRequest, creator: Creator, handle: str) -> HttpResponse:
    """The own stream beside the camera; another's console is nobody's business."""
    if handle.casefold() != creator.user.handle.casefold():
        raise Http404
    stream = open_stream_of(creator.pk)
    context: dict[str, Any] = {"creator": creator.user, "stream": stream}
    if stream is not None:
        goal, bounds = open_goal_of(stream.pk), boundaries_of(creator.pk)
        context |= {
            "bounds": bounds,
            "enough": bounds.enough_in_id == stream.pk,
            "amounts_form": AmountsForm(
                initial={"least_coins": bounds.least_coins, "most_coins": bounds.most_coins}
            ),
            "goal": goal,
            "goal_form": GoalForm(),
            "rules": rules_of(creator.pk),
            "chat_characters": CHAT_CHARACTERS,
            "moderates_here": True,
            "config": _config(creator, stream),
        }
    return render(request, "gifts/console.html", context)


@creator_required
@require_GET
@never_cache
def facts(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """The latest streaks, and what the stream has earned so far: after each joining, and after
    gifts."""
    stream = _own_stream(creator, public_id)
    earned = render_to_string("gifts/_earned.html", {"sum": earned_in(stream.pk)})
    return JsonResponse({"streaks": latest_streaks(stream.pk), "earned": earned})


@creator_required
@require_POST
def goal(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """Set, change or remove the goal of the own stream (`do`)."""
    stream = _own_stream(creator, public_id)
    form = GoalForm(request.POST)
    what: dict[str, Any] = {"actor": creator.user, "place_id": stream.pk}

    def act() -> None:
        # Each is an event with a number, kept for good and told to everybody.
        limits.hit("goal", creator.pk, rate=20, per_seconds=60)
        if request.POST.get("do") == "remove":
            goals.remove_goal(**what)
            return
        if not form.is_valid():
            raise WrongValue(field=next(iter(form.errors)))
        said = form.cleaned_data
        plain = {"title": said["title"], "target": said["target"]}
        if request.POST.get("do") == "change":
            goals.change_goal(**what, **plain)
        else:
            gift = said["gift"].slug if said["gift"] else None
            goals.set_goal(**what, **plain, gift=gift)

    return _done(request, creator, act)


@creator_required
@require_POST
def thank(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """Tick a streak off, or no longer."""
    stream = _own_stream(creator, public_id)
    try:
        streak_id = UUID(request.POST.get("streak", ""))
    except ValueError as error:
        raise Http404 from error
    act = partial(
        thanking.thank,
        actor=creator.user,
        place=stream.place,
        streak_id=streak_id,
        on=request.POST.get("on") == "1",
    )
    return _done(request, creator, act)


@creator_required
@require_POST
def switch(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """Switch what the own room shows (the board, amounts, big gifts, sounds), whether gifts are
    welcome, and whether it is enough for this stream."""
    stream = _own_stream(creator, public_id)
    what, on = request.POST.get("what", ""), request.POST.get("on") == "1"

    def act() -> None:
        if what in SWITCHES:
            show_in_rooms(creator_id=creator.pk, what=what, on=on)
        elif what == "gifts":
            _save_boundaries(creator, gifts=on)
        elif what == "enough":
            with suppress(AlreadySo):
                (say_enough if on else take_gifts_again)(creator_id=creator.pk)
        else:
            raise WrongValue(field="what")
        bus.call_hubs(stream.pk)

    return _done(request, creator, act)


@creator_required
@require_POST
def amounts(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """The smallest and the largest gift that is welcome; empty is none."""
    stream = _own_stream(creator, public_id)
    form = AmountsForm(request.POST)

    def act() -> None:
        if not form.is_valid():
            raise WrongValue(field=next(iter(form.errors)))
        _save_boundaries(creator, **form.cleaned_data)
        bus.call_hubs(stream.pk)

    return _done(request, creator, act)


def _save_boundaries(creator: Creator, **changed: Unpack[Wished]) -> None:
    """These and no others: what another page changed meanwhile stays."""
    with suppress(AlreadySo):
        save_boundaries(creator_id=creator.pk, **changed)


def _done(request: HttpRequest, creator: Creator, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refused:
        if "X-Part" not in request.headers:
            raise
        return JsonResponse({"refusal": refusals.as_json(refused)}, status=refused.status)
    if "X-Part" in request.headers:
        return JsonResponse({"done": True})
    return HttpResponseRedirect(reverse("console", args=[creator.user.handle]))


def _own_stream(creator: Creator, public_id: UUID) -> Stream:
    own = Place.objects.filter(creator=creator, public_id=public_id)
    stream = Stream.objects.filter(place__in=own).select_related("place").first()
    if stream is None:
        raise Http404
    return stream


def _config(creator: Creator, stream: Stream) -> dict[str, Any]:
    public_id = stream.place.public_id
    return console_config(
        gifts=catalogue(),
        creator=creator.user,
        room={
            "ticket": issue_ticket(place=stream.place, user=creator.user),
            "socket_url": socket_url(stream.place),
            "ticket_url": reverse("room_ticket", args=[public_id]),
        },
        urls={
            "facts": reverse("console_facts", args=[public_id]),
            "thank": reverse("thank", args=[public_id]),
            "hide": reverse("hide_text", args=[public_id]),
            "person": reverse("person_card", args=[public_id, ANY_PERSON]),
            "sender": reverse("sender_card", args=[public_id, ANY_GIFT]),
            "return": reverse("return_gift", args=[ANY_GIFT]),
            "report": {kind: reverse("report", args=[kind, ANY_GIFT]) for kind in ("line", "gift")},
            "any_gift": str(ANY_GIFT),
            "any_person": ANY_PERSON,
            "ended": reverse("stream_summary", args=[public_id]),
        },
    )
