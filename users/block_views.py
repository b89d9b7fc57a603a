"""The doors of blocking: on a profile, on the card of a person in a room, and in the settings."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from users import limits, selectors
from users.actions import blocks
from users.errors import Refusal
from users.models import User


@login_required
@require_POST
def block(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Block somebody, or no longer (`off`)."""
    assert isinstance(request.user, User)
    person = get_object_or_404(User, public_id=public_id)
    try:
        limits.hit("block", request.user.pk, rate=30, per_seconds=60)
        if "off" in request.POST:
            blocks.unblock(blocker=request.user, blocked=person)
            said = _("You no longer block @%(handle)s.")
        else:
            blocks.block(blocker=request.user, blocked=person)
            said = _("You blocked @%(handle)s.")
    except Refusal as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said % {"handle": person.handle})
    return HttpResponseRedirect(_back(request))


@login_required
@require_GET
def blocked(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    context = {"blocks": selectors.blocks_by(request.user)}
    return render(request, "users/blocked.html", context)


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return reverse("blocked_people")
