"""Doors of who watches: the own place on a room's board, and what one gave in a room."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from creators.models import Place
from creators.selectors.streams import stream_by_public_id
from creators.views import signed_in
from gifts.actions.audience import wish_for_board
from gifts.selectors import place_by_public_id
from gifts.summaries import given_by
from users import limits


@login_required
@require_POST
def board(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Be on the board of this room (`listed`), or not."""
    try:
        place = place_by_public_id(public_id)
    except Place.DoesNotExist as error:
        raise Http404 from error
    person = signed_in(request)
    # Each has the hubs of the room ask the database.
    limits.hit("board", person.pk, rate=20, per_seconds=60)
    listed = request.POST.get("listed") == "1"
    wish_for_board(person=person, place_id=place.pk, hidden=not listed)
    if "X-Part" in request.headers:
        return JsonResponse({"listed": listed})
    return HttpResponseRedirect(reverse("room", args=[public_id]))


@login_required
@require_GET
@never_cache
def mine(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What I gave in this room: a part of the room's page, for when the stream has ended."""
    stream = stream_by_public_id(public_id)
    if stream is None:
        raise Http404
    given = given_by(signed_in(request).pk, stream.pk)
    return render(request, "gifts/_mine.html", {"given": given, "stream": stream})
