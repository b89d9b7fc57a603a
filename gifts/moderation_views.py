"""The doors of moderation: the card of a person in a room, taking texts away, the log."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creators.actions import moderating
from creators.models import Creator, ModerationAct, Place
from creators.selectors.moderation import acts_at, held_by_name, restrictions_now, role_of
from gifts.actions import banning, hiding, pinning
from gifts.errors import TextUnknown, WrongValue
from gifts.models import Gift
from gifts.selectors import given_in, lines_of, place_by_public_id
from users import refusals
from users.errors import NotAllowed, Refusal
from users.models import User
from users.selectors import user_by_former_handle, user_by_handle

LINES_SHOWN = 20
ACTS_SHOWN = 10
ACTS_ON_PAGE = 40
# How long a mute can be, in minutes; the last is until somebody lifts it.
MUTE_MINUTES = (10, 60, 1440, 0)
# No id has more, and Python refuses to read very long numbers.
MOST_DIGITS = 19


@require_http_methods(["GET", "POST"])
@never_cache
def person_card(request: HttpRequest, public_id: UUID, handle: str) -> HttpResponse:
    """Who somebody is in this room; for moderators with their history, and what can be done.

    With the header `X-Part` it is the card alone, for the room's dialog.
    """
    place, person = _place(public_id), _person(handle)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _act(_signed_in(request), place, person, request)
        except Refusal as refused:
            refusal = refused
        else:
            if "X-Part" not in request.headers:
                messages.success(request, _("Done."))
                return HttpResponseRedirect(request.path)
    is_part = "X-Part" in request.headers
    context = card_of(request, place, person) | {"refusal": refusal, "is_part": is_part}
    name = "_person_card" if is_part else "person_card"
    answer = render(
        request, f"gifts/{name}.html", context, status=refusal.status if refusal else 200
    )
    answer["X-Part"] = "card"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def sender_card(request: HttpRequest, public_id: UUID, gift_id: UUID) -> HttpResponse:
    """What who moderates here can do about the sender of an anonymous gift, who stays unknown.

    As `person_card`, of nobody.
    """
    actor, place = _signed_in(request), _place(public_id)
    refusal: Refusal | None = None
    try:
        sent = banning.anonymous_gift(actor=actor, place=place, gift_id=gift_id)
    except (NotAllowed, TextUnknown) as unknown:
        raise Http404 from unknown
    if request.method == "POST":
        try:
            _act_on_sender(actor, place, gift_id, request)
        except Refusal as refused:
            refusal = refused
        else:
            if "X-Part" not in request.headers:
                messages.success(request, _("Done."))
                return HttpResponseRedirect(request.path)
    is_part = "X-Part" in request.headers
    context = {
        "place": place,
        "creator": place.creator.user,
        "sent": sent,
        "gift": Gift.objects.get(pk=sent.gift_id),
        "is_banned": banning.is_sender_banned(gift_id),
        "refusal": refusal,
        "is_part": is_part,
    }
    name = "_sender_card" if is_part else "sender_card"
    answer = render(
        request, f"gifts/{name}.html", context, status=refusal.status if refusal else 200
    )
    answer["X-Part"] = "card"
    return answer


@require_POST
def hide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a line (`line`) or the message of a gift (`gift`) away; answered with JSON."""
    try:
        actor, reason = _signed_in(request), request.POST.get("reason", "")[:200]
        if "line" in request.POST:
            hiding.hide_line(actor=actor, line_id=_id(request, "line"), reason=reason)
        else:
            hiding.hide_message(actor=actor, gift_id=_id(request, "gift"), reason=reason)
    except Refusal as refused:
        return JsonResponse({"refusal": refusals.as_json(refused)}, status=refused.status)
    return JsonResponse({"hidden": True})


