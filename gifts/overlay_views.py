"""The doors of overlays: the creator's page for them, the page that OBS shows, and what it asks."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creators.models import Creator, Stream
from creators.views import creator_required
from gifts.actions import overlays as actions
from gifts.alerts import overlay_room, overlays_of
from gifts.errors import Malformed, OverlayClosed
from gifts.forms import OverlayForm, TrialAlertForm
from gifts.models import Overlay
from gifts.room_page import overlay_config
from gifts.rooms.tickets import issue_ticket
from gifts.selectors import catalogue
from gifts.views import socket_url
from users import limits, refusals
from users.errors import Refusal

ASKED_PER_SECOND = 20
LARGEST_BYTES = 1_024
BEARER = "Bearer "


@creator_required
@never_cache
@require_http_methods(["GET", "POST"])
def overlays(request: HttpRequest, creator: Creator) -> HttpResponse:
    """The page; sending its form makes an overlay, whose address the answer shows this once."""
    made, refusal = "", None
    if request.method == "POST":
        try:
            token = actions.make_overlay(creator_id=creator.pk)
            made = f"{request.build_absolute_uri(reverse('overlay'))}#{token}"
        except Refusal as refused:
            refusal = refused
    context = {
        "creator": creator,
        "made": made,
        "refusal": refusal,
        "overlays": [
            {"overlay": one, "form": OverlayForm(instance=one, prefix=str(one.public_id))}
            for one in overlays_of(creator.pk)
        ],
        "most": actions.MOST_OVERLAYS,
        "test_form": TrialAlertForm(),
    }
    status = refusal.status if refusal else 200
    return render(request, "gifts/overlays.html", context, status=status)


@creator_required
@require_POST
def change(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    form = OverlayForm(request.POST, instance=_own(creator, public_id), prefix=str(public_id))
    if form.is_valid():
        actions.change_overlay(creator_id=creator.pk, public_id=public_id, **form.cleaned_data)
        messages.success(request, _("The overlay is changed; open ones take it over."))
    else:
        messages.error(request, " ".join(str(e) for found in form.errors.values() for e in found))
    return redirect("overlays")


@creator_required
@require_POST
def revoke(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    actions.revoke_overlay(creator_id=creator.pk, public_id=_own(creator, public_id).public_id)
    messages.success(request, _("This address shows nothing any more."))
    return redirect("overlays")


@creator_required
@require_POST
def test(request: HttpRequest, creator: Creator) -> HttpResponse:
    form = TrialAlertForm(request.POST)
    if form.is_valid():
        limits.hit("test-alert", creator.pk, rate=30, per_seconds=60)
        actions.make_trial_alert(creator_id=creator.pk, **form.cleaned_data)
        messages.success(request, _("A test alert is on its way. Nothing was paid."))
    else:
        messages.error(request, _("Choose a gift and a number from 1 to 9,999."))
    return redirect("overlays")


def _own(creator: Creator, public_id: UUID) -> Overlay:
    own = Overlay.objects.filter(creator=creator, public_id=public_id, revoked=None).first()
    if own is None:
        raise Http404
    return own


# --- What OBS shows -------------------------------------------------------------------------------
@require_safe
@cache_control(no_store=True)
def overlay(request: HttpRequest) -> HttpResponse:
    """The same page for all: whose it is stands behind the # of its address, which is not sent."""
    config = overlay_config(catalogue()) | {"urls": {"next": reverse("overlay_next")}}
    response = render(request, "gifts/overlay.html", {"config": config})
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt  # it knows no cookies: who asks shows a token
@require_POST
@cache_control(no_store=True)
def overlay_next(request: HttpRequest) -> HttpResponseBase:
    """What to show next. `{"shown": id?, "take": bool}`; a preview does not take."""
    try:
        said = _said(request)
        authorization = request.headers.get("Authorization", "")
        if not authorization.startswith(BEARER):
            raise OverlayClosed()
        found = actions.good_overlay(authorization.removeprefix(BEARER))
        limits.hit("overlay", found.pk, rate=ASKED_PER_SECOND, per_seconds=1)
        if said["shown"]:
            actions.alert_is_shown(found, said["shown"])
        alert, waiting = actions.next_alert(found) if said["take"] else (None, 0)
    except Refusal as refused:
        return JsonResponse({"refusal": refusals.as_json(refused)}, status=refused.status)
    room = overlay_room(found)
    return JsonResponse(
        {
            "alert": alert,
            "waiting": waiting,
            "room": _room(room) if room and room.state == Stream.State.LIVE else None,
            "style": _style_url(found),
        }
    )


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        if len(request.body) > LARGEST_BYTES:
            raise Malformed()
        said = json.loads(request.body)
        shown, take = said.get("shown"), said.get("take")
        return {"shown": UUID(shown) if shown else None, "take": take is True}
    except (ValueError, AttributeError, RecursionError) as error:
        raise Malformed() from error


def _room(stream: Stream) -> dict[str, str]:
    """As somebody who is signed out: an overlay sees what everybody sees."""
    place = stream.place
    return {
        "ticket": issue_ticket(place=place, user=None),
        "socket_url": socket_url(place),
        "ticket_url": reverse("room_ticket", args=[place.public_id]),
    }


def _style_url(found: Overlay) -> str | None:
    """Another address when the text is another one."""
    if not found.style:
        return None
    version = hashlib.sha256(found.style.encode()).hexdigest()[:12]
    return f"{reverse('overlay_style', args=[found.public_id])}?v={version}"


@require_safe
@cache_control(max_age=3600)
def overlay_style(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The creator's own CSS: for the overlay page alone, and nothing but CSS.

    It can load nothing from elsewhere (the page's policy), is never read as anything else
    (nosniff), and finds no secret in the page: the token is not in it.
    """
    found = Overlay.objects.filter(public_id=public_id, revoked=None).first()
    if found is None:
        raise Http404
    response = HttpResponse(found.style, content_type="text/css; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
