"""Doors that are looked at: the start page and the room."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from creators.models import RoomRules, Stream
from creators.selectors.boundaries import boundaries_at
from creators.selectors.moderation import follows, role_of, rules_of
from creators.selectors.streams import (
    ended_streams,
    live_streams,
    stream_by_public_id,
    video_of,
)
from creators.video import player_policy
from gifts.boards import is_on_board
from gifts.messages import CHAT_CHARACTERS, MESSAGE_CHARACTERS
from gifts.room_page import QUANTITIES, boundary_sentences, room_config, shelves
from gifts.rooms.bus import viewer_counts
from gifts.rooms.tickets import issue_ticket
from gifts.rules import confirm_from, rules
from gifts.selectors import catalogue
from gifts.views import socket_url
from users.models import User
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

LIVE_SHOWN = 60
OTHERS_SHOWN = 3
ENDED_SHOWN = 6
SHOWPIECES = ("moon-whale", "river-koi", "grand-orrery", "first-rain")
# Stands for the number of a gift in the address that the page's script fills.
ANY_GIFT = UUID(int=0)
ANY_PERSON = "handle_of_somebody"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The rooms that are live, for everybody; what a coin costs and what a creator gets of it."""
    return render(
        request,
        "home.html",
        {
            "cards": live_cards(live_streams()[:LIVE_SHOWN]),
            "ended": ended_streams()[:ENDED_SHOWN],
            "rate_card": rate_card(),
            "showpieces": [gift for gift in catalogue() if gift.slug in SHOWPIECES],
        },
    )


def with_player(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """The page may play what the media server has, where the site has one."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return csp_update(player_policy())(view)(request, *args, **kwargs)

    return allowed


@require_safe
@never_cache
@with_player
def room(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One room. `?gift=<slug>` chooses a gift, for who comes back from signing up or paying."""
    stream = stream_by_public_id(public_id)
    if stream is None:
        raise Http404
    person = request.user if request.user.is_authenticated else None
    gifts = catalogue()
    wished = next((gift for gift in gifts if gift.slug == request.GET.get("gift")), None)
    chosen = wished or gifts[0]
    card = rate_card()
    video = video_of(stream.pk)
    boundaries = boundaries_at(stream.pk)
    creator = stream.place.creator.user
    send_url = reverse("send_gift", args=[public_id])
    return render(
        request,
        "gifts/room.html",
        {
            "stream": stream,
            "video": video,
            "creator": creator,
            "boundaries": boundaries,
            "boundary_sentences": boundary_sentences(boundaries, creator=creator.name),
            "room_tells_bell": stream.state == Stream.State.LIVE,
            "viewers": viewer_counts([stream.pk])[stream.pk],
            "shelves": shelves(gifts, chosen=chosen),
            "chosen": chosen,
            "rate_card": card,
            "quantities": QUANTITIES,
            "chat_characters": CHAT_CHARACTERS,
            "message_characters": MESSAGE_CHARACTERS,
            "on_board": is_on_board(person, stream.pk) if person else None,
            **_rights(stream.place.creator_id, person),
            "confirm_from_coins": confirm_from(person, rules()) if person else None,
            "balance_coins": coins_of(person.pk) if person else None,
            "room_url": request.path,
            "recharge_url": address("recharge"),
            "send_key": uuid4(),
            "send_url": send_url,
            "others": live_cards(live_streams(but=stream)[:OTHERS_SHOWN]),
            "room_config": room_config(
                stream=stream,
                gifts=gifts,
                chosen=chosen,
                opens_panel=wished is not None,
                card=card,
                person=person,
                video=video,
                room={
                    "ticket": issue_ticket(place=stream.place, user=person),
                    "socket_url": socket_url(stream.place),
                    "ticket_url": reverse("room_ticket", args=[public_id]),
                },
                urls={
                    "gift": send_url,
                    "undo": reverse("undo_gift", args=[ANY_GIFT]),
                    "hide": reverse("hide_text", args=[public_id]),
                    "unpin": reverse("unpin_text", args=[public_id]),
                    "person": reverse("person_card", args=[public_id, ANY_PERSON]),
                    "sender": reverse("sender_card", args=[public_id, ANY_GIFT]),
                    "return": reverse("return_gift", args=[ANY_GIFT]),
                    "any_person": ANY_PERSON,
                    "report": {
                        kind: reverse("report", args=[kind, ANY_GIFT]) for kind in ("line", "gift")
                    },
                    "any_gift": str(ANY_GIFT),
                },
            ),
        },
    )


def _rights(creator_id: int, person: User | None) -> dict[str, Any]:
    """What this person may do with words here: moderate, and send some with a gift."""
    rules = rules_of(creator_id)
    everybody = rules.gift_messages == RoomRules.Messages.ALL
    followers = rules.gift_messages == RoomRules.Messages.FOLLOWERS
    role = role_of(person, creator_id) if person else None
    invited = followers and person is not None and (role or follows(person.pk, creator_id))
    return {
        "rules": rules,
        "moderates_here": role is not None,
        "gift_messages": rules.gift_messages,
        "may_write_message": bool(everybody or invited),
    }


def live_cards(streams: Iterable[Stream]) -> list[dict[str, Any]]:
    """Streams with how many watch them, for the cards that lead to them; the fullest room first."""
    found = list(streams)
    counts = viewer_counts([stream.pk for stream in found])
    found.sort(key=lambda stream: -counts[stream.pk])
    return [{"stream": stream, "viewers": counts[stream.pk]} for stream in found]


def address(name: str) -> str:
    """The address of a page, or "" where this site has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