@require_POST
def unpin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the message of a gift (`gift`) from over the chat; answered with JSON."""
    try:
        pinning.unpin(actor=_signed_in(request), gift_id=_id(request, "gift"))
    except Refusal as refused:
        return JsonResponse({"refusal": refusals.as_json(refused)}, status=refused.status)
    return JsonResponse({"unpinned": True})


@login_required
@require_GET
@never_cache
def log(request: HttpRequest, handle: str) -> HttpResponse:
    """Every act in a creator's places, for the creator, the moderators and staff.

    What was taken away is shown of the act `text` only: nobody has to read it again.
    """
    creator = Creator.objects.select_related("user").filter(user=_person(handle)).first()
    role = role_of(_signed_in(request), creator.pk) if creator else None
    if creator is None or role is None:
        raise Http404
    page = Paginator(acts_at(creator.pk), ACTS_ON_PAGE).get_page(request.GET.get("page"))
    held = restrictions_now().filter(creator=creator.pk)
    context = {
        "creator": creator,
        "acts": page.object_list,
        "number": page.number,
        "opened": _number(request.GET.get("text", "")),
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "in_force": set(held.values_list("act", flat=True)),
        # Who sent a gift without a name, staff alone read.
        "names_all": role == ModerationAct.Role.STAFF,
    }
    return render(request, "gifts/moderation_log.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, act_id: int) -> HttpResponse:
    """Take an act of the log back."""
    try:
        act = hiding.take_back(actor=_signed_in(request), act_id=act_id)
    except TextUnknown as unknown:
        raise Http404 from unknown
    except Refusal as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(request.headers.get("Referer", "/"))
    messages.success(request, _("It was taken back."))
    return HttpResponseRedirect(reverse("moderation_log", args=[act.creator.user.handle]))


def card_of(request: HttpRequest, place: Place, person: User) -> dict[str, Any]:
    """What the card shows; the history for who moderates here only."""
    user = request.user if isinstance(request.user, User) else None
    role = role_of(user, place.creator_id) if user else None
    context: dict[str, Any] = {
        "place": place,
        "person": person,
        "creator": place.creator.user,
        "role": role,
        "person_role": role_of(person, place.creator_id),
        "is_self": user is not None and user.pk == person.pk,
    }
    if role is None:
        return context
    held = held_by_name(person.pk, place.creator_id)
    return context | {
        "lines": lines_of(place.pk, person.pk, most=LINES_SHOWN),
        "given": given_in(place.pk, person.pk),
        "acts": acts_at(place.creator_id, target=person)[:ACTS_SHOWN],
        "held": {restriction.kind: restriction for restriction in held},
        "mute_minutes": MUTE_MINUTES,
    }


def _act(actor: User, place: Place, person: User, request: HttpRequest) -> None:
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")[:200]
    what: dict[str, Any] = {"actor": actor, "creator_id": place.creator_id, "person": person}
    if act == "ban":
        moderating.restrict(**what, kind=act, reason=reason, place_id=place.pk)
    elif act == "mute":
        minutes = request.POST.get("minutes", "0")
        if minutes not in map(str, MUTE_MINUTES):
            raise WrongValue(field="minutes")
        moderating.restrict(
            **what, kind=act, minutes=int(minutes) or None, reason=reason, place_id=place.pk
        )
    elif act in ("unmute", "unban"):
        moderating.lift(**what, kind=act.removeprefix("un"), reason=reason)
    elif act != "hide_all":
        raise WrongValue(field="act")
    if act == "hide_all" or (act == "ban" and "hide_all" in request.POST):
        try:
            hiding.hide_all_of(actor=actor, place=place, person=person, reason=reason)
        except Refusal:
            # With a ban it is no mistake that there is nothing to take away.
            if act == "hide_all":
                raise


def _act_on_sender(actor: User, place: Place, gift_id: UUID, request: HttpRequest) -> None:
    acts = {"ban": banning.ban_sender, "unban": banning.let_sender_in}
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise WrongValue(field="act")
    act(actor=actor, place=place, gift_id=gift_id, reason=request.POST.get("reason", "")[:200])


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotAllowed()
    return request.user


def _place(public_id: UUID) -> Place:
    try:
        return place_by_public_id(public_id)
    except Place.DoesNotExist as error:
        raise Http404 from error


def _person(handle: str) -> User:
    person = user_by_handle(handle) or user_by_former_handle(handle)
    if person is None:
        raise Http404
    return person


def _number(said: str) -> int | None:
    is_number = said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS
    return int(said) if is_number else None


def _id(request: HttpRequest, field: str) -> UUID:
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError as error:
        raise WrongValue(field=field) from error
