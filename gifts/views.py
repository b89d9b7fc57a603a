"""Doors without a socket: sending, undoing, the ticket of a room, the catalogue."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from creators.models import Place
from gifts import answers, desk
from gifts.actions import chatting
from gifts.errors import Malformed, SignInNeeded, TooLarge
from gifts.messages import LARGEST_BYTES, read_fields, read_form
from gifts.orders import GiftOrder, UndoOrder
from gifts.rooms.tickets import issue_ticket
from gifts.selectors import catalogue, place_by_public_id
from users import limits, refusals
from users.errors import Refusal
from wallets.reminders import reminder_sentence
from wallets.selectors.prices import rate_card
from wallets.templatetags.money import coins_text
from wallets.writer import Outcome


@require_POST
def gift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send a gift to a place: `send_gift` of the socket as JSON or as a form."""
    place = _place(public_id)

    def send(fields: dict[str, Any]) -> Outcome:
        limits.hit(
            "gift", _person(request), rate=settings.SOCKET_MESSAGES_PER_SECOND, per_seconds=1
        )
        order = GiftOrder(sender_id=_person(request), place_id=place.pk, **fields)
        chatting.check_sender(order, place.creator_id)
        return desk.place_order(order)

    return _answer(request, "send_gift", send, answers.receipt, back=_room_url(place))


@require_POST
def undo(request: HttpRequest, gift_id: UUID) -> HttpResponse:
    """Take a gift back: `undo` of the socket as JSON or as a form."""

    def take_back(fields: dict[str, Any]) -> Outcome:
        return desk.place_order(UndoOrder(sender_id=_person(request), **fields))

    return _answer(request, "undo", take_back, answers.undone, back="/", gift_id=str(gift_id))


@require_safe
@cache_control(private=True, no_store=True)
def ticket(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """A fresh ticket for a room's socket, for whoever asks; signed out as well."""
    place = _place(public_id)
    user = request.user if request.user.is_authenticated else None
    return JsonResponse(
        {"ticket": issue_ticket(place=place, user=user), "socket": socket_url(place)}
    )


@require_safe
def catalogue_json(request: HttpRequest) -> JsonResponse:
    """What can be sent, and the rate card that goes with it."""
    names = (
        "slug",
        "name",
        "description",
        "coins",
        "tier",
        "display",
        "streakable",
        "has_motion",
    )
    card = rate_card()
    return JsonResponse(
        {
            "gifts": [{name: getattr(gift, name) for name in names} for gift in catalogue()],
            "rate_card": {
                "id": card.pk,
                "diamonds_per_coin": card.diamonds_per_coin,
                "diamond_value_millionths": card.diamond_value_millionths,
            },
            "currency": settings.BASE_CURRENCY,
        }
    )


def socket_url(place: Place) -> str:
    """The path of a room's socket."""
    return f"/live/{place.public_id}/socket/"


def _place(public_id: UUID) -> Place:
    try:
        return place_by_public_id(public_id)
    except Place.DoesNotExist as error:
        raise Http404 from error


def _room_url(place: Place) -> str:
    return f"/live/{place.public_id}/"


def _answer(
    request: HttpRequest,
    type_: str,
    act: Callable[[dict[str, Any]], Outcome],
    say: Callable[[str, Outcome], dict[str, Any]],
    *,
    back: str,
    **given: Any,
) -> HttpResponse:
    """Read the fields, act, and answer in kind: JSON, or a redirect with a message."""
    as_json = request.content_type == "application/json"
    try:
        fields = _fields(request, type_, as_json=as_json, given=given)
        _person(request)
        outcome = act(fields)
        if not outcome.done:
            raise answers.refusal_in(outcome)
    except Refusal as refused:
        return _refused(request, refused, as_json=as_json, back=back)
    message = say(fields["key"], outcome)
    if as_json:
        return JsonResponse({message["type"]: message})
    messages.success(request, _sentence(message))
    if reminder := message.get("reminder"):
        messages.info(request, reminder_sentence(reminder))
    return HttpResponseRedirect(_next(request, back))


def _person(request: HttpRequest) -> int:
    """Who asks. Raises SignInNeeded."""
    if request.user.pk is None:
        raise SignInNeeded()
    return request.user.pk


def _fields(
    request: HttpRequest, type_: str, *, as_json: bool, given: dict[str, Any]
) -> dict[str, Any]:
    if not as_json:
        form = {name: str(value) for name, value in request.POST.items() if name not in NOT_FIELDS}
        return read_form(type_, form | given)
    if len(request.body) > LARGEST_BYTES:
        raise TooLarge(most=LARGEST_BYTES)
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Malformed() from error
    if not isinstance(said, dict):
        raise Malformed()
    return read_fields(type_, said | given)


NOT_FIELDS = {"csrfmiddlewaretoken", "next"}


def _refused(request: HttpRequest, refused: Refusal, *, as_json: bool, back: str) -> HttpResponse:
    if as_json:
        return JsonResponse({"refusal": refusals.as_json(refused)}, status=refused.status)
    if isinstance(refused, SignInNeeded):
        return redirect(f"{reverse('account_login')}?next={_next(request, back)}")
    messages.error(request, refused.sentence)
    return HttpResponseRedirect(_next(request, back))


def _sentence(message: dict[str, Any]) -> str:
    coins = message["coins"]
    if message["type"] == "undone":
        return ngettext(
            "%(coins)s is back in your wallet.", "%(coins)s are back in your wallet.", coins
        ) % {"coins": coins_text(coins)}
    return _("%(gift)s was sent. Thank you!") % {"gift": message["gift"]["name"]}


def _next(request: HttpRequest, back: str) -> str:
    wished = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wished, {request.get_host()}, request.is_secure()):
        return wished
    return back
