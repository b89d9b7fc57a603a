"""The creator's page about which gifts are welcome."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from creators.actions import boundaries as actions
from creators.forms import BoundariesForm
from creators.models import Creator
from creators.selectors.boundaries import boundaries_of
from creators.selectors.streams import open_stream_of
from creators.views import creator_required
from users.errors import AlreadySo, Refusal


@creator_required
@require_http_methods(["GET", "POST"])
def boundaries(request: HttpRequest, creator: Creator) -> HttpResponse:
    now = boundaries_of(creator.pk)
    form = BoundariesForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(now, name) for name in BoundariesForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_boundaries(creator_id=creator.pk, **form.cleaned_data)
        except AlreadySo:
            return _saved(request)
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        else:
            return _saved(request)
    live = open_stream_of(creator.pk)
    context: dict[str, Any] = {
        "creator": creator,
        "form": form,
        "live": live,
        "enough": live is not None and now.enough_in_id == live.pk,
    }
    return render(request, "creators/boundaries.html", context)


@creator_required
@require_POST
def enough(request: HttpRequest, creator: Creator) -> HttpResponse:
    """No more gifts in this stream (`off`: they are welcome again)."""
    act: Callable[..., object] = actions.say_enough
    said = _("Your viewers are thanked: no more gifts in this stream.")
    if "off" in request.POST:
        act, said = actions.take_gifts_again, _("Gifts are welcome again.")
    try:
        act(creator_id=creator.pk)
    except Refusal as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return redirect("boundaries")


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Your boundaries are saved; your room shows them."))
    return redirect("boundaries")
